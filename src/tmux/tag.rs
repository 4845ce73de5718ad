//! The options that mark triad's objects, and the encoding of their values.
//!
//! tmux prints `$` and control characters differently from version to version, so values are plain
//! ASCII. A pane without an option shows its window's or session's of the same name, so each level
//! has names of its own, but where a pane is to show its window's ([`HELD`], [`CLOCK`]).

/// On sessions: the layout's name.
pub const LAYOUT: &str = "@triad_layout";
/// On sessions: the manifest's canonical path.
pub const MANIFEST: &str = "@triad_manifest";
/// On sessions: the address.
pub const SESSION: &str = "@triad_session";
/// On sessions: the key of the hashes of secrets ([`Salt`](crate::layout::Salt)).
pub const SALT: &str = "@triad_salt";
/// On sessions: `1` where nothing in it may be stopped.
pub const PROTECT: &str = "@triad_protect";
/// On sessions: the options and hooks applied ([`AppliedSettings`](crate::layout::AppliedSettings)).
pub const SESSION_SETTINGS: &str = "@triad_session_settings";
/// On sessions, for as long as panes are made: the history limit to go back to.
pub const HISTORY: &str = "@triad_history";
/// On windows: the options, hooks and zoom applied.
pub const WINDOW_SETTINGS: &str = "@triad_window_settings";
/// On panes: the options applied.
pub const PANE_SETTINGS: &str = "@triad_pane_settings";
/// On windows: the address.
pub const WINDOW: &str = "@triad_window";
/// On windows: the layout applied ([`AppliedWindow`](crate::layout::AppliedWindow)).
pub const GEOMETRY: &str = "@triad_geometry";
/// On panes: the address.
pub const PANE: &str = "@triad_pane";
/// On panes: whose it is ([`owner_key`](crate::layout::owner_key)).
pub const OWNER: &str = "@triad_owner";
/// On panes: a hash of what needs a restart to change.
pub const SPEC: &str = "@triad_spec";
/// On panes: the body applied ([`AppliedPane`](crate::layout::AppliedPane)).
pub const APPLIED: &str = "@triad_applied";
/// On panes: how far triad came ([`Phase`](crate::live::Phase)).
pub const PHASE: &str = "@triad_phase";
/// On panes: the sockets that listened on the ports it was to open before it was started.
pub const STRANGERS: &str = "@triad_strangers";
/// On panes: that a run of its program is ready, since when and why, or that it was not in time
/// ([`ReadyTag`](crate::layout::ReadyTag)).
pub const READY: &str = "@triad_ready";
/// On panes: what a run of its program says that it does, as [`READY`] is written.
pub const STATUS: &str = "@triad_status";
/// On panes: the id of the process that triad is ending, written before it is asked to end. A run of
/// triad that is interrupted leaves it there, so that the next one starts again what it has ended.
pub const ENDING: &str = "@triad_ending";
/// On panes: by which run of triad it was started that is to hand it its secrets.
pub const AWAITS: &str = "@triad_awaits";
/// On panes: how the program ended whose place a shell has taken, as `STATUS:SIGNAL`.
pub const LEFT: &str = "@triad_left";
/// On panes: how many of the texts that are typed into it have been.
pub const TYPED: &str = "@triad_typed";
/// On panes: the pane whose restart it has yet to follow.
pub const FOLLOWS: &str = "@triad_follows";
/// On panes: when its program was started, in seconds since the epoch.
pub const SINCE: &str = "@triad_since";
/// On windows, for all their panes, and on panes that tmux starts again: the format of that time.
/// It is the same everywhere, so a pane that shows its window's has the right one.
pub const CLOCK: &str = "@triad_clock";
/// On windows, to be shown by their panes: how a program has ended, as a dead pane says it. No pane
/// has one of its own.
pub const HELD: &str = "@triad_held";
/// On panes: what tmux does once a second to see the end of its program.
pub const TICK: &str = "@triad_tick";
/// On panes: the commands that start its program again.
pub const AGAIN: &str = "@triad_again";
/// On panes: the command that puts a shell into its program's place.
pub const OVER: &str = "@triad_over";
/// On panes: how often tmux has started its program again.
pub const RESTARTS: &str = "@triad_restarts";
/// On panes: `1` once its task has exited with 0, until triad starts it anew.
pub const DONE: &str = "@triad_done";
/// On panes: the id of the process that triad or tmux started there, from tmux 3.8 on, where
/// `pane_pid` is empty once that process has ended.
pub const PID: &str = "@triad_pid";
/// On panes: the pause before tmux starts its program again the next time, in milliseconds.
pub const PAUSE: &str = "@triad_pause";
/// On panes: how many lines of scrollback there were when its program was started.
pub const BEFORE: &str = "@triad_before";
/// On panes, while another is put before them: how many rows they have.
pub const ROWS: &str = "@triad_rows";
/// On panes: the title that the border shows. A program can overwrite tmux's own pane title.
pub const TITLE: &str = "@triad_title";

/// Makes any text plain ASCII: letters, digits, `_ - . /` stand for themselves, every other byte
/// is `=` and two hexadecimal digits.
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

/// The format of the command that the user has set for bare panes: what versions of tmux print
/// differently, and what ends a field or a record, is written as [`encode`] does.
pub const DEFAULT_COMMAND: &str =
    "#{?default-command,#{s/=/=3D/;s/[$]/=24/;s/\t/=09/;s/\n/=0A/:default-command},}";

/// Reads such a text back; `None` if it is not one.
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
    fn any_text_comes_back() {
        for text in ["", "a/b_c-d.e", "a b=c", "größe\n\t$x", "🧠"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
        assert_eq!(encode("a b"), "a=20b");
        for text in ["=", "=2", "=zz", "=FF"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
