//! How to end the process in a live pane: as it was applied, whatever the manifest says now,
//! because the method belongs to the running process.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::layout::{Address, AppliedPane, OnExit, Stop, StopHow};
use crate::live::{LivePane, Phase};
use crate::tmux::id::PaneId;

/// The way to end a process, and everything it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopMethod {
    pub pane: PaneId,
    pub address: Option<Address>,
    pub stop: Stop,
    /// An interactive shell: it ignores TERM and ends on HUP.
    pub is_shell: bool,
    /// The pane closes with its process.
    pub closes: bool,
    /// tmux starts something in its place when it ends, unless its exit hook is removed first.
    pub is_armed: bool,
    /// The directory of a stop command, and its environment besides the caller's.
    pub cwd: PathBuf,
    pub env: BTreeMap<String, String>,
    /// A command that cleans up after a program that has ended by itself.
    pub after_end: Option<String>,
}

impl StopMethod {
    pub fn to(live: &LivePane) -> Self {
        // The tags do not describe a placeholder, nor a program that took over the pane.
        let is_placeholder = matches!(live.phase, Some(Phase::Placeholder | Phase::Pending));
        let program = live.applied.as_ref().filter(|_| !is_placeholder);
        let program = program.filter(|_| live.left.is_none());
        StopMethod {
            pane: live.id,
            address: live.address.clone(),
            stop: program.map_or_else(Stop::default, |applied| applied.stop.clone()),
            is_shell: program.is_none_or(|applied| applied.command.is_interactive_shell()),
            closes: program.is_none_or(|applied| applied.exit() == OnExit::Close),
            is_armed: live.applied.as_ref().is_some_and(AppliedPane::is_armed),
            cwd: program.map_or_else(|| PathBuf::from("/"), |applied| applied.cwd.clone()),
            env: program.map_or_else(BTreeMap::new, |applied| applied.env.clone()),
            after_end: None,
        }
    }

    /// Returns the method for a pane that is removed, with the cleanup after its program.
    pub fn for_good(live: &LivePane) -> Self {
        let mut method = StopMethod::to(live);
        let has_ended = live.ended().is_some() && !live.is_stopped();
        let applied = live.applied.as_ref();
        let applied = applied.filter(|applied| has_ended && applied.stop.always);
        if let Some(applied) = applied
            && let StopHow::Run(line) = &applied.stop.how
        {
            method.after_end = Some(line.clone());
            method.cwd.clone_from(&applied.cwd);
            method.env.clone_from(&applied.env);
        }
        method
    }
}
