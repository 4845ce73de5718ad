//! Writes scripts for people: one command a line, the commands within a command in braces below it,
//! the tags of triad's objects decoded. The markers of a sent script are left out.
//!
//! This text is never sent: tmux reads [`Script::text`].

use serde_json::Value;

use crate::layout::decode_tag;
use crate::tmux::quote;
use crate::tmux::script::{Bindings, Command, Line, Part, Ref, Script, Word};
use crate::tmux::tag::{self, PaneTag};

/// The indentation of a block below its command.
const INDENT: &str = "    ";

/// The tags whose value is the body of an object, as [`encode_tag`](crate::layout::encode_tag)
/// writes it.
const BODIES: [&str; 4] = [
    tag::GEOMETRY,
    tag::SESSION_SETTINGS,
    tag::WINDOW_SETTINGS,
    tag::PANE_SETTINGS,
];
/// The tags whose value is a text, as [`tag::encode`] writes it.
const TEXTS: [&str; 4] = [tag::MANIFEST, tag::SESSION, tag::WINDOW, tag::FOLLOWS];

/// Writes a script with a comment above each of its lines, and unknown ids as `{address}`.
pub(super) fn script(script: &Script, known: &Bindings) -> String {
    let display = Display { known };
    let groups = script.lines.iter().map(|line| display.line(line));
    groups.collect::<Vec<_>>().join("\n")
}

/// The known values of the symbolic parts of commands.
struct Display<'a> {
    known: &'a Bindings,
}

impl Display<'_> {
    fn line(&self, line: &Line) -> String {
        let mut lines = vec![format!("# {}", line.what)];
        for command in line.in_order().into_iter().flatten() {
            let gate = command.gate;
            lines.extend(gate.map(|gate| format!("%if {}", quoted(gate.format))));
            lines.extend(self.command(&words(command)));
            lines.extend(gate.map(|_| "%endif".to_owned()));
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// Writes the lines of one command.
    fn command(&self, words: &[&Word]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut last = String::new();
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                last.push(' ');
            }
            if let Some(block) = self.block(words, at) {
                last.push('{');
                lines.push(std::mem::replace(&mut last, "}".to_owned()));
                lines.extend(block.into_iter().map(|line| format!("{INDENT}{line}")));
            } else if let Some(text) = encoded_text(words, at) {
                last.push_str(&self.inline(&text.into()));
            } else {
                last.push_str(&self.inline(word));
            }
        }
        lines.push(last);
        lines
    }

    /// Writes a word on several lines, if it reads better so.
    fn block(&self, words: &[&Word], at: usize) -> Option<Vec<String>> {
        let word = words[at];
        if let Some(commands) = sequence(word) {
            let commands = commands.iter().map(|words| self.command(words));
            return Some(commands.flatten().collect());
        }
        match option_of(words, at) {
            Some(tag::PANE) => return pane_tag(text(word)?),
            Some(name) if BODIES.contains(&name) => return body(text(word)?),
            _ => {}
        }
        let is_hook = text(words[0]) == Some("set-hook") && at > 0 && at == words.len() - 1;
        is_hook.then(|| statements(&self.spelled(word)))?
    }

    /// Writes a word on the line of its command.
    fn inline(&self, word: &Word) -> String {
        let spelled = self.spelled(word);
        // An id and the name of a hidden value stand for something that needs no quotes.
        let is_bare = word.0.iter().all(|part| match part {
            Part::Text(text) => text.chars().all(is_plain),
            Part::Id(_) | Part::Hidden { .. } | Part::Bytes { .. } | Part::Shown(_) => {
                !spelled.contains(is_never_plain)
            }
            Part::Directory(_) | Part::Nested(_) => spelled.chars().all(is_plain),
        });
        if is_bare && !spelled.is_empty() {
            spelled
        } else {
            quoted(&spelled)
        }
    }

    /// Returns the text of a word, before it is quoted.
    fn spelled(&self, word: &Word) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Directory(path) => quote::in_format(&path.to_string_lossy()),
            Part::Id(id) => self.known.get(id).cloned().unwrap_or_else(|| unknown(id)),
            Part::Hidden { shown, .. } | Part::Bytes { shown, .. } | Part::Shown(shown) => {
                shown.clone()
            }
            Part::Nested(word) => self.inline(word),
        };
        word.0.iter().map(part).collect()
    }
}

/// Writes an unknown id.
fn unknown(id: &Ref) -> String {
    match id {
        Ref::Session(address) => format!("${{{address}}}"),
        Ref::Window(address) => format!("@{{{address}}}"),
        Ref::Pane(address) => format!("%{{{address}}}"),
        Ref::DefaultShell(_) => "{default-shell}".to_owned(),
        Ref::DefaultCommand(_) => "{default-command}".to_owned(),
        Ref::Socket => "{socket}".to_owned(),
        Ref::Server => "{server}".to_owned(),
    }
}

fn words(command: &Command) -> Vec<&Word> {
    command.words.iter().collect()
}

/// Returns the text of a word that consists of one text.
fn text(word: &Word) -> Option<&str> {
    match &word.0[..] {
        [Part::Text(text)] => Some(text),
        _ => None,
    }
}

/// Returns the name of the option whose value this word is.
fn option_of<'a>(words: &[&'a Word], at: usize) -> Option<&'a str> {
    let is_value = text(words[0]) == Some("set-option") && at > 0 && at == words.len() - 1;
    is_value.then(|| text(words[at - 1]))?
}

/// Returns the text that this word encodes.
fn encoded_text(words: &[&Word], at: usize) -> Option<String> {
    match option_of(words, at)? {
        tag::LAYOUT => tag::parse_layout(text(words[at])?),
        name if TEXTS.contains(&name) => tag::decode(text(words[at])?),
        _ => None,
    }
}

/// Returns the commands of a word that [`Word::sequence`] made.
fn sequence(word: &Word) -> Option<Vec<Vec<&Word>>> {
    let mut commands = vec![Vec::new()];
    for part in &word.0 {
        match part {
            Part::Nested(word) => commands.last_mut()?.push(word),
            Part::Text(text) if text == " ; " => commands.push(Vec::new()),
            Part::Text(text) if text == " " => {}
            _ => return None,
        }
    }
    commands
        .iter()
        .all(|words| !words.is_empty())
        .then_some(commands)
}

/// Writes the tag of a pane, a part a line.
fn pane_tag(value: &str) -> Option<Vec<String>> {
    let tag = PaneTag::split(value)?;
    let head = [
        Some(tag::decode(tag.address)?),
        Some(tag.owner.to_owned()),
        (!tag.spec.is_empty()).then(|| tag.spec.to_owned()),
    ];
    let head = head.into_iter().flatten().map(|part| harmless(&part));
    let body = body(tag.body).unwrap_or_default();
    Some(head.chain(body).collect())
}

/// Writes the body in a tag, a key a line.
fn body(encoded: &str) -> Option<Vec<String>> {
    let Value::Object(keys) = decode_tag(encoded)? else {
        return None;
    };
    let count = keys.len();
    let lines = keys.iter().enumerate().map(|(at, (key, value))| {
        let comma = if at + 1 < count { "," } else { "" };
        harmless(&format!("{}: {value}{comma}", Value::from(key.as_str())))
    });
    Some(lines.collect())
}

/// Splits a hook that is written as text into its statements, if it has several: blocks in braces
/// are indented, and each line of a text gets its own line.
fn statements(text: &str) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    let mut add = |words: &mut Vec<&str>| {
        if !words.is_empty() {
            let line = words.join(" ");
            depth = depth.saturating_sub(usize::from(line.starts_with('}')));
            lines.push(format!("{}{}", INDENT.repeat(depth), harmless(&line)));
            depth += usize::from(line.ends_with('{'));
            words.clear();
        }
    };
    for line in text.replace(NEWLINE, &format!("{NEWLINE}\n")).lines() {
        let mut words = Vec::new();
        for word in line.split(' ') {
            if word == "}" {
                add(&mut words);
            }
            words.push(word);
            if matches!(word, ";" | "{") {
                add(&mut words);
            }
        }
        add(&mut words);
    }
    (lines.len() > 1).then_some(lines)
}

/// A newline as tmux writes it within quotes.
const NEWLINE: &str = "\\012";

/// Escapes what a terminal would obey; JSON leaves some control characters as they are.
fn harmless(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for c in line.chars() {
        if c.is_control() {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Quotes a text as one word, with as few escapes as possible.
fn quoted(text: &str) -> String {
    if text.contains(|c: char| c == '\'' || c.is_control()) {
        quote::word(text)
    } else {
        format!("'{text}'")
    }
}

/// Whether a character needs no quotes in a word.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "_-.,:/@%+=".contains(c)
}

/// Whether a character ends an unquoted word, or cannot be printed.
fn is_never_plain(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "'\"\\;".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Address, encode_tag};

    #[track_caller]
    fn check(command: Command, expected: &str) {
        let line = Line {
            step: None,
            what: "test",
            commands: vec![command],
        };
        let shown = script(&Script { lines: vec![line] }, &Bindings::new());
        let shown = shown
            .strip_prefix("# test\n")
            .expect("the comment of the line");
        assert_eq!(shown.trim_end(), expected);
    }

    #[test]
    fn only_words_that_need_quotes_get_them() {
        let pane = Address::of_session("a").window("w").pane("p");
        let command = Command::new(["kill-pane", "-t"]).word(Ref::Pane(pane));
        check(command, "kill-pane -t %{a/w/p}");
        let hidden = |text: &str| {
            Word(vec![
                Part::Text(text.to_owned()),
                Part::Hidden {
                    text: "value".to_owned(),
                    shown: "${KEY:?}".to_owned(),
                },
            ])
        };
        let command = Command::new(["x"]).word(hidden("KEY=")).word(hidden("$A="));
        check(command, "x KEY=${KEY:?} '$A=${KEY:?}'");
        check(
            Command::new(["x", "a b", "", "it's", ";"]),
            "x 'a b' '' \"it's\" ';'",
        );
        check(Command::new(["x", "a\n\u{9b}m"]), r#"x "a\012\302\233m""#);
    }

    #[test]
    fn nested_commands_are_shown_in_braces() {
        let inner = Command::new(["if-shell", "-F", "1"]);
        let inner = inner.word(Word::sequence(&[
            Command::new(["a"]),
            Command::new(["b", "c d"]),
        ]));
        let hook = Command::new(["set-hook", "pane-died"]);
        check(
            hook.word(Word::sequence(&[inner])),
            "set-hook pane-died {\n    if-shell -F 1 {\n        a\n        b 'c d'\n    }\n}",
        );
        check(
            Command::new(["set-hook", "x", "if-shell y { a ; b } { c\u{9b} }"]),
            "set-hook x {\n    if-shell y {\n        a ;\n        b\n    } {\n        c\\u009b\n    }\n}",
        );
        check(Command::new(["set-hook", "x", "a b"]), "set-hook x 'a b'");
    }

    #[test]
    fn tags_are_decoded_where_they_can_be() {
        let set = |name, value: &str| Command::new(["set-option", "-p", name, value]);
        check(
            set(tag::WINDOW, "a/b=20c"),
            "set-option -p @triad_window 'a/b c'",
        );
        check(set(tag::WINDOW, "=2"), "set-option -p @triad_window =2");
        let layout = tag::layout("a b");
        check(
            set(tag::LAYOUT, &layout),
            "set-option -p @triad_layout 'a b'",
        );
        let body = encode_tag(&serde_json::json!({ "b": [1, 2], "a": "x\n\u{9b}" }));
        check(
            set(tag::PANE, &format!("a/b=20c v1.o v1:s {body}")),
            "set-option -p @triad_pane {\n    a/b c\n    v1.o\n    v1:s\n    \"a\": \"x\\n\\u009b\",\n    \"b\": [1,2]\n}",
        );
        check(
            set(tag::PANE, "a/b v1.o"),
            "set-option -p @triad_pane {\n    a/b\n    v1.o\n}",
        );
        check(set(tag::GEOMETRY, "?"), "set-option -p @triad_geometry '?'");
        check(set(tag::TITLE, "=20"), "set-option -p @triad_title =20");
    }
}
