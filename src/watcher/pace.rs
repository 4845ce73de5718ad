//! How often a server is asked: as often as somebody needs it, and no more than it can bear.

use std::time::Duration;

/// A look is followed by a pause of so many times as long as it took, so that looks take two
/// hundredths of the time at most; but never by a longer one than the pace allows.
const SHARE: u32 = 50;

/// The pauses between looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub every: Duration,
    /// The pause after a while, and the longest one.
    pub later: Duration,
    /// When that is.
    pub after: Duration,
}

impl Pace {
    /// For a person who looks on.
    pub const PERSON: Pace = Pace {
        every: Duration::from_secs(2),
        later: Duration::from_secs(2),
        after: Duration::ZERO,
    };
    /// For somebody who cannot go on before something has happened.
    pub const WAIT: Pace = Pace {
        every: Duration::from_millis(250),
        later: Duration::from_secs(1),
        after: Duration::from_secs(30),
    };

    /// The pause after a look that took so long, when it has gone on for so long.
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
