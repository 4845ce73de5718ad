//! The program of a pane: its words, its environment, and the command that starts it in its place.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::layout::{Command as Wanted, NOTIFY_FOLDER, Pane, Presence, Variable, notify_name};
use crate::plan::change::Start;
use crate::render::conditions::Conditions;
use crate::render::pane::id;
use crate::render::secret_source;
use crate::tmux::environment::is_passed_on;
use crate::tmux::script::{Command, Part, Ref, Word};

/// The program of a pane, and everything it takes to start it.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    pub pane: &'a Pane,
    /// This plan creates its session, with the caller's environment.
    pub is_in_new_session: bool,
    pub whose: PaneOwner<'a>,
    pub conditions: &'a Conditions<'a>,
}

/// The owner of a plan's panes.
#[derive(Debug, Clone, Copy)]
pub struct PaneOwner<'a> {
    pub layout: &'a str,
    /// The owner tag.
    pub owner: &'a str,
}

impl<'a> Program<'a> {
    pub fn of(start: &'a Start, whose: PaneOwner<'a>, conditions: &'a Conditions) -> Self {
        Program {
            pane: &start.pane,
            is_in_new_session: start.is_in_new_session,
            whose,
            conditions,
        }
    }

    /// Starts it again in its pane, which is empty. Programs that are handed secrets are never started
    /// this way.
    pub fn respawn(&self) -> Command {
        let words = words(self.pane, self.conditions);
        self.in_place(None, self.environment(), words)
    }

    /// Starts these words in the program's place, without its secret variables.
    pub fn successor(&self, words: Vec<Word>) -> Command {
        self.in_place(None, self.environment(), words)
    }

    /// Starts words in the pane; `-k` replaces the running program.
    pub fn in_place(
        &self,
        over: Option<&str>,
        environment: Vec<Word>,
        words: Vec<Word>,
    ) -> Command {
        let command = Command::new(["respawn-pane"].into_iter().chain(over));
        let command = command.word("-t").word(id(&self.pane.address));
        self.by(command, environment, words)
    }

    /// Completes a command that starts words.
    pub fn by(&self, command: Command, environment: Vec<Word>, words: Vec<Word>) -> Command {
        let directory = self.conditions.directory(&self.pane.cwd);
        let mut command = command.word("-c").word(directory);
        for assignment in environment {
            command = command.word("-e").word(assignment);
        }
        words.into_iter().fold(command.word("--"), Command::word)
    }

    /// Returns the directory as the user named it: through a link. tmux says it itself from 3.3 on.
    fn as_named(&self) -> Option<(OsString, Word)> {
        let folder = self.conditions.used?.path(&self.pane.cwd);
        let folder = Part::Text(folder.to_str()?.to_owned());
        Some(("PWD".into(), assigned("PWD", folder)))
    }

    /// Returns the address for readiness notifications, if it sends them. It is not part of the
    /// spec.
    fn notified(&self) -> Option<(OsString, Word)> {
        let ready = self.pane.ready.as_ref();
        ready.filter(|ready| ready.is_notified())?;
        let name = notify_name(self.whose.owner, &self.pane.address);
        let value = Word(vec![
            Part::Text(format!("{NOTIFY_SOCKET}=")),
            Part::Id(Ref::Socket),
            Part::Text(format!("{NOTIFY_FOLDER}/{name}")),
        ]);
        Some((NOTIFY_SOCKET.into(), value))
    }

    /// Returns the variables that a program needs beyond its session's: the caller's, unless the
    /// session was just created with them; triad's own; and the manifest's, without secrets.
    pub fn environment(&self) -> Vec<Word> {
        let mut environment = BTreeMap::new();
        if !self.is_in_new_session {
            environment = of_caller(self.conditions);
        }
        let pane = self.pane;
        let told = [
            ("TRIAD_LAYOUT", Part::Text(self.whose.layout.to_owned())),
            ("TRIAD_PANE", Part::Text(pane.address.to_string())),
            ("TRIAD_SOCKET", Part::Id(Ref::Socket)),
        ];
        let told = told.map(|(name, value)| (name.into(), assigned(name, value)));
        environment.extend(told);
        environment.extend(self.notified());
        environment.extend(self.as_named());
        for (name, value) in &pane.env {
            match value.plain() {
                Some(value) => environment.insert(name.into(), format!("{name}={value}").into()),
                None => environment.remove(OsStr::new(name)),
            };
        }
        environment.extend(open_environment(pane));
        environment.into_values().collect()
    }
}

/// The variable with the address for notifications, as in systemd.
const NOTIFY_SOCKET: &str = "NOTIFY_SOCKET";

/// Returns the caller's environment as assignments, whose values previews do not show.
pub(super) fn of_caller(conditions: &Conditions) -> BTreeMap<OsString, Word> {
    let hidden = |(name, value): (&String, &String)| {
        let value = Part::Hidden {
            text: value.clone(),
            shown: format!("${{{name}}}"),
        };
        (name.into(), assigned(name, value))
    };
    let bytes = |(name, value): (&OsStr, &OsStr)| {
        let shown = name.to_string_lossy();
        let assignment = Part::Bytes {
            bytes: [name.as_bytes(), b"=", value.as_bytes()].concat(),
            shown: format!("{shown}=${{{shown}}}"),
        };
        (name.to_owned(), Word(vec![assignment]))
    };
    let texts = conditions.environment.iter().map(hidden);
    let bytes = conditions.environment.bytes().map(bytes);
    bytes.chain(texts).collect()
}

fn assigned(name: &str, value: Part) -> Word {
    Word(vec![Part::Text(format!("{name}=")), value])
}

/// Returns the command of a pane, as it follows `--`.
pub(super) fn words(pane: &Pane, conditions: &Conditions) -> Vec<Word> {
    let mut words = Vec::new();
    // tmux gives every program the PATH of the client that starts it, overriding `-e`.
    if let Some(path) = pane.env.get("PATH").and_then(Variable::plain) {
        words.push("/usr/bin/env".into());
        words.push(format!("PATH={path}").into());
    }
    words.extend(secret_source::reader(pane, conditions));
    if let Some(before) = &pane.before {
        words.extend([before.shell.as_str(), "-c", &before.script(), "triad"].map(Word::from));
        if before.is_fish() {
            // fish has no `$0`: all words after the script are arguments.
            words.pop();
        }
    }
    words.extend(program(pane));
    words
}

/// Returns the secrets of a pane as assignments, for previews and standalone scripts.
pub(super) fn secrets(pane: &Pane) -> Vec<Word> {
    let secrets = pane.env.iter().filter_map(|(name, value)| {
        let shown = format!("${{{name}:?}}");
        let value = match value {
            // The pane reads it itself.
            Variable::Plain(_) | Variable::OfFile(_) => return None,
            Variable::Secret(secret) => Part::Hidden {
                text: secret.reveal().to_owned(),
                shown,
            },
            Variable::Hashed(_) => Part::Shown(shown),
        };
        Some(assigned(name, value))
    });
    secrets.collect()
}

/// Returns the variables that the manifest leaves to the environment of the script's caller.
fn open_environment(pane: &Pane) -> impl Iterator<Item = (OsString, Word)> {
    let open = pane.open_env.iter();
    open.filter_map(|(name, presence)| {
        let outer = pane.env.get(name).and_then(Variable::plain);
        let shown = match (presence, outer) {
            // tmux gives every program the PATH of the client that starts it.
            _ if name == "PATH" => return None,
            (Presence::Required, _) => format!("${{{name}?}}"),
            (Presence::Filled, _) => format!("${{{name}:?}}"),
            (Presence::Optional, Some(outer)) => format!("${{{name}-{}}}", in_expansion(outer)),
            // Its session gets it from its creator, if it is set.
            (Presence::Optional, None) if is_passed_on(name) => return None,
            (Presence::Optional, None) => format!("${{{name}-}}"),
        };
        Some((name.into(), assigned(name, Part::Shown(shown))))
    })
}

/// Escapes a text as the default of a shell expansion in double quotes.
fn in_expansion(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '"' | '$' | '`' | '}') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Becomes tmux's default command: the user's own, else a login shell.
const BARE: &str = "if [ -n \"$2\" ]; then exec \"$1\" -c \"$2\"; fi; exec \"$1\" -l";

/// Returns the program's words: at least two, because tmux runs a single one in the user's shell.
fn program(pane: &Pane) -> Vec<Word> {
    match &pane.command {
        Wanted::Shell(None) => {
            let session = pane.address.session();
            let shell = Ref::DefaultShell(session.clone());
            let command = Ref::DefaultCommand(session);
            let words = ["/bin/sh", "-c", BARE, "triad"].map(Word::from);
            words
                .into_iter()
                .chain([shell.into(), command.into()])
                .collect()
        }
        Wanted::Shell(Some(shell)) => vec![shell.as_str().into(), "-l".into()],
        Wanted::Line { shell, line } => {
            vec![shell.as_str().into(), "-c".into(), line.as_str().into()]
        }
        Wanted::Argv(words) => words.iter().map(|word| word.as_str().into()).collect(),
    }
}
