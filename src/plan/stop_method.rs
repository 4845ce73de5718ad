//! How what runs in a live pane is asked to end: as it was applied, whatever the manifest says by
//! now, because that is about what runs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::layout::{Address, AppliedPane, OnExit, Stop, StopHow};
use crate::live::{LivePane, Phase};
use crate::tmux::id::PaneId;

/// How a process is asked to end, and what that takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopMethod {
    pub pane: PaneId,
    pub address: Option<Address>,
    pub stop: Stop,
    /// An interactive shell: it ignores TERM and ends on HUP.
    pub is_shell: bool,
    /// The pane closes with its process.
    pub closes: bool,
    /// tmux starts something in its place when it ends, unless that is taken from it before.
    pub is_armed: bool,
    /// Where a command that ends it runs, and with what besides the caller's environment.
    pub cwd: PathBuf,
    pub env: BTreeMap<String, String>,
    /// A command that ends what the program has left running, which has ended itself.
    pub after_end: Option<String>,
}

impl StopMethod {
    pub fn to(live: &LivePane) -> Self {
        // What holds a place, or has taken one over, is not what the tags speak of.
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

    /// The same for a pane that goes for good, with what its program has left running.
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
