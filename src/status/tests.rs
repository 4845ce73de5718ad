//! Tests of every state, by what was applied to a pane and what tmux shows of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::{Clock, Reason, Source, Standing, State};
use crate::layout::{
    AppliedPane, AppliedSettings, Command, Need, Pace, PaneBody, PaneKind, Probe, Ready, ReadyTag,
    Restart, RestartWhen, Until,
};
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::tmux::id::{PaneId, WindowId};

const NOW: u64 = 1_700_000_000;
const PID: i32 = 7;

/// Returns a pane of this kind that was started with a command, and runs.
pub(crate) fn live(kind: PaneKind) -> LivePane {
    LivePane {
        id: PaneId(1),
        window: WindowId(1),
        index: 0,
        width: 80,
        height: 24,
        is_active: true,
        is_floating: false,
        process: LiveProcess::Running {
            pid: PID,
            program: "sleep".to_owned(),
        },
        pid: Some(PID),
        address: Some("s/w/p".parse().expect("an address")),
        owner: None,
        spec: String::new(),
        applied: Some(AppliedPane {
            kind,
            command: Command::Argv(vec!["sleep".to_owned()]),
            cwd: PathBuf::new(),
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            body: PaneBody::default(),
        }),
        phase: Some(Phase::Started),
        left: None,
        has_succeeded: false,
        ending: None,
        is_armed: false,
        typed: None,
        follows: None,
        strangers: BTreeSet::new(),
        ready: None,
        given_up: None,
        status: None,
        restarts: 0,
        ended_at: None,
        settings: AppliedSettings::default(),
    }
}

/// Returns the same pane, after its program exited in this way.
fn ended(kind: PaneKind, exit: Exit) -> LivePane {
    LivePane {
        process: LiveProcess::Ended(exit),
        ended_at: Some(NOW - 60),
        ..live(kind)
    }
}

fn with(mut live: LivePane, change: impl FnOnce(&mut AppliedPane)) -> LivePane {
    change(live.applied.as_mut().expect("it was applied"));
    live
}

fn probes() -> Ready {
    Ready {
        probes: vec![Probe::Port(5432)],
        pace: Pace::default(),
    }
}

/// Checks the state of a pane: its reason, source, and age in seconds. Its process is 30 s old.
#[track_caller]
fn check(live: &LivePane, state: State, reason: Reason, source: Source, seconds: Option<u64>) {
    let ages = BTreeMap::from([(PID, Duration::from_secs(30))]);
    let clock = Clock {
        now: NOW,
        ages: &ages,
    };
    let expected = Standing {
        state,
        reason,
        source,
        since: seconds.map(Duration::from_secs),
    };
    assert_eq!(Standing::of(Some(live), None, &clock), expected);
}

#[test]
fn what_runs_is_running_starting_or_ready() {
    let service = live(PaneKind::Service);
    let (runs, process) = (Reason::Runs, Source::Process);
    check(&service, State::Running, runs, process, Some(30));
    let probed = with(service, |applied| applied.body.ready = Some(probes()));
    let open = Reason::Probes(probes().probes);
    check(&probed, State::Starting, open, process, Some(30));
    // A pane cannot have been ready for longer than it has run.
    for (at, seconds) in [(NOW - 10, 10), (NOW - 100, 30), (NOW + 100, 30)] {
        let ready = LivePane {
            ready: Some(ReadyTag::new(PID, at, "port 5432 is open")),
            ..probed.clone()
        };
        let answer = Reason::Answer("port 5432 is open".to_owned());
        check(&ready, State::Ready, answer, Source::Report, Some(seconds));
    }
    let given_up = LivePane {
        given_up: Some(ReadyTag::new(PID, NOW, "after 60.0 s: refused")),
        ..probed
    };
    let late = Reason::NotReady("after 60.0 s: refused".to_owned());
    check(&given_up, State::Starting, late, Source::Report, Some(30));
}

#[test]
fn what_was_not_started_is_pending_whatever_runs_in_its_place() {
    let need = Need {
        target: "s/w/db".parse().expect("an address"),
        until: Until::Ready,
        restart: false,
        optional: false,
    };
    let needs = Reason::Needs(vec![(need.target.clone(), need.until)]);
    for phase in [Phase::Placeholder, Phase::Pending] {
        let waits = LivePane {
            phase: Some(phase),
            ..live(PaneKind::Service)
        };
        let (state, tag) = (State::Pending, Source::Tag);
        check(&waits, state, Reason::NotStarted, tag, Some(30));
        let waits = with(waits, |applied| applied.body.needs = vec![need.clone()]);
        check(&waits, state, needs.clone(), tag, Some(30));
        let ended = LivePane {
            process: LiveProcess::Ended(Exit::Status(0)),
            ..waits
        };
        check(&ended, state, needs.clone(), tag, None);
    }
    let empty = LivePane {
        process: LiveProcess::Empty,
        ..live(PaneKind::Service)
    };
    check(
        &empty,
        State::Pending,
        Reason::NotStarted,
        Source::Tag,
        None,
    );
}

#[test]
fn what_is_not_there_is_absent() {
    let standing = Standing::of(None, None, &Clock::unread());
    assert_eq!(standing, Standing::absent());
    assert_eq!(standing.state, State::Absent);
    assert_eq!(standing.exit(), None);
}

/// Checks the state of a pane of this kind whose program exited in this way.
#[track_caller]
fn check_end(kind: PaneKind, exit: Exit, state: State) {
    let (reason, process) = (Reason::Ended(exit), Source::Process);
    check(&ended(kind, exit), state, reason.clone(), process, Some(60));
    // A shell in its place has run since then.
    let left = LivePane {
        left: Some(exit),
        ..live(kind)
    };
    check(&left, state, reason, process, Some(30));
}

#[test]
fn how_it_ended_and_what_it_is_decide_whether_it_has_failed() {
    let (fine, status) = (Exit::Status(0), Exit::Status(3));
    let (signal, unknown) = (Exit::Signal(9), Exit::Unknown);
    for exit in [fine, status, signal, unknown] {
        check_end(PaneKind::Service, exit, State::Failed);
    }
    for kind in [PaneKind::Task, PaneKind::Agent, PaneKind::Pane] {
        check_end(kind, fine, State::Done);
        for exit in [status, signal, unknown] {
            check_end(kind, exit, State::Failed);
        }
    }
}

#[test]
fn what_a_bare_shell_ends_with_is_no_failure() {
    for exit in [Exit::Status(0), Exit::Status(130), Exit::Signal(1)] {
        let shell = with(ended(PaneKind::Pane, exit), |applied| {
            applied.command = Command::Shell(None);
        });
        let (reason, process) = (Reason::Ended(exit), Source::Process);
        check(&shell, State::Done, reason, process, Some(60));
    }
    // The command of a pane without tags is unknown.
    let unread = LivePane {
        applied: None,
        ..ended(PaneKind::Pane, Exit::Status(1))
    };
    let reason = Reason::Ended(Exit::Status(1));
    check(&unread, State::Done, reason, Source::Process, Some(60));
}

#[test]
fn a_task_that_was_done_stays_so() {
    let rerun = LivePane {
        has_succeeded: true,
        ending: None,
        ..ended(PaneKind::Task, Exit::Status(1))
    };
    let reason = Reason::Ended(Exit::Status(0));
    check(&rerun, State::Done, reason, Source::Tag, Some(60));
}

#[test]
fn what_was_stopped_or_given_up_says_so() {
    let exit = Exit::Signal(15);
    for kind in [
        PaneKind::Service,
        PaneKind::Task,
        PaneKind::Agent,
        PaneKind::Pane,
    ] {
        let stopped = LivePane {
            phase: Some(Phase::Stopped),
            ..ended(kind, exit)
        };
        let (reason, tag) = (Reason::Stopped(exit), Source::Tag);
        check(&stopped, State::Stopped, reason, tag, Some(60));
        let given_up = LivePane {
            phase: Some(Phase::Failed),
            ..ended(kind, exit)
        };
        let reason = Reason::GivenUp(exit);
        check(&given_up, State::Failed, reason, tag, Some(60));
    }
}

#[test]
fn what_tmux_starts_again_is_restarting_until_it_is_not_to_be() {
    let restart = Restart {
        when: RestartWhen::OnFailure,
        max: 5,
        delay: Duration::from_secs(1),
        within: None,
        max_delay: None,
    };
    let armed = |exit| {
        let ended = with(ended(PaneKind::Service, exit), |applied| {
            applied.body.restart = Some(restart.clone());
        });
        LivePane {
            is_armed: true,
            ..ended
        }
    };
    let (exit, process) = (Exit::Status(3), Source::Process);
    let ends = || Reason::Ended(exit);
    check(&armed(exit), State::Restarting, ends(), process, Some(60));
    let disarmed = LivePane {
        is_armed: false,
        ..armed(exit)
    };
    check(&disarmed, State::Failed, ends(), process, Some(60));
    let fine = Reason::Ended(Exit::Status(0));
    let ended_well = armed(Exit::Status(0));
    check(&ended_well, State::Failed, fine, process, Some(60));
}

/// Checks the needs that a standing meets: `s`tarted, `r`eady, exited-`o`k, e`x`ited.
#[track_caller]
fn check_meets(live: &LivePane, expected: &str) {
    let standing = Standing::of(Some(live), None, &Clock::unread());
    let untils = [
        (Until::Started, 's'),
        (Until::Ready, 'r'),
        (Until::ExitedOk, 'o'),
        (Until::Exited, 'x'),
    ];
    let met = untils.iter().filter(|(until, _)| standing.meets(*until));
    let met: String = met.map(|(_, sign)| sign).collect();
    assert_eq!(met, expected, "{standing:?}");
}

#[test]
fn each_state_meets_what_it_is() {
    check_meets(&live(PaneKind::Service), "sr");
    let probed = with(live(PaneKind::Service), |applied| {
        applied.body.ready = Some(probes());
    });
    check_meets(&probed, "s");
    check_meets(&ended(PaneKind::Task, Exit::Status(0)), "srox");
    check_meets(&ended(PaneKind::Task, Exit::Status(1)), "sx");
    let pending = LivePane {
        phase: Some(Phase::Pending),
        ..live(PaneKind::Service)
    };
    check_meets(&pending, "");
}
