//! Passes secrets to a program: through a pipe that its pane reads before it becomes the program.
//!
//! tmux logs the commands it receives, including `-e KEY=value`, and shows the log to everybody
//! attached (`show-messages`). So none of them contains a secret.

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

/// The time after which a pane stops waiting for its secrets: triad, which gives up earlier, is
/// gone.
const DEADLINE: Duration = Duration::from_secs(15);

/// Reads the pipe, which says what to export and what to become. A truncated text is invalid shell,
/// or becomes nothing. The pane shows a message until then.
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

/// Makes tmux end the wait of a pane that gets no secrets any more, so that the next `apply` starts
/// it.
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
    // tmux expands the text of `run-shell` at once; the rest is evaluated after the delay.
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

/// The end of the pipe's text: become the words after the pipe's path.
const BECOME: &str = "shift; exec \"$@\"\n";

/// The data to start a program with secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Piped {
    /// Starts the program that waits for the secrets; it replaces the line that previews show.
    pub line: Line,
    /// Marks the pane as started, once it has its secrets.
    pub started: Line,
    /// The path of the pipe, which must exist before that.
    pub pipe: PathBuf,
    /// The text to write to it.
    pub text: Secret,
}

/// Returns the start of a pane with secrets; `None` for one without.
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
    words.extend(program::words(pane, cx));
    let deadline = deadline(pane, cx.nonce);
    Some(Piped {
        line: start::without_secrets(step, start, words, deadline, (whose, cx)),
        started: Line {
            step: Some(step),
            what: "mark the program as started",
            commands: vec![pane::phase(&pane.address, Phase::Started)],
        },
        pipe,
        text,
    })
}

/// Returns the path of a folder beside the socket, to be created for its owner alone.
fn folder(socket: &Path, nonce: &str) -> PathBuf {
    let mut name = socket.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{nonce}"));
    socket.with_file_name(name)
}

/// Returns the secrets as POSIX shell exports, and what follows; `None` if there are none, or if a
/// value is unknown: such a pane can only be previewed.
fn text(pane: &Pane) -> Option<Secret> {
    let mut text = String::new();
    for (name, value) in &pane.env {
        match value {
            Variable::Plain(_) | Variable::OfFile(_) => {}
            Variable::Secret(secret) => {
                let quoted = secret.reveal().replace('\'', r"'\''");
                text.push_str(&format!("export {name}='{quoted}'\n"));
            }
            Variable::Hashed(_) => return None,
        }
    }
    (!text.is_empty()).then(|| Secret::new(text + BECOME))
}
