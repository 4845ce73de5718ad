//! The flags that ask more of `apply` and `plan` than the manifest says, on a real tmux: which
//! processes they cost, and which not.

mod adopt;
mod only;
mod prune;
mod relayout;
mod replace;

use std::collections::BTreeMap;

use crate::support::sandbox::Sandbox;

/// The pid of every pane of triad's, by address.
#[track_caller]
pub fn pids(sandbox: &Sandbox) -> BTreeMap<String, u32> {
    let panes = sandbox.panes().into_iter();
    panes.map(|(address, pane)| (address, pane.pid)).collect()
}

/// The addresses whose pid is another than before, or that are new.
#[track_caller]
pub fn renewed(before: &BTreeMap<String, u32>, sandbox: &Sandbox) -> Vec<String> {
    let after = pids(sandbox).into_iter();
    let other = after.filter(|(address, pid)| before.get(address) != Some(pid));
    other.map(|(address, _)| address).collect()
}
