//! How a program gets its secrets: through a pipe that its pane reads before it becomes the program.
//!
//! tmux keeps a log of the commands it is sent, with `-e KEY=value` and all, and shows it to
//! everybody who is attached (`show-messages`). So nothing secret is in any of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::layout::{Pane, Secret, StepId, Variable};
use crate::live::Phase;
use crate::pane_text::{AWAITS_SECRETS, NO_SECRETS};
use crate::plan::change::Start;
use crate::render::conditions::Conditions;
use crate::render::program::{self, PaneOwner};
use crate::render::{pane, start};
use crate::tmux::script::{Command, Line, Word};
use crate::tmux::{quote, tag};

/// After this time a pane waits for its secrets no more: triad, which gives up before, is gone.
const DEADLINE: Duration = Duration::from_secs(15);

/// Reads the pipe, which says what to export and then what to become. What is cut short is no
/// shell text, or becomes nothing. The pane says what it waits for until then.
fn read() -> String {
    format!(
        "printf '{AWAITS_SECRETS}' >&2; triad_said=$(/bin/cat \"$1\"); printf '\\r\\033[K' >&2; \
         eval \"unset triad_said; $triad_said\"; {}",
        failed()
    )
}

fn failed() -> String {
    format!("echo '{NO_SECRETS}' >&2; exit 1")
}

/// Has tmux end the wait of a pane that nobody hands its secrets any more, so that the next `apply`
/// starts it.
fn deadline(pane: &Pane, nonce: &str) -> Vec<Command> {
    let address = &pane.address;
    let awaits = tag::AWAITS;
    let still_waits = format!(
        "#{{&&:#{{==:#{{{}}},{}}},#{{==:#{{{awaits}}},{nonce}}}}}",
        tag::PHASE,
        Phase::Pending.as_str()
    );
    let fail = Command::new(["respawn-pane", "-k", "-t"]).word(pane::id(address));
    let fail = ["--", "/bin/sh", "-c", &failed()]
        .into_iter()
        .fold(fail, Command::word);
    // tmux expands the text of `run-shell` at once; what is left of it is asked when the time has come.
    let give_up = pane::on(address, &quote::in_format(&still_waits), &[fail], &[]);
    let later = Command::new([
        "run-shell",
        "-b",
        "-d",
        &DEADLINE.as_secs().to_string(),
        "-t",
    ]);
    let later = later.word(pane::id(address)).word("-C");
    vec![
        pane::option(address, awaits, nonce),
        later.word(Word::sequence(&[give_up])),
    ]
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
    let deadline = deadline(pane, cx.nonce);
    Some(Piped {
        line: start::without_secrets(step, start, words, deadline, (whose, cx)),
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
