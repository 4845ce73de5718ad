//! A folder in `tests/cases` is a behaviour: a manifest, and what each stage makes of it.
//!
//! [`outcomes`] is the list of what is compared. An outcome that is there must equal the file of
//! its name; one that is not must have no file. So a case without `errors.txt` is a manifest
//! without mistakes. A case whose name begins with `fmt-` has a `fmt.txt`, unless its manifest is in
//! style as it stands; one whose name begins with `render-` has a `render.sh`; one whose first line is
//! `// triad graph …` has a `graph.txt`. A case with a `live.txt` is planned and rendered too: against nothing, or
//! against what `before.kdl` (else the manifest itself) had made, changed by the lines of
//! `live.txt` ([`snapshot::drift`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use triad::layout::Layout;
use triad::live::Snapshot;
use triad::load::{self, Loaded};
use triad::manifest::diagnostic::Diagnostic;
use triad::manifest::error::ManifestError;
use triad::manifest::fmt::FormatError;
use triad::manifest::source::{Source, SourceId, Sources};
use triad::plan::{Machine, Wishes};
use triad::render::standalone::{Call, TEMPLATE};
use triad::resolve::{self, FromEnv, ResolveError};
use triad::saved::Saved;
use triad::tmux::environment::Environment;
use triad::tmux::server::Socket;
use triad::view::text::diagnostic::{self, Look};
use triad::{manifest, plan, render, view};

use crate::graph::drawing;
use crate::support::{self, snapshot};

/// What a case may hold besides its outcomes.
const INPUTS: &[&str] = &["manifest.kdl", REPEATED, "before.kdl", "live.txt"];

/// In the place of a manifest that is too long to be kept: a number, and on the lines after it the
/// text that is there so many times.
const REPEATED: &str = "manifest.kdl.repeated";

/// What views lay a case out for.
pub const LOOK: Look = Look {
    color: false,
    width: 100,
};

/// The rules that a case cannot show, as it would be many files or depend on the machine; the
/// tests of `includes` do, and a unit test.
const WITHOUT_CASE: &[&str] = &[
    "triad::manifest::no-thread",
    "triad::manifest::include-too-many",
    "triad::manifest::include-too-large",
    "triad::manifest::include-untrusted",
];

/// One folder, as far as it has been read.
struct Case {
    folder: PathBuf,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    layout: Option<Layout>,
    /// What is live, where the case is to be planned.
    live: Option<Live>,
}

/// What is live, and what only the machine tells of it.
#[derive(Default)]
struct Live {
    snapshot: Snapshot,
    machine: Machine,
}

/// A file of expectations, and what it should hold; `None`: there should be no such file.
struct Outcome {
    file: &'static str,
    text: Option<String>,
}

fn outcomes(case: &Case) -> Vec<Outcome> {
    let errors = diagnostic::text(&case.diagnostics, &case.sources, LOOK);
    let planned = case.layout.as_ref().zip(case.live.as_ref());
    let planned = planned.map(|(layout, live)| planned_texts(layout, live, &wishes(case)));
    let (plan, script) = planned.unzip();
    let outcome = |file, text: Option<String>| Outcome {
        file,
        text: text.filter(|text| !text.is_empty()),
    };
    vec![
        outcome("errors.txt", Some(errors)),
        outcome("plan.txt", plan),
        outcome("script.txt", script),
        outcome("fmt.txt", formatted(case)),
        outcome("render.sh", standalone(case)),
        outcome("graph.txt", graphed(case)),
    ]
}

/// The manifest in the one style, where the case is about that and it is not yet.
fn formatted(case: &Case) -> Option<String> {
    let name = case.folder.file_name().and_then(|name| name.to_str());
    if !name.is_some_and(|name| name.starts_with("fmt-")) {
        return None;
    }
    match manifest::fmt::format(case.sources.main()) {
        Ok(text) => Some(text).filter(|text| *text != case.sources.main().text),
        // Its mistakes are in `errors.txt`.
        Err(FormatError::Invalid(_)) => None,
        Err(error @ FormatError::Unfaithful { .. }) => Some(error.to_string()),
    }
}

/// The shell script, where the case is about that.
fn standalone(case: &Case) -> Option<String> {
    let name = case.folder.file_name().and_then(|name| name.to_str());
    if !name.is_some_and(|name| name.starts_with("render-")) {
        return None;
    }
    let read = read_manifest(&case.folder.join("manifest.kdl"), FromEnv::Runner);
    let (_, _, layout) = read.expect("it was just read");
    let layout = layout.expect("a case of scripts has no mistakes");
    let conditions = plan::Conditions {
        width: snapshot::WIDTH,
        height: snapshot::HEIGHT,
        own_pane: None,
        salt: None,
    };
    let plan = plan::plan(&layout, &Snapshot::default(), &conditions);
    let call = Call {
        program: "tmux",
        socket: &Socket::Name("work".to_owned()),
    };
    let plan = plan.expect("nothing is in its way");
    let script = render::standalone::script(&layout, &plan, call, TEMPLATE).expect("triad's own");
    let version = format!("triad {}.", env!("CARGO_PKG_VERSION"));
    Some(script.replace(&version, "triad VERSION."))
}

/// Who waits for whom, where the case asks for that.
fn graphed(case: &Case) -> Option<String> {
    let words = first_line(&case.sources.main().text);
    let ["triad", "graph", words @ ..] = &words[..] else {
        return None;
    };
    let live = case.live.as_ref().map(|live| &live.snapshot);
    Some(drawing(words, case.layout.as_ref()?, live))
}

/// The plan as people see it, or why there is none; and the script that would be sent.
fn planned_texts(layout: &Layout, live: &Live, asked: &Wishes) -> (String, String) {
    let Live {
        snapshot: live,
        machine,
    } = live;
    let conditions = plan::Conditions {
        width: snapshot::WIDTH,
        height: snapshot::HEIGHT,
        own_pane: None,
        salt: Some(snapshot::SALT),
    };
    let wishes = match asked.among(layout, live) {
        Ok(wishes) => wishes,
        Err(errors) => {
            let told = errors
                .iter()
                .map(|error| format!("{error}\n  {}\n", error.help()));
            return (told.collect(), String::new());
        }
    };
    let plan = match plan::plan_as_asked(layout, live, &conditions, &wishes, machine) {
        Ok(plan) => plan,
        Err(refusals) => {
            let told = refusals
                .iter()
                .map(|refusal| format!("{refusal}\n  {}\n", refusal.help()));
            return (told.collect(), String::new());
        }
    };
    saved_and_read(layout, live, (&conditions, &wishes, machine), &plan);
    let conditions = render::Conditions {
        environment: &Environment::from([("LANG".to_owned(), "C.UTF-8".to_owned())]),
        socket: Path::new("/tmp/tmux/default"),
        nonce: "N",
    };
    let rendered = render::render(&plan, &conditions);
    let scripts = rendered.preview().into_iter();
    let scripts = scripts.map(|(name, script)| format!("## {name}\n\n{script}"));
    (
        view::look::plan::text(&plan, "default server", LOOK),
        scripts.collect::<Vec<_>>().join(
            "
",
        ),
    )
}

/// What the case asks for besides its manifest.
fn wishes(case: &Case) -> Wishes {
    let words = first_line(&case.sources.main().text);
    let patterns = |flag: &'static str| {
        let pairs = words.windows(2).filter(move |pair| pair[0] == flag);
        let patterns = pairs.map(|pair| pair[1].parse().expect("a pattern"));
        patterns.collect()
    };
    Wishes {
        replace: patterns("--replace"),
        only: patterns("--only"),
        keeps_unwanted: words.contains(&"--no-prune"),
        adopts: words.contains(&"--adopt"),
        relays_out: words.contains(&"--relayout"),
        ..Wishes::default()
    }
}

/// Every plan comes back from its file as it was, without the values of secrets.
fn saved_and_read(
    layout: &Layout,
    live: &Snapshot,
    asked: (&plan::Conditions, &Wishes, &Machine),
    plan: &plan::Plan,
) {
    let at = (
        "here".to_owned(),
        Vec::new(),
        Path::new("/tmp/tmux/default"),
    );
    let text = Saved::new(layout, live, asked, at).text().unwrap();
    assert!(!text.contains("not to be seen"), "{text}");
    let saved = Saved::read(text.as_bytes()).unwrap();
    let again = saved.plan().unwrap();
    let shown = |plan| view::json::line(&view::json::plan(plan));
    assert_eq!(shown(&again), shown(plan));
    let value = |name: &str| (name == "API_KEY").then(|| "not to be seen".to_owned());
    assert_eq!(saved.filled(value).as_ref(), Ok(layout));
}

fn cases() -> io::Result<Vec<Case>> {
    let mut folders = entries(&support::project("tests/cases"))?;
    folders.sort();
    folders.into_iter().map(read).collect()
}

/// The paths in a folder.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

fn read(folder: PathBuf) -> io::Result<Case> {
    let (sources, diagnostics, layout) =
        read_manifest(&folder.join("manifest.kdl"), FromEnv::Caller)?;
    let live = match fs::read_to_string(folder.join("live.txt")) {
        Ok(lines) => Some(live(&folder, layout.as_ref(), &lines)?),
        Err(_) => None,
    };
    Ok(Case {
        folder,
        sources,
        diagnostics,
        layout,
        live,
    })
}

/// What is live in a case: nothing at all, or what was applied before, and changed since.
fn live(folder: &Path, layout: Option<&Layout>, lines: &str) -> io::Result<Live> {
    if lines.trim() == "nothing" {
        return Ok(Live::default());
    }
    let before = folder.join("before.kdl");
    let earlier = if before.exists() {
        read_manifest(&before, FromEnv::Caller)?.2
    } else {
        layout.cloned()
    };
    let mut live = snapshot::applied(&earlier.expect("what was live has no mistakes"));
    let machine = snapshot::drift(&mut live, lines);
    Ok(Live {
        snapshot: live,
        machine,
    })
}

/// What a manifest comes to.
pub type Outcomes = (Sources, Vec<Diagnostic>, Option<Layout>);

/// The command line that a manifest is read under: that of the comment in its first line, such as
/// `// triad check --var port=80 --profile gpu`. Those of a plan, `// triad plan --replace web`,
/// are taken by [`wishes`].
struct Flags {
    vars: BTreeMap<String, String>,
    profiles: BTreeSet<String>,
    has_home: bool,
}

impl Flags {
    fn of(text: &str) -> Self {
        let words = first_line(text);
        let given = |flag: &'static str| {
            let pairs = words.windows(2).filter(move |pair| pair[0] == flag);
            pairs.map(|pair| pair[1])
        };
        let vars = given("--var").filter_map(|pair| pair.split_once('='));
        Flags {
            vars: vars
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            profiles: given("--profile").map(str::to_owned).collect(),
            has_home: !words.starts_with(&["env", "-u", "HOME"]),
        }
    }
}

/// The words of the command line in a manifest's first line.
fn first_line(text: &str) -> Vec<&str> {
    let first = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("// "));
    first.unwrap_or_default().split_whitespace().collect()
}

/// Reads and resolves a manifest, with what it includes, in a world that is the same everywhere.
fn read_manifest(path: &Path, from_env: FromEnv) -> io::Result<Outcomes> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let (bytes, file) = match repeated(folder)? {
        Some(bytes) => (bytes, None),
        None => (fs::read(path)?, Some(fs::canonicalize(path)?)),
    };
    let (source, error) = manifest::text(SourceId::default(), "manifest.kdl", bytes);
    let loaded = Loaded {
        source,
        error,
        path: "/project/layouts/manifest.kdl".to_owned(),
        place: file.clone(),
        file,
        folder: fs::canonicalize(folder)?,
        stem: "manifest".to_owned(),
        is_found: false,
    };
    Ok(read_loaded(&loaded, from_env))
}

fn repeated(folder: &Path) -> io::Result<Option<Vec<u8>>> {
    let path = folder.join(REPEATED);
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(path)?;
    let (count, text) = text.split_once('\n').expect("a number on the first line");
    let count = count.parse().expect("a number");
    Ok(Some(text.repeat(count).into_bytes()))
}

/// The same for a text that includes nothing.
pub fn read_text(text: &str) -> Outcomes {
    let loaded = Loaded {
        source: Source::new("manifest.kdl", text),
        error: None,
        path: "/project/layouts/manifest.kdl".to_owned(),
        file: None,
        place: None,
        folder: PathBuf::from("/project/layouts"),
        stem: "manifest".to_owned(),
        is_found: false,
    };
    read_loaded(&loaded, FromEnv::Caller)
}

fn read_loaded(loaded: &Loaded, from_env: FromEnv) -> Outcomes {
    let included = load::with_included(loaded);
    let (parsed, sources) = (included.parsed, included.sources);
    let flags = Flags::of(&loaded.source.text);
    let caller = [
        ("HOME", "/home/me"),
        ("EDITOR", "vi"),
        ("API_KEY", "not to be seen"),
        ("TRIAD_VAR_FROM_ENV", "told"),
    ];
    let environment = caller
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let resolved = resolve::resolve(
        &parsed.manifest,
        &sources,
        &resolve::Conditions {
            vars: &flags.vars,
            profiles: &flags.profiles,
            environment: &environment,
            from_env,
            home: flags.has_home.then_some(Path::new("/home/me")),
            manifest: &loaded.path,
            folder: Path::new("/project/layouts"),
            stem: &loaded.stem,
        },
    );
    let mut diagnostics: Vec<_> = parsed
        .errors
        .iter()
        .map(ManifestError::diagnostic)
        .collect();
    // What is not text has nothing to spell out.
    let mistakes = resolved.as_ref().err().into_iter().flatten();
    diagnostics.extend(mistakes.map(ResolveError::diagnostic));
    diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span));
    let layout = resolved.ok().filter(|_| diagnostics.is_empty());
    (sources, diagnostics, layout)
}

#[test]
fn every_case_comes_out_as_expected() -> io::Result<()> {
    let mut differences = String::new();
    let cases = cases()?;
    assert!(!cases.is_empty());
    for case in &cases {
        let outcomes = outcomes(case);
        let known = outcomes.iter().map(|outcome| outcome.file);
        let known: BTreeSet<&str> = known.chain(INPUTS.iter().copied()).collect();
        for path in entries(&case.folder)? {
            let name = path.file_name().and_then(|name| name.to_str());
            // What the manifest includes has names of its own.
            let is_known =
                |name: &str| known.contains(name) || name.ends_with(".kdl") || name == "included";
            if !name.is_some_and(is_known) {
                differences += &format!("{}: no stage knows this file\n", path.display());
            }
        }
        for outcome in outcomes {
            differences += &difference(&case.folder.join(outcome.file), outcome.text.as_deref())?;
        }
    }
    assert!(
        differences.is_empty(),
        "\n{differences}\nUPDATE=1 rewrites the expectations"
    );
    Ok(())
}

/// What is to be said about a file that should hold this text.
pub fn difference(path: &Path, found: Option<&str>) -> io::Result<String> {
    let expected = fs::read_to_string(path).ok();
    if expected.as_deref() == found {
        return Ok(String::new());
    }
    if support::is_updating() {
        match found {
            Some(text) => fs::write(path, text)?,
            None => fs::remove_file(path)?,
        }
        return Ok(String::new());
    }
    let name = path.display().to_string();
    let expected = expected.unwrap_or_default();
    let diff = TextDiff::from_lines(expected.as_str(), found.unwrap_or_default());
    let mut shown = diff.unified_diff();
    shown.header(&format!("{name} (expected)"), "(found)");
    Ok(shown.to_string())
}

#[test]
fn every_rule_has_a_case() -> io::Result<()> {
    let shown: BTreeSet<&str> = cases()?
        .iter()
        .flat_map(|case| &case.diagnostics)
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
