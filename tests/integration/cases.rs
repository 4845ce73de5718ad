//! A folder `tests/cases/SUBJECT/NAME` is a behaviour: a manifest, a command, and the results.
//!
//! `command.txt` has one command line: `triad check|plan|fmt|render|graph manifest.kdl` with flags
//! ([`command`]). It runs in this process, in an environment that is the same everywhere, and
//! [`outcome`] tells which files it fills: each must match exactly, and be missing if there is no
//! output. So a case without `errors.txt` is a manifest without mistakes. With `plan`, and with
//! `graph` of live objects, `live.txt` says what tmux shows: `nothing`, or what `before.kdl` (else
//! the manifest itself) had created, changed by its lines ([`snapshot::drift`]).
//!
//! A new case is a new folder with a manifest, a `command.txt`, and perhaps a `live.txt`;
//! `UPDATE=1 make test` writes the rest. A file that nothing reads or fills is a failure.

pub mod command;
mod graph;
mod outcome;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use triad::plan::Machine;
use triad::view::text::diagnostic::Look;

use crate::cases::command::{CommandLine, Verb};
use crate::support::resolved::{Resolved, resolve_file};
use crate::support::snapshot;
use crate::support::{self, difference};

/// The command to run.
const COMMAND: &str = "command.txt";
const MANIFEST: &str = "manifest.kdl";
/// Replaces a manifest that is too long to keep: a number, and on the following lines the text to
/// repeat that often.
const REPEATED: &str = "manifest.kdl.repeated";
/// The manifest applied before, and the changes since.
const BEFORE: &str = "before.kdl";
const LIVE: &str = "live.txt";

/// The look of views in all cases.
const LOOK: Look = Look {
    color: false,
    width: 100,
};

/// The rules that a case cannot show, because they need many files or depend on the machine; the
/// tests of `includes` and a unit test cover them.
const WITHOUT_CASE: &[&str] = &[
    "triad::manifest::no-thread",
    "triad::manifest::include-too-many",
    "triad::manifest::include-too-large",
    "triad::manifest::include-untrusted",
    "triad::resolve::env-file-untrusted",
];

/// A folder, read.
struct Case {
    command: CommandLine,
    resolved: Resolved,
    live: Option<Live>,
    /// The files that were read for it.
    inputs: BTreeSet<PathBuf>,
}

/// The live objects, and the facts that only the machine knows.
#[derive(Default)]
struct Live {
    snapshot: triad::live::Snapshot,
    machine: Machine,
}

#[test]
fn every_case_comes_out_as_expected() -> io::Result<()> {
    let mut differences = String::new();
    for folder in folders()? {
        match read(&folder) {
            Ok(case) => differences += &compared(&folder, &case)?,
            Err(why) => differences += &format!("{}: {why}\n", folder.display()),
        }
    }
    assert!(
        differences.is_empty(),
        "\n{differences}\nUPDATE=1 rewrites the expectations"
    );
    Ok(())
}

/// Returns the folders of all cases.
fn folders() -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for subject in entries(&support::project("tests/cases"))? {
        folders.extend(entries(&subject)?);
    }
    folders.sort();
    assert!(folders.len() > 100, "the cases are found");
    Ok(folders)
}

/// Returns the paths in a folder.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

/// Returns the differences of a case from its files.
fn compared(folder: &Path, case: &Case) -> io::Result<String> {
    let mut differences = String::new();
    let outcomes = outcome::outcomes(case);
    for path in entries(folder)? {
        let is_filled = outcomes.iter().any(|(file, _)| path.ends_with(file));
        // Every folder must have files.
        let is_read = case.inputs.iter().any(|input| input.starts_with(&path));
        if !is_filled && !is_read {
            let path = path.display();
            differences +=
                &format!("{path}: the command of this case neither reads nor fills it\n");
        }
    }
    for (file, text) in outcomes {
        let text = text.filter(|text| !text.is_empty());
        differences += &difference(&folder.join(file), text.as_deref())?;
    }
    Ok(differences)
}

/// Reads the input of a case's command, or returns why it is invalid.
fn read(folder: &Path) -> Result<Case, String> {
    let mut files = Files {
        folder,
        read: BTreeSet::new(),
    };
    let line = files.text(COMMAND)?;
    let command = CommandLine::parse(&line).map_err(|why| format!("{COMMAND}: {why}"))?;
    let manifest = files.manifest()?;
    let path = folder.join(MANIFEST);
    let resolved = resolve_file(&path, manifest, &command.given, command.environment());
    let resolved = resolved.map_err(|error| error.to_string())?;
    let live = match &command.verb {
        Verb::Plan(_) => Some(files.live(&resolved, &command)?),
        Verb::Graph(_) if files.has(LIVE) => Some(files.live(&resolved, &command)?),
        _ => None,
    };
    files.read.extend(resolved.included.iter().cloned());
    Ok(Case {
        command,
        resolved,
        live,
        inputs: files.read,
    })
}

/// Reads the files of a case, and remembers their names.
struct Files<'a> {
    folder: &'a Path,
    read: BTreeSet<PathBuf>,
}

impl Files<'_> {
    fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    fn bytes(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let path = self.folder.join(name);
        let bytes = fs::read(&path).map_err(|error| format!("{name}: {error}"));
        self.read.insert(path);
        bytes
    }

    fn text(&mut self, name: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(name)?).map_err(|error| format!("{name}: {error}"))
    }

    fn manifest(&mut self) -> Result<Vec<u8>, String> {
        if !self.has(REPEATED) {
            return self.bytes(MANIFEST);
        }
        let text = self.text(REPEATED)?;
        let (count, text) = text.split_once('\n').ok_or("a number is missing")?;
        let count = count.parse().map_err(|_| "no number on the first line")?;
        Ok(text.repeat(count).into_bytes())
    }

    /// Reads the live state: nothing, or a manifest applied before, and changed since.
    fn live(&mut self, now: &Resolved, command: &CommandLine) -> Result<Live, String> {
        let lines = self.text(LIVE)?;
        if lines.trim() == "nothing" {
            return Ok(Live::default());
        }
        let before = if self.has(BEFORE) {
            let (path, bytes) = (self.folder.join(BEFORE), self.bytes(BEFORE)?);
            let before = resolve_file(&path, bytes, &command.given, command.environment());
            let before = before.map_err(|error| error.to_string())?;
            self.read.extend(before.included);
            before.layout
        } else {
            now.layout.clone()
        };
        let before = before.ok_or("what was applied has mistakes")?;
        let mut live = snapshot::applied(&before);
        let machine = snapshot::drift(&mut live, &lines);
        let live = match &now.layout {
            Some(layout) => live.called_by(layout),
            None => live,
        };
        Ok(Live {
            snapshot: live,
            machine,
        })
    }
}

#[test]
fn every_rule_has_a_case() -> io::Result<()> {
    let cases = folders()?
        .into_iter()
        .filter_map(|folder| read(&folder).ok());
    let shown: BTreeSet<&str> = cases
        .flat_map(|case| case.resolved.diagnostics)
        .map(|diagnostic| diagnostic.code)
        .collect();
    let mut sources = Vec::new();
    for path in [
        "src/manifest/error/help.rs",
        "src/manifest/error/include.rs",
        "src/manifest/error/syntax.rs",
        "src/resolve/error.rs",
    ] {
        sources.push(fs::read_to_string(support::project(path))?);
    }
    let without: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.split('"'))
        .filter(|text| {
            text.starts_with("triad::manifest::") || text.starts_with("triad::resolve::")
        })
        .filter(|code| !shown.contains(code) && !WITHOUT_CASE.contains(code))
        .collect();
    assert!(without.is_empty(), "no case shows {without:?}");
    Ok(())
}

#[test]
fn a_case_has_its_command_and_nothing_else() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    let said = || match read(folder.path()) {
        Ok(case) => compared(folder.path(), &case),
        Err(why) => Ok(why),
    };
    put(MANIFEST, "session \"a\"\n")?;
    assert!(
        said()?.starts_with("command.txt: No such file"),
        "{}",
        said()?
    );
    for line in [
        "",
        "triad chekc manifest.kdl",
        "triad check\ntriad check",
        "triad check --only a",
    ] {
        put(COMMAND, line)?;
        assert!(said()?.starts_with("command.txt: "), "{line}: {}", said()?);
    }
    put(COMMAND, "triad check manifest.kdl\n")?;
    assert_eq!(said()?, "");
    for stray in ["plan.txt", LIVE, BEFORE, "included.kdl"] {
        put(stray, "nothing")?;
        assert!(said()?.contains("neither reads nor fills"), "{stray}");
        fs::remove_file(folder.path().join(stray))?;
    }
    put(COMMAND, "triad plan manifest.kdl --only a\n")?;
    assert!(said()?.starts_with("live.txt: No such file"), "{}", said()?);
    Ok(())
}
