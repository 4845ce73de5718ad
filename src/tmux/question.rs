//! Questions to a server and how their answers are read: what is asked is written next to what is
//! read of it.

use std::path::PathBuf;

use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::tag;

/// The process that runs in a pane or ran there last, as a format: empty where that is not known. An
/// empty pane has `0` before tmux 3.8, and nothing from then on.
pub const LAST_PID: &str = "#{?#{==:#{pane_pid},},#{@triad_pid},#{pane_pid}}";

/// How a pane and its process are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaneState {
    pub server: ServerId,
    pub pane: PaneId,
    /// The process that runs in it, or that ran last.
    pub pid: Option<i32>,
    pub is_dead: bool,
    /// The exit status and the signal as tmux prints them: empty where it does not know them.
    pub status: String,
    pub signal: String,
    /// The tags [`PHASE`](tag::PHASE) and [`LEFT`](tag::LEFT).
    pub phase: String,
    pub left: String,
}

impl PaneState {
    /// The fields, in the order in which [`PaneState::parse`] reads them.
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

    /// Reads one line.
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

/// What shows whether a shell stands at its prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    pub pane: PaneId,
    pub pid: i32,
    pub is_dead: bool,
    pub tty: PathBuf,
    /// The cursor, and how much has scrolled by: it changes where something is printed.
    pub place: String,
    /// The program that tmux sees in the foreground.
    pub foreground: String,
}

impl Terminal {
    /// The fields, in the order in which [`Terminal::parse`] reads them.
    pub const FORMAT: &'static str = "#{pane_id}\t#{pane_pid}\t#{pane_dead}\t#{pane_tty}\t\
         #{cursor_x},#{cursor_y},#{history_size}\t#{pane_current_command}";

    /// Reads one line.
    pub fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.splitn(6, '\t').collect();
        let [pane, pid, dead, tty, place, foreground] = fields[..] else {
            return None;
        };
        Some(Terminal {
            pane: pane.parse().ok()?,
            // What runs has one.
            pid: pid.parse().unwrap_or_default(),
            is_dead: dead == "1",
            tty: PathBuf::from(tty),
            place: place.to_owned(),
            foreground: foreground.to_owned(),
        })
    }
}

/// What a format had to print before tmux 3.4 escaped it ([`escapes_dollars`]): there each `$` that a
/// letter, `_` or `{` follows has one `\` more before it.
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
        let line = "%1\t5\t0\t/dev/pts/3\t0,1,2\ta\tb";
        let terminal = Terminal::parse(line).expect("six fields");
        assert_eq!(terminal.foreground, "a\tb");
    }
}
