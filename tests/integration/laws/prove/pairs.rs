//! Pairs of layouts: one is applied, then an edit of it, then the first again. After each apply
//! there is nothing left to do, every cell follows the rule for sizes, and no process ended without
//! need.

use std::collections::BTreeMap;

use super::Runs;
use super::edits::{self, Edit};
use super::law::{Checked, Failure, Law, Shortening, caught, prove};
use super::numbers::Numbers;
use super::worlds::World;
use crate::geometry;
use crate::support::sandbox::Sandbox;
use crate::support::seen::assert_same;

/// The edits of a layout and of its variant, and whether renames are declared (`was`).
#[derive(Debug, Clone)]
struct Pair {
    growth: Vec<Edit>,
    changes: Vec<Edit>,
    says_was: bool,
}

#[test]
fn any_edit_there_and_back_is_one_apply_each_way() {
    prove::<Pair>();
}

impl Law for Pair {
    const KIND: &'static str = "pairs";
    const NAME: &'static str = "pair";
    const RUNS: Runs = Runs {
        small: 12,
        large: 600,
    };
    const APPLIES: u64 = 4;
    const PAIRS: u64 = 1;

    fn of(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        Pair {
            growth: edits::growth(&mut numbers),
            changes: edits::changes(&mut numbers),
            says_was: numbers.below(3) > 0,
        }
    }

    fn check(&self) -> Result<(), Failure> {
        self.there_and_back().map_err(|failure| Failure {
            text: format!("{}\n{:?}", failure.text, self.changes),
            ..failure
        })
    }

    fn shortened(&self, shortening: &mut Shortening) -> Self {
        let pair = shortening.list(self, |pair| &mut pair.changes);
        shortening.list(&pair, |pair| &mut pair.growth)
    }
}

impl Pair {
    fn there_and_back(&self) -> Result<(), Failure> {
        let first = World::new().edited(&self.growth);
        let second = first.clone().edited(&self.changes);
        let sandbox = Sandbox::new();
        // Splits can be too narrow for their panes.
        if first.is_too_narrow(&sandbox) || second.is_too_narrow(&sandbox) {
            return Ok(());
        }
        sandbox.foreign("foreign");
        let foreign = sandbox.dump(&["foreign"]);
        let (there, back) = if self.says_was {
            let there = second.clone().with_was(&first);
            (there, first.clone().with_was(&second))
        } else {
            (second.clone(), first.clone())
        };
        step(&sandbox, None, &first)?;
        step(&sandbox, Some(&first), &there)?;
        step(&sandbox, Some(&second), &back)?;
        // A former name that is no longer declared changes nothing.
        step(&sandbox, Some(&first), &first)?;
        caught("foreign", Some(&second), &first, || {
            assert_same(&foreign, &sandbox.dump(&["foreign"]), "the pair");
            Ok(())
        })
    }
}

/// Applies once and checks everything that must be true afterwards.
pub fn step(sandbox: &Sandbox, before: Option<&World>, world: &World) -> Result<(), Failure> {
    caught("panic", before, world, || {
        let live = geometry::pids(sandbox);
        sandbox.manifest(&world.text());
        let ran = sandbox.triad(&["apply", "--yes"]);
        if ran.status != 0 {
            let class = format!("apply exits {}{}", ran.status, first_cross(&ran.stdout));
            return Err((class, format!("{}{}", ran.stdout, ran.stderr)));
        }
        let plan = sandbox.triad(&["plan", "--check"]);
        if plan.status != 0 {
            let text = format!("{}{}\napplied:\n{}", plan.stdout, plan.stderr, ran.stdout);
            return Err(("a second plan is not empty".to_owned(), text));
        }
        let seen = sandbox.panes();
        let places = seen
            .iter()
            .map(|(address, pane)| (address.clone(), (pane.at, pane.size)));
        same("places", &world.places(), &places.collect())?;
        let windows = ["list-windows", "-a", "-F", "#{session_name} #{window_name}"];
        let mut windows = sandbox.listed(&windows);
        windows.retain(|window| !window.starts_with("foreign "));
        let mut titles = world.titles();
        // Sessions are listed by name; the order within one counts.
        titles.sort_by_key(|title| title.split(' ').next().map(str::to_owned));
        windows.sort_by_key(|title| title.split(' ').next().map(str::to_owned));
        if titles != windows {
            return Err((
                "windows".to_owned(),
                format!("wanted {titles:?}\nseen   {windows:?}"),
            ));
        }
        lives(before, world, &live, &geometry::pids(sandbox))
    })
}

/// Returns the message of the first failed step, without names and numbers.
fn first_cross(said: &str) -> String {
    let line = said.lines().find(|line| line.trim_start().starts_with('×'));
    let why = line
        .and_then(|line| line.split_once("failed"))
        .map_or("", |(_, why)| why);
    why.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    wanted: &BTreeMap<String, T>,
    seen: &BTreeMap<String, T>,
) -> Checked {
    let addresses = wanted.keys().chain(seen.keys());
    let wrong = addresses.filter(|address| wanted.get(*address) != seen.get(*address));
    let line = |address: &String| {
        format!(
            "{address}: wanted {:?}, seen {:?}\n",
            wanted.get(address),
            seen.get(address)
        )
    };
    let wrong: String = wrong.map(line).collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err((what.to_owned(), wrong))
    }
}

/// Compares the panes with those before.
fn lives(
    before: Option<&World>,
    world: &World,
    was: &BTreeMap<String, (String, u32)>,
    is: &BTreeMap<String, (String, u32)>,
) -> Checked {
    let old = before.map(World::seats).unwrap_or_default();
    for pane in world.panes() {
        let seat = &world.seats()[&pane.key];
        let Some(old) = old.get(&pane.key) else {
            continue;
        };
        let (from, to) = (old.address(), seat.address());
        let has_same_spec = old.spec == seat.spec;
        // Another name and another program without `was`: that is another pane.
        if old.name != seat.name && pane.was.is_none() && !has_same_spec {
            continue;
        }
        let text = format!("{from} -> {to}: was {:?}, is {:?}", was[&from], is[&to]);
        if was[&from].0 != is[&to].0 {
            let how = if pane.was.is_some() {
                ", said"
            } else if old.name != seat.name {
                ", renamed and not said"
            } else {
                ", of the same name"
            };
            return Err((format!("another pane{how}"), text));
        }
        if has_same_spec && was[&from].1 != is[&to].1 {
            return Err(("another process".to_owned(), text));
        }
        if !has_same_spec && was[&from].1 == is[&to].1 {
            return Err(("the process of an old spec".to_owned(), text));
        }
    }
    Ok(())
}
