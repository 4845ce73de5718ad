//! A law for everything that a seed generates: the one loop that tries all random worlds, and
//! shortens and keeps those that break the law.

use std::collections::BTreeSet;

use super::shrink::shrunk;
use super::worlds::World;
use super::{Runs, Tally, keep};

/// The number of shorter variants to try of a failing world.
const ATTEMPTS: usize = 120;

/// A law about one random world.
pub trait Law: Clone {
    /// The name of its runs in the figures.
    const KIND: &'static str;
    /// The name of a failing world's folder, before the seed.
    const NAME: &'static str;
    /// The number of seeds to try.
    const RUNS: Runs;
    /// The figures of one seed: applies, and pairs of layouts.
    const APPLIES: u64;
    const PAIRS: u64;

    /// Returns the world of a seed.
    fn of(seed: u64) -> Self;

    /// Checks the law.
    fn check(&self) -> Result<(), Failure>;

    /// Returns a smaller world with the same failure.
    fn shortened(&self, shortening: &mut Shortening) -> Self;
}

/// A failure on the way from one manifest to another.
pub struct Failure {
    /// The same for failures of the same kind.
    pub class: String,
    pub text: String,
    pub before: Option<String>,
    pub manifest: String,
}

/// The result of a check; else the kind of the failure, and its description.
pub type Checked = Result<(), (String, String)>;

/// Tries a law with all seeds, and fails if it is broken.
#[track_caller]
pub fn prove<L: Law>() {
    let mut tally = Tally::default();
    // One of each kind is shortened and reported; the others are counted.
    let mut classes = BTreeSet::new();
    for seed in L::RUNS.seeds() {
        let law = L::of(seed);
        tally.runs += L::APPLIES;
        tally.pairs += L::PAIRS;
        let Err(failure) = law.check() else {
            continue;
        };
        if !classes.insert(failure.class.clone()) {
            tally.repeat(&format!("TRIAD_SEED={seed}: {}", failure.class));
            continue;
        }
        let mut shortening = Shortening {
            failure,
            attempts: ATTEMPTS,
        };
        law.shortened(&mut shortening);
        tally.fail(kept::<L>(seed, &shortening.failure));
        if tally.is_enough() {
            break;
        }
    }
    tally.close(L::KIND);
}

/// Writes a failure for review; returns its description.
fn kept<L: Law>(seed: u64, failure: &Failure) -> String {
    let Failure {
        class,
        text,
        before,
        manifest,
    } = failure;
    let folder = keep(
        &format!("{}-{seed}", L::NAME),
        before.as_deref(),
        manifest,
        text,
    );
    let folder = folder.display();
    format!("TRIAD_SEED={seed} TRIAD_PROVE=1: {class}\n{text}\nkept in {folder}")
}

/// A failure whose world is shortened.
pub struct Shortening {
    failure: Failure,
    attempts: usize,
}

impl Shortening {
    /// Returns the shorter world, if it fails in the same way.
    pub fn whole<L: Law>(&mut self, law: &L, shorter: L) -> L {
        if self.is_seen(&shorter) {
            shorter
        } else {
            law.clone()
        }
    }

    /// Returns the law with one of its lists as short as possible.
    pub fn list<L: Law, T: Clone>(&mut self, law: &L, list: impl Fn(&mut L) -> &mut Vec<T>) -> L {
        let with = |items: &[T]| {
            let mut law = law.clone();
            *list(&mut law) = items.to_vec();
            law
        };
        let all = list(&mut law.clone()).clone();
        let mut attempts = self.attempts;
        let short = shrunk(&all, &mut attempts, |items| self.is_seen(&with(items)));
        self.attempts = attempts;
        with(&short)
    }

    fn is_seen(&mut self, law: &impl Law) -> bool {
        let seen = law.check().err();
        let seen = seen.filter(|seen| seen.class == self.failure.class);
        seen.map(|seen| self.failure = seen).is_some()
    }
}

/// Adds the pair to a failure, even if it is a panic.
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
