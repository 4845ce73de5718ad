//! The last lines that panes show, for who watches: asked of tmux now and then, in one process and
//! beside everything else, so that nothing ever waits for the answer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::event::{Waiting, Waits};
use crate::link::Link;
use crate::tmux::id::PaneId;

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(500);
/// How many panes are looked at: more lines fit no terminal that people have.
const PANES_MAX: usize = 60;

/// What the panes that are waited for showed last.
#[derive(Debug, Default)]
pub(super) struct LastLines {
    /// The look that is under way; its deadline is that of every tmux process.
    look: JoinSet<BTreeMap<PaneId, Vec<String>>>,
    looked: Option<Instant>,
    lines: BTreeMap<PaneId, Vec<String>>,
}

impl LastLines {
    /// Adds the last lines as far as they are known, and looks again where that is due.
    pub(super) fn fill(&mut self, link: &Link, waiting: &mut [Waiting]) {
        while let Some(looked) = self.look.try_join_next() {
            self.lines = looked.unwrap_or_default();
        }
        let mut panes = Vec::new();
        // A pane whose turn has not come shows what triad itself has written there.
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
