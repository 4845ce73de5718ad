//! Pauses before a pane is brought back again: a program that exits at once must not be started in
//! a tight loop. Instants are arguments; there is no clock here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::layout::Address;

/// The first pause; it doubles each time.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// The panes that were brought back lately.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    of: BTreeMap<Address, Pause>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    begun: Instant,
    length: Duration,
}

impl Pauses {
    /// Whether all of these have to wait: each was brought back a moment ago.
    pub(super) fn hold<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a Address>,
        now: Instant,
    ) -> bool {
        let mut addresses = addresses.into_iter();
        addresses.all(|address| self.of.get(address).is_some_and(|pause| pause.lasts(now)))
    }

    /// Notes that all of these were brought back at `now`, or that it was tried.
    pub(super) fn mended<'a>(
        &mut self,
        addresses: impl IntoIterator<Item = &'a Address>,
        now: Instant,
    ) {
        // A pane that has held for as long again as it had to wait starts afresh.
        self.of
            .retain(|_, pause| now < pause.begun + pause.length * 2 + LONGEST);
        for address in addresses {
            let pause = self.of.get(address);
            let length = pause.map_or(FIRST, |pause| (pause.length * 2).min(LONGEST));
            self.of
                .insert(address.clone(), Pause { begun: now, length });
        }
    }

    /// Forgets all pauses after an edit: everything may work now.
    pub(super) fn forget(&mut self) {
        self.of.clear();
    }
}

impl Pause {
    fn lasts(self, now: Instant) -> bool {
        now < self.begun + self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_are_each_panes_own() {
        let (a, b) = (Address::of_session("a"), Address::of_session("b"));
        let mut pauses = Pauses::default();
        let mut now = Instant::now();
        assert!(!pauses.hold([&a], now));
        for seconds in [2, 4, 8, 16, 32, 60, 60] {
            pauses.mended([&a], now);
            let length = Duration::from_secs(seconds);
            assert!(
                pauses.hold([&a], now + length - Duration::from_millis(1)),
                "{seconds}"
            );
            assert!(
                !pauses.hold([&a, &b], now + length / 2),
                "something else is broken too"
            );
            now += length;
            assert!(!pauses.hold([&a], now), "{seconds}");
        }
        now += Duration::from_secs(181);
        pauses.mended([&a], now);
        assert!(!pauses.hold([&a], now + FIRST), "it had held for long");
        pauses.mended([&b], now);
        pauses.forget();
        assert!(!pauses.hold([&b], now));
    }
}
