//! Random live states: a running or half-made layout, and then a person's changes. One apply
//! reaches the manifest or refuses with a reason; objects of others are not touched, and no process
//! ends.

use std::collections::{BTreeMap, BTreeSet};

use triad::layout::Address;

use super::Runs;
use super::edits::{self, Edit};
use super::hands::{self, COPY, Hand};
use super::law::{Checked, Failure, Law, Shortening, caught, prove};
use super::numbers::Numbers;
use super::worlds::World;
use crate::support::sandbox::{Ran, Sandbox};
use crate::support::seen::assert_same;
use crate::support::standin::Fault;

#[derive(Debug, Clone)]
struct State {
    growth: Vec<Edit>,
    /// The goal of a killed apply, and the call at which it was killed.
    half_made: Option<(Vec<Edit>, usize)>,
    hands: Vec<Hand>,
}

#[test]
fn any_live_state_is_mended_or_refused() {
    prove::<State>();
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
fn a_session_with_an_unreadable_tag_is_found_by_its_name() {
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

impl Law for State {
    const KIND: &'static str = "live states";
    const NAME: &'static str = "state";
    const RUNS: Runs = Runs {
        small: 14,
        large: 900,
    };
    const APPLIES: u64 = 1;
    const PAIRS: u64 = 0;

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

    fn check(&self) -> Result<(), Failure> {
        let sandbox = Sandbox::new();
        let mut acted = Vec::new();
        let (first, wanted) = self.worlds();
        let before = self.half_made.is_some().then_some(&first);
        let checked = caught("panic", before, &wanted, || {
            self.checked(&sandbox, &mut acted)
        });
        checked.map_err(|failure| Failure {
            text: format!("by hand:\n  {}\n{}", acted.join("\n  "), failure.text),
            ..failure
        })
    }

    fn shortened(&self, shortening: &mut Shortening) -> Self {
        let whole = State {
            half_made: None,
            ..self.clone()
        };
        let state = if self.half_made.is_some() {
            shortening.whole(self, whole)
        } else {
            self.clone()
        };
        let state = shortening.list(&state, |state| &mut state.hands);
        shortening.list(&state, |state| &mut state.growth)
    }
}

impl State {
    /// Returns the applied and the wanted layout.
    fn worlds(&self) -> (World, World) {
        let first = World::new().edited(&self.growth);
        let wanted = match &self.half_made {
            Some((changes, _)) => first.clone().edited(changes).with_was(&first),
            None => first.clone(),
        };
        (first, wanted)
    }

    fn checked(&self, sandbox: &Sandbox, acted: &mut Vec<String>) -> Checked {
        sandbox.foreign("foreign");
        sandbox.foreign("other");
        let (first, wanted) = self.worlds();
        // Splits can be too narrow for their panes.
        for world in [&first, &wanted] {
            if world.is_too_narrow(sandbox) {
                return Ok(());
            }
        }
        sandbox.apply(&first.text());
        sandbox.manifest(&wanted.text());
        if let Some((_, at)) = &self.half_made {
            // If it takes fewer calls, it is not half made.
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
        let seen = sandbox.panes().into_keys();
        // A pane whose address cannot be read is left alone.
        let seen = seen.filter(|address| address.parse::<Address>().is_ok());
        let seen: BTreeSet<String> = seen.collect();
        let seats = wanted.seats();
        let seats: BTreeSet<String> = seats.values().map(super::worlds::Seat::address).collect();
        if seats != seen {
            let text = format!("wanted {seats:?}\nseen   {seen:?}\n{said}");
            return Err(("other panes than wanted".to_owned(), text));
        }
        assert_same(&foreign, &sandbox.dump(&["foreign"]), "the apply");
        // A half-changed layout may still have processes to end.
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

/// Checks that a refusal has a reason, and changes nothing.
fn refused(
    ran: &Ran,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Checked {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    if !said.contains("triad: ") {
        return Err(("refused without a reason".to_owned(), said));
    }
    if before != after {
        return Err(("refused and changed".to_owned(), said));
    }
    Ok(())
}

/// Returns the command line of every pane's process, by pane and pid.
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
    // A process that tmux has not collected has no command line any more.
    alive
        .filter(|(_, words)| words.contains("sleep "))
        .collect()
}

/// Checks that every process is where it was, except one that copied tags made superfluous.
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
