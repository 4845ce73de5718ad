//! What a pane leaves behind: how its process ended, and the last lines it printed.

use std::time::Duration;

use crate::execute::run::Execution;
use crate::layout::Address;
use crate::live::{self, Exit};
use crate::tmux::script::Ref;
use crate::tmux::server;

/// How many of a pane's last lines are shown when it fails.
const LAST_LINES: usize = 10;
/// How often a server is asked for an exit status that it has not collected yet.
const EXIT_LOOKS: u32 = 25;
/// The pause between two of those looks.
const LOOK: Duration = Duration::from_millis(20);

/// How a pane's process ended, and the last lines it printed. tmux may see the end of the terminal
/// before it has collected the process, and is asked again then.
pub(super) async fn last_words(
    execution: &Execution<'_>,
    address: &Address,
) -> (Exit, Vec<String>) {
    let Some(id) = execution.bindings.get(&Ref::Pane(address.clone())) else {
        return (Exit::Unknown, Vec::new());
    };
    let mut lines = Vec::new();
    let mut exit = Exit::Unknown;
    for _ in 0..EXIT_LOOKS {
        let format = "#{pane_dead} #{pane_dead_status} #{pane_dead_signal} #{pid}";
        let query = [
            "list-panes",
            "-t",
            id,
            "-f",
            &format!("#{{==:#{{pane_id}},{id}}}"),
            "-F",
            format,
            ";",
            "capture-pane",
            "-p",
            "-J",
            "-t",
            id,
            "-S",
            "-100",
        ];
        let Ok(output) = execution.server.query(&query).await else {
            break;
        };
        let mut text = output.stdout.lines();
        let state = text.next().unwrap_or_default();
        lines = text.map(|line| line.trim_end().to_owned()).collect();
        let fields: Vec<&str> = state.split(' ').collect();
        let [dead, status, signal, pid] = fields[..] else {
            // The pane has closed with its process.
            return (Exit::Unknown, Vec::new());
        };
        if let Some(known) = live::exit(status, signal) {
            exit = known;
            // Only then has tmux read all that the program printed.
            if dead == "1" {
                break;
            }
        } else {
            server::remind(pid.parse().unwrap_or(0));
        }
        // tmux tells nobody when it has read and collected; it is asked EXIT_LOOKS times at most.
        tokio::time::sleep(LOOK).await;
    }
    (exit, tail(lines))
}

/// The last lines that are not empty, without what tmux itself adds about the end.
fn tail(mut lines: Vec<String>) -> Vec<String> {
    lines.retain(|line| !line.trim().is_empty() && !line.starts_with("Pane is dead ("));
    let from = lines.len().saturating_sub(LAST_LINES);
    lines.split_off(from)
}
