//! Scripts as tmux reads them, in pieces: quoted text, and between it parts that are filled in when
//! the script is sent, or when a shell script with it is run.

use crate::tmux::quote;
use crate::tmux::script::{Command, Line, Part, Script, Word};
use crate::tmux::version;

/// A piece of a script as tmux reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Quoted text.
    Text(String),
    /// A part to be filled in and then quoted this many times. Never a text or a nested word.
    Open { part: Part, quotes: usize },
}

impl Script {
    /// Returns the script in pieces, with the acknowledgement `NONCE ok INDEX` after each line.
    /// With a `server` condition, no other server does anything.
    pub fn pieces(&self, nonce: &str, server: Option<Part>) -> Vec<Piece> {
        let mut pieces = Pieces(head(server));
        for line in self.lines_in_pieces(nonce) {
            pieces.all(line);
        }
        pieces.all(tail(nonce));
        pieces.0
    }

    /// Returns the pieces of each line, with its acknowledgement.
    pub(super) fn lines_in_pieces(&self, nonce: &str) -> impl Iterator<Item = Vec<Piece>> {
        let lines = self.lines.iter().enumerate();
        lines.map(move |(index, line)| {
            let mut pieces = Pieces::default();
            line.write(&format!("{nonce} ok {index}"), &mut pieces);
            pieces.0
        })
    }
}

/// Returns the beginning of a source: the condition for doing anything of it.
pub(super) fn head(server: Option<Part>) -> Vec<Piece> {
    let floor = version::FLOOR.format.to_owned();
    let condition = match server {
        Some(server) => vec![
            Part::Text(format!("#{{&&:{floor},")),
            server,
            Part::Text("}".to_owned()),
        ],
        None => vec![Part::Text(floor)],
    };
    let mut pieces = Pieces::default();
    pieces.text("%if ");
    pieces.word(&Word(condition));
    pieces.text("\n");
    pieces.0
}

/// Returns the end of a source, without which nothing of it is done.
pub(super) fn tail(nonce: &str) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    pieces.text("%else\n");
    let refused = format!("{nonce} refused #{{version}}");
    pieces.command(&Command::new(["display-message", "-p", &refused]));
    pieces.text("\n%endif\n");
    pieces.0
}

/// Collects pieces; adjacent texts are joined.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn all(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.text(&text),
                open @ Piece::Open { .. } => self.0.push(open),
            }
        }
    }

    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
    }

    fn gated(&mut self, command: &Command) {
        let gate = command.gate.map_or("1", |gate| gate.format);
        self.text(&format!("%if {}\n", quote::word(gate)));
        self.command(command);
        self.text("\n%endif\n");
    }

    fn command(&mut self, command: &Command) {
        for (index, word) in command.words.iter().enumerate() {
            if index > 0 {
                self.text(" ");
            }
            self.word(word);
        }
    }

    fn word(&mut self, word: &Word) {
        if let [Part::Text(text)] = &word.0[..]
            && quote::is_plain(text)
        {
            return self.text(text);
        }
        self.text("\"");
        let mut is_start = true;
        for piece in word.inside() {
            match piece {
                Piece::Text(text) => {
                    self.text(&quote::inside(&text, is_start));
                    is_start &= text.is_empty();
                }
                Piece::Open { part, quotes } => {
                    let quotes = quotes + 1;
                    self.0.push(Piece::Open { part, quotes });
                    is_start = false;
                }
            }
        }
        self.text("\"");
    }
}

/// Puts the acknowledgement before the text of a record.
fn acknowledged(record: &Command, acknowledgement: &str) -> Command {
    let mut command = record.clone();
    if let Some(text) = command.words.last_mut() {
        text.0.insert(0, Part::Text(format!("{acknowledgement} ")));
    }
    command
}

impl Line {
    /// Writes the line. Gated commands are separate lines between `%if` and `%endif`; the
    /// acknowledgement is for the others.
    fn write(&self, acknowledgement: &str, pieces: &mut Pieces) {
        let [before, plain, after] = self.in_order();
        before.into_iter().for_each(|command| pieces.gated(command));
        let mut plain = plain;
        let record = plain.pop_if(|last| last.is_record);
        for command in plain {
            pieces.command(command);
            pieces.text(" ; ");
        }
        match record {
            Some(record) => pieces.command(&acknowledged(record, acknowledgement)),
            None => pieces.command(&Command::new(["display-message", "-p", acknowledgement])),
        }
        pieces.text("\n");
        after.into_iter().for_each(|command| pieces.gated(command));
    }
}

impl Word {
    /// Returns the word as an argument of a tmux process.
    ///
    /// # Panics
    /// Panics if it has a part that is not known yet.
    pub fn argument(&self) -> String {
        let text = |piece| match piece {
            Piece::Text(text) => text,
            Piece::Open { part, .. } => panic!("an argument is known: {part:?}"),
        };
        self.inside().into_iter().map(text).collect()
    }

    /// Returns the content of the word, before it is quoted.
    fn inside(&self) -> Vec<Piece> {
        let mut pieces = Pieces::default();
        for part in &self.0 {
            match part {
                Part::Text(text) => pieces.text(text),
                Part::Nested(word) => pieces.word(word),
                Part::Directory(_)
                | Part::Id(_)
                | Part::Hidden { .. }
                | Part::Bytes { .. }
                | Part::Shown(_) => {
                    let part = part.clone();
                    pieces.0.push(Piece::Open { part, quotes: 0 });
                }
            }
        }
        pieces.0
    }
}
