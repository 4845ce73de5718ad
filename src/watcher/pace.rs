//! The pace of looks: as fast as needed, but not more than the server can bear.

use std::time::Duration;

/// The pause after a look, as a multiple of its duration, so that looks take at most two hundredths
/// of the time. The pace limits the pause.
const SHARE: u32 = 50;

/// The pauses between looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub every: Duration,
    /// The pause after some time, and the longest pause.
    pub later: Duration,
    /// The time after which `later` applies.
    pub after: Duration,
}

impl Pace {
    /// The pace for a person who watches.
    pub const PERSON: Pace = Pace {
        every: Duration::from_secs(2),
        later: Duration::from_secs(2),
        after: Duration::ZERO,
    };
    /// The pace for a wait, which holds something up.
    pub const WAIT: Pace = Pace {
        every: Duration::from_millis(250),
        later: Duration::from_secs(1),
        after: Duration::from_secs(30),
    };

    /// Returns the pause after a look that took `took`, if the looks have gone on for `gone_on`.
    pub fn pause(self, gone_on: Duration, took: Duration) -> Duration {
        if gone_on >= self.after {
            return self.later;
        }
        (took * SHARE).clamp(self.every, self.later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn looks_are_rarer_after_a_while_and_where_they_are_dear() {
        let pause = |gone_on: u32, took: u32| Pace::WAIT.pause(MS * gone_on, MS * took).as_millis();
        assert_eq!(pause(0, 1), 250);
        assert_eq!(pause(29_999, 5), 250);
        assert_eq!(pause(0, 10), 500);
        assert_eq!(pause(0, 400), 1000);
        assert_eq!(pause(30_000, 1), 1000);
        assert_eq!(Pace::PERSON.pause(MS, MS), Duration::from_secs(2));
    }
}
