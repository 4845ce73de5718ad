//! The proof: faults at every step, random edits, random states made by hand. `TRIAD_PROVE` sets
//! the sizes (`small`, `large`, or the number of runs of each kind), and all randomness comes from
//! `TRIAD_SEED`: a failure names the seed that reproduces it.

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

/// The default seed of the first run.
const SEED: u64 = 1;

/// The maximum number of different failures to report.
const FAILURES_MAX: usize = 12;

/// The number of runs of one kind, in a daily test run and in a proof.
pub struct Runs {
    pub small: u64,
    pub large: u64,
}

impl Runs {
    /// Returns the seeds of the runs. Each run has its own, so that one run alone reproduces a
    /// failure.
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

/// The figures of one kind of run, and its failures.
#[derive(Default)]
pub struct Tally {
    pub runs: u64,
    pub faults: u64,
    pub pairs: u64,
    failures: Vec<String>,
    /// The kinds of failures reported so far.
    repeated: u64,
}

impl Tally {
    pub fn fail(&mut self, text: String) {
        say(&text);
        self.failures.push(text);
    }

    /// Counts another failure of a known kind.
    pub fn repeat(&mut self, text: &str) {
        say(&format!("again: {text}"));
        self.repeated += 1;
    }

    /// Whether to stop.
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

/// Returns the result of `check`, or its panic.
fn caught<T>(check: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(check)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.unwrap_or_else(|| "a panic".to_owned())
    })
}

/// Prints at once: a long run reports its findings as they come.
#[expect(clippy::print_stderr, reason = "a test has no other output")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Writes a counterexample as a case: the first manifest, and the second; returns its folder.
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
