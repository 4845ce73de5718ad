//! The last lines of panes, for progress output: read from tmux now and then, in one process and in
//! the background, so that nothing ever waits for them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::event::{Waiting, Waits};
use crate::link::Link;
use crate::tmux::id::PaneId;

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(500);
/// The maximum number of panes to read: no usual terminal shows more lines.
const PANES_MAX: usize = 60;

/// The last lines of awaited panes.
#[derive(Debug, Default)]
pub(super) struct LastLines {
    /// The pending look; every tmux process has a deadline.
    look: JoinSet<BTreeMap<PaneId, Vec<String>>>,
    looked: Option<Instant>,
    lines: BTreeMap<PaneId, Vec<String>>,
}

impl LastLines {
    /// Adds the known last lines, and starts another look if it is due.
    pub(super) fn fill(&mut self, link: &Link, waiting: &mut [Waiting]) {
        while let Some(looked) = self.look.try_join_next() {
            self.lines = looked.unwrap_or_default();
        }
        let mut panes = Vec::new();
        // A pane that is not due yet shows triad's own text.
        for on in waiting.iter_mut().filter(|on| on.state != Waits::Needs) {
            if let Some(id) = link.pane_id(&on.address) {
                on.line = self.lines.get(&id).and_then(|lines| lines.last().cloned());
                panes.push(id);
            }
        }
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK);
        if is_due && self.look.is_empty() && !panes.is_empty() {
            self.looked = Some(Instant::now());
            panes.truncate(PANES_MAX);
            let link = link.clone();
            self.look
                .spawn(async move { link.last_lines(&panes).await });
        }
    }
}
