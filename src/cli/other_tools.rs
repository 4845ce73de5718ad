//! Words of other tools on the command line, and the verb or flag of triad that does the same.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::layout::nearest;

/// Verbs of other tools, and the help for whoever types one.
const VERBS: [(&[&str], &str); 12] = [
    (
        &["ls", "list", "status", "stat", "stats", "top"],
        "use `triad ps`, which lists panes and their states",
    ),
    (
        &[
            "destroy",
            "delete",
            "remove",
            "rm",
            "kill-session",
            "kill-server",
        ],
        "use `triad down`, which stops a layout and removes its panes",
    ),
    (
        &["kill", "halt", "end"],
        "use `triad stop ADDRESS` for a pane, or `triad down` for the whole layout",
    ),
    (
        &["new", "create", "generate", "new-session"],
        "use `triad init`, which writes a first manifest",
    ),
    (
        &["load", "open", "launch", "deploy"],
        "use `triad up`, which starts a layout and attaches to it",
    ),
    (
        &["switch", "enter", "attach-session", "switch-client"],
        "use `triad attach`, which shows a session",
    ),
    (
        &["validate", "lint", "verify"],
        "use `triad check`, which checks a manifest",
    ),
    (
        &["diff", "preview", "dry-run"],
        "use `triad plan`, which shows what `apply` would do",
    ),
    (
        &["send-keys", "type", "paste", "prompt", "tell"],
        "use `triad send ADDRESS TEXT`, which types a text into the program of a pane",
    ),
    (
        &["shell", "ssh", "sh", "bash"],
        "use `triad exec ADDRESS -- COMMAND`, which runs a command as in a pane",
    ),
    (
        &["capture-pane", "screen", "screenshot", "snapshot"],
        "use `triad capture ADDRESS`, which prints the screen of a pane",
    ),
    (&["format"], "use `triad fmt`, which formats manifests"),
];

/// The failure for an unknown verb, or for a flag of another tool. `verb` is the verb on the command
/// line. `None` for any other error.
pub(super) fn failure(
    error: &clap::Error,
    verb: Option<&str>,
    command: &Command,
) -> Option<Failure> {
    let word = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.as_str()),
        _ => None,
    };
    let (message, help) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = word(ContextKind::InvalidSubcommand)?;
            (
                format!("no such verb: `{word}`"),
                instead_of_verb(word, command),
            )
        }
        ErrorKind::UnknownArgument => {
            let flag = word(ContextKind::InvalidArg)?;
            let help = instead_of_flag(flag, verb)?;
            (format!("unexpected argument `{flag}`"), help)
        }
        _ => return None,
    };
    Some(Failure::new(Exit::Usage, message, help))
}

fn instead_of_verb(word: &str, command: &Command) -> String {
    let word = word.to_lowercase();
    let known = VERBS.iter().find(|(words, _)| words.contains(&&*word));
    if let Some((_, help)) = known {
        return (*help).to_owned();
    }
    match nearest(&word, command.get_subcommands().map(Command::get_name)) {
        Some(verb) => format!("did you mean `triad {verb}`?"),
        None => "`triad --help` lists the verbs".to_owned(),
    }
}

fn instead_of_flag(flag: &str, verb: Option<&str>) -> Option<String> {
    let help = match (flag, verb) {
        // `logs -f` follows, as in every other tool.
        ("-f" | "--file", Some("logs")) => return None,
        ("-f", Some("send")) => "use `--file FILE`, which sends the text of a file".to_owned(),
        ("-f" | "--file", Some("attach")) => {
            "name the manifest as an argument: `triad attach FILE`".to_owned()
        }
        ("-f" | "--file", _) => {
            let verb = verb.unwrap_or("apply");
            format!("name the file as an argument: `triad {verb} FILE`")
        }
        ("--dry-run", Some("init")) => {
            "use `triad init --stdout`, which prints the manifest and writes nothing".to_owned()
        }
        ("--dry-run", Some("fmt")) => {
            "use `triad fmt --diff`, which shows the changes and writes nothing".to_owned()
        }
        ("--dry-run", Some("down" | "stop")) => {
            "use `triad graph --of removal`, which draws what `down` would stop".to_owned()
        }
        ("--dry-run", Some("plan")) => "leave it out: `triad plan` changes nothing".to_owned(),
        ("--dry-run", _) => "use `triad plan`, which shows what `apply` would do".to_owned(),
        ("-d" | "--detach", Some("up")) => "use `triad apply`, which does not attach".to_owned(),
        _ => return None,
    };
    Some(help)
}
