//! A script as the text that tmux reads, with its ids filled in.

use std::path::Path;

use crate::tmux::id::ServerId;
use crate::tmux::pieces::Piece;
use crate::tmux::quote;
use crate::tmux::script::{Bindings, Part, Script, Unbound};

impl Script {
    /// Returns the script as tmux reads it, with the acknowledgement `NONCE ok INDEX` after each
    /// line.
    ///
    /// With a `server`, no other one does anything: the same ids mean other objects there.
    pub fn text(
        &self,
        nonce: &str,
        server: Option<ServerId>,
        bindings: &Bindings,
    ) -> Result<String, Unbound> {
        let server = server.map(|server| Part::Text(server.format()));
        let mut text = String::new();
        for piece in self.pieces(nonce, server) {
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
        let text = script.text("N", None, &bindings).expect("bound");
        let lines: Vec<&str> = text.lines().collect();
        let gate = |capability: Capability| format!("%if {}", quote::word(capability.format));
        assert_eq!(
            lines[1..8],
            [
                &gate(RESIZE_HOOK),
                r#""first""#,
                "%endif",
                r#""kill-pane" "-t" "%7" ; "display-message" "-p" "N ok 0""#,
                &gate(FORGETS_PID),
                r#""set-hook" "x \"-t%7\"""#,
                "%endif",
            ]
        );
        assert!(text.starts_with("%if ") && text.ends_with("%endif\n"));
        assert_eq!(
            script.text("N", None, &Bindings::new()),
            Err(Unbound::Id(pane))
        );
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
        assert_eq!(script.text("N", None, &bindings), Err(unknown));
    }
}
