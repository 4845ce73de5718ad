//! A script as the text that tmux reads, with its ids filled in.

use std::path::Path;

use crate::tmux::id::ServerId;
use crate::tmux::pieces::{self, Piece};
use crate::tmux::quote;
use crate::tmux::script::{Bindings, Part, Script, Unbound};

/// The maximum length of a source in bytes, unless a single line is longer. tmux prints each whole
/// source after parsing it, which takes the square of its length (`cmd_list_print` in its `cmd.c`,
/// 3.2a to 3.8): 1,000 panes in one source kept a server busy for seven seconds.
const SOURCE_MAX: usize = 16 * 1024;

/// Lets the server answer others between two sources: it waits for a child of its own.
const YIELD: &str = "\"run-shell\" \"true\"\n";

impl Script {
    /// Returns the script as tmux reads it, in sources that it reads one after another, with the
    /// acknowledgement `NONCE ok INDEX` after each line. A truncated source does nothing.
    ///
    /// With a `server`, no other one does anything: the same ids mean other objects there.
    ///
    /// # Errors
    /// Returns the first unknown part.
    pub fn sources(
        &self,
        nonce: &str,
        server: Option<ServerId>,
        bindings: &Bindings,
    ) -> Result<Vec<String>, Unbound> {
        let server = server.map(|server| Part::Text(server.format()));
        let head = text_of(pieces::head(server), bindings)?;
        let tail = text_of(pieces::tail(nonce), bindings)?;
        let mut sources: Vec<String> = Vec::new();
        for line in self.lines_in_pieces(nonce) {
            let line = text_of(line, bindings)?;
            match sources.last_mut() {
                Some(source) if source.len() + line.len() <= SOURCE_MAX => source.push_str(&line),
                last => {
                    if let Some(source) = last {
                        source.push_str(YIELD);
                        source.push_str(&tail);
                    }
                    sources.push(head.clone() + &line);
                }
            }
        }
        match sources.last_mut() {
            Some(source) => source.push_str(&tail),
            None => sources.push(head + &tail),
        }
        Ok(sources)
    }
}

fn text_of(pieces: Vec<Piece>, bindings: &Bindings) -> Result<String, Unbound> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(ready) => text.push_str(&ready),
            Piece::Open { part, quotes } => {
                let spelled = spelled(&part, bindings)?;
                let all = (1..quotes).fold(spelled, |text, _| quoted(&text));
                text.push_str(&all);
            }
        }
    }
    Ok(text)
}

/// Returns the text of an open part within the innermost quotes.
fn spelled(part: &Part, bindings: &Bindings) -> Result<String, Unbound> {
    match part {
        Part::Id(id) => {
            let bound = bindings.get(id).map(|bound| quoted(bound));
            bound.ok_or_else(|| Unbound::Id(id.clone()))
        }
        Part::Hidden { text, .. } => Ok(quoted(text)),
        Part::Bytes { bytes, .. } => Ok(quote::bytes(bytes)),
        Part::Shown(shown) => Err(Unbound::Value(shown.clone())),
        Part::Directory(path) => Ok(quoted(&in_format(path))),
        Part::Text(_) | Part::Nested(_) => unreachable!("these are never open"),
    }
}

fn quoted(text: &str) -> String {
    quote::inside(text, true)
}

/// Escapes a directory for tmux's formats.
fn in_format(path: &Path) -> String {
    quote::in_format(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Address;
    use crate::tmux::script::Ref;
    use crate::tmux::script::{Command, Line, Word};
    use crate::tmux::version::{Capability, FORGETS_PID, RESIZE_HOOK};

    #[test]
    fn a_script_is_guarded_and_acknowledged() {
        let about = Address::of_session("a");
        let pane = Ref::Pane(about.window("w").pane("p"));
        let inner = Word(vec![Part::Text("-t".to_owned()), Part::Id(pane.clone())]);
        let line = Line {
            step: None,
            what: "test",
            commands: vec![
                Command::new(["first"]).gated(RESIZE_HOOK),
                Command::new(["kill-pane", "-t"]).word(pane.clone()),
                Command::new(["set-hook"])
                    .word(Word(vec![Part::Text("x ".to_owned()), Part::Nested(inner)]))
                    .gated(FORGETS_PID),
            ],
        };
        let script = Script { lines: vec![line] };
        let bindings = Bindings::from([(pane.clone(), "%7".to_owned())]);
        let sources = script.sources("N", None, &bindings).expect("bound");
        let [text] = &sources[..] else {
            panic!("a short script is one source: {sources:?}");
        };
        let lines: Vec<&str> = text.lines().collect();
        let gate = |capability: Capability| format!("%if {}", quote::word(capability.format));
        assert_eq!(
            lines[1..8],
            [
                &gate(RESIZE_HOOK),
                "first",
                "%endif",
                r#"kill-pane -t "%7" ; display-message -p "N ok 0""#,
                &gate(FORGETS_PID),
                r#"set-hook "x \"-t%7\"""#,
                "%endif",
            ]
        );
        assert!(text.starts_with("%if ") && text.ends_with("%endif\n"));
        assert_eq!(
            script.sources("N", None, &Bindings::new()),
            Err(Unbound::Id(pane))
        );
    }

    #[test]
    fn a_long_script_is_cut_at_its_lines_and_each_source_is_whole() {
        let long = "x".repeat(SOURCE_MAX / 3);
        let line = |word: &str| Line {
            step: None,
            what: "test",
            commands: vec![Command::new(["display-message", word])],
        };
        let longest = "y".repeat(2 * SOURCE_MAX);
        let words = [&long, &long, &long, &longest, "z"];
        let script = Script {
            lines: words.iter().map(|word| line(word)).collect(),
        };
        let sources = script.sources("N", None, &Bindings::new()).expect("bound");
        let lines: Vec<usize> = sources
            .iter()
            .map(|source| source.matches("N ok ").count())
            .collect();
        assert_eq!(lines, [2, 1, 1, 1]);
        for (number, source) in sources.iter().enumerate() {
            assert!(source.starts_with("%if ") && source.ends_with("%endif\n"));
            assert_eq!(source.contains(YIELD), number + 1 < sources.len());
        }
        let empty = Script::default().sources("N", None, &Bindings::new());
        assert_eq!(empty.expect("bound").len(), 1);
    }

    #[test]
    fn an_unknown_value_is_never_sent() {
        let value = Word(vec![
            Part::Text("KEY=".to_owned()),
            Part::Shown("${KEY:?}".to_owned()),
        ]);
        let script = Script {
            lines: vec![Line {
                step: None,
                what: "test",
                commands: vec![Command::new(["respawn-pane", "-e"]).word(value)],
            }],
        };
        let bindings = Bindings::new();
        let unknown = Unbound::Value("${KEY:?}".to_owned());
        assert_eq!(script.sources("N", None, &bindings), Err(unknown));
    }
}
