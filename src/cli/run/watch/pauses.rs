//! How soon what has just been mended may be mended again: a program that ends at once is not to be
//! started in a tight loop. Instants go in; there is no clock in here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::layout::Address;

/// The pause after the first time; it doubles each time.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// What was mended lately.
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
    /// Whether all of this has to wait: each of it was mended a moment ago.
    pub(super) fn hold<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a Address>,
        now: Instant,
    ) -> bool {
        let mut addresses = addresses.into_iter();
        addresses.all(|address| self.of.get(address).is_some_and(|pause| pause.lasts(now)))
    }

    /// All of this was mended at `now`, or it was tried.
    pub(super) fn mended<'a>(
        &mut self,
        addresses: impl IntoIterator<Item = &'a Address>,
        now: Instant,
    ) {
        // What has held for as long again as it had to wait counts as mended for good.
        self.of
            .retain(|_, pause| now < pause.begun + pause.length * 2 + LONGEST);
        for address in addresses {
            let pause = self.of.get(address);
            let length = pause.map_or(FIRST, |pause| (pause.length * 2).min(LONGEST));
            self.of
                .insert(address.clone(), Pause { begun: now, length });
        }
    }

    /// Somebody has changed something: all of it may work now.
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
