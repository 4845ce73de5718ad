//! A law that holds for whatever a seed makes: the one loop in which all random worlds are tried,
//! and in which one that breaks the law is made short and kept.

use std::collections::BTreeSet;

use super::shrink::shrunk;
use super::worlds::World;
use super::{Runs, Tally, keep};

/// How many shorter ones are tried of a world that breaks a law.
const ATTEMPTS: usize = 120;

/// A law about one random world.
pub trait Law: Clone {
    /// What the figures call its runs.
    const KIND: &'static str;
    /// What the folder of a world that breaks it is called, before the seed.
    const NAME: &'static str;
    /// How many seeds are tried.
    const RUNS: Runs;
    /// What one seed adds to the figures: applies, and pairs of layouts.
    const APPLIES: u64;
    const PAIRS: u64;

    /// The world of a seed.
    fn of(seed: u64) -> Self;

    /// Whether the law holds there.
    fn check(&self) -> Result<(), Failure>;

    /// The same with less in it, as far as the failure stays.
    fn shortened(&self, shortening: &mut Shortening) -> Self;
}

/// What went wrong, on the way from one manifest to another.
pub struct Failure {
    /// The same for failures of the same sort.
    pub class: String,
    pub text: String,
    pub before: Option<String>,
    pub manifest: String,
}

/// What a check comes to; else the class of the failure, and what there is to say.
pub type Checked = Result<(), (String, String)>;

/// Tries a law with all seeds, and fails if it is broken.
#[track_caller]
pub fn prove<L: Law>() {
    let mut tally = Tally::default();
    // One of each sort is made short and told; the others are counted.
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

/// Writes a failure down for whoever looks into it; returns what is said of it.
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

/// A failure whose world is made short.
pub struct Shortening {
    failure: Failure,
    attempts: usize,
}

impl Shortening {
    /// The shorter one, if it fails in the same way.
    pub fn whole<L: Law>(&mut self, law: &L, shorter: L) -> L {
        if self.is_seen(&shorter) {
            shorter
        } else {
            law.clone()
        }
    }

    /// The law with as little of one of its lists as it takes.
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
