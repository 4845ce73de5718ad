//! The schedule of one pane's probes: times and answers go in, actions come out.

use std::time::{Duration, Instant};

use crate::layout::Pace;

/// The shortest pause between two attempts.
const QUICKEST: Duration = Duration::from_millis(25);
/// The pause is a twentieth of the time waited so far, so that readiness is noticed within a
/// twentieth of the time it took.
const SHARE: u32 = 20;
/// Attempts take at most a fifth of the time: the probed program has work to do, too.
const REST: u32 = 4;

/// The minimum pause for each awaited pane, up to the configured pause: after the first few
/// attempts, all panes together are probed at most a hundred times a second.
const EACH: Duration = Duration::from_millis(10);

/// The progress of one pane to readiness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probing {
    pace: Pace,
    begun: Instant,
    /// `None`: no time limit.
    deadline: Option<Instant>,
    step: Step,
    /// The present pause by the manifest's rule.
    pause: Duration,
    last_answer: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The next attempt is due at this time.
    Due(Instant),
    /// An attempt is running since this time.
    UnderWay(Instant),
    /// The last one failed, after the deadline.
    Over,
}

/// The next action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Make an attempt, and record it with [`Probing::attempt`].
    Probe,
    /// Wait until this time; `None`: until an answer comes.
    Wait(Option<Instant>),
    /// The deadline has passed.
    GiveUp { answer: String, after: Duration },
}

impl Probing {
    /// Begins at `begun`; the first attempt is due at once, even if the deadline has passed.
    pub(super) fn new(pace: Pace, begun: Instant) -> Self {
        Probing {
            // A time too far away to be represented is no deadline.
            deadline: pace.deadline.and_then(|wait| begun.checked_add(wait)),
            step: Step::Due(begun),
            pause: pace.every,
            pace,
            begun,
            last_answer: None,
        }
    }

    /// Returns the action at `now`. However far the clock has advanced, the wait only ends after an
    /// attempt that failed at the deadline or later.
    pub(super) fn next(&self, now: Instant) -> Next {
        match self.step {
            Step::Due(due) if due <= now || self.is_over(now) => Next::Probe,
            Step::Due(due) => Next::Wait(Some(self.deadline.map_or(due, |end| end.min(due)))),
            Step::UnderWay(_) => Next::Wait(None),
            Step::Over => Next::GiveUp {
                answer: self.last_answer.clone().unwrap_or_default(),
                after: self.waited(now),
            },
        }
    }

    /// Returns when the next attempt is due; the earliest comes first in the queue.
    pub(super) fn due(&self) -> Option<Instant> {
        match self.step {
            Step::Due(due) => Some(due),
            Step::UnderWay(_) | Step::Over => None,
        }
    }

    /// Records the start of an attempt.
    pub(super) fn attempt(&mut self, now: Instant) {
        self.step = Step::UnderWay(now);
    }

    /// Records a failed attempt, while `waiting` panes are awaited.
    pub(super) fn failed(&mut self, answer: String, waiting: usize, now: Instant) {
        self.last_answer = Some(answer);
        let took = match self.step {
            Step::UnderWay(since) => now.saturating_duration_since(since),
            Step::Due(_) | Step::Over => Duration::ZERO,
        };
        let pause = self.pause(now, took, waiting);
        self.step = match (self.is_over(now), now.checked_add(pause)) {
            (false, Some(due)) => Step::Due(due),
            _ => Step::Over,
        };
    }

    /// Makes the next attempt due at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        if let Step::Due(_) = self.step {
            self.step = Step::Due(now);
        }
    }

    /// Extends the deadline as the program asks, from `now` on. It never gets less time.
    pub(super) fn extend(&mut self, by: Duration, now: Instant) {
        let asked = now.checked_add(by);
        self.deadline = self.deadline.and_then(|had| Some(had.max(asked?)));
    }

    /// Returns the time waited.
    pub(super) fn waited(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.begun)
    }

    /// Returns the last answer, for progress.
    pub(super) fn last_answer(&self) -> Option<&str> {
        self.last_answer.as_deref()
    }

    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| now >= deadline)
    }

    /// Returns the next pause: the configured one, growing by half; if that is not longer than the
    /// default, a share of the time waited, but longer than an attempt takes, and longer if many
    /// others are awaited.
    fn pause(&mut self, now: Instant, took: Duration, waiting: usize) -> Duration {
        let written = self.pause;
        let slowest = Pace::SLOWEST.max(self.pace.every);
        self.pause = written.saturating_add(written / 2).min(slowest);
        if self.pace.every > Pace::default().every {
            return written;
        }
        let share = self.waited(now) / SHARE;
        let others = EACH.saturating_mul(u32::try_from(waiting).unwrap_or(u32::MAX));
        written.min(
            share
                .max(took.saturating_mul(REST))
                .max(others)
                .max(QUICKEST),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn pace(deadline: Option<Duration>) -> Pace {
        Pace {
            deadline,
            ..Pace::default()
        }
    }

    /// Returns the times of all attempts of a probe that fails at once, and when it is given up.
    fn attempts(pace: Pace) -> (Vec<u128>, Duration) {
        attempts_among(1, pace)
    }

    /// The same among many awaited panes.
    fn attempts_among(waiting: usize, pace: Pace) -> (Vec<u128>, Duration) {
        let start = Instant::now();
        let mut probing = Probing::new(pace, start);
        let (mut now, mut at) = (start, Vec::new());
        loop {
            match probing.next(now) {
                Next::Probe => {
                    at.push((now - start).as_millis());
                    probing.attempt(now);
                    assert_eq!(probing.next(now), Next::Wait(None), "one at a time");
                    probing.failed("refused".to_owned(), waiting, now);
                }
                Next::Wait(Some(until)) => now = until,
                Next::Wait(None) => panic!("no attempt is pending"),
                Next::GiveUp { answer, after } => {
                    assert_eq!(answer, "refused");
                    return (at, after);
                }
            }
        }
    }

    #[test]
    fn attempts_come_a_twentieth_of_the_time_apart() {
        let (at, after) = attempts(pace(Some(1000 * MS)));
        assert_eq!(after, 1000 * MS);
        assert_eq!(at[..4], [0, 25, 50, 75]);
        assert_eq!(
            at.last(),
            Some(&1000),
            "the last attempt is made at the deadline"
        );
        for pair in at.windows(2).filter(|pair| pair[0] > 500) {
            assert!(pair[1] - pair[0] <= pair[0] / 20 + 1, "{pair:?}");
        }
        let (at, _) = attempts(pace(Some(60_000 * MS)));
        assert_eq!(at[at.len() - 2] - at[at.len() - 3], 2000, "never slower");
        assert!(at.len() < 150, "{}", at.len());
    }

    #[test]
    fn many_panes_are_probed_less_often_but_at_least_as_configured() {
        let (few, _) = attempts_among(2, pace(Some(20_000 * MS)));
        assert_eq!(
            few[..4],
            [0, 25, 50, 75],
            "a few panes are probed as often as one"
        );
        let (many, _) = attempts_among(200, pace(Some(20_000 * MS)));
        assert_eq!(many[..6], [0, 250, 625, 1187, 2031, 3296]);
        assert!(many.windows(2).all(|pair| pair[1] - pair[0] <= 2000));
        for waiting in [20, 50, 100, 200, 1_000] {
            let (at, _) = attempts_among(waiting, pace(Some(20_000 * MS)));
            // The last one comes at the deadline.
            let pauses = at[..at.len() - 1]
                .windows(2)
                .map(|pair| (pair[1], pair[1] - pair[0]));
            let later: Vec<u128> = pauses
                .filter(|(at, _)| *at > 10_000)
                .map(|(_, pause)| pause)
                .collect();
            let least = (waiting as u128 * 10).min(2000);
            assert!(
                later.iter().all(|pause| *pause >= least),
                "{waiting}: {later:?}"
            );
        }
        let quick = Pace {
            every: 50 * MS,
            ..pace(Some(200 * MS))
        };
        assert_eq!(attempts_among(1000, quick).0, [0, 50, 125, 200]);
    }

    #[test]
    fn a_long_configured_pause_is_kept() {
        let every = Pace {
            every: 400 * MS,
            ..pace(Some(3000 * MS))
        };
        let (at, _) = attempts(every);
        assert_eq!(at, [0, 400, 1000, 1900, 3000]);
        let every = Pace {
            every: 5000 * MS,
            ..pace(Some(12_000 * MS))
        };
        assert_eq!(attempts(every).0, [0, 5000, 10_000, 12_000]);
    }

    #[test]
    fn a_deadline_of_zero_is_one_attempt() {
        assert_eq!(
            attempts(pace(Some(Duration::ZERO))),
            (vec![0], Duration::ZERO)
        );
    }

    #[test]
    fn a_slow_attempt_is_not_repeated_at_once() {
        let start = Instant::now();
        let mut probing = Probing::new(pace(None), start);
        probing.attempt(start);
        probing.failed("no".to_owned(), 1, start + 40 * MS);
        assert_eq!(probing.due(), Some(start + 200 * MS));
    }

    #[test]
    fn a_jumping_clock_allows_one_more_attempt() {
        let start = Instant::now();
        let mut probing = Probing::new(pace(Some(1000 * MS)), start);
        probing.attempt(start);
        probing.failed("early".to_owned(), 1, start);
        let later = start + Duration::from_secs(3600);
        assert_eq!(probing.next(later), Next::Probe, "one more attempt is made");
        probing.attempt(later);
        probing.failed("late".to_owned(), 1, later);
        assert!(matches!(probing.next(later), Next::GiveUp { answer, .. } if answer == "late"));
        // The clock was set back: no negative times.
        assert_eq!(probing.waited(start - MS), Duration::ZERO);
    }

    #[test]
    fn more_time_is_granted_and_never_taken_away() {
        let start = Instant::now();
        let mut probing = Probing::new(pace(Some(1000 * MS)), start);
        probing.extend(100 * MS, start);
        assert!(!probing.is_over(start + 999 * MS) && probing.is_over(start + 1000 * MS));
        probing.extend(1000 * MS, start + 500 * MS);
        assert!(!probing.is_over(start + 1499 * MS) && probing.is_over(start + 1500 * MS));
        let mut endless = Probing::new(pace(None), start);
        endless.extend(MS, start);
        assert!(!endless.is_over(start + Duration::from_secs(3_600_000)));
        probing.extend(Duration::MAX, start);
        assert!(!probing.is_over(start + Duration::from_secs(3_600_000)));
    }

    #[test]
    fn without_a_deadline_probing_continues() {
        let start = Instant::now();
        let probing = Probing::new(pace(None), start);
        let later = start + Duration::from_secs(1_000_000);
        assert_eq!(probing.next(later), Next::Probe);
    }
}
