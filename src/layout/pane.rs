//! A wanted pane: its kind, its command and its settings.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::body::PaneBody;
use super::conduct::{OnExit, TypeWhen};
use super::options::Options;
use super::origin::Origin;
use super::readiness::Until;
use super::shell::{OTHERS, SHELLS, file_name, line_reader};
use super::variable::Variable;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pane {
    pub address: Address,
    pub kind: PaneKind,
    pub command: Command,
    pub cwd: PathBuf,
    /// The variables that the manifest sets, without the caller's own environment.
    pub env: BTreeMap<String, Variable>,
    /// The variables taken from the environment of the person who starts the program, if that is not
    /// the one who resolved the manifest. None of them is in `env`.
    pub open_env: BTreeMap<String, Presence>,
    /// Environment files that could not be read, where nobody needs them yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<PathBuf>,
    pub options: Options,
    #[serde(flatten)]
    pub body: PaneBody,
    /// The possible former addresses, from its own `was` and those of the objects around it.
    pub former: Vec<Address>,
    pub origin: Origin,
}

/// Lets a reader ask for `pane.title` as for `pane.kind`.
impl Deref for Pane {
    type Target = PaneBody;

    fn deref(&self) -> &PaneBody {
        &self.body
    }
}

impl Pane {
    /// The pane's behaviour after its command has ended.
    pub fn exit(&self) -> OnExit {
        self.on_exit.unwrap_or_else(|| self.command.exit())
    }

    /// Whether its name is derived from its command or its window.
    pub fn is_called_otherwise(&self) -> bool {
        self.unnamed || self.address.window_name() == self.address.pane_name()
    }

    /// Whether it is handed secrets when triad starts it.
    pub fn is_handed_secrets(&self) -> bool {
        self.env.values().any(Variable::is_handed_over)
    }

    /// Whether its environment contains a secret.
    pub fn has_secrets(&self) -> bool {
        let mut values = self.env.values();
        values.any(Variable::is_secret)
    }
}

/// Whether a value that is taken from an environment may be missing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    Required,
    /// It has to be set and not empty: a secret.
    Filled,
    Optional,
}

/// The four kinds of pane, which differ in the meaning of an ended process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaneKind {
    /// A shell, or a command whose end has no consequences.
    #[default]
    Pane,
    /// Should keep running; its end is a failure.
    Service,
    /// Runs once.
    Task,
    /// An AI agent or another interactive program; its pane is kept for review.
    Agent,
}

impl PaneKind {
    /// Whether it is a plain pane.
    pub fn is_plain(&self) -> bool {
        *self == PaneKind::Pane
    }

    pub fn as_str(self) -> &'static str {
        match self {
            PaneKind::Pane => "pane",
            PaneKind::Service => "service",
            PaneKind::Task => "task",
            PaneKind::Agent => "agent",
        }
    }
}

/// The command of a pane.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// The user's interactive login shell (tmux's `default-shell`), or the one named.
    Shell(Option<String>),
    /// `SHELL -c LINE`.
    Line { shell: String, line: String },
    /// A program and its arguments, run directly. Never empty.
    Argv(Vec<String>),
}

impl Command {
    /// The default behaviour of its pane after it has ended.
    pub fn exit(&self) -> OnExit {
        match self {
            Command::Shell(_) => OnExit::Close,
            Command::Line { .. } | Command::Argv(_) => OnExit::Hold,
        }
    }

    /// Whether it is an interactive shell: the user's own, or one that is run by name with options
    /// only, none of which gives it a command.
    pub fn is_interactive_shell(&self) -> bool {
        matches!(self, Command::Shell(_))
            || self
                .program_without_command()
                .is_some_and(|name| SHELLS.contains(&name))
    }

    /// The condition for typing a text that names none; `None`: no shell runs.
    pub fn typed_when(&self) -> Option<TypeWhen> {
        let name = match self {
            Command::Shell(None) => return Some(TypeWhen::Prompt),
            Command::Shell(Some(shell)) => file_name(shell),
            Command::Line { .. } | Command::Argv(_) => self
                .program_without_command()
                .filter(|name| SHELLS.contains(name) || OTHERS.contains(name))?,
        };
        Some(match line_reader(name) {
            Some(_) => TypeWhen::Prompt,
            None => TypeWhen::Still,
        })
    }

    /// The name of the program that is run by its name with nothing but options, none of which
    /// would give a shell a command.
    fn program_without_command(&self) -> Option<&str> {
        let words: Vec<&str> = match self {
            Command::Shell(_) => return None,
            Command::Argv(words) => words.iter().map(String::as_str).collect(),
            Command::Line { line, .. } => line.split_ascii_whitespace().collect(),
        };
        let words = words.strip_prefix(&["exec"]).unwrap_or(&words);
        let (program, options) = words.split_first()?;
        let is_option =
            |word: &&str| word.starts_with("--") || word.starts_with('-') && !word.contains('c');
        options.iter().all(is_option).then(|| file_name(program))
    }
}

/// The condition of a need for its target's kind: a task is `ready` once it has succeeded.
pub fn meaning(until: Until, kind: PaneKind) -> Until {
    match (until, kind) {
        (Until::Ready, PaneKind::Task) => Until::ExitedOk,
        (until, _) => until,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: bool) {
        let command = Command::Line {
            shell: "/bin/sh".to_owned(),
            line: line.to_owned(),
        };
        assert_eq!(command.is_interactive_shell(), expected, "{line}");
    }

    #[test]
    fn a_shell_without_a_command_is_one_that_people_type_into() {
        check("bash", true);
        check("exec /usr/bin/fish -l", true);
        check("bash --norc -i", true);
        check("bash -c 'sleep 1'", false);
        check("sh script.sh", false);
        check("sleep 1", false);
        check("", false);
        assert!(Command::Shell(None).is_interactive_shell());
    }

    #[test]
    fn a_shell_whose_prompt_triad_does_not_know_gets_texts_once_its_screen_is_still() {
        let shell = |name: &str| Command::Shell(Some(name.to_owned())).typed_when();
        let line = |line: &str| {
            let (shell, line) = ("/bin/sh".to_owned(), line.to_owned());
            Command::Line { shell, line }.typed_when()
        };
        let (prompt, still) = (Some(TypeWhen::Prompt), Some(TypeWhen::Still));
        assert_eq!(Command::Shell(None).typed_when(), prompt);
        assert_eq!(shell("/bin/bash"), prompt);
        assert_eq!(shell("/opt/bin/elvish"), still);
        assert_eq!(shell("nu"), still);
        assert_eq!(line("bash -l"), prompt);
        assert_eq!(line("exec xonsh --no-rc"), still);
        assert_eq!(line("pwsh -NoLogo"), still);
        assert_eq!(line("nu"), still);
        assert_eq!(line("xonsh -c ls"), None);
        assert_eq!(line("python3"), None);
    }
}
