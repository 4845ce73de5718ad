//! Pairs of layouts: one is applied, then an edit of it, then the first again. After each apply
//! there is nothing left to do, every cell is where the rule for sizes has it, and what need not
//! end has not ended.

use std::collections::{BTreeMap, BTreeSet};

use super::edits::{self, Edit};
use super::numbers::Numbers;
use super::shrink::shrunk;
use super::worlds::World;
use super::{Runs, Tally, keep};
use crate::geometry;
use crate::support::sandbox::Sandbox;
use crate::support::seen::assert_same;

const RUNS: Runs = Runs {
    small: 12,
    large: 600,
};
/// How many shorter ones are tried of a pair that fails.
const ATTEMPTS: usize = 120;

/// What makes a layout, what makes another of it, and whether names are said (`was`).
#[derive(Debug, Clone)]
struct Pair {
    growth: Vec<Edit>,
    changes: Vec<Edit>,
    says_was: bool,
}

/// What went wrong, on the way from one manifest to another.
pub struct Failure {
    /// The same for failures of the same sort.
    pub class: String,
    pub text: String,
    pub before: Option<String>,
    pub manifest: String,
}

#[test]
fn any_edit_there_and_back_is_one_apply_each_way() {
    let mut tally = Tally::default();
    // One of each sort is made short and told; the others are counted.
    let mut classes = BTreeSet::new();
    for seed in RUNS.seeds() {
        let pair = Pair::of(seed);
        tally.pairs += 1;
        tally.runs += 4;
        if let Err(failure) = pair.check() {
            if !classes.insert(failure.class.clone()) {
                tally.repeat(&format!("TRIAD_SEED={seed}: {}", failure.class));
                continue;
            }
            let (pair, failure) = shortest(pair, failure);
            let name = format!("pair-{seed}");
            let before = failure.before.as_deref();
            let folder = keep(&name, before, &failure.manifest, &failure.text);
            tally.fail(format!(
                "TRIAD_SEED={seed} TRIAD_PROVE=1: {}\n{}\nkept in {}\n{:?}",
                failure.class,
                failure.text,
                folder.display(),
                pair.changes
            ));
        }
        if tally.is_enough() {
            break;
        }
    }
    tally.close("pairs");
}

fn shortest(pair: Pair, failure: Failure) -> (Pair, Failure) {
    let (mut pair, mut failure) = (pair, failure);
    let mut attempts = ATTEMPTS;
    let of = |pair: Pair, failure: &mut Failure| {
        let seen = pair
            .check()
            .err()
            .filter(|seen| seen.class == failure.class);
        let is_seen = seen.is_some();
        if let Some(seen) = seen {
            *failure = seen;
        }
        is_seen
    };
    let changes = pair.changes.clone();
    pair.changes = shrunk(&changes, &mut attempts, |changes| {
        let changes = changes.to_vec();
        of(
            Pair {
                changes,
                ..pair.clone()
            },
            &mut failure,
        )
    });
    let growth = pair.growth.clone();
    pair.growth = shrunk(&growth, &mut attempts, |growth| {
        let growth = growth.to_vec();
        of(
            Pair {
                growth,
                ..pair.clone()
            },
            &mut failure,
        )
    });
    (pair, failure)
}

impl Pair {
    fn of(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        Pair {
            growth: edits::growth(&mut numbers),
            changes: edits::changes(&mut numbers),
            says_was: numbers.below(3) > 0,
        }
    }

    fn check(&self) -> Result<(), Failure> {
        let first = World::new().edited(&self.growth);
        let second = first.clone().edited(&self.changes);
        let sandbox = Sandbox::new();
        // Splits can be chosen too narrow for their panes.
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
        // What was said once and is not said any more changes nothing.
        step(&sandbox, Some(&first), &first)?;
        caught("foreign", Some(&second), &first, || {
            assert_same(&foreign, &sandbox.dump(&["foreign"]), "the pair");
            Ok(())
        })
    }
}

/// One apply and all that must be true after it.
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

/// What the first step that failed says, without names and numbers.
fn first_cross(said: &str) -> String {
    let line = said.lines().find(|line| line.trim_start().starts_with('×'));
    let why = line
        .and_then(|line| line.split_once("failed"))
        .map_or("", |(_, why)| why);
    why.chars().filter(|c| !c.is_ascii_digit()).collect()
}

pub type Checked = Result<(), (String, String)>;

/// Gives a failure its pair, also one that is a panic.
pub fn caught(
    what: &str,
    before: Option<&World>,
    world: &World,
    check: impl FnOnce() -> Checked,
) -> Result<(), Failure> {
    let result = super::caught(check).unwrap_or_else(|text| Err((what.to_owned(), text)));
    result.map_err(|(class, text)| Failure {
        class,
        text,
        before: before.map(World::text),
        manifest: world.text(),
    })
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

/// Holds who is there against who was there.
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
        // Another name and another program, and not a word of it: that is another pane.
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
