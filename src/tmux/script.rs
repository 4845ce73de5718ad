//! A tmux script as data: lines of commands, commands of words, words that may hold ids which
//! only the server will give.
//!
//! [`Script::pieces`] is the one way to tmux's grammar. Each line is a group that ends with an
//! acknowledgement: the group stops at its first failing command, so the acknowledgement is
//! printed only if all of it was done. The whole stands between `%if` and `%endif`, so that a
//! script cut short is a syntax error of which nothing runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::layout::Address;
use crate::tmux::id::ServerId;
use crate::tmux::pieces::Piece;
use crate::tmux::quote;

/// Lines that are sent to tmux in one piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    pub lines: Vec<Line>,
}

/// One group of commands: done as far as its first failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The step of the plan that the line is part of; a failure is that step's.
    pub step: usize,
    /// What the line does, in a few words, for messages.
    pub what: &'static str,
    pub commands: Vec<Command>,
}

/// A tmux command and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub words: Vec<Word>,
    /// tmux's own condition for sending it at all.
    pub gate: Option<&'static str>,
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
    /// What a new object's id will be.
    Id(Ref),
    /// A value of the caller's environment, which may be anything: previews show only its name, as
    /// the shell expansion `${NAME}`, `${NAME-}`, or, where there must be one, `${NAME?}` or
    /// `${NAME:?}`.
    Hidden {
        text: String,
        shown: String,
    },
    /// A word within this word, quoted once more: a command inside a hook.
    Nested(Word),
}

/// An object that the script makes, or whose value only the server knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ref {
    Session(Address),
    Window(Address),
    Pane(Address),
    /// The `default-shell` of a session.
    DefaultShell(Address),
    /// The path of the server's socket.
    Socket,
    /// tmux's condition for being the server whose ids these are.
    Server,
}

/// What the symbolic parts stand for, as the server told.
pub type Bindings = BTreeMap<Ref, String>;

/// A part of a script that nothing has bound: the geometry batch failed to make it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tmux did not give an id to {0:?}")]
pub struct Unbound(pub Ref);

impl Script {
    /// The script as tmux reads it, with the acknowledgement `NONCE ok INDEX` after each line.
    ///
    /// With a `server`, no other one does anything of it: ids of one server are somebody else's on
    /// the next.
    pub fn text(
        &self,
        nonce: &str,
        server: Option<ServerId>,
        bindings: &Bindings,
    ) -> Result<String, Unbound> {
        self.written(nonce, server, &|part| match part {
            Part::Id(id) => {
                let bound = bindings.get(id).cloned();
                bound.ok_or_else(|| Unbound(id.clone()))
            }
            Part::Hidden { text, .. } => Ok(text.clone()),
            Part::Directory(path) => Ok(in_format(path)),
            Part::Text(_) | Part::Nested(_) => unreachable!("these are never open"),
        })
    }

    /// The script for people, with ids that are not known yet shown as `{address}`.
    pub fn preview(&self, nonce: &str, known: &Bindings) -> String {
        let shown = self.written(nonce, None, &|part| match part {
            Part::Id(id) => Ok(known.get(id).cloned().unwrap_or_else(|| placeholder(id))),
            Part::Hidden { shown, .. } => Ok(shown.clone()),
            Part::Directory(path) => Ok(in_format(path)),
            Part::Text(_) | Part::Nested(_) => unreachable!("these are never open"),
        });
        shown.expect("every id has a name to show")
    }

    fn written(
        &self,
        nonce: &str,
        server: Option<ServerId>,
        spell: &Spell,
    ) -> Result<String, Unbound> {
        let server = server.map(|server| Part::Text(server.format()));
        let mut text = String::new();
        for piece in self.pieces(nonce, server) {
            match piece {
                Piece::Text(ready) => text.push_str(&ready),
                Piece::Open { part, quotes } => {
                    let spelled = spell(&part)?;
                    let quoted = (0..quotes).fold(spelled, |text, _| quote::inside(&text, true));
                    text.push_str(&quoted);
                }
            }
        }
        Ok(text)
    }
}

/// What people see of an id that is not known.
fn placeholder(id: &Ref) -> String {
    match id {
        Ref::Session(address) => format!("${{{address}}}"),
        Ref::Window(address) => format!("@{{{address}}}"),
        Ref::Pane(address) => format!("%{{{address}}}"),
        Ref::DefaultShell(_) => "{default-shell}".to_owned(),
        Ref::Socket => "{socket}".to_owned(),
        Ref::Server => "{server}".to_owned(),
    }
}

/// How an open part is spelled.
type Spell<'a> = dyn Fn(&Part) -> Result<String, Unbound> + 'a;

impl Line {
    /// The symbolic parts that have to be bound before it can be sent.
    pub fn refs(&self) -> Vec<Ref> {
        let mut refs = Vec::new();
        for word in self.commands.iter().flat_map(|command| &command.words) {
            word.collect(&mut refs);
        }
        refs
    }
}

impl Command {
    /// A command of plain words; more can be added with [`Command::word`].
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Command {
            words: words.into_iter().map(Word::text).collect(),
            gate: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn word(mut self, word: impl Into<Word>) -> Self {
        self.words.push(word.into());
        self
    }

    /// Sends the command only where tmux finds `condition` true.
    #[must_use]
    pub fn gated(mut self, condition: &'static str) -> Self {
        self.gate = Some(condition);
        self
    }
}

impl Word {
    pub fn text(text: &str) -> Self {
        Word(vec![Part::Text(text.to_owned())])
    }

    /// Commands one after the other, as the text that hooks and conditions take.
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

    /// A directory, for an argument that tmux expands as a format.
    pub fn directory(path: &Path) -> Self {
        Word(vec![Part::Directory(path.to_owned())])
    }

    fn collect(&self, refs: &mut Vec<Ref>) {
        for part in &self.0 {
            match part {
                Part::Text(_) | Part::Directory(_) | Part::Hidden { .. } => {}
                Part::Id(id) => refs.push(id.clone()),
                Part::Nested(word) => word.collect(refs),
            }
        }
    }
}

/// A directory as tmux's formats give it back.
fn in_format(path: &Path) -> String {
    quote::in_format(&path.to_string_lossy())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_guarded_and_acknowledged() {
        let about = Address::of_session("a");
        let pane = Ref::Pane(about.window("w").pane("p"));
        let inner = Word(vec![Part::Text("-t".to_owned()), Part::Id(pane.clone())]);
        let line = Line {
            step: 0,
            what: "test",
            commands: vec![
                Command::new(["kill-pane", "-t"]).word(pane.clone()),
                Command::new(["set-hook"])
                    .word(Word(vec![Part::Text("x ".to_owned()), Part::Nested(inner)]))
                    .gated("1"),
            ],
        };
        let script = Script { lines: vec![line] };
        let bindings = Bindings::from([(pane.clone(), "%7".to_owned())]);
        let text = script.text("N", None, &bindings).expect("bound");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1..4],
            ["%if \"1\"", r#""set-hook" "x \"-t%7\"""#, "%endif"]
        );
        assert_eq!(
            lines[4],
            r#""kill-pane" "-t" "%7" ; "display-message" "-p" "N ok 0""#
        );
        assert!(text.starts_with("%if ") && text.ends_with("%endif\n"));
        assert_eq!(script.text("N", None, &Bindings::new()), Err(Unbound(pane)));
    }
}
