//! The results of a batch, line by line.

use crate::link::batch::{BatchError, Sent};
use crate::tmux::complaint::Complaint;
use crate::tmux::script::Ref;
use crate::tmux::server::ServerError;

/// The reason for a call that a signal interrupted.
pub(super) const GIVEN_UP: &str = "interrupted before tmux answered";

/// The results of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The result of each line, in order.
    pub lines: Vec<Result<(), Failure>>,
    /// Records that the script printed: kind, and what follows it.
    pub records: Vec<(String, String)>,
    /// The version of a server that is older than triad's floor; nothing was done.
    pub too_old: Option<String>,
    /// Something was done, or may have been.
    pub may_have_done_something: bool,
    /// At least one line was done.
    pub has_done_something: bool,
    /// Another triad held the lock, and nothing was sent.
    pub is_locked_out: bool,
}

/// A reason why a line was not done, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// tmux gave a reason.
    Refused(Complaint),
    /// An object of the line has no id: the geometry batch failed to create it.
    Unbound(Ref),
    /// The result of the batch is unknown.
    Unknown(String),
}

impl Failure {
    /// Whether the object of the line is gone.
    pub fn is_gone(&self) -> bool {
        match self {
            Failure::Refused(complaint) => complaint.is_gone(),
            Failure::Unbound(_) | Failure::Unknown(_) => false,
        }
    }
}

/// A reason why the result of a batch is unknown.
pub(super) struct Lost {
    why: String,
    /// Whether tmux may have received any of it.
    may_have_arrived: bool,
}

impl Lost {
    pub(super) fn given_up() -> Self {
        Lost {
            why: GIVEN_UP.to_owned(),
            may_have_arrived: true,
        }
    }
}

impl From<BatchError> for Lost {
    fn from(error: BatchError) -> Self {
        let never = matches!(
            error,
            BatchError::Unbound(_) | BatchError::Server(ServerError::Start { .. })
        );
        Lost {
            why: chain(&error),
            may_have_arrived: !never,
        }
    }
}

impl Report {
    /// `missing` are the ids that kept lines from being sent; `sent` is the result of the others.
    pub(super) fn of(missing: Vec<Option<Ref>>, sent: Result<Sent, Lost>) -> Self {
        let mut number = 0;
        let mut of_sent = || {
            let line = number;
            number += 1;
            match &sent {
                Ok(sent) if sent.is_done(line) => Ok(()),
                Ok(sent) => Err(Failure::Refused(Complaint(sent.why(line)))),
                Err(lost) => Err(Failure::Unknown(lost.why.clone())),
            }
        };
        let lines = missing.into_iter().map(|missing| match missing {
            Some(id) => Err(Failure::Unbound(id)),
            None => of_sent(),
        });
        let lines = lines.collect();
        match sent {
            Ok(sent) => Report {
                lines,
                may_have_done_something: sent.may_have_done_something(),
                has_done_something: sent.has_done_something(),
                is_locked_out: false,
                records: sent.records,
                too_old: sent.too_old,
            },
            Err(lost) => Report {
                lines,
                records: Vec::new(),
                too_old: None,
                may_have_done_something: lost.may_have_arrived,
                has_done_something: false,
                is_locked_out: false,
            },
        }
    }

    /// Reports that none of these lines was sent, because the lock could not be taken.
    pub fn locked_out(lines: usize, why: &str) -> Self {
        Report {
            is_locked_out: true,
            ..Report::not_sent(lines, why)
        }
    }

    /// Reports that none of these lines was sent.
    pub fn not_sent(lines: usize, why: &str) -> Self {
        let lost = Lost {
            why: why.to_owned(),
            may_have_arrived: false,
        };
        Report::of(vec![None; lines], Err(lost))
    }

    /// Reports that there was nothing to send.
    pub fn empty() -> Self {
        Report::of(Vec::new(), Ok(Sent::default()))
    }
}

/// Writes an error and all its causes on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::layout::Address;

    fn pane(name: &str) -> Ref {
        Ref::Pane(Address::of_session(name))
    }

    #[test]
    fn unsent_lines_fail_and_the_others_keep_their_indexes() {
        let missing = vec![None, Some(pane("a")), None, Some(pane("b"))];
        let lost = Lost {
            why: "tmux did not answer".to_owned(),
            may_have_arrived: true,
        };
        let report = Report::of(missing, Err(lost));
        let unknown = || Err(Failure::Unknown("tmux did not answer".to_owned()));
        let lines = [
            unknown(),
            Err(Failure::Unbound(pane("a"))),
            unknown(),
            Err(Failure::Unbound(pane("b"))),
        ];
        assert_eq!(report.lines, lines);
        assert!(report.may_have_done_something && !report.has_done_something);
    }

    #[test]
    fn nothing_is_done_if_nothing_was_sent() {
        for report in [
            Report::empty(),
            Report::locked_out(2, "the lock is held"),
            Report::of(vec![Some(pane("a"))], Ok(Sent::default())),
        ] {
            assert!(!report.may_have_done_something, "{report:?}");
            assert!(!report.has_done_something && report.records.is_empty());
            assert!(report.lines.iter().all(Result::is_err), "{report:?}");
        }
    }

    #[test]
    fn an_interrupted_call_may_have_arrived() {
        let report = Report::of(vec![None], Err(Lost::given_up()));
        assert_eq!(report.lines, [Err(Failure::Unknown(GIVEN_UP.to_owned()))]);
        assert!(report.may_have_done_something);
    }

    #[test]
    fn a_program_that_does_not_start_has_done_nothing() {
        let error = ServerError::Start {
            program: PathBuf::from("/nowhere/tmux"),
            source: std::io::ErrorKind::NotFound.into(),
        };
        let lost = Lost::from(BatchError::from(error));
        assert!(!lost.may_have_arrived);
        assert_eq!(
            lost.why, "cannot run `/nowhere/tmux`: entity not found",
            "the message includes the cause"
        );
        let error = ServerError::Deadline {
            command: "tmux".to_owned(),
            deadline: Duration::from_secs(3),
        };
        assert!(Lost::from(BatchError::from(error)).may_have_arrived);
    }
}
