//! A proposal as the text of a manifest: services together, what is worked with together, and what
//! is to know in comments.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::draft::Run;
use super::proposal::{Need, Program, Proposal, SHELL};
use super::quote::{comment, string};
use crate::layout::PaneKind;
use crate::manifest::fmt;
use crate::manifest::source::{Source, Sources};
use crate::resolve::{Conditions, FromEnv};
use crate::tmux::environment::Environment;
use crate::{manifest as language, resolve};

/// More panes than this are not read in one window.
const PANES_MAX: usize = 6;
/// Up to here, panes are read better under one another than tiled.
const ROWS_MAX: usize = 3;
/// As many stand beside the shell.
const BESIDE_MAX: usize = 4;
/// A container may have to be fetched first.
const DEADLINE_OF_CONTAINERS: &str = "5m";

/// What a manifest is to be called, and to be about.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    /// The layout's name, which is a name.
    pub layout: &'a str,
    /// Where commands run, from the manifest's folder; `None`: there.
    pub root: Option<&'a str>,
    /// What to call the manifest by on a command line; `None`: it is found without.
    pub file: Option<&'a str>,
}

/// The text is no manifest. This is a mistake of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what was found makes no manifest: {why}")]
pub struct InitError {
    pub why: String,
}

/// The manifest of a proposal, in style and without mistakes.
///
/// # Errors
/// Where it would not be, which is a mistake of ours.
pub fn manifest(proposal: &Proposal, wish: &Naming) -> Result<String, InitError> {
    let mut text = heading(proposal, wish);
    text.push_str(&format!("layout {}\n", string(wish.layout)));
    if let Some(root) = wish.root {
        text.push_str(&format!("root {}\n", string(root)));
    }
    text.push('\n');
    if proposal.programs.is_empty() {
        text.push_str(&first_steps(wish.layout));
    } else {
        text.push_str(&session(proposal, wish.layout));
    }
    checked(text)
}

/// The text in style, if it is a manifest.
fn checked(text: String) -> Result<String, InitError> {
    let unsound = |why: String| InitError { why };
    let mut source = Source::new("the new manifest", text);
    source.text = fmt::format(&source).map_err(|error| unsound(error.to_string()))?;
    let again = fmt::format(&source).map_err(|error| unsound(error.to_string()))?;
    if again != source.text {
        return Err(unsound("its style does not hold".to_owned()));
    }
    let parsed = language::parse(&source);
    if let Some(error) = parsed.errors.first() {
        return Err(unsound(error.diagnostic().message));
    }
    let conditions = Conditions {
        vars: &BTreeMap::new(),
        profiles: &BTreeSet::new(),
        environment: &Environment::default(),
        from_env: FromEnv::Caller,
        home: None,
        manifest: "/triad.kdl",
        folder: Path::new("/"),
        stem: "triad",
    };
    let sources = Sources::new(source);
    let resolved = resolve::resolve(&parsed.manifest, &sources, &conditions);
    match resolved.as_ref().err().and_then(|errors| errors.first()) {
        Some(error) => Err(unsound(error.diagnostic().message)),
        None => Ok(sources.main().text.clone()),
    }
}

fn heading(proposal: &Proposal, wish: &Naming) -> String {
    let file = wish.file.map(|file| format!(" {file}")).unwrap_or_default();
    let about = match proposal.files()[..] {
        [] => format!("// {}: a place to work, to start from.", wish.layout),
        ref files => format!(
            "// {}: what `triad init` found in {}.",
            wish.layout,
            comment(&listed(files))
        ),
    };
    let line = |verb: &str, does: &str| {
        let blanks = " ".repeat(5 - verb.len());
        format!("//     triad {verb}{file}{blanks}   {does}\n")
    };
    format!(
        "{about}\n//\n{}{}{}//\n{}",
        line("plan", "says what would be started; changes nothing"),
        line(
            "apply",
            "starts what is not running yet; again after each edit"
        ),
        line("down", "ends it"),
        "// It is yours to edit. `triad check` finds mistakes, `triad fmt` keeps the style,\n\
         // `triad schema --format markdown` has every node with an example.\n\n",
    )
}

fn listed(files: &[&str]) -> String {
    match files {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Services in windows of their own, then a shell with what else there is.
fn session(proposal: &Proposal, layout: &str) -> String {
    let is_background = |program: &&Program| {
        program.kind == PaneKind::Service || is_needed(&program.name, &proposal.programs)
    };
    let (services, work): (Vec<&Program>, Vec<&Program>) =
        proposal.programs.iter().partition(is_background);
    let mut text = format!("session {} {{\n", string(layout));
    for (index, programs) in services.chunks(PANES_MAX).enumerate() {
        text.push_str(&window(
            &numbered("services", index),
            "",
            &arranged(programs),
        ));
    }
    let shell = format!("pane {} size=\"60%\" focus=#true\n", string(SHELL));
    let focus = if services.is_empty() {
        ""
    } else {
        " focus=#true"
    };
    let mut rest = work.chunks(BESIDE_MAX);
    let beside = rest.next().unwrap_or_default();
    let body = match beside.len() {
        0 => format!("pane {}\n", string(SHELL)),
        1 => format!("columns {{\n{shell}{}}}\n", panes(beside)),
        _ => format!("columns {{\n{shell}rows {{\n{}}}\n}}\n", panes(beside)),
    };
    text.push_str(&window("work", focus, &body));
    for (index, programs) in rest.enumerate() {
        text.push_str(&window(
            &numbered("work", index + 1),
            "",
            &arranged(programs),
        ));
    }
    text.push_str("}\n");
    text
}

fn is_needed(name: &str, programs: &[Program]) -> bool {
    let mut needs = programs.iter().flat_map(|program| &program.needs);
    needs.any(|need| need.name == name)
}

fn numbered(name: &str, index: usize) -> String {
    match index {
        0 => name.to_owned(),
        _ => format!("{name}-{}", index + 1),
    }
}

fn window(name: &str, properties: &str, body: &str) -> String {
    format!("window {}{properties} {{\n{body}}}\n", string(name))
}

fn arranged(programs: &[&Program]) -> String {
    if (2..=ROWS_MAX).contains(&programs.len()) {
        return format!("rows {{\n{}}}\n", panes(programs));
    }
    panes(programs)
}

/// The panes, each file's first one under the file's name.
fn panes(programs: &[&Program]) -> String {
    let mut text = String::new();
    let mut file = "";
    for program in programs {
        if program.file != file {
            file = &program.file;
            text.push_str(&format!("// {}\n", comment(file)));
        }
        text.push_str(&pane(program));
    }
    text
}

fn pane(program: &Program) -> String {
    let mut body = Vec::new();
    for (key, value) in &program.env {
        body.push(format!("env {{ {key} {} }}", string(value)));
    }
    body.push(run(&program.run));
    body.extend(needs(&program.needs));
    if let Some(port) = program.port {
        let deadline = match &program.run {
            Run::Words(words) if words[0] == "docker" => {
                format!(" deadline={}", string(DEADLINE_OF_CONTAINERS))
            }
            _ => String::new(),
        };
        body.push(format!("ready{deadline} {{ port {port} }}"));
    }
    let cwd = program.cwd.as_deref().map(string);
    let cwd = cwd.map(|cwd| format!(" cwd={cwd}")).unwrap_or_default();
    let head = format!("{} {}{cwd}", program.kind.as_str(), string(&program.name));
    match &body[..] {
        // A short one is laid out on one line.
        [only] => format!("{head} {{ {only} }}\n"),
        lines => format!("{head} {{\n{}\n}}\n", lines.join("\n")),
    }
}

fn run(run: &Run) -> String {
    let words = match run {
        Run::Line(line) => vec![string(line)],
        Run::Words(words) => words.iter().map(|word| string(word)).collect(),
    };
    format!("run {}", words.join(" "))
}

fn needs(needs: &[Need]) -> Vec<String> {
    let line = |is_started_enough: bool, ending: &str| {
        let of_kind = needs
            .iter()
            .filter(|need| need.is_started_enough == is_started_enough);
        let names: Vec<String> = of_kind.map(|need| string(&need.name)).collect();
        (!names.is_empty()).then(|| format!("needs {}{ending}", names.join(" ")))
    };
    let lines = [line(false, ""), line(true, " until=\"started\"")];
    lines.into_iter().flatten().collect()
}

/// Where nothing was found: what there is to know, on something that runs.
fn first_steps(layout: &str) -> String {
    format!(
        r##"// A session has windows, a window has panes: here two, side by side. `columns` and `rows` nest.
session {name} {{
    window "work" {{
        columns {{
            pane "editor" size="60%" {{ run "exec ${{EDITOR:-vi}} ." }}
            // Without `run`, a pane is your shell.
            pane "shell" focus=#true
        }}
    }}

    // A service should be running: when it ends, `triad apply` starts it again. What needs it
    // waits until it is ready. A task runs once to its end. Take the `/-` away to have this.
    /-window "services" {{
        rows {{
            task "migrate" size=8 {{ run "./migrate" "--up" }}
            service "api" {{
                run "./api --port 8080"
                needs "migrate"
                ready {{ port 8080 }}
            }}
        }}
    }}
}}
"##,
        name = string(layout)
    )
}
