//! A part of a layout: an edit is applied with `--only`, and then as a whole. The part changes
//! nothing outside of it, a second run does nothing, and the whole apply does not end what the part
//! has started.

use std::collections::{BTreeMap, BTreeSet};

use super::Runs;
use super::edits::{self, Edit};
use super::law::{Checked, Failure, Law, Shortening, caught, prove};
use super::numbers::Numbers;
use super::pairs::step;
use super::worlds::{Seat, World};
use crate::geometry;
use crate::support::sandbox::Sandbox;
use crate::support::seen::assert_same;

/// An edit of a layout, of which a part is applied.
#[derive(Debug, Clone)]
struct Part {
    growth: Vec<Edit>,
    changes: Vec<Edit>,
    says_was: bool,
    /// The numbers that choose the part.
    numbers: Numbers,
}

#[test]
fn a_partial_apply_changes_nothing_else_and_a_whole_one_continues() {
    prove::<Part>();
}

impl Law for Part {
    const KIND: &'static str = "parts";
    const NAME: &'static str = "part";
    const RUNS: Runs = Runs {
        small: 12,
        large: 400,
    };
    const APPLIES: u64 = 3;
    const PAIRS: u64 = 1;

    fn of(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        Part {
            growth: edits::growth(&mut numbers),
            changes: edits::changes(&mut numbers),
            says_was: numbers.below(3) > 0,
            numbers,
        }
    }

    fn check(&self) -> Result<(), Failure> {
        let first = World::new().edited(&self.growth);
        let second = first.clone().edited(&self.changes);
        let said = if self.says_was {
            second.clone().with_was(&first)
        } else {
            second.clone()
        };
        let patterns = patterns(&second, &mut self.numbers.clone());
        let sandbox = Sandbox::new();
        // An edit can create cells that fit no window.
        if first.is_too_narrow(&sandbox) || said.is_too_narrow(&sandbox) {
            return Ok(());
        }
        sandbox.foreign("foreign");
        let foreign = sandbox.dump(&["foreign"]);
        step(&sandbox, None, &first)?;
        let part = caught("part", Some(&first), &said, || {
            part(&sandbox, &patterns, &first, &said)
        });
        part.map_err(|failure| told(failure, &patterns))?;
        let selected: BTreeMap<String, (String, u32)> = geometry::pids(&sandbox)
            .into_iter()
            .filter(|(address, _)| needed(&second, &patterns).contains(address))
            .collect();
        step(&sandbox, None, &said).map_err(|failure| told(failure, &patterns))?;
        let whole = caught("whole", Some(&first), &said, || {
            let after = geometry::pids(&sandbox);
            for (address, process) in &selected {
                if after.get(address) != Some(process) {
                    let text = format!("{address}: was {process:?}, is {:?}", after.get(address));
                    return Err(("the whole ends what the part has started".to_owned(), text));
                }
            }
            assert_same(&foreign, &sandbox.dump(&["foreign"]), "the part");
            Ok(())
        });
        whole.map_err(|failure| told(failure, &patterns))
    }

    fn shortened(&self, shortening: &mut Shortening) -> Self {
        let part = shortening.list(self, |part| &mut part.changes);
        shortening.list(&part, |part| &mut part.growth)
    }
}

fn told(failure: Failure, patterns: &[String]) -> Failure {
    Failure {
        text: format!("--only {}\n{}", patterns.join(" --only "), failure.text),
        ..failure
    }
}

/// Returns one or two addresses of sessions, windows or panes.
fn patterns(world: &World, numbers: &mut Numbers) -> Vec<String> {
    let seats: Vec<Seat> = world.seats().into_values().collect();
    let count = 1 + numbers.below(2);
    let pattern = |numbers: &mut Numbers| {
        let seat = &seats[numbers.below(seats.len())];
        match numbers.below(4) {
            0 => seat.session.clone(),
            1 => format!("{}/{}", seat.session, seat.window),
            _ => seat.address(),
        }
    };
    (0..count).map(|_| pattern(numbers)).collect()
}

fn is_selected(address: &str, patterns: &[String]) -> bool {
    let is_below = |pattern: &String| {
        let rest = address.strip_prefix(pattern.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    patterns.iter().any(is_below)
}

/// Returns the addresses of the selected panes and of all their needs.
fn needed(world: &World, patterns: &[String]) -> BTreeSet<String> {
    let seats = world.seats();
    let mut keys: BTreeSet<u32> = BTreeSet::new();
    let selected = seats
        .iter()
        .filter(|(_, seat)| is_selected(&seat.address(), patterns));
    let mut open: Vec<u32> = selected.map(|(key, _)| *key).collect();
    while let Some(key) = open.pop() {
        // A pane may need one that an edit has removed.
        if seats.contains_key(&key) && keys.insert(key) {
            let panes = world.panes();
            let pane = panes.iter().find(|pane| pane.key == key);
            open.extend(pane.into_iter().flat_map(|pane| &pane.needs));
        }
    }
    keys.iter().map(|key| seats[key].address()).collect()
}

/// Applies a part, and checks that everything outside of it keeps running in place.
fn part(sandbox: &Sandbox, patterns: &[String], first: &World, second: &World) -> Checked {
    let flags: Vec<&str> = patterns.iter().flat_map(|p| ["--only", p]).collect();
    let before = geometry::pids(sandbox);
    sandbox.manifest(&second.text());
    let ran = sandbox.triad(&[&["apply", "--yes"], &flags[..]].concat());
    if ran.status != 0 {
        let class = format!("a part exits {}", ran.status);
        return Err((class, format!("{}{}", ran.stdout, ran.stderr)));
    }
    let again = sandbox.triad(&[&["plan", "--check"], &flags[..]].concat());
    if again.status != 0 {
        let text = format!("{}{}\napplied:\n{}", again.stdout, again.stderr, ran.stdout);
        return Err(("a second part is not empty".to_owned(), text));
    }
    let after = geometry::pids(sandbox);
    let meant = needed(second, patterns);
    for address in &meant {
        if !after.contains_key(address) {
            return Err(("a pane of the part is missing".to_owned(), address.clone()));
        }
    }
    let processes: BTreeSet<&(String, u32)> = after.values().collect();
    let seats = second.seats();
    for (key, old) in first.seats() {
        let address = old.address();
        let now = seats.get(&key).map(Seat::address);
        let is_meant = now.is_some_and(|now| meant.contains(&now))
            || meant.contains(&address)
            || is_selected(&address, patterns);
        let process = &before[&address];
        if !is_meant && !processes.contains(process) {
            let text = format!("{address}: was {process:?}\napplied:\n{}", ran.stdout);
            return Err(("a part ends what is outside of it".to_owned(), text));
        }
        if !is_meant && after.get(&address) != Some(process) {
            let text = format!("{address}\napplied:\n{}", ran.stdout);
            return Err(("a part renames what is outside of it".to_owned(), text));
        }
    }
    Ok(())
}
