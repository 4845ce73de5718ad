//! The engine without a clock, a server or a process.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Engine, Extent, Input, News, Output, PROBES_MAX, Verdict, Wanted, What};
use crate::layout::{Address, Pace, PaneKind, Probe, Ready, Restart, RestartWhen, Until};
use crate::live::Exit;
use crate::plan::change::TargetState;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn address(name: &str) -> Address {
    format!("s/w/{name}").parse().expect("an address")
}

fn wanted(kind: PaneKind) -> Wanted {
    Wanted {
        kind,
        is_shell: false,
        closes: false,
        ready: None,
        restart: None,
        state: TargetState::Planned,
        is_needed: true,
        is_end_needed: false,
        deadline: None,
    }
}

/// A service that is ready when a port is open.
fn server() -> Wanted {
    Wanted {
        ready: Some(Ready {
            probes: vec![Probe::Port(80)],
            pace: Pace::default(),
        }),
        ..wanted(PaneKind::Service)
    }
}

/// A service that tmux starts again when it ends.
fn restarting() -> Wanted {
    let mut wanted = server();
    wanted.restart = Some(Restart {
        when: RestartWhen::OnFailure,
        max: 100,
        delay: SECOND,
        within: None,
        max_delay: None,
    });
    wanted
}

/// One pane, and a clock that tests advance.
struct Scene {
    engine: Engine,
    pane: Address,
    now: Instant,
    run: u32,
}

impl Scene {
    fn new(wanted: Wanted) -> Self {
        let now = Instant::now();
        let pane = address("a");
        Scene {
            engine: Engine::new([(pane.clone(), wanted)], now),
            pane,
            now,
            run: 0,
        }
    }

    fn started(wanted: Wanted) -> Self {
        let mut scene = Scene::new(wanted);
        assert_eq!(scene.take(Input::Started { pid: 7 }), None);
        scene
    }

    fn take(&mut self, input: Input) -> Option<News> {
        self.engine.take(&self.pane, input, self.now)
    }

    fn answer(&mut self, answer: Result<&str, &str>) -> Option<News> {
        let (run, answer) = (self.run, answer.map(Into::into).map_err(Into::into));
        self.take(Input::Answered { run, answer })
    }

    fn due(&mut self) -> Vec<Output> {
        let due = self.engine.due(self.now);
        for action in &due {
            if let Output::Probe { run, .. } = action {
                self.run = *run;
            }
        }
        due
    }

    fn probe(&self) -> Vec<Output> {
        let (address, run) = (self.pane.clone(), self.run);
        vec![Output::Probe { address, run }]
    }

    fn inquire(&self) -> Vec<Output> {
        let address = self.pane.clone();
        vec![Output::Inquire { address }]
    }

    /// Fails every probe until there is another action, at most for `limit`.
    fn fail_for(&mut self, limit: Duration) -> Vec<Output> {
        let end = self.now + limit;
        while let Some(next) = self.engine.next(self.now).filter(|next| *next <= end) {
            self.now = self.now.max(next);
            let due = self.due();
            if due != self.probe() {
                return due;
            }
            self.answer(Err("refused"));
        }
        self.now = end;
        Vec::new()
    }

    fn verdict(&self, until: Until) -> Verdict {
        self.engine.verdict(&self.pane, until)
    }
}

#[test]
fn a_successful_probe_makes_a_pane_ready() {
    let mut scene = Scene::new(server());
    assert_eq!(scene.verdict(Until::Ready), Verdict::NotYet);
    assert_eq!(scene.verdict(Until::Started), Verdict::MetByStart);
    assert_eq!(scene.due(), [], "only a running pane is probed");
    scene.take(Input::Started { pid: 7 });
    assert_eq!(scene.verdict(Until::Started), Verdict::Met);
    let due = scene.due();
    assert_eq!(due, scene.probe(), "the first attempt is made at once");
    assert_eq!(scene.due(), [], "one at a time");
    scene.now += 30 * MS;
    let news = scene.answer(Ok("port 80 is open"));
    assert!(matches!(news, Some(News::Ready { took, .. }) if took == 30 * MS));
    assert_eq!(scene.verdict(Until::Ready), Verdict::Met);
    assert_eq!(scene.engine.next(scene.now), None);
    assert_eq!(
        scene.engine.awaited(Extent::Everything, scene.now).next(),
        None
    );
}

#[test]
fn a_deadline_ends_the_wait_with_the_last_answer() {
    let mut scene = Scene::started(server());
    let end = scene.fail_for(100 * SECOND);
    let [Output::Tell(News::NotReady { answer, after, .. })] = &end[..] else {
        panic!("{end:?}");
    };
    assert_eq!((answer.as_str(), *after), ("refused", 60 * SECOND));
    assert_eq!(scene.verdict(Until::Ready), Verdict::Lost);
    assert_eq!(
        scene.verdict(Until::Started),
        Verdict::Met,
        "the program is running"
    );
    assert_eq!(scene.due(), [], "giving up is reported once");
    assert_eq!(
        scene.engine.awaited(Extent::Everything, scene.now).next(),
        None
    );
    // A later end is no other fault.
    scene.take(Input::Gone);
    let (exit, is_final) = (Exit::Status(1), true);
    let news = scene.take(Input::Ended { exit, is_final });
    assert!(matches!(news, Some(News::Ended { .. })), "{news:?}");
}

#[test]
fn an_end_before_at_or_after_readiness_is_a_fault() {
    let exit = Exit::Signal(9);
    let died = |news: Option<News>| matches!(news, Some(News::Died { .. }));
    // Before: the answer of its last probe comes when it is gone already.
    let mut scene = Scene::started(server());
    scene.due();
    scene.take(Input::Gone);
    assert_eq!(scene.due(), scene.inquire());
    assert_eq!(scene.due(), [], "tmux is asked once");
    assert_eq!(
        scene.answer(Ok("port 80 is open")),
        None,
        "the answer is too late"
    );
    assert_eq!(scene.verdict(Until::Ready), Verdict::NotYet);
    assert!(died(scene.take(Input::Ended {
        exit,
        is_final: true
    })));
    assert_eq!(scene.verdict(Until::Ready), Verdict::Lost);
    // When it becomes ready, and after that.
    let mut scene = Scene::started(server());
    scene.due();
    assert!(scene.answer(Ok("open")).is_some());
    scene.take(Input::Gone);
    assert_eq!(scene.verdict(Until::Ready), Verdict::NotYet);
    assert!(died(scene.take(Input::Ended {
        exit,
        is_final: true
    })));
    assert_eq!(scene.verdict(Until::Ready), Verdict::Lost);
}

#[test]
fn an_unexpected_end_is_a_death() {
    let check = |wanted: Wanted, exit: Exit, is_death: bool| {
        let text = format!("{wanted:?} {exit}");
        let mut scene = Scene::started(wanted);
        scene.take(Input::Gone);
        let news = scene.take(Input::Ended {
            exit,
            is_final: true,
        });
        match news {
            Some(News::Died { .. }) => assert!(is_death, "{text}"),
            Some(News::Ended { .. }) => assert!(!is_death, "{text}"),
            news => panic!("{text}: {news:?}"),
        }
    };
    let (fine, status) = (Exit::Status(0), Exit::Status(3));
    let (signal, unknown) = (Exit::Signal(9), Exit::Unknown);
    check(wanted(PaneKind::Service), fine, true);
    for kind in [PaneKind::Task, PaneKind::Agent, PaneKind::Pane] {
        check(wanted(kind), fine, false);
        for exit in [status, signal, unknown] {
            check(wanted(kind), exit, true);
        }
    }
    let mut shell = wanted(PaneKind::Pane);
    shell.is_shell = true;
    for exit in [fine, status, signal, unknown] {
        // It does not allow logins.
        check(shell.clone(), exit, true);
        // A person who has left it knows.
        let mut scene = Scene::started(shell.clone());
        scene.now += SECOND;
        scene.take(Input::Gone);
        let is_final = true;
        assert_eq!(scene.take(Input::Ended { exit, is_final }), None);
    }
    // The status is unknown if the pane has closed.
    let closes = |exit: Exit, is_death: bool| {
        let mut closes = wanted(PaneKind::Agent);
        closes.closes = true;
        check(closes, exit, is_death);
    };
    closes(unknown, false);
    closes(status, true);
}

#[test]
fn restarts_by_tmux_share_one_deadline() {
    let mut scene = Scene::started(restarting());
    let mut ends = 0;
    let told = loop {
        scene.due();
        scene.take(Input::Gone);
        assert_eq!(scene.due(), scene.inquire());
        let (exit, is_final) = (Exit::Status(1), false);
        assert_eq!(scene.take(Input::Ended { exit, is_final }), None);
        ends += 1;
        scene.now += SECOND;
        let due = scene.due();
        if let Some(Output::Tell(news)) = due.last() {
            break news.clone();
        }
        assert_eq!(due, scene.inquire());
        let news = scene.take(Input::Started { pid: 7 + ends });
        assert!(matches!(news, Some(News::Restarted { .. })));
    };
    assert!(matches!(told, News::NotReady { after, .. } if after == 60 * SECOND));
    assert_eq!(ends, 60, "repeated ends do not extend the deadline");
    assert_eq!(scene.verdict(Until::Ready), Verdict::Lost);
}

#[test]
fn a_pane_that_was_ready_gets_a_new_deadline() {
    let mut scene = Scene::started(restarting());
    scene.due();
    scene.answer(Ok("open"));
    scene.now += 100 * SECOND;
    scene.take(Input::Gone);
    scene.due();
    let (exit, is_final) = (Exit::Status(1), false);
    scene.take(Input::Ended { exit, is_final });
    assert_eq!(scene.verdict(Until::Ready), Verdict::NotYet);
    scene.take(Input::Started { pid: 8 });
    assert_eq!(
        scene.verdict(Until::Ready),
        Verdict::NotYet,
        "the old answer does not count"
    );
    assert_eq!(scene.fail_for(59 * SECOND), []);
    let end = scene.fail_for(2 * SECOND);
    assert!(matches!(end[..], [Output::Tell(News::NotReady { .. })]));
}

#[test]
fn a_missing_restart_is_an_end() {
    let mut scene = Scene::started(restarting());
    scene.take(Input::Gone);
    let ended = Input::Ended {
        exit: Exit::Status(1),
        is_final: false,
    };
    assert_eq!(scene.take(ended.clone()), None);
    scene.now += 11 * SECOND;
    assert!(matches!(scene.take(ended), Some(News::Died { .. })));
}

#[test]
fn a_program_can_extend_its_deadline_set_its_status_and_hurry() {
    let mut scene = Scene::started(server());
    scene.due();
    scene.answer(Err("refused"));
    scene.take(Input::Status("migrating".to_owned()));
    let awaited: Vec<_> = scene.engine.awaited(Extent::Needed, scene.now).collect();
    assert_eq!(awaited[0].what, What::Probes(Some("migrating".to_owned())));
    scene.now += 50 * SECOND;
    scene.take(Input::Extend(20 * SECOND));
    assert_eq!(scene.fail_for(19 * SECOND), []);
    scene.take(Input::Hurry);
    assert_eq!(scene.engine.next(scene.now), Some(scene.now));
    let end = scene.fail_for(2 * SECOND);
    assert!(
        matches!(&end[..], [Output::Tell(News::NotReady { after, .. })] if *after == 70 * SECOND)
    );
}

#[test]
fn a_task_is_awaited_until_it_ends() {
    let mut task = wanted(PaneKind::Task);
    task.is_end_needed = true;
    let mut scene = Scene::started(task);
    assert_eq!(
        scene.verdict(Until::Ready),
        Verdict::NotYet,
        "only its exit counts"
    );
    let awaited = scene.engine.awaited(Extent::Needed, scene.now).next();
    assert_eq!(awaited.map(|of| of.what), Some(What::End));
    let mut late = Scene::started({
        let mut task = wanted(PaneKind::Task);
        task.deadline = Some(600 * SECOND);
        task
    });
    let mut endless = Scene::started(wanted(PaneKind::Task));
    scene.take(Input::Gone);
    let (exit, is_final) = (Exit::Status(0), true);
    let news = scene.take(Input::Ended { exit, is_final });
    assert!(matches!(news, Some(News::Ended { .. })));
    assert_eq!(scene.verdict(Until::Ready), Verdict::Met);
    endless.now += 24 * 3600 * SECOND;
    assert!(endless.due().is_empty(), "it may run forever");
    assert_eq!(endless.verdict(Until::Exited), Verdict::NotYet);
    late.now += 599 * SECOND;
    assert!(late.due().is_empty());
    assert_eq!(late.engine.next(late.now), Some(late.now + SECOND));
    late.now += SECOND;
    assert!(matches!(
        late.due()[..],
        [Output::Tell(News::NotReady { .. })]
    ));
    assert_eq!(late.verdict(Until::Exited), Verdict::Lost);
}

#[test]
fn sixteen_probes_run_at_once_and_none_is_starved() {
    let now = Instant::now();
    let panes = (0..40).map(|n| (address(&format!("p{n:02}")), server()));
    let mut engine = Engine::new(panes, now);
    for n in 0..40 {
        let started = Input::Started { pid: 100 + n };
        engine.take(&address(&format!("p{n:02}")), started, now);
    }
    let mut probed: BTreeMap<Address, u32> = BTreeMap::new();
    let mut now = now;
    for _ in 0..10 {
        let due = engine.due(now);
        assert_eq!(due.len(), PROBES_MAX);
        let next = engine.next(now);
        assert!(
            next.is_none_or(|next| next > now),
            "the others wait for an answer"
        );
        // Each of them hangs for two seconds.
        now += 2 * SECOND;
        for action in due {
            let Output::Probe { address, run } = action else {
                panic!("{action:?}");
            };
            let answer = Err("no answer".to_owned());
            engine.take(&address, Input::Answered { run, answer }, now);
            *probed.entry(address).or_default() += 1;
        }
    }
    assert_eq!(probed.len(), 40);
    assert!(probed.values().all(|count| *count == 4), "{probed:?}");
}

/// A random event of a pane.
fn input() -> impl Strategy<Value = Input> {
    let exit = prop_oneof![
        Just(Exit::Status(0)),
        Just(Exit::Status(1)),
        Just(Exit::Unknown)
    ];
    let answer = prop_oneof![Just(Ok("held".to_owned())), Just(Err("no".to_owned()))];
    prop_oneof![
        (1..100_i32).prop_map(|pid| Input::Started { pid }),
        Just(Input::NeverStarted),
        Just(Input::Gone),
        (exit, any::<bool>()).prop_map(|(exit, is_final)| Input::Ended { exit, is_final }),
        (0..4_u32, answer).prop_map(|(run, answer)| Input::Answered { run, answer }),
        Just(Input::Hurry),
        (0..5000_u64).prop_map(|ms| Input::Extend(Duration::from_millis(ms))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any events in any order, even with a jumping clock: no wait exceeds its deadline once every
    /// attempt is answered, and nothing panics.
    #[test]
    fn every_wait_ends(
        inputs in proptest::collection::vec((input(), 0..100_000_u64), 0..60),
        restarts in any::<bool>(),
    ) {
        let mut scene = Scene::new(if restarts { restarting() } else { server() });
        let mut is_asked = false;
        for (input, ms) in inputs {
            scene.now += Duration::from_millis(ms);
            is_asked |= scene.due().contains(&scene.inquire()[0]);
            scene.take(input);
        }
        if is_asked {
            let (exit, is_final) = (Exit::Unknown, true);
            scene.take(Input::Ended { exit, is_final });
        }
        // From here on every attempt fails, and the answer to every question is an end.
        for _ in 0..2000 {
            let due = scene.engine.due(scene.now);
            for action in due {
                match action {
                    Output::Probe { address, run } => {
                        let answer = Err("no".to_owned());
                        scene.engine.take(&address, Input::Answered { run, answer }, scene.now);
                    }
                    Output::Inquire { address } => {
                        let (exit, is_final) = (Exit::Status(1), true);
                        scene.engine.take(&address, Input::Ended { exit, is_final }, scene.now);
                    }
                    Output::Tell(_) => {}
                }
            }
            // Answer attempts from before that are still open.
            for run in 0..60 {
                let answer = Err("no".to_owned());
                scene.take(Input::Answered { run, answer });
            }
            scene.engine.due(scene.now);
            match scene.engine.next(scene.now) {
                Some(next) => {
                    prop_assert!(next > scene.now, "it would be looked at without a pause");
                    scene.now = next;
                }
                None => break,
            }
        }
        prop_assert_eq!(scene.engine.next(scene.now), None);
        prop_assert_eq!(scene.engine.awaited(Extent::Everything, scene.now).next(), None);
    }
}
