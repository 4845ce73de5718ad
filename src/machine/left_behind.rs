//! Finds processes that `exec` probes and hooks leave running. Such a process has a session of its
//! own, so it survives the end of the probe; a variable in its environment shows its origin. It may
//! be meant to stay, such as a shared connection, so triad reports it and does not end it.

use std::collections::BTreeMap;

use crate::machine::{process, process_tree};

/// The variable that marks the processes of a command.
pub const MARK: &str = "TRIAD_COMMAND";

/// Returns the value of that variable for a command of this name. Other runs of triad use other
/// values.
pub fn mark(name: &str) -> String {
    format!("{}:{name}", std::process::id())
}

/// Finds the processes that ended commands of this triad left running, by the commands' names.
/// Processes of commands that are still running are left out.
pub fn find() -> BTreeMap<String, Vec<i32>> {
    let mut found: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    let begins = format!("{MARK}={}:", std::process::id());
    let living = process::living();
    let own = process::own_tree(&living);
    for (pid, _) in living.iter().filter(|(pid, _)| !own.contains(pid)) {
        if let Some(name) = process::given_after(*pid, &begins) {
            found.entry(name).or_default().push(*pid);
        }
    }
    found
}

/// The maximum number of them to show.
const SHOWN_MAX: usize = 3;

/// Writes processes for people, the first few with their commands.
pub fn named(pids: &[i32]) -> String {
    let shown = process_tree::named(&pids[..pids.len().min(SHOWN_MAX)]);
    match pids.len().saturating_sub(SHOWN_MAX) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}
