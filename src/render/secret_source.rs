//! The words before a program that has the pane read its secrets: triad itself does, and then becomes
//! the program. So tmux can start it again with nothing of triad running, and no value is in what
//! tmux is told.

use crate::layout::Pane;
use crate::pane_text::{PREFIX, READER_GONE};
use crate::render::conditions::Conditions;
use crate::tmux::script::Word;

/// Says so where triad is not there any more: tmux itself would only say that a program failed.
fn script() -> String {
    format!(
        "[ -x \"$1\" ] || {{ printf '{PREFIX}`%s` {READER_GONE}\\n' \"$1\" >&2; sleep 1; exit 1; }}; \
         exec \"$@\""
    )
}

/// The words in front of the program; none for a pane that reads nothing.
pub(super) fn reader(pane: &Pane, conditions: &Conditions) -> Vec<Word> {
    if pane.secret_sources.is_empty() {
        return Vec::new();
    }
    let sources = serde_json::to_string(&pane.secret_sources);
    let sources = sources.expect("texts and paths that are texts");
    let script = script();
    let shell = ["/bin/sh", "-c", &script, "triad"].map(Word::from);
    let triad = conditions.triad.to_string_lossy().into_owned();
    let reader = ["shim", "env", &sources, "--"].map(Word::from);
    let words = shell.into_iter().chain([triad.into()]);
    words.chain(reader).collect()
}
