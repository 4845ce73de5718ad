//! How a program gets its secrets: through a pipe that its pane reads before it becomes the program.
//!
//! tmux keeps a log of the commands it is sent, with `-e KEY=value` and all, and shows it to
//! everybody who is attached (`show-messages`). So nothing secret is in any of them.

use std::path::{Path, PathBuf};

use crate::layout::{Pane, Secret, StepId, Variable};
use crate::live::Phase;
use crate::pane_text::NO_SECRETS;
use crate::plan::change::Start;
use crate::render::conditions::Conditions;
use crate::render::program::{self, PaneOwner};
use crate::render::{pane, start};
use crate::tmux::script::{Line, Word};

/// Reads the pipe, which says what to export and then what to become. What is cut short is no
/// shell text, or becomes nothing.
fn read() -> String {
    format!("eval \"$(/bin/cat \"$1\")\"; echo '{NO_SECRETS}' >&2; exit 1")
}
/// The end of what the pipe says: to become the words after the pipe's path.
const BECOME: &str = "shift; exec \"$@\"\n";

/// The way to start a program with secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Piped {
    /// Starts what waits for the secrets; it is sent in place of the line that previews show.
    pub line: Line,
    /// Says that it has them: only then the pane counts as started.
    pub started: Line,
    /// Where the pipe has to be before that.
    pub pipe: PathBuf,
    /// What goes through it.
    pub text: Secret,
}

/// How a pane with secrets is started; `None` for one without.
pub(super) fn piped(
    step: StepId,
    start: &Start,
    whose: PaneOwner,
    cx: &Conditions,
) -> Option<Piped> {
    let pane = &start.pane;
    let text = text(pane)?;
    let pipe = folder(cx.socket, cx.nonce).join(step.to_string());
    let script = read();
    let read = ["/bin/sh", "-c", &script, "triad"];
    let mut words: Vec<Word> = read.map(Word::from).into();
    words.push(pipe.to_string_lossy().into_owned().into());
    words.extend(program::words(pane));
    Some(Piped {
        line: start::without_secrets(step, start, words, whose, cx),
        started: Line {
            step: Some(step),
            what: "note that the program has its secrets",
            commands: vec![pane::phase(&pane.address, Phase::Started)],
        },
        pipe,
        text,
    })
}

/// A folder beside the socket, to be made so that only its owner may look into it.
fn folder(socket: &Path, nonce: &str) -> PathBuf {
    let mut name = socket.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{nonce}"));
    socket.with_file_name(name)
}

/// The secrets as a POSIX shell exports them, and what comes after; `None` if there are none, or
/// if one is not known: such a pane can only be shown.
fn text(pane: &Pane) -> Option<Secret> {
    let mut text = String::new();
    for (name, value) in &pane.env {
        match value {
            Variable::Plain(_) => {}
            Variable::Secret(secret) => {
                let quoted = secret.reveal().replace('\'', r"'\''");
                text.push_str(&format!("export {name}='{quoted}'\n"));
            }
            Variable::Hashed(_) => return None,
        }
    }
    (!text.is_empty()).then(|| Secret::new(text + BECOME))
}
