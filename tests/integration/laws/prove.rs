//! The proof: faults at every step, random edits, random states made by hand. The sizes are set by
//! `TRIAD_PROVE` (`small`, `large`, or how many runs of each kind), and all that is random comes
//! from `TRIAD_SEED`: a failure says which seed shows it again.

mod adoptions;
mod drift;
mod edits;
mod faults;
mod hands;
mod kills;
mod law;
mod numbers;
mod pairs;
mod parts;
mod pids;
mod secrets;
mod shrink;
mod soak;
mod tags;
mod unnamed;
mod worlds;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// The seed of the first run, where nobody gives one.
const SEED: u64 = 1;

/// So many sorts of failure are enough to read.
const FAILURES_MAX: usize = 12;

/// How many runs of one kind, in a test run of every day and in a proof.
pub struct Runs {
    pub small: u64,
    pub large: u64,
}

impl Runs {
    /// The seeds to run with. Each run has one of its own, so that one run alone shows a failure.
    pub fn seeds(&self) -> std::ops::Range<u64> {
        let first = number("TRIAD_SEED").unwrap_or(SEED);
        first..first.saturating_add(self.count())
    }

    pub fn count(&self) -> u64 {
        match std::env::var("TRIAD_PROVE").as_deref() {
            Ok("large") => self.large,
            Ok("small") | Err(_) => self.small,
            Ok(number) => number
                .parse()
                .expect("TRIAD_PROVE is `small`, `large` or a number"),
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

/// What was tried and what failed, of one kind of run.
#[derive(Default)]
pub struct Tally {
    pub runs: u64,
    pub faults: u64,
    pub pairs: u64,
    failures: Vec<String>,
    /// Failures of a sort that was told before.
    repeated: u64,
}

impl Tally {
    pub fn fail(&mut self, text: String) {
        say(&text);
        self.failures.push(text);
    }

    /// A failure of a sort that was told before.
    pub fn repeat(&mut self, text: &str) {
        say(&format!("again: {text}"));
        self.repeated += 1;
    }

    /// Whether there is no use in going on.
    pub fn is_enough(&self) -> bool {
        self.failures.len() >= FAILURES_MAX
    }

    /// Adds the figures to those that `make prove` sums up, and fails if anything did.
    #[track_caller]
    pub fn close(self, kind: &str) {
        let Tally {
            runs,
            faults,
            pairs,
            failures,
            repeated,
        } = self;
        let failed = failures.len() as u64 + repeated;
        let line = format!("{kind} runs={runs} faults={faults} pairs={pairs} failures={failed}\n");
        say(line.trim_end());
        if let Some(path) = std::env::var_os("TRIAD_PROVE_FIGURES") {
            let mut options = OpenOptions::new();
            let file = options.create(true).append(true).open(path);
            let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
            written.expect("the figures are written");
        }
        assert!(
            failures.is_empty(),
            "{failed} failures:\n{}",
            failures.join("\n\n")
        );
    }
}

/// What `check` comes to, or what it panics with.
fn caught<T>(check: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(check)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.unwrap_or_else(|| "a panic".to_owned())
    })
}

/// A long run tells what it finds when it finds it.
#[expect(clippy::print_stderr, reason = "a test has no other output")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Writes a counterexample as a case: what is applied first, and what then; returns its folder.
pub fn keep(name: &str, before: Option<&str>, manifest: &str, why: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("prove")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder is writable");
    let files = [
        ("before.kdl", before),
        ("manifest.kdl", Some(manifest)),
        ("why.txt", Some(why)),
    ];
    for (file, text) in files {
        if let Some(text) = text {
            fs::write(folder.join(file), text).expect("the target folder is writable");
        }
    }
    folder
}
