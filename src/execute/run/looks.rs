//! What tmux tells about awaited panes, and what its silence means.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::messages::Output;
use super::state::Run;
use crate::layout::Address;
use crate::readiness::engine::{self, Found};

/// The number of questions in a row that a server may leave unanswered.
const SILENCES_MAX: u32 = 3;
/// The time in which the end of a server, which leaves them unanswered at once, is noticed.
const SILENCE_LEAST: Duration = Duration::from_secs(2);

impl Run<'_> {
    pub(super) fn looked(&mut self, looks: BTreeMap<Address, (Found, Vec<String>)>, now: Instant) {
        self.starting.is_asking = false;
        (self.silences, self.silent_since) = (0, None);
        for (address, (found, lines)) in looks {
            self.starting.last_lines.insert(address.clone(), lines);
            let before = self.panes.last_pid(&address);
            self.pane(&address, engine::Input::Found(found), now);
            let after = self.panes.last_pid(&address);
            if let Some(pid) = after.filter(|_| before != after) {
                self.put(Output::Watch { address, pid });
            }
        }
    }

    /// Handles a question that tmux did not answer within its time. Without a time limit of its own,
    /// a wait would never end.
    pub(super) fn unanswered(&mut self, addresses: &[Address], now: Instant) {
        self.starting.is_asking = false;
        for address in addresses {
            self.pane(address, engine::Input::Found(Found::UNKNOWN), now);
        }
        self.silences += 1;
        let since = *self.silent_since.get_or_insert(now);
        let is_long = now.saturating_duration_since(since) >= SILENCE_LEAST;
        if self.silences >= SILENCES_MAX && is_long && !self.has_server_ended {
            self.has_server_ended = true;
            self.is_server_silent = true;
        }
    }
}
