//! Tags of sessions besides their owner: the key of their secrets, and their protection.

use crate::layout::{Address, Salt, StepId};
use crate::plan::Plan;
use crate::plan::change::SessionTags;
use crate::tmux::script::{Command, Line, Part, Ref, Word};
use crate::tmux::tag;

/// Returns the target of a session in the first batch: a new one has no id yet.
pub(super) fn target(address: &Address, plan: &Plan) -> Word {
    let session = Ref::Session(address.clone());
    if plan.known.iter().any(|(known, _)| *known == session) {
        Word(vec![Part::Id(session), Part::Text(":".to_owned())])
    } else {
        format!("={}:", address.name()).as_str().into()
    }
}

pub(super) fn tags(step: StepId, tags: &SessionTags) -> Line {
    let id = tags.id.to_string();
    let salt = tags.salt.as_ref().map(|of_session| salt(&id, of_session));
    let protect = tags.protect.map(|is_protected| protect(&id, is_protected));
    Line {
        step: Some(step),
        what: "tag the session",
        commands: salt.into_iter().chain(protect).collect(),
    }
}

/// Sets a session's key. Previews do not show it: with it, hashed values could be guessed.
pub(super) fn salt(session: &str, salt: &Salt) -> Command {
    let value = Part::Hidden {
        text: salt.encode(),
        shown: "${SALT}".to_owned(),
    };
    let set = Command::new(["set-option", "-t", session, tag::SALT]);
    set.word(Word(vec![value]))
}

pub(super) fn protect(session: &str, is_protected: bool) -> Command {
    if is_protected {
        Command::new(["set-option", "-t", session, tag::PROTECT, "1"])
    } else {
        Command::new(["set-option", "-u", "-t", session, tag::PROTECT])
    }
}
