//! The status that programs set by `triad report --status`, for progress output: read from tmux now
//! and then in the background, so that nothing ever waits for it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::event::Waiting;
use crate::link::Link;
use crate::tmux::id::PaneId;

/// The pause between two looks, and before the first: most waits are over by then.
const LOOK: Duration = Duration::from_millis(500);

/// The last status of each pane.
#[derive(Debug)]
pub(super) struct Reports {
    /// The pending look; every tmux process has a deadline.
    look: JoinSet<BTreeMap<PaneId, String>>,
    looked: Instant,
    said: BTreeMap<PaneId, String>,
}

impl Reports {
    pub(super) fn new(now: Instant) -> Self {
        Reports {
            look: JoinSet::new(),
            looked: now,
            said: BTreeMap::new(),
        }
    }

    /// Adds the known status texts, and starts another look if it is due.
    pub(super) fn fill(&mut self, link: &Link, waiting: &mut [Waiting]) {
        while let Some(looked) = self.look.try_join_next() {
            self.said = looked.unwrap_or_default();
        }
        let mut speakers = waiting.iter_mut().filter(|on| on.state.is_of_program());
        let mut has_any = false;
        for on in &mut speakers {
            let id = link.pane_id(&on.address);
            has_any |= id.is_some();
            on.says = id.and_then(|id| self.said.get(&id).cloned());
        }
        if has_any && self.look.is_empty() && self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            let link = link.clone();
            self.look.spawn(async move { link.statuses().await });
        }
    }
}
