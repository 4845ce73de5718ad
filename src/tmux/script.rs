//! A tmux script as data: lines of commands, commands of words, words that may hold ids which
//! only the server will give.
//!
//! [`Script::text`] is the one way to tmux's grammar. Each line is a group that ends with an
//! acknowledgement: the group stops at its first failing command, so the acknowledgement is
//! printed only if all of it was done. The whole stands between `%if` and `%endif`, so that a
//! script cut short is a syntax error of which nothing runs.

use std::collections::BTreeMap;

use crate::layout::Address;
use crate::tmux::id::ServerId;
use crate::tmux::quote;
use crate::tmux::version;

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
    /// What a new object's id will be.
    Id(Ref),
    /// A value of the caller's environment, which may be anything: previews show only its name.
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
        self.written(nonce, server, true, &|id| {
            let bound = bindings.get(id).cloned();
            bound.ok_or_else(|| Unbound(id.clone()))
        })
    }

    /// The script for people, with ids that are not known yet shown as `{address}`.
    pub fn preview(&self, nonce: &str, known: &Bindings) -> String {
        let shown = self.written(nonce, None, false, &|id| {
            if let Some(known) = known.get(id) {
                return Ok(known.clone());
            }
            Ok(match id {
                Ref::Session(address) => format!("${{{address}}}"),
                Ref::Window(address) => format!("@{{{address}}}"),
                Ref::Pane(address) => format!("%{{{address}}}"),
                Ref::DefaultShell(_) => "{default-shell}".to_owned(),
            })
        });
        shown.expect("every id has a name to show")
    }

    fn written(
        &self,
        nonce: &str,
        server: Option<ServerId>,
        reveals: bool,
        bind: &Bind,
    ) -> Result<String, Unbound> {
        let writer = Writer { reveals, bind };
        let floor = version::FLOOR_FORMAT;
        let condition = match server {
            Some(server) => format!("#{{&&:{floor},{}}}", server.format()),
            None => floor.to_owned(),
        };
        let mut text = format!("%if {}\n", quote::word(&condition));
        for (index, line) in self.lines.iter().enumerate() {
            line.write(&format!("{nonce} ok {index}"), &writer, &mut text)?;
        }
        text.push_str("%else\n");
        text.push_str(&plain([
            "display-message",
            "-p",
            &format!("{nonce} refused #{{version}}"),
        ]));
        text.push_str("\n%endif\n");
        Ok(text)
    }
}

type Bind<'a> = dyn Fn(&Ref) -> Result<String, Unbound> + 'a;

/// How symbolic and hidden parts are written.
struct Writer<'a> {
    reveals: bool,
    bind: &'a Bind<'a>,
}

impl Line {
    /// The symbolic parts that have to be bound before it can be sent.
    pub fn refs(&self) -> Vec<Ref> {
        let mut refs = Vec::new();
        for word in self.commands.iter().flat_map(|command| &command.words) {
            word.collect(&mut refs);
        }
        refs
    }

    /// Commands behind a gate stand in a line of their own between `%if` and `%endif`; the
    /// acknowledgement then speaks for the rest.
    fn write(
        &self,
        acknowledgement: &str,
        writer: &Writer,
        text: &mut String,
    ) -> Result<(), Unbound> {
        let (gated, plain_ones): (Vec<_>, Vec<_>) = self
            .commands
            .iter()
            .partition(|command| command.gate.is_some());
        for command in gated {
            let gate = command.gate.expect("partitioned by it");
            text.push_str(&format!("%if {}\n", quote::word(gate)));
            text.push_str(&command.written(writer)?);
            text.push_str("\n%endif\n");
        }
        for command in plain_ones {
            text.push_str(&command.written(writer)?);
            text.push_str(" ; ");
        }
        text.push_str(&plain(["display-message", "-p", acknowledgement]));
        text.push('\n');
        Ok(())
    }
}

/// A command of words that hold nothing to bind.
fn plain<const N: usize>(words: [&str; N]) -> String {
    words.map(quote::word).join(" ")
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

    fn written(&self, writer: &Writer) -> Result<String, Unbound> {
        let words: Result<Vec<_>, _> = self.words.iter().map(|word| word.written(writer)).collect();
        Ok(words?.join(" "))
    }
}

impl Word {
    pub fn text(text: &str) -> Self {
        Word(vec![Part::Text(text.to_owned())])
    }

    fn collect(&self, refs: &mut Vec<Ref>) {
        for part in &self.0 {
            match part {
                Part::Text(_) | Part::Hidden { .. } => {}
                Part::Id(id) => refs.push(id.clone()),
                Part::Nested(word) => word.collect(refs),
            }
        }
    }

    fn written(&self, writer: &Writer) -> Result<String, Unbound> {
        let mut joined = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => joined.push_str(text),
                Part::Id(id) => joined.push_str(&(writer.bind)(id)?),
                Part::Hidden { text, .. } if writer.reveals => joined.push_str(text),
                Part::Hidden { shown, .. } => joined.push_str(shown),
                Part::Nested(word) => joined.push_str(&word.written(writer)?),
            }
        }
        Ok(quote::word(&joined))
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
