//! The goal of a wait, and whether a pane has reached it, may still reach it, or never will. Pure.

use crate::event;
use crate::layout::PaneKind;
use crate::status::{PaneStatus, Reason, State};

/// The state that panes are waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// Its probes succeed; without probes, it runs; a task has exited with status 0.
    Ready,
    Started,
    /// Its program exited as it should.
    Done,
    /// The pane does not exist.
    Gone,
    /// Its program was stopped on purpose.
    Stopped,
    /// Its program exited as it should not.
    Failed,
    /// It has printed a line that matches this regular expression.
    Line(String),
}

impl Goal {
    pub fn as_str(&self) -> &'static str {
        match self {
            Goal::Ready => "ready",
            Goal::Started => "started",
            Goal::Done => "done",
            Goal::Gone => "gone",
            Goal::Stopped => "stopped",
            Goal::Failed => "failed",
            Goal::Line(_) => "line",
        }
    }
}

/// The facts about a pane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight<'a> {
    /// `None` if it does not exist.
    pub now: Option<&'a PaneStatus>,
    /// Whether it existed at an earlier look.
    pub was_there: bool,
    /// Whether it closes when its program exits.
    pub closes: bool,
    /// The answer of its probes about the process that runs; for a line, about any process.
    pub found: Option<&'a str>,
    /// Whether the output was read after its program exited.
    pub was_read: bool,
}

/// The progress of a pane towards the goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    /// It has reached the goal, with the reason, if there is one.
    Reached(String),
    NotYet,
    /// It can no longer reach it, with the reason.
    Lost(String),
}

/// Returns the progress of a pane towards its goal.
pub(super) fn reach(goal: &Goal, sight: &Sight) -> Reach {
    if let (Goal::Line(_), Some(line)) = (goal, sight.found) {
        return Reach::Reached(line.to_owned());
    }
    let there = sight
        .now
        .filter(|pane| pane.standing.state != State::Absent);
    match there {
        Some(pane) => of_there(goal, pane, sight),
        None if *goal == Goal::Gone => Reach::Reached(String::new()),
        // It may be about to be created.
        None if !sight.was_there => Reach::NotYet,
        None if *goal == Goal::Done && sight.closes => {
            Reach::Reached("its pane has closed".to_owned())
        }
        None => Reach::Lost("its pane is gone".to_owned()),
    }
}

fn of_there(goal: &Goal, pane: &PaneStatus, sight: &Sight) -> Reach {
    use State::{Done, Failed, Pending, Ready, Restarting, Running, Starting, Stopped};
    let exit = || {
        let exit = pane.standing.exit().map(|exit| exit.to_string());
        exit.unwrap_or_default()
    };
    let pid = || {
        let pid = pane.pid.map(|pid| format!("pid {pid}"));
        Reach::Reached(pid.unwrap_or_default())
    };
    match (goal, pane.standing.state) {
        (Goal::Gone, _) | (_, Pending) => Reach::NotYet,
        (Goal::Line(_), Done | Failed | Stopped) if sight.was_read => Reach::Lost(over(pane)),
        (Goal::Line(_), _) => Reach::NotYet,
        (Goal::Ready, Ready) => match &pane.standing.reason {
            Reason::Answer(answer) => Reach::Reached(answer.clone()),
            _ => Reach::Reached(String::new()),
        },
        (Goal::Ready, Starting | Running) if pane.kind == PaneKind::Task => Reach::NotYet,
        (Goal::Ready, Starting) => match sight.found {
            Some(found) => Reach::Reached(found.to_owned()),
            None => Reach::NotYet,
        },
        (Goal::Ready, Running) => pid(),
        (Goal::Ready, Done) if pane.kind == PaneKind::Task => Reach::Reached(exit()),
        (Goal::Started, Starting | Ready | Running) => pid(),
        (Goal::Started | Goal::Done, Done) => Reach::Reached(exit()),
        (Goal::Failed, Failed) => Reach::Reached(exit()),
        (Goal::Stopped, Stopped) => Reach::Reached(String::new()),
        (Goal::Ready | Goal::Started, Done | Failed | Stopped)
        | (Goal::Done, Failed | Stopped)
        | (Goal::Failed, Done | Stopped) => Reach::Lost(over(pane)),
        (Goal::Ready | Goal::Started | Goal::Done | Goal::Failed, Restarting)
        | (Goal::Done | Goal::Failed, Starting | Ready | Running)
        | (Goal::Stopped, _)
        | (_, State::Absent) => Reach::NotYet,
    }
}

/// Returns the reason why a pane can no longer reach the goal.
fn over(pane: &PaneStatus) -> String {
    match pane.standing.reason {
        Reason::Stopped(_) => "it was stopped; `triad start` starts it".to_owned(),
        Reason::GivenUp(exit) => {
            let count = pane.restarts;
            let restarts = if count == 1 { "restart" } else { "restarts" };
            format!("{}, after {count} {restarts}", event::ended(exit))
        }
        Reason::Ended(exit) => event::ended(exit),
        _ => "it has exited".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Exit;
    use crate::status::{Source, Standing, Wanted};

    fn pane(kind: PaneKind, state: State) -> PaneStatus {
        let reason = match state.has_ended() {
            true => Reason::Ended(Exit::Status(3)),
            false => Reason::Runs,
        };
        PaneStatus {
            address: "s/w/p".parse().expect("an address"),
            kind,
            standing: Standing {
                state,
                reason,
                source: Source::Process,
                since: None,
            },
            id: None,
            pid: state.is_up().then_some(7),
            runs: None,
            has_shell: false,
            restarts: 0,
            restarts_max: None,
            says: None,
            wanted: Wanted::Unknown,
        }
    }

    /// Checks every state of a pane against a goal: `+` reached, `.` not yet, `x` lost.
    #[track_caller]
    fn check(kind: PaneKind, goal: &Goal, expected: &str) {
        use State::{Absent, Done, Failed, Pending, Ready, Restarting, Running, Starting, Stopped};
        let states = [
            Absent, Pending, Starting, Ready, Running, Restarting, Done, Failed, Stopped,
        ];
        let signs = states.map(|state| {
            let pane = pane(kind, state);
            let sight = Sight {
                now: Some(&pane),
                was_there: false,
                closes: false,
                found: None,
                was_read: true,
            };
            match reach(goal, &sight) {
                Reach::Reached(_) => '+',
                Reach::NotYet => '.',
                Reach::Lost(_) => 'x',
            }
        });
        assert_eq!(signs.iter().collect::<String>(), expected, "{goal:?}");
    }

    #[test]
    fn every_state_is_reached_open_or_lost() {
        check(PaneKind::Service, &Goal::Ready, "...++.xxx");
        check(PaneKind::Task, &Goal::Ready, "...+..+xx");
        check(PaneKind::Service, &Goal::Started, "..+++.+xx");
        check(PaneKind::Agent, &Goal::Done, "......+xx");
        check(PaneKind::Service, &Goal::Gone, "+........");
        check(PaneKind::Service, &Goal::Stopped, "........+");
        check(PaneKind::Service, &Goal::Failed, "......x+x");
        let line = Goal::Line("x".to_owned());
        check(PaneKind::Service, &line, "......xxx");
    }

    #[test]
    fn what_is_not_there_any_more_is_lost_unless_it_closes_when_it_is_done() {
        let sight = |was_there, closes| Sight {
            now: None,
            was_there,
            closes,
            found: None,
            was_read: false,
        };
        let is_lost = |goal: &Goal, sight: &Sight| matches!(reach(goal, sight), Reach::Lost(_));
        assert_eq!(reach(&Goal::Ready, &sight(false, false)), Reach::NotYet);
        assert!(is_lost(&Goal::Ready, &sight(true, true)));
        assert!(is_lost(&Goal::Done, &sight(true, false)));
        let done = reach(&Goal::Done, &sight(true, true));
        assert!(matches!(done, Reach::Reached(_)));
    }

    #[test]
    fn a_line_that_was_found_stays_found() {
        let gone = Sight {
            now: None,
            was_there: true,
            closes: false,
            found: Some("it printed `x`"),
            was_read: false,
        };
        let line = reach(&Goal::Line("x".to_owned()), &gone);
        assert_eq!(line, Reach::Reached("it printed `x`".to_owned()));
    }
}
