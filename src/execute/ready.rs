//! When to probe, and when to stop hoping: a state machine without a clock. Instants and answers
//! go in, what to do comes out; [`probe`](crate::execute::probe) does it.

use std::time::{Duration, Instant};

use crate::layout::Pace;

/// The probing of one pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pace: Pace,
    started: Instant,
    /// `None` while an attempt is under way.
    next: Option<Instant>,
    pause: Duration,
    last_answer: Option<String>,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Make an attempt.
    Probe,
    /// Nothing before this instant, unless an answer comes.
    Wait(Option<Instant>),
    /// The deadline has passed.
    GiveUp { answer: String, after: Duration },
}

impl Readiness {
    /// Begins at `now`; the first attempt is due at once.
    pub fn new(pace: Pace, now: Instant) -> Self {
        Readiness {
            pace,
            started: now,
            next: Some(now),
            pause: pace.every,
            last_answer: None,
        }
    }

    /// What to do at `now`. After [`Next::Probe`] it waits for the answer.
    pub fn next(&mut self, now: Instant) -> Next {
        let waited = now.saturating_duration_since(self.started);
        if let Some(deadline) = self.pace.deadline.filter(|deadline| waited >= *deadline)
            && (self.last_answer.is_some() || waited >= deadline + self.pace.timeout)
        {
            let answer = self.last_answer.clone();
            return Next::GiveUp {
                answer: answer.unwrap_or_else(|| "no answer".to_owned()),
                after: waited,
            };
        }
        match self.next {
            Some(due) if due <= now => {
                self.next = None;
                Next::Probe
            }
            due => Next::Wait(due.into_iter().chain(self.end()).min()),
        }
    }

    /// An attempt failed, at `now`, with this answer.
    pub fn failed(&mut self, answer: String, now: Instant) {
        self.last_answer = Some(answer);
        self.next = Some(now + self.pause);
        let slowest = Pace::SLOWEST.max(self.pace.every);
        self.pause = (self.pause + self.pause / 2).min(slowest);
    }

    /// How long it has been waited for.
    pub fn waited(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.started)
    }

    /// The last answer, for progress.
    pub fn last_answer(&self) -> Option<&str> {
        self.last_answer.as_deref()
    }

    fn end(&self) -> Option<Instant> {
        // An instant too far away to be written is no deadline.
        let deadline = self.pace.deadline?;
        self.started.checked_add(deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn pauses_grow_by_half_and_the_deadline_tells_the_last_answer() {
        let start = Instant::now();
        let pace = Pace {
            deadline: Some(1000 * MS),
            ..Pace::default()
        };
        let mut readiness = Readiness::new(pace, start);
        assert_eq!(readiness.next(start), Next::Probe);
        assert_eq!(readiness.next(start), Next::Wait(Some(start + 1000 * MS)));
        readiness.failed("refused".to_owned(), start);
        assert_eq!(readiness.next(start), Next::Wait(Some(start + 250 * MS)));
        assert_eq!(readiness.next(start + 250 * MS), Next::Probe);
        readiness.failed("refused".to_owned(), start + 250 * MS);
        let due = start + 250 * MS + 375 * MS;
        assert_eq!(readiness.next(start + 250 * MS), Next::Wait(Some(due)));
        let over = readiness.next(start + 1001 * MS);
        let expected = Next::GiveUp {
            answer: "refused".to_owned(),
            after: 1001 * MS,
        };
        assert_eq!(over, expected);
    }

    #[test]
    fn without_a_deadline_it_goes_on() {
        let start = Instant::now();
        let pace = Pace {
            deadline: None,
            ..Pace::default()
        };
        let mut readiness = Readiness::new(pace, start);
        let later = start + Duration::from_secs(1_000_000);
        assert_eq!(readiness.next(later), Next::Probe);
        assert_eq!(readiness.next(later), Next::Wait(None));
    }
}
