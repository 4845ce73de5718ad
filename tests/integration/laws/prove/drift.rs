//! Random live states: a layout that runs, or was half made, and then what a person did to it. One
//! apply reaches the manifest or refuses with a reason; what somebody else made is not touched, and
//! no process ends.

use std::collections::{BTreeMap, BTreeSet};

use super::edits::{self, Edit};
use super::hands::{self, COPY, Hand};
use super::numbers::Numbers;
use super::shrink::shrunk;
use super::worlds::World;
use super::{Runs, Tally, keep};
use crate::support::sandbox::{Ran, Sandbox};
use crate::support::seen::assert_same;
use crate::support::standin::Fault;

const RUNS: Runs = Runs {
    small: 14,
    large: 900,
};
/// How many shorter ones are tried of a state that fails.
const ATTEMPTS: usize = 100;

#[derive(Debug, Clone)]
struct State {
    growth: Vec<Edit>,
    /// What an apply was to bring about that was killed, and at which call.
    half_made: Option<(Vec<Edit>, usize)>,
    hands: Vec<Hand>,
}

struct Failure {
    class: String,
    text: String,
}

#[test]
fn any_live_state_is_mended_or_refused() {
    let mut tally = Tally::default();
    let mut classes = BTreeSet::new();
    for seed in RUNS.seeds() {
        let state = State::of(seed);
        tally.runs += 1;
        if let Err(failure) = state.check() {
            if !classes.insert(failure.class.clone()) {
                tally.repeat(&format!("TRIAD_SEED={seed}: {}", failure.class));
                continue;
            }
            let (state, failure) = shortest(state, failure);
            let (first, wanted) = state.worlds();
            let before = state.half_made.is_some().then(|| first.text());
            let folder = keep(
                &format!("state-{seed}"),
                before.as_deref(),
                &wanted.text(),
                &failure.text,
            );
            tally.fail(format!(
                "TRIAD_SEED={seed} TRIAD_PROVE=1: {}\n{}\nkept in {}",
                failure.class,
                failure.text,
                folder.display()
            ));
        }
        if tally.is_enough() {
            break;
        }
    }
    tally.close("live states");
}

#[test]
fn a_window_linked_into_another_session_of_the_layout_stays_at_home() {
    let sandbox = Sandbox::new();
    let pane =
        |name: &str| format!("window \"w{name}\" {{ pane \"{name}\" {{ run \"sleep\" \"1\" }} }}");
    let (p, q, r) = (pane("p"), pane("q"), pane("r"));
    // Sessions are listed by name: the other one comes first.
    sandbox.apply(&format!(
        "session \"s\" {{ {p}\n{q} }}\nsession \"a\" {{ {r} }}"
    ));
    sandbox.tmux(&["link-window", "-d", "-s", "=s:wp", "-t", "=a:"]);
    let before = sandbox.dump_all();
    sandbox.triad(&["apply"]).exits(0);
    assert_same(
        &before,
        &sandbox.dump_all(),
        "an apply with a linked window",
    );
}

#[test]
fn a_session_whose_mark_does_not_read_is_known_by_its_name() {
    let sandbox = Sandbox::new();
    let session = |name: &str| {
        format!(
            "session \"{name}\" {{ window \"w\" {{ pane \"{name}p\" {{ run \"sleep\" \"1\" }} }} }}\n"
        )
    };
    sandbox.apply(&(session("a") + &session("b")));
    let before = sandbox.identities();
    sandbox.tmux(&[
        "kill-session",
        "-t",
        "=b:",
        ";",
        "set-option",
        "-t",
        "=a:",
        "@triad_session",
        "=zz",
    ]);
    sandbox.triad(&["apply"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
    assert_eq!(sandbox.identities()[0], before[0]);
}

fn shortest(mut state: State, mut failure: Failure) -> (State, Failure) {
    let mut attempts = ATTEMPTS;
    let of = |state: State, failure: &mut Failure| {
        let seen = state
            .check()
            .err()
            .filter(|seen| seen.class == failure.class);
        let is_seen = seen.is_some();
        if let Some(seen) = seen {
            *failure = seen;
        }
        is_seen
    };
    if state.half_made.is_some() {
        let whole = State {
            half_made: None,
            ..state.clone()
        };
        if of(whole.clone(), &mut failure) {
            state = whole;
        }
    }
    let hands = state.hands.clone();
    state.hands = shrunk(&hands, &mut attempts, |hands| {
        let hands = hands.to_vec();
        of(
            State {
                hands,
                ..state.clone()
            },
            &mut failure,
        )
    });
    let growth = state.growth.clone();
    state.growth = shrunk(&growth, &mut attempts, |growth| {
        let growth = growth.to_vec();
        of(
            State {
                growth,
                ..state.clone()
            },
            &mut failure,
        )
    });
    (state, failure)
}

impl State {
    fn of(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed ^ 0x5151);
        let growth = edits::growth(&mut numbers);
        let is_half_made = numbers.below(4) == 0;
        let half_made = is_half_made.then(|| {
            let changes = edits::changes(&mut numbers);
            (changes, 2 + numbers.below(3))
        });
        let hands = hands::hands(&mut numbers);
        State {
            growth,
            half_made,
            hands,
        }
    }

    /// What was applied, and what is wanted.
    fn worlds(&self) -> (World, World) {
        let first = World::new().edited(&self.growth);
        let wanted = match &self.half_made {
            Some((changes, _)) => first.clone().edited(changes).with_was(&first),
            None => first.clone(),
        };
        (first, wanted)
    }

    fn check(&self) -> Result<(), Failure> {
        let sandbox = Sandbox::new();
        let mut acted = Vec::new();
        let checked = super::caught(|| self.checked(&sandbox, &mut acted));
        let checked = checked.unwrap_or_else(|text| Err(("panic".to_owned(), text)));
        checked.map_err(|(class, text)| Failure {
            class,
            text: format!("by hand:\n  {}\n{text}", acted.join("\n  ")),
        })
    }

    fn checked(&self, sandbox: &Sandbox, acted: &mut Vec<String>) -> Result<(), (String, String)> {
        sandbox.foreign("foreign");
        sandbox.foreign("other");
        let (first, wanted) = self.worlds();
        // Splits can be chosen too narrow for their panes.
        for world in [&first, &wanted] {
            if world.is_too_narrow(sandbox) {
                return Ok(());
            }
        }
        sandbox.apply(&first.text());
        sandbox.manifest(&wanted.text());
        if let Some((_, at)) = &self.half_made {
            // Where it takes fewer calls, it is not half made.
            sandbox.with_fault(Fault::KillWithin, *at, &["apply", "--yes"]);
        }
        for hand in &self.hands {
            acted.extend(hand.act(sandbox));
        }
        let foreign = sandbox.dump(&["foreign"]);
        let before = running(sandbox);
        let ran = sandbox.triad(&["apply", "--yes"]);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        if ran.status == 7 {
            return refused(&ran, &before, &running(sandbox));
        }
        if ran.status != 0 {
            let class = format!("apply exits {}", ran.status);
            return Err((class, said));
        }
        let plan = sandbox.triad(&["plan", "--check"]);
        if plan.status != 0 {
            let text = format!("{}{}\napplied:\n{said}", plan.stdout, plan.stderr);
            return Err(("a second plan is not empty".to_owned(), text));
        }
        let seen: BTreeSet<String> = sandbox.panes().into_keys().collect();
        let seats = wanted.seats();
        let seats: BTreeSet<String> = seats.values().map(super::worlds::Seat::address).collect();
        if seats != seen {
            let text = format!("wanted {seats:?}\nseen   {seen:?}\n{said}");
            return Err(("other panes than wanted".to_owned(), text));
        }
        assert_same(&foreign, &sandbox.dump(&["foreign"]), "the apply");
        // A layout that was half changed may still have something to end.
        let ends = self.half_made.is_some();
        lives(&before, &running(sandbox), ends).map_err(|text| {
            let is_about_tags = self.hands.iter().all(Hand::is_about_tags);
            let class = if is_about_tags {
                "a bad tag ends a process"
            } else {
                "a process ended"
            };
            (class.to_owned(), format!("{text}\n{said}"))
        })
    }
}

/// A refusal says why, and changes nothing.
fn refused(
    ran: &Ran,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Result<(), (String, String)> {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    if !said.contains("triad: ") {
        return Err(("refused without a reason".to_owned(), said));
    }
    if before != after {
        return Err(("refused and changed".to_owned(), said));
    }
    Ok(())
}

/// The command line of every process that a pane has, by pane and pid.
fn running(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let format = "#{pane_id} #{pane_pid} #{pane_dead}";
    let listing = sandbox.try_tmux(&["list-panes", "-a", "-F", format]).stdout;
    let alive = listing.lines().filter_map(|line| line.strip_suffix(" 0"));
    let command = |line: &str| {
        let pid = line.split(' ').nth(1).unwrap_or_default();
        let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        (line.to_owned(), words)
    };
    let alive = alive.map(command);
    // What tmux has not collected yet has no command line any more.
    alive
        .filter(|(_, words)| words.contains("sleep "))
        .collect()
}

/// Every process is where it was, but for one that a copy of tags made superfluous.
fn lives(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    ends: bool,
) -> Result<(), String> {
    let gone = before.iter().filter(|(pane, words)| {
        let is_of_others = ["3001", "3002"].iter().any(|number| words.contains(number));
        !after.contains_key(*pane) && !words.contains(COPY) && (is_of_others || !ends)
    });
    let gone: Vec<_> = gone.collect();
    if gone.is_empty() {
        Ok(())
    } else {
        Err(format!("ended: {gone:?}"))
    }
}
