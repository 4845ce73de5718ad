//! What a pane leaves behind: how its process ended, and the last lines it printed.

use std::time::Duration;

use crate::execute::run::Execution;
use crate::layout::Address;
use crate::live::{self, Exit};
use crate::tmux::script::Ref;
use crate::tmux::server::{self, Server};

/// How many of a pane's last lines are shown when it fails.
const LAST_LINES: usize = 10;
/// How often a server is asked for an exit status that it has not collected yet.
const EXIT_LOOKS: u32 = 25;
/// The pause between two of those looks.
const LOOK: Duration = Duration::from_millis(20);

/// What triad has tmux write there begins so, and with a name.
const HELD: &str = "triad: `";
/// What follows the name.
const SAYS: [&str; 4] = [
    "has ended with",
    "failed after",
    "waits for",
    "was not started:",
];
/// What follows that in a pane that waits, or was not started.
const MORE: [&str; 3] = [
    "and starts as soon as that holds.",
    "If triad is gone, `triad apply` goes on from here.",
    "`triad apply` tries again.",
];
/// What belongs to such a line begins so.
const INDENT: &str = "    ";
/// What tmux writes into a pane whose process has ended.
const DEAD: &str = "Pane is dead (";

/// What a pane's process came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    pub exit: Exit,
    /// The last lines that it printed.
    pub lines: Vec<String>,
    /// Another process that runs in the pane by now, where tmux has started one.
    pub successor: Option<i32>,
    /// tmux has given it up, or never was to start it again.
    pub is_final: bool,
    /// Its pane is not there any more.
    pub is_closed: bool,
}

/// How a pane's process ended, and the last lines it printed. tmux may see the end of the terminal
/// before it has collected the process, and is asked again then. `pid` is that process.
pub(super) async fn last_words(
    execution: &Execution<'_>,
    address: &Address,
    pid: Option<i32>,
) -> Fate {
    let mut fate = Fate {
        exit: Exit::Unknown,
        lines: Vec::new(),
        successor: None,
        is_final: true,
        is_closed: false,
    };
    let Some(id) = execution.bindings.get(&Ref::Pane(address.clone())) else {
        return fate;
    };
    for _ in 0..EXIT_LOOKS {
        let Some((state, lines)) = look(execution, id).await else {
            fate.is_closed = true;
            break;
        };
        fate.lines = tail(lines);
        fate.is_final = state.phase != "started";
        if let Some(exit) = state.left {
            // A shell has taken its place.
            fate.exit = exit;
            fate.is_final = true;
            break;
        }
        if !state.is_dead && pid.is_some_and(|pid| state.pid != pid) {
            fate.successor = Some(state.pid);
            break;
        }
        if let Some(known) = state.exit {
            fate.exit = known;
            // Only then has tmux read all that the program printed.
            if state.is_dead {
                break;
            }
        } else {
            server::remind(state.server);
        }
        // tmux tells nobody when it has read and collected; it is asked EXIT_LOOKS times at most.
        tokio::time::sleep(LOOK).await;
    }
    fate
}

/// The last lines that a pane printed; none where it cannot be asked.
pub async fn last_lines(server: &Server, pane: &str) -> Vec<String> {
    let output = server.query(&capture(pane)).await;
    let text = output.map(|output| output.stdout).unwrap_or_default();
    tail(
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect(),
    )
}

/// The command that prints the end of a pane's scrollback.
fn capture(id: &str) -> [&str; 7] {
    ["capture-pane", "-p", "-J", "-t", id, "-S", "-100"]
}

/// What tmux tells of a pane.
struct State {
    is_dead: bool,
    exit: Option<Exit>,
    server: i32,
    pid: i32,
    phase: String,
    left: Option<Exit>,
}

/// `None`: the pane has closed, or the server is gone.
async fn look(execution: &Execution<'_>, id: &str) -> Option<(State, Vec<String>)> {
    let fields = [
        "#{pane_dead}",
        "#{pane_dead_status}",
        "#{pane_dead_signal}",
        "#{pid}",
        "#{pane_pid}",
        "#{@triad_phase}",
        "#{@triad_left}",
    ];
    let filter = format!("#{{==:#{{pane_id}},{id}}}");
    let format = fields.join(" ");
    let list = ["list-panes", "-t", id, "-f", &filter, "-F", &format, ";"];
    let query = [&list[..], &capture(id)[..]].concat();
    let output = execution.server.query(&query).await.ok()?;
    let mut text = output.stdout.lines();
    let fields: Vec<&str> = text.next()?.split(' ').collect();
    let [dead, status, signal, server, pid, phase, left] = fields[..] else {
        return None;
    };
    let state = State {
        is_dead: dead == "1",
        exit: live::exit(status, signal),
        server: server.parse().unwrap_or(0),
        pid: pid.parse().unwrap_or(0),
        phase: phase.to_owned(),
        left: live::left(left),
    };
    let lines = text.map(|line| line.trim_end().to_owned()).collect();
    Some((state, lines))
}

/// The last lines that are not empty, without what tmux itself adds about the end.
fn tail(mut lines: Vec<String>) -> Vec<String> {
    let mut is_told = false;
    lines.retain(|line| {
        // What a waiting pane needs, or why it was not started, stands behind triad's words.
        let is_rest = is_told && line.starts_with(INDENT);
        let is_ours = is_rest || is_tmuxs(line);
        is_told = is_ours && !MORE.contains(&line.as_str());
        !line.trim().is_empty() && !is_ours
    });
    let from = lines.len().saturating_sub(LAST_LINES);
    lines.split_off(from)
}

/// Whether tmux, or triad, wrote a line into the pane and not its program.
pub(super) fn is_tmuxs(line: &str) -> bool {
    // A narrow pane shows as much of it as fits.
    let is_either = |said: &str, text: &str| said.starts_with(text) || text.starts_with(said);
    let is_held = line.strip_prefix(HELD).is_some_and(|rest| {
        let said = rest.split_once("` ");
        said.is_none_or(|(_, said)| SAYS.iter().any(|text| is_either(said, text)))
    });
    is_held || MORE.contains(&line) || line.len() > "Pane is".len() && is_either(line, DEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ten_lines_of_the_program_are_kept() {
        let mut lines: Vec<String> = (1..=12).map(|line| format!("line {line}")).collect();
        lines.insert(5, "  ".to_owned());
        lines.push("Pane is dead (status 3, Sat Nov 21 07:26:39 2026)".to_owned());
        let kept = tail(lines);
        assert_eq!(kept.len(), 10);
        assert_eq!((&*kept[0], &*kept[9]), ("line 3", "line 12"));
    }

    #[test]
    fn what_a_pane_said_while_it_waited_is_no_line_of_its_program() {
        let lines = [
            "one",
            "triad: `x` waits for",
            "    s/w/db (ready)",
            "and starts as soon as that holds.",
            "If triad is gone, `triad apply` goes on from here.",
            "    two",
        ];
        let kept = tail(lines.map(str::to_owned).to_vec());
        assert_eq!(kept, ["one", "    two"]);
    }

    #[test]
    fn what_a_narrow_pane_shows_of_tmuxs_words_is_no_line() {
        for line in [
            "Pane is d",
            "Pane is dead (sta",
            "triad: `x` has ended with 3",
            "triad: `x` has end",
            "triad: `data",
            "triad: `x` failed after 5 restarts: signal 9 after 1 s",
            "triad: `x` waits for",
            "and starts as soon as that holds.",
        ] {
            assert!(is_tmuxs(line), "{line}");
        }
        for line in ["Pane", "Pane is", "Pane is down", "triad: `x` is up"] {
            assert!(!is_tmuxs(line), "{line}");
        }
    }
}
