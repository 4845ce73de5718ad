//! `.env`: variables that compose and Procfile runners read. Only ports are copied into the manifest:
//! the other values may be secrets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::found::Found;

pub(super) const FILES: &[&str] = &[".env"];

/// The variables of a file.
#[derive(Debug, Default)]
pub(super) struct Variables {
    all: BTreeMap<String, String>,
    /// The first line that a shell and the tools read differently, counted from 1.
    odd: Option<usize>,
}

/// The variables of the folder.
pub(super) fn variables(found: &Found) -> Variables {
    let file = found.file(FILES);
    file.map_or_else(Variables::default, |(_, text)| Variables::read(text))
}

impl Variables {
    pub(super) fn read(text: &str) -> Self {
        let variables = text.lines().filter_map(|line| {
            let line = line.trim();
            let (name, value) = line
                .strip_prefix("export ")
                .unwrap_or(line)
                .split_once('=')?;
            let name = name.trim();
            let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let value = value.trim();
            let quoted = ['"', '\''].iter().find_map(|quote| {
                let inner = value.strip_prefix(*quote)?;
                Some(inner.split_once(*quote)?.0)
            });
            let bare = || value.split(" #").next().unwrap_or_default().trim_end();
            let value = quoted.unwrap_or_else(bare).to_owned();
            (is_name && !name.is_empty()).then(|| (name.to_owned(), value))
        });
        Variables {
            all: variables.collect(),
            odd: text
                .lines()
                .position(|line| !is_plain(line))
                .map(|at| at + 1),
        }
    }

    /// The first line that a shell and the tools read differently, counted from 1.
    pub(super) fn odd_line(&self) -> Option<usize> {
        self.odd
    }

    /// The port that the file sets for the programs.
    pub(super) fn port(&self) -> Option<u16> {
        let port = self.all.get("PORT")?.parse().ok();
        port.filter(|port| *port > 0)
    }

    /// A text with `$NAME`, `${NAME}` and `${NAME:-default}` filled in; `None` if a variable is unknown.
    pub(super) fn filled<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        if !text.contains('$') {
            return Some(Cow::Borrowed(text));
        }
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            filled.push_str(before);
            let (name, default, after) = if let Some(inner) = after.strip_prefix('{') {
                let (inner, after) = inner.split_once('}')?;
                let (name, default) = match inner.split_once('-') {
                    Some((name, default)) => (name.trim_end_matches(':'), Some(default)),
                    None => (inner, None),
                };
                (name, default, after)
            } else {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let end = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
                (&after[..end], None, &after[end..])
            };
            let known = self.all.get(name).map(String::as_str);
            filled.push_str(known.filter(|value| !value.is_empty()).or(default)?);
            rest = after;
        }
        filled.push_str(rest);
        Some(Cow::Owned(filled))
    }
}

/// Whether a shell and the tools read a line in the same way.
fn is_plain(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return true;
    }
    let assignment = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, value)) = assignment.split_once('=') else {
        return false;
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=?".contains(c);
    let is_bare = value.chars().all(is_word);
    let inner = value
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    let is_single = inner.is_some_and(|inner| !inner.contains('\''));
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let is_double = inner.is_some_and(|inner| !inner.contains(['"', '\\', '$', '`']));
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name && !name.is_empty() && (is_bare || is_single || is_double)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_its_tools_read_it() {
        let text =
            "# x\nexport A=1\nB = \"two # words\" # x\nC='3'\nD=4 # four\nE\nF G=5\nPORT=3000\n";
        let read = Variables::read(text);
        let told: Vec<(&str, &str)> = read
            .all
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        let expected = [
            ("A", "1"),
            ("B", "two # words"),
            ("C", "3"),
            ("D", "4"),
            ("PORT", "3000"),
        ];
        assert_eq!(told, expected);
        assert_eq!(read.port(), Some(3000));
        assert_eq!(read.filled("$A${D}x${NO:-y}").as_deref(), Some("14xy"));
        assert_eq!(read.filled("${NO}"), None);
        assert_eq!(read.filled("${A"), None);
        assert_eq!(Variables::read("PORT=0").port(), None);
        assert_eq!(read.odd_line(), Some(3));
        let plain = Variables::read("A=b/c:d\n# x\nB='$x y'\nexport C=\"d e\"\n");
        assert_eq!(plain.odd_line(), None);
        assert_eq!(Variables::read("A=1\nB=a b").odd_line(), Some(2));
    }
}
