//! A tmux script as data: lines of commands, commands of words, words that may contain ids which
//! only the server assigns.
//!
//! [`Script::pieces`] is the only way to tmux's grammar. Each line is a group that ends with an
//! acknowledgement: the group stops at its first failing command, so the acknowledgement is printed
//! only if all of it was done. The whole script is between `%if` and `%endif`, so that a truncated
//! script is a syntax error of which nothing runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::layout::{Address, StepId};
use crate::tmux::version::{Capability, Version};

/// Lines that are sent to tmux in one piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    pub lines: Vec<Line>,
}

/// One group of commands, which stops at its first failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The step of the plan that fails with the line; `None`: the plan has no step for it.
    pub step: Option<StepId>,
    /// A description of the line in a few words, for messages.
    pub what: &'static str,
    pub commands: Vec<Command>,
}

/// A tmux command and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub words: Vec<Word>,
    /// The capability that tmux must have to get the command.
    pub gate: Option<Capability>,
    /// It prints a record, its last word, together with the acknowledgement of its line.
    pub is_record: bool,
}

/// One argument. Its parts are joined and quoted as one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(pub Vec<Part>);

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    /// A directory, for an argument that tmux expands as a format.
    Directory(PathBuf),
    /// The id that a new object will have.
    Id(Ref),
    /// A value of the caller's environment, with any content: previews show only its name, as the
    /// shell expansion `${NAME}`, `${NAME-}`, or, if it is required, `${NAME?}` or `${NAME:?}`.
    Hidden {
        text: String,
        shown: String,
    },
    /// The same if the value is not UTF-8.
    Bytes {
        bytes: Vec<u8>,
        shown: String,
    },
    /// A value that is unknown here, as the same shell expansion: only previews and shell scripts
    /// have it, and a script that contains one is not sent.
    Shown(String),
    /// A word within this word, quoted once more: a command inside a hook.
    Nested(Word),
}

/// An object that the script creates, or a value that only the server knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ref {
    Session(Address),
    Window(Address),
    Pane(Address),
    /// The `default-shell` of a session.
    DefaultShell(Address),
    /// The `default-command` of a session: empty if the user has set none.
    DefaultCommand(Address),
    /// The path of the server's socket.
    Socket,
    /// tmux's condition for being the server that these ids belong to.
    Server,
}

/// The values of the symbolic parts, as the server reported them.
pub type Bindings = BTreeMap<Ref, String>;

/// A part of a script without which it cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbound {
    /// The geometry batch failed to create it.
    #[error("tmux did not return an id for {0:?}")]
    Id(Ref),
    #[error("the value of `{0}` is unknown")]
    Value(String),
}

impl Script {
    /// Returns the script for a server of that version: without the commands that it lacks, and
    /// without conditions.
    #[must_use]
    pub fn of(mut self, version: &Version) -> Self {
        for line in &mut self.lines {
            let has = |command: &Command| command.gate.is_none_or(|gate| version.has(gate));
            line.commands.retain(has);
            line.commands
                .iter_mut()
                .for_each(|command| command.gate = None);
        }
        self
    }
}

impl Line {
    /// Returns the symbolic parts that have to be bound before it can be sent.
    pub fn refs(&self) -> Vec<Ref> {
        let mut refs = Vec::new();
        for word in self.commands.iter().flat_map(|command| &command.words) {
            word.collect(&mut refs);
        }
        refs
    }

    /// Writes a target in place of an id that does not exist yet.
    #[must_use]
    pub fn with(mut self, id: &Ref, target: &str) -> Self {
        let words = self
            .commands
            .iter_mut()
            .flat_map(|command| &mut command.words);
        words.for_each(|word| word.replace(id, target));
        self
    }

    /// Returns the commands in the order of sending: gated ones that come first, those without a
    /// gate, and the other gated ones.
    pub fn in_order(&self) -> [Vec<&Command>; 3] {
        let is_gated = |command: &&Command| command.gate.is_some();
        let first = self.commands.iter().take_while(is_gated).count();
        let (before, rest) = self.commands.split_at(first);
        let (after, plain) = rest.iter().partition(is_gated);
        [before.iter().collect(), plain, after]
    }
}

impl Command {
    /// Makes a command of plain words; more can be added with [`Command::word`].
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Command {
            words: words.into_iter().map(Word::text).collect(),
            gate: None,
            is_record: false,
        }
    }

    /// Makes a command that prints `text`, a format about `pane`, as a record. It is the last of its
    /// line.
    pub fn record(pane: Ref, text: &str) -> Self {
        Command {
            is_record: true,
            ..Command::new(["display-message", "-p", "-t"])
                .word(pane)
                .word(text)
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn word(mut self, word: impl Into<Word>) -> Self {
        self.words.push(word.into());
        self
    }

    /// Sends the command only if tmux has `capability`.
    #[must_use]
    pub fn gated(mut self, capability: Capability) -> Self {
        self.gate = Some(capability);
        self
    }
}

impl Word {
    pub fn text(text: &str) -> Self {
        Word(vec![Part::Text(text.to_owned())])
    }

    /// Joins commands into the text that hooks and conditions take.
    pub fn sequence(commands: &[Command]) -> Self {
        let mut parts = Vec::new();
        for command in commands {
            if !parts.is_empty() {
                parts.push(Part::Text(" ; ".to_owned()));
            }
            for (at, word) in command.words.iter().enumerate() {
                if at > 0 {
                    parts.push(Part::Text(" ".to_owned()));
                }
                parts.push(Part::Nested(word.clone()));
            }
        }
        Word(parts)
    }

    /// Makes a word of a directory, for an argument that tmux expands as a format.
    pub fn directory(path: &Path) -> Self {
        Word(vec![Part::Directory(path.to_owned())])
    }

    fn replace(&mut self, id: &Ref, target: &str) {
        for part in &mut self.0 {
            match part {
                Part::Id(found) if found == id => *part = Part::Text(target.to_owned()),
                Part::Nested(word) => word.replace(id, target),
                _ => {}
            }
        }
    }

    fn collect(&self, refs: &mut Vec<Ref>) {
        for part in &self.0 {
            match part {
                Part::Text(_)
                | Part::Directory(_)
                | Part::Hidden { .. }
                | Part::Bytes { .. }
                | Part::Shown(_) => {}
                Part::Id(id) => refs.push(id.clone()),
                Part::Nested(word) => word.collect(refs),
            }
        }
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Word::text(text)
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Word(vec![Part::Text(text)])
    }
}

impl From<Ref> for Word {
    fn from(id: Ref) -> Self {
        Word(vec![Part::Id(id)])
    }
}
