//! The tag on a pane about one run of its program: that it is ready, or its status.
//!
//! `PID:SECONDS:TEXT`: the process, the time of writing in seconds since the epoch, and the text
//! encoded like every body ([`encode_tag`]). Nothing clears the tag: the next program of the pane has
//! another process id.

use super::applied::{decode_tag, encode_tag};

/// A remark about one run of a pane's program, as `@triad_ready` and `@triad_status` hold it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReadyTag {
    /// The pane's process.
    pub pid: i32,
    /// The time of writing, in seconds since the epoch.
    pub at: u64,
    /// The reason why it is ready, or its status, for people. One printable line.
    pub why: String,
}

/// The longest text, in characters: it has to fit into a line of a table.
pub(super) const WHY_MAX: usize = 200;

/// The start of the option if triad has given up on the run because it was not ready in time.
const GIVEN_UP: char = '!';

impl ReadyTag {
    /// Creates a tag. A long text is cut, and is made one printable line.
    pub fn new(pid: i32, at: u64, why: &str) -> Self {
        let why = one_line(why);
        ReadyTag { pid, at, why }
    }

    /// The tag as stored in the option: ASCII letters, digits, `:`, `-` and `_`.
    pub fn encode(&self) -> String {
        format!("{}:{}:{}", self.pid, self.at, encode_tag(&self.why))
    }

    /// Decodes a tag; `None` if the option is empty, edited by hand, or of another version.
    pub fn parse(text: &str) -> Option<ReadyTag> {
        let (pid, rest) = text.split_once(':')?;
        let (at, why) = rest.split_once(':')?;
        let pid = pid.parse().ok().filter(|pid| *pid > 0)?;
        let why: String = decode_tag(why)?;
        Some(ReadyTag::new(pid, at.parse().ok()?, &why))
    }

    /// The tag for a run that was not ready in time, with the reason.
    pub fn encode_given_up(&self) -> String {
        format!("{GIVEN_UP}{}", self.encode())
    }

    /// Decodes the tag of a run that was not ready in time; `None` also if the run was ready.
    pub fn parse_given_up(text: &str) -> Option<ReadyTag> {
        ReadyTag::parse(text.strip_prefix(GIVEN_UP)?)
    }

    /// Whether it belongs to the run with this process.
    pub fn is_of(&self, pid: i32) -> bool {
        self.pid == pid
    }
}

/// A text of another program on one line: control characters are made visible, and a long text ends
/// in `…`.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut rest = text.trim().chars();
    for _ in 0..WHY_MAX {
        match rest.next() {
            Some('\t') => line.push(' '),
            Some(c) if c.is_control() => line.extend(c.escape_default()),
            Some(c) => line.push(c),
            None => return line,
        }
    }
    if rest.next().is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let tag = ReadyTag::new(4123, 1_700_000_000, "http 200 on 127.0.0.1:8000");
        let text = tag.encode();
        assert_eq!(
            text,
            "4123:1700000000:Imh0dHAgMjAwIG9uIDEyNy4wLjAuMTo4MDAwIg"
        );
        assert_eq!(ReadyTag::parse(&text), Some(tag.clone()));
        assert!(tag.is_of(4123) && !tag.is_of(412));
        // Neither is taken for the other.
        let given_up = tag.encode_given_up();
        assert_eq!(ReadyTag::parse_given_up(&given_up), Some(tag.clone()));
        assert_eq!(ReadyTag::parse(&given_up), None);
        assert_eq!(ReadyTag::parse_given_up(&text), None);
        for why in ["", "größe 🧠", "a:b \"c\" \\ $x #{y}"] {
            let tag = ReadyTag::new(1, 0, why);
            let is_plain = |c: char| c.is_ascii_alphanumeric() || ":-_".contains(c);
            assert!(tag.encode().chars().all(is_plain), "{why}");
            assert_eq!(
                ReadyTag::parse(&tag.encode()).map(|tag| tag.why).as_deref(),
                Some(why)
            );
        }
    }

    #[test]
    fn what_was_edited_by_hand_is_no_tag() {
        let why = encode_tag(&"x".to_owned());
        for text in [
            "",
            "1",
            "1:2",
            "1:2:",
            "1:2:x y",
            "ready",
            "1:2:e30",
            &format!("0:2:{why}"),
            &format!("-1:2:{why}"),
            &format!("1:x:{why}"),
            &format!("1:-2:{why}"),
            &format!("99999999999:2:{why}"),
        ] {
            assert_eq!(ReadyTag::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_one_printable_line() {
        assert_eq!(one_line(" a\tb\nc\u{1b}[31m "), "a b\\nc\\u{1b}[31m");
        let long = one_line(&"x".repeat(WHY_MAX + 1));
        assert_eq!(long.chars().count(), WHY_MAX + 1);
        assert!(long.ends_with('…'));
        assert_eq!(one_line(&long), long[..WHY_MAX].to_owned() + "…");
    }
}
