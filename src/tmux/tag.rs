//! The options that tag triad's objects, and the encoding of their values.
//!
//! tmux prints `$` and control characters differently from version to version, so values are plain
//! ASCII. A pane without an option shows its window's or session's of the same name, so each level
//! has its own names, except where a pane has to show its window's ([`CLOCK`], [`SINCE`]).

/// On sessions: the layout's name ([`layout`]).
pub const LAYOUT: &str = "@triad_layout";
/// On sessions: the manifest's canonical path.
pub const MANIFEST: &str = "@triad_manifest";
/// On sessions: the address.
pub const SESSION: &str = "@triad_session";
/// On sessions: the key of the hashes of secrets ([`Salt`](crate::layout::Salt)).
pub const SALT: &str = "@triad_salt";
/// On sessions: `1` if nothing in it may be stopped.
pub const PROTECT: &str = "@triad_protect";
/// On sessions: the applied options and hooks
/// ([`AppliedSettings`](crate::layout::AppliedSettings)).
pub const SESSION_SETTINGS: &str = "@triad_session_settings";
/// On sessions, while panes are created: the history limit to restore.
pub const HISTORY: &str = "@triad_history";
/// On windows: the applied options, hooks and zoom.
pub const WINDOW_SETTINGS: &str = "@triad_window_settings";
/// On panes: the applied options.
pub const PANE_SETTINGS: &str = "@triad_pane_settings";
/// On windows: the address.
pub const WINDOW: &str = "@triad_window";
/// On windows: the applied layout ([`AppliedWindow`](crate::layout::AppliedWindow)).
pub const GEOMETRY: &str = "@triad_geometry";
/// On panes: the address, the owner, the spec and the applied body ([`PaneTag`]).
pub const PANE: &str = "@triad_pane";
/// On panes that version 0.1 tagged: the owner.
pub const OWNER: &str = "@triad_owner";
/// On panes that version 0.1 tagged: the spec.
pub const SPEC: &str = "@triad_spec";
/// On panes that version 0.1 tagged: the applied body.
pub const APPLIED: &str = "@triad_applied";
/// On panes: the progress of triad ([`Phase`](crate::live::Phase)).
pub const PHASE: &str = "@triad_phase";
/// On panes: the sockets that listened on its ports before it was started.
pub const STRANGERS: &str = "@triad_strangers";
/// On panes: that a run of its program is ready, since when and why, or that it was not in time
/// ([`ReadyTag`](crate::layout::ReadyTag)).
pub const READY: &str = "@triad_ready";
/// On panes: the status text of a run of its program, written like [`READY`].
pub const STATUS: &str = "@triad_status";
/// On panes: the id of the process that triad is ending, written before it is asked to end. An
/// interrupted run of triad leaves it there, so that the next one restarts the ended program.
pub const ENDING: &str = "@triad_ending";
/// On panes: the run of triad that has to pass its secrets.
pub const AWAITS: &str = "@triad_awaits";
/// On panes: the exit of a program that a shell has replaced, as `STATUS:SIGNAL`.
pub const LEFT: &str = "@triad_left";
/// On panes: the number of texts that have been typed into it.
pub const TYPED: &str = "@triad_typed";
/// On panes: how many of them had been typed, and where the cursor was, as [`TYPED_AT_FORMAT`], when the
/// next was left to wait for a line that comes after that.
pub const TYPED_AT: &str = "@triad_typed_at";
/// The rows of scrollback, the row of the cursor, the width, and whether the screen is the alternate one.
pub const TYPED_AT_FORMAT: &str = "#{history_size}:#{cursor_y}:#{pane_width}:#{alternate_on}";
/// On panes: the pane whose restart it has yet to follow.
pub const FOLLOWS: &str = "@triad_follows";
/// On panes, or on windows for all panes that were created with them: the start time of the program,
/// in seconds since the epoch.
pub const SINCE: &str = "@triad_since";
/// On windows, for all their panes, and on panes that tmux restarts: the format of that time. It is
/// the same everywhere, so a pane that shows its window's has the right one.
pub const CLOCK: &str = "@triad_clock";
/// On panes: the command that tmux runs once a second to notice the end of its program.
pub const TICK: &str = "@triad_tick";
/// On panes: the commands that restart its program.
pub const AGAIN: &str = "@triad_again";
/// On panes: the command that replaces its program with a shell.
pub const OVER: &str = "@triad_over";
/// On panes: the number of restarts by tmux.
pub const RESTARTS: &str = "@triad_restarts";
/// On panes: `1` once its task has exited with 0, until triad starts it again.
pub const DONE: &str = "@triad_done";
/// On panes: the id of the process that triad or tmux started there, from tmux 3.8 on, where
/// `pane_pid` is empty once that process has ended.
pub const PID: &str = "@triad_pid";
/// On panes: the pause before the next restart by tmux, in milliseconds.
pub const PAUSE: &str = "@triad_pause";
/// On panes: the number of lines of scrollback when its program was started.
pub const BEFORE: &str = "@triad_before";
/// On panes, while another is inserted before them: the number of their rows.
pub const ROWS: &str = "@triad_rows";
/// On panes: the title on the border. A program can overwrite tmux's own pane title.
pub const TITLE: &str = "@triad_title";

/// Encodes any text as plain ASCII: letters, digits, `_ - . /` stand for themselves, every other
/// byte is `=` and two hexadecimal digits.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_-./".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("={byte:02X}"));
        }
    }
    encoded
}

/// The end of a session's [`LAYOUT`] from version 0.2 on. For version 0.1 the value is invalid, and
/// the session not triad's: it leaves it alone instead of ending the panes whose tags it cannot read.
const SINCE_0_2: &str = "=v2";

/// Writes the value of [`LAYOUT`].
pub fn layout(name: &str) -> String {
    encode(name) + SINCE_0_2
}

/// Reads a layout's name in the value of [`LAYOUT`], of any version; `None` if it is invalid.
pub fn parse_layout(value: &str) -> Option<String> {
    decode(value.strip_suffix(SINCE_0_2).unwrap_or(value))
}

/// The value of a session's [`LAYOUT`] as version 0.1 wrote it.
pub fn former_layout(name: &str) -> String {
    encode(name)
}

/// The parts of a pane's tag.
///
/// `ADDRESS OWNER SPEC BODY`, the last two only once the pane has its program: one option instead of
/// four, because tmux walks over all its sessions, windows and clients for each option that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaneTag<'a> {
    /// The address, as [`encode`] writes it.
    pub address: &'a str,
    /// The owner ([`owner_key`](crate::layout::owner_key)).
    pub owner: &'a str,
    /// A hash of the fields that need a restart to change.
    pub spec: &'a str,
    /// The applied body ([`AppliedPane`](crate::layout::AppliedPane)).
    pub body: &'a str,
}

impl<'a> PaneTag<'a> {
    /// Writes the value of [`PANE`].
    pub fn join(self) -> String {
        let parts = [self.address, self.owner, self.spec, self.body];
        parts.join(" ").trim_end().to_owned()
    }

    /// Reads the value of [`PANE`]; `None` for an address alone, which version 0.1 wrote.
    pub fn split(value: &'a str) -> Option<Self> {
        let mut parts = value.split(' ');
        let (address, owner) = (parts.next()?, parts.next()?);
        Some(PaneTag {
            address,
            owner,
            spec: parts.next().unwrap_or_default(),
            body: parts.next().unwrap_or_default(),
        })
    }
}

/// The format of the user's default command for panes: characters that versions of tmux print
/// differently, and those that end a field or a record, are written as [`encode`] does.
pub const DEFAULT_COMMAND: &str =
    "#{?default-command,#{s/=/=3D/;s/[$]/=24/;s/\t/=09/;s/\n/=0A/:default-command},}";

/// Decodes such a text; `None` if it is invalid.
pub fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'=' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (rest.next()?, rest.next()?);
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let value = digit(high)? * 16 + digit(low)?;
        bytes.push(u8::try_from(value).expect("two hexadecimal digits"));
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_tag_survives_with_and_without_a_program() {
        let tag = |spec, body| PaneTag {
            address: "s/w/a=20b",
            owner: "v1.a.b",
            spec,
            body,
        };
        for tag in [tag("v1:x", "e30"), tag("", "")] {
            assert_eq!(PaneTag::split(&tag.join()), Some(tag));
        }
        assert_eq!(tag("", "").join(), "s/w/a=20b v1.a.b");
        assert_eq!(PaneTag::split("s/w/a"), None, "version 0.1");
    }

    #[test]
    fn version_0_1_cannot_read_the_layout_of_a_session() {
        let value = layout("a b");
        assert_eq!(decode(&value), None);
        for value in [value, former_layout("a b")] {
            assert_eq!(parse_layout(&value).as_deref(), Some("a b"));
        }
    }

    #[test]
    fn any_text_survives_the_encoding() {
        for text in ["", "a/b_c-d.e", "a b=c", "größe\n\t$x", "🧠"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
        assert_eq!(encode("a b"), "a=20b");
        for text in ["=", "=2", "=zz", "=FF"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
