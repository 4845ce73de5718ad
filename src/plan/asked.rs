//! Decides for `start` and `restart` what happens to a live pane.

use crate::layout::Pane;
use crate::live::LivePane;
use crate::plan::change::Reason;
use crate::plan::ended;
use crate::plan::planner::Planner;
use crate::plan::request::Purpose;

impl Planner<'_> {
    /// Returns why the program of a live pane starts, if it does: not because the manifest has
    /// changed, but because it is not running or has to restart.
    pub(super) fn asked_reason(&self, pane: &Pane, live: &LivePane) -> Option<Reason> {
        if let Some(reason) = ended::unfinished(live) {
            return Some(reason);
        }
        let is_named = self.wishes.selects(&pane.address);
        if is_named && matches!(self.wishes.purpose, Purpose::Restart { .. }) {
            return Some(Reason::Again);
        }
        let exit = live.ended()?;
        if ended::is_restarting(live, exit) {
            return None;
        }
        if live.is_done(pane.kind) {
            // Only `restart` asks for another run.
            return None;
        }
        if is_named {
            return Some(Reason::Named);
        }
        let is_due = live.is_stopped() || ended::is_started_again(pane, exit, live.phase);
        is_due.then_some(Reason::Needed)
    }
}
