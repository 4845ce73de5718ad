//! Finds processes that `exec` probes and hooks leave running. Such a process has a session of its own,
//! so the end of the probe does not reach it; a variable in its environment tells where it comes from.
//! It may be meant to stay, as a shared connection is, so triad names it and does not end it.

use std::collections::BTreeMap;

use crate::machine::{process, process_tree};

/// The variable that marks what a command starts.
pub const MARK: &str = "TRIAD_COMMAND";

/// The value of that variable for a command of this name. Another run of triad has others.
pub fn mark(name: &str) -> String {
    format!("{}:{name}", std::process::id())
}

/// What commands of this triad that have ended left running, by their names. Those that `run` now are
/// left out, with all that they have started.
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

/// How many of them people are shown.
const SHOWN_MAX: usize = 3;

/// Processes for people, the first few by what they run.
pub fn named(pids: &[i32]) -> String {
    let shown = process_tree::named(&pids[..pids.len().min(SHOWN_MAX)]);
    match pids.len().saturating_sub(SHOWN_MAX) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}
