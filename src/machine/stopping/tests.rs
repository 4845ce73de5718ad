//! Ends processes of a simulated machine, in no time, and counts the looks at it.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::machine::process::Stat;
use crate::machine::process_table::Server;

/// Higher than the pids of a real machine, so that no test is its own machine's process.
const SERVER: i32 = 100_000_000;
const MS: Duration = Duration::from_millis(1);
const TIMEOUT: Duration = Duration::from_secs(10);

/// A program and its reaction to signals.
#[derive(Debug, Clone, Copy)]
struct Program {
    stat: Stat,
    /// The time that it takes to end; `None`: it ignores the signal.
    term: Option<Duration>,
    kill: Option<Duration>,
    /// The number of times that it starts another like itself at its end, in its session.
    respawns: u32,
}

#[derive(Debug, Default)]
struct Machine {
    programs: BTreeMap<i32, Program>,
    ends: BTreeMap<Instant, Vec<i32>>,
    started: u64,
    looks: u32,
    orders: Vec<Order>,
    staying: BTreeSet<i32>,
}

impl Machine {
    /// Panes with a shell and two programs below it each.
    fn with_panes(count: i32, term: impl Fn(i32) -> Option<Duration>) -> (Self, Vec<Ending>) {
        let mut machine = Machine::default();
        let mut endings = Vec::new();
        for pane in 0..count {
            let leader = SERVER + 10 * (pane + 1);
            for (pid, parent) in [
                (leader, SERVER),
                (leader + 1, leader),
                (leader + 2, leader + 1),
            ] {
                machine.start(pid, parent, leader, term(pane));
            }
            endings.push(ending(leader, machine.identity(leader)));
        }
        (machine, endings)
    }

    fn start(&mut self, pid: i32, parent: i32, session: i32, term: Option<Duration>) {
        self.started += 1;
        let program = Program {
            stat: Stat::of(parent, session, self.started),
            term,
            kill: Some(MS),
            respawns: 0,
        };
        self.programs.insert(pid, program);
    }

    fn identity(&self, pid: i32) -> u64 {
        self.programs[&pid].stat.started
    }

    fn table(&mut self) -> Table {
        self.looks += 1;
        let living = self.programs.iter();
        let living = living.map(|(pid, program)| (*pid, program.stat));
        let server = Server {
            pid: Some(SERVER),
            staying: self.staying.clone(),
        };
        Table::new(living.collect(), server, true)
    }

    fn obey(&mut self, orders: Vec<Order>, now: Instant) {
        for order in orders {
            let program = self.programs.get(&order.pid);
            let program = program.filter(|program| program.stat.started == order.started);
            let takes = program.and_then(|program| match order.signal {
                Signal::TERM => program.term,
                Signal::KILL => program.kill,
                _ => None,
            });
            if let Some(takes) = takes {
                self.ends.entry(now + takes).or_default().push(order.pid);
            }
            self.orders.push(order);
        }
    }

    /// Removes a program and orphans its children.
    fn end(&mut self, pid: i32) {
        let Some(program) = self.programs.remove(&pid) else {
            return;
        };
        for other in self.programs.values_mut() {
            if other.stat.parent == pid {
                other.stat.parent = 1;
            }
        }
        if program.respawns > 0 {
            let next = pid + 10_000;
            self.start(next, 1, program.stat.session, program.term);
            let respawns = program.respawns - 1;
            self.programs
                .entry(next)
                .and_modify(|next| next.respawns = respawns);
        }
    }

    /// Ends them, and returns how long it took.
    fn stop(&mut self, endings: &[Ending]) -> (Vec<Ended>, Duration) {
        let begun = Instant::now();
        let mut now = begun;
        let trees = endings.iter().map(|_| Tree::default()).collect();
        let table = self.table();
        let (mut stopping, asked) = Stopping::new(endings, trees, &table, now);
        self.obey(asked, now);
        loop {
            match stopping.next(now) {
                Next::Look => {
                    let table = self.table();
                    stopping.look(&table, now);
                }
                Next::Kill => {
                    let kills = stopping.kills(now);
                    self.obey(kills, now);
                }
                Next::Wait(until) => {
                    assert!(until > now, "a wait that is already over");
                    match self
                        .ends
                        .first_entry()
                        .filter(|first| *first.key() <= until)
                    {
                        Some(first) => {
                            now = *first.key();
                            for pid in first.remove() {
                                // The kernel reports only the ends of watched processes.
                                let is_watched = stopping.living().any(|living| living == pid);
                                self.end(pid);
                                if is_watched {
                                    stopping.ended(pid);
                                }
                            }
                        }
                        None => now = until,
                    }
                }
                Next::Over => return (stopping.answers(), now - begun),
            }
        }
    }
}

fn ending(pid: i32, identity: u64) -> Ending {
    Ending {
        pid,
        identity: Some(identity),
        signal: Some(Signal::TERM),
        timeout: TIMEOUT,
    }
}

fn all(ended: &[Ended], is_killed: bool) -> bool {
    let expected = Ended {
        is_killed,
        left: Vec::new(),
    };
    ended.iter().all(|ended| *ended == expected)
}

#[track_caller]
fn check(count: i32, term: impl Fn(i32) -> Option<Duration>, looks: u32, within: Duration) {
    let (mut machine, endings) = Machine::with_panes(count, term);
    let (ended, took) = machine.stop(&endings);
    assert_eq!(ended.len(), endings.len());
    assert!(all(&ended, took >= TIMEOUT), "{ended:?}");
    assert!(machine.programs.is_empty());
    assert!(machine.looks <= looks, "{} looks", machine.looks);
    assert!(took <= within, "{took:?}");
}

#[test]
fn a_thousand_panes_take_no_more_looks_than_one() {
    for count in [1, 1000] {
        check(count, |_| Some(MS), 3, 40 * MS);
        // Slow ones: a look now and then for processes they start meanwhile.
        check(count, |_| Some(3000 * MS), 11, 3050 * MS);
        // Those that ignore signals.
        check(count, |_| None, 14, TIMEOUT + 100 * MS);
    }
}

#[test]
fn panes_that_end_in_sequence_take_some_dozens_of_looks() {
    check(100, |pane| Some(MS * 50 * (pane as u32 + 1)), 60, 5050 * MS);
    check(1000, |pane| Some(MS * 5 * (pane as u32 + 1)), 60, 5050 * MS);
}

#[test]
fn nothing_is_there_when_two_looks_find_nothing() {
    let (ended, took) = Machine::default().stop(&[ending(SERVER + 10, 1)]);
    assert!(all(&ended, false));
    assert_eq!(took, LAST_LOOK);
}

#[test]
fn processes_started_meanwhile_are_killed_at_the_deadline() {
    let (mut machine, endings) = Machine::with_panes(1, |_| Some(MS));
    let leader = endings[0].pid;
    machine
        .programs
        .entry(leader)
        .and_modify(|program| program.respawns = 1);
    let (ended, took) = machine.stop(&endings);
    assert!(took >= TIMEOUT && took < TIMEOUT + KILL_GRACE, "{took:?}");
    assert!(ended[0].is_killed);
    // A process started at its end was not asked, and is killed.
    let terms = machine
        .orders
        .iter()
        .filter(|order| order.signal == Signal::TERM);
    assert_eq!(terms.count(), 3);
}

#[test]
fn a_program_that_keeps_restarting_is_given_up_and_reported() {
    let (mut machine, endings) = Machine::with_panes(1, |_| None);
    for program in machine.programs.values_mut() {
        program.respawns = u32::MAX;
    }
    let (ended, took) = machine.stop(&endings);
    assert_eq!(took, TIMEOUT + KILL_GRACE);
    assert!(ended[0].is_killed && !ended[0].left.is_empty());
    assert!(machine.looks < 100, "{} looks", machine.looks);
}

#[test]
fn processes_that_survive_a_kill_are_reported() {
    let (mut machine, endings) = Machine::with_panes(3, |_| Some(MS));
    let stuck = endings[1].pid + 2;
    machine
        .programs
        .entry(stuck)
        .and_modify(|program| (program.term, program.kill) = (None, None));
    let (ended, took) = machine.stop(&endings);
    assert_eq!(took, TIMEOUT + KILL_GRACE);
    let left: Vec<&[i32]> = ended.iter().map(|ended| &ended.left[..]).collect();
    assert_eq!(left, [&[][..], &[stuck], &[]]);
}

#[test]
fn each_is_killed_at_its_own_deadline() {
    let (mut machine, mut endings) = Machine::with_panes(1000, |_| None);
    for (pane, ending) in (0..).zip(&mut endings) {
        ending.timeout = MS * 10 * pane;
    }
    let (ended, took) = machine.stop(&endings);
    assert!(all(&ended, true));
    assert!(took < TIMEOUT + 250 * MS, "{took:?}");
    assert!(machine.looks < 100, "{} looks", machine.looks);
}

#[test]
fn a_timeout_of_a_year_works_and_longer_ones_do_not_overflow() {
    let year = Duration::from_secs(366 * 24 * 3600);
    for timeout in [year, Duration::MAX] {
        let (mut machine, mut endings) = Machine::with_panes(1, |_| Some(year - MS));
        endings[0].timeout = timeout;
        let (ended, took) = machine.stop(&endings);
        assert!(all(&ended, false), "{timeout:?}: {ended:?}");
        assert!(took <= year + LOOK, "{took:?}");
    }
}

#[test]
fn an_unrelated_process_with_the_same_pid_gets_no_signal() {
    let (mut machine, mut endings) = Machine::with_panes(2, |_| Some(MS));
    // One pane is gone, and an unrelated process has its pid; the other has another parent.
    endings[0].identity = None;
    let stranger = endings[1].pid;
    machine.programs.retain(|pid, _| *pid <= stranger);
    machine.start(stranger, 1, stranger, Some(MS));
    let (ended, _) = machine.stop(&endings);
    assert!(all(&ended, false));
    let signalled: Vec<i32> = machine.orders.iter().map(|order| order.pid).collect();
    assert_eq!(signalled, Vec::<i32>::new());
    assert_eq!(machine.programs.len(), 4);
}

#[test]
fn a_reused_pid_is_not_part_of_the_tree() {
    let (mut machine, endings) = Machine::with_panes(1, |_| None);
    let leader = endings[0].pid;
    let table = machine.table();
    let mut tree = Tree::default();
    assert_eq!(tree.find(endings[0].leader(), &table).len(), 3);
    // All three end, and an unrelated process with a child gets the pid of one.
    machine.programs.clear();
    machine.start(leader + 1, 1, leader + 1, None);
    machine.start(leader + 5, leader + 1, leader + 1, None);
    let table = machine.table();
    assert!(tree.find(endings[0].leader(), &table).is_empty());
}

#[test]
fn separate_sessions_and_their_orphans_are_found() {
    let (mut machine, endings) = Machine::with_panes(1, |_| None);
    let leader = endings[0].pid;
    // A session below the pane, and its orphan.
    machine.start(leader + 3, leader + 1, leader + 3, None);
    machine.start(leader + 4, 1, leader + 3, None);
    // An unrelated one.
    machine.start(leader + 5, 1, leader + 5, None);
    let table = machine.table();
    let found = Tree::default().find(endings[0].leader(), &table);
    let found: Vec<i32> = found.into_keys().collect();
    assert_eq!(found, [0, 1, 2, 3, 4].map(|place| leader + place));
}

/// A pane has died, and another pane's program got the pid of its process: it is never signalled,
/// whether that pane is known or not, and neither are its children.
#[test]
fn an_unrelated_process_with_the_pid_of_a_pane_is_left_alone() {
    for (identity, stays) in [
        (None, false),
        (None, true),
        (Some(1), false),
        (Some(4), true),
    ] {
        let (mut machine, _) = Machine::with_panes(1, |_| Some(MS));
        let leader = SERVER + 10;
        for pid in [leader, leader + 1, leader + 2] {
            machine.end(pid);
        }
        machine.start(leader, SERVER, leader, Some(MS));
        machine.start(leader + 1, leader, leader, Some(MS));
        machine.staying = stays.then_some(leader).into_iter().collect();
        let ending = Ending {
            identity,
            ..ending(leader, 0)
        };
        let (ended, _) = machine.stop(&[ending]);
        assert!(all(&ended, false), "{identity:?}: {ended:?}");
        assert!(
            machine.orders.is_empty(),
            "{identity:?}: {:?}",
            machine.orders
        );
        assert_eq!(machine.programs.len(), 2);
    }
}

/// Processes in the session of a dead pane's process are ended, except for a pane that stays.
#[test]
fn orphans_of_a_dead_pane_are_ended() {
    let (mut machine, _) = Machine::with_panes(1, |_| Some(MS));
    let leader = SERVER + 10;
    machine.end(leader);
    machine.staying = BTreeSet::from([leader + 2]);
    let ending = Ending {
        identity: None,
        ..ending(leader, 0)
    };
    let (ended, _) = machine.stop(&[ending]);
    assert!(all(&ended, false), "{ended:?}");
    assert_eq!(machine.programs.keys().collect::<Vec<_>>(), [&(leader + 2)]);
}
