//! Questions to a server and the parsers of their answers, side by side.

use std::path::PathBuf;

use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::tag;

/// The format of a pane's present or last process: empty if it is unknown. An empty pane has `0`
/// before tmux 3.8, and nothing from then on.
pub const LAST_PID: &str = "#{?#{==:#{pane_pid},},#{@triad_pid},#{pane_pid}}";

/// The state of a pane and its process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaneState {
    pub server: ServerId,
    pub pane: PaneId,
    /// The process that is running in it, or ran last.
    pub pid: Option<i32>,
    pub is_dead: bool,
    /// The exit status and the signal as tmux prints them: empty if it does not know them.
    pub status: String,
    pub signal: String,
    /// The tags [`PHASE`](tag::PHASE) and [`LEFT`](tag::LEFT).
    pub phase: String,
    pub left: String,
}

impl PaneState {
    /// Returns the fields, in the order in which [`PaneState::parse`] reads them.
    pub fn format() -> String {
        let fields = [
            "#{pid}",
            "#{start_time}",
            "#{pane_id}",
            LAST_PID,
            "#{pane_dead}",
            "#{pane_dead_status}",
            "#{pane_dead_signal}",
            &format!("#{{{}}}", tag::PHASE),
            &format!("#{{{}}}", tag::LEFT),
        ];
        fields.join("\t")
    }

    /// Parses one line.
    pub fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [
            server,
            start_time,
            pane,
            pid,
            dead,
            status,
            signal,
            phase,
            left,
        ] = fields[..]
        else {
            return None;
        };
        Some(PaneState {
            server: ServerId {
                pid: server.parse().ok()?,
                start_time: start_time.parse().ok()?,
            },
            pane: pane.parse().ok()?,
            pid: pid.parse().ok().filter(|pid| *pid > 0),
            is_dead: dead == "1",
            status: status.to_owned(),
            signal: signal.to_owned(),
            phase: phase.to_owned(),
            left: left.to_owned(),
        })
    }
}

/// The evidence whether a shell is at its prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    pub pane: PaneId,
    pub pid: i32,
    pub is_dead: bool,
    pub tty: PathBuf,
    /// The cursor, and how much has scrolled by: it changes where something is printed.
    pub place: Place,
    /// How many rows of scrollback there may be.
    pub limit: usize,
    /// How many of them are older than the program.
    pub before: usize,
    /// The tag [`TYPED_AT`](tag::TYPED_AT).
    pub typed_at: String,
    /// The program that tmux sees in the foreground.
    pub foreground: String,
}

/// Where a cursor is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    pub column: usize,
    pub row: usize,
    /// How many rows of scrollback there are.
    pub history: usize,
    pub width: usize,
    pub is_alternate: bool,
}

impl Terminal {
    /// The fields, in the order in which [`Terminal::parse`] reads them.
    pub fn format() -> String {
        let fields = [
            "#{pane_id}",
            "#{pane_pid}",
            "#{pane_dead}",
            "#{pane_tty}",
            "#{cursor_x}",
            tag::TYPED_AT_FORMAT,
            "#{history_limit}",
            &format!("#{{{}}}", tag::BEFORE),
            &format!("#{{{}}}", tag::TYPED_AT),
            "#{pane_current_command}",
        ];
        fields.join("\t")
    }

    /// Parses one line.
    pub fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.splitn(10, '\t').collect();
        let [
            pane,
            pid,
            dead,
            tty,
            column,
            place,
            limit,
            before,
            typed_at,
            foreground,
        ] = fields[..]
        else {
            return None;
        };
        Some(Terminal {
            pane: pane.parse().ok()?,
            // A running program has a pid.
            pid: pid.parse().unwrap_or_default(),
            is_dead: dead == "1",
            tty: PathBuf::from(tty),
            place: Place {
                column: column.parse().ok()?,
                ..Place::parse(place)?
            },
            limit: limit.parse().ok()?,
            // Nothing was before the program of a new pane.
            before: before.parse().unwrap_or(0),
            typed_at: typed_at.to_owned(),
            foreground: foreground.to_owned(),
        })
    }
}

impl Place {
    /// Reads what [`TYPED_AT_FORMAT`](tag::TYPED_AT_FORMAT) prints; its column is not in it.
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split(':').collect();
        let [history, row, width, alternate] = fields[..] else {
            return None;
        };
        Some(Place {
            column: 0,
            row: row.parse().ok()?,
            history: history.parse().ok()?,
            width: width.parse().ok()?,
            is_alternate: alternate == "1",
        })
    }
}

/// Returns the text that tmux 3.4 escaped when a format printed it ([`escapes_dollars`]): it adds a
/// `\` before each `$` that a letter, `_` or `{` follows.
///
/// [`escapes_dollars`]: crate::tmux::version::Version::escapes_dollars
pub fn unescaped(printed: &str) -> String {
    let mut text = String::with_capacity(printed.len());
    let mut rest = printed;
    while let Some((before, after)) = rest.split_once("\\$") {
        text.push_str(before);
        let is_escaped = after.starts_with(|c: char| c.is_ascii_alphabetic() || "_{".contains(c));
        text.push_str(if is_escaped { "$" } else { "\\$" });
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_without_a_process_has_none_in_every_release() {
        for pid in ["0", ""] {
            let line = format!("7\t99\t%3\t{pid}\t0\t\t\tplaceholder\t");
            let state = PaneState::parse(&line).expect("nine fields");
            assert_eq!((state.pane, state.pid), (PaneId(3), None));
            assert_eq!(state.phase, "placeholder");
        }
        assert_eq!(PaneState::parse("7\t99\t%3"), None);
    }

    #[test]
    fn what_runs_in_the_foreground_may_hold_anything() {
        let line = "%1\t5\t0\t/dev/pts/3\t4\t7:5:80:0\t2000\t\t\ta\tb";
        let terminal = Terminal::parse(line).expect("ten fields");
        assert_eq!(terminal.foreground, "a\tb");
        let place = Place {
            column: 4,
            row: 5,
            history: 7,
            width: 80,
            is_alternate: false,
        };
        assert_eq!((terminal.place, terminal.before), (place, 0));
    }
}
