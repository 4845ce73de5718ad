//! Writes a proposal as a manifest: services in one place, tools in another, with comments for the
//! reader.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::draft::Run;
use super::proposal::{Need, Program, Proposal, SHELL};
use super::quote::{comment, string};
use crate::layout::PaneKind;
use crate::manifest::fmt;
use crate::manifest::source::{Source, Sources};
use crate::resolve::{Conditions, EnvFiles, FromEnv};
use crate::tmux::environment::Environment;
use crate::{manifest as language, resolve};

/// The most panes in one window.
const PANES_MAX: usize = 6;
/// The most panes that are stacked; more are tiled.
const ROWS_MAX: usize = 3;
/// The most panes beside the shell.
const BESIDE_MAX: usize = 4;
/// The deadline for containers, whose images may have to be downloaded first.
const DEADLINE_OF_CONTAINERS: &str = "5m";

/// The names and paths of the new manifest.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    /// The layout's name, which has to be valid.
    pub layout: &'a str,
    /// The folder of the commands, relative to the manifest's folder; `None`: the same folder.
    pub root: Option<&'a str>,
    /// The manifest's path for command lines; `None`: triad finds it without one.
    pub file: Option<&'a str>,
}

/// The error for an invalid generated manifest, which is a bug in triad.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the generated manifest is invalid: {why}")]
pub struct InitError {
    pub why: String,
}

/// The manifest of a proposal, formatted and checked.
///
/// # Errors
/// If the text is not a valid manifest, which is a bug in triad.
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

/// The formatted text, if it is a valid manifest.
fn checked(text: String) -> Result<String, InitError> {
    let unsound = |why: String| InitError { why };
    let mut source = Source::new("the new manifest", text);
    source.text = fmt::format(&source).map_err(|error| unsound(error.to_string()))?;
    let again = fmt::format(&source).map_err(|error| unsound(error.to_string()))?;
    if again != source.text {
        return Err(unsound("formatting it changes its meaning".to_owned()));
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
        env_files: &EnvFiles::default(),
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
        [] => format!("// {}: an editor and a shell to start from.", wish.layout),
        ref files => format!(
            "// {}: written by `triad init` from {}.",
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
        line("plan", "shows what `apply` would do; changes nothing"),
        line("apply", "starts everything; run it again after each edit"),
        line("down", "stops everything"),
        "// Edit it freely. `triad check` finds mistakes, `triad fmt` formats it,\n\
         // `triad schema --format markdown` documents every node with an example.\n\n",
    )
}

fn listed(files: &[&str]) -> String {
    match files {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Services in windows of their own, then a shell with the other panes.
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
    // A path that begins with `$` is taken for a variable of the shell.
    let cwd = program
        .cwd
        .as_deref()
        .map(|cwd| match cwd.starts_with('$') {
            true => string(&format!("./{cwd}")),
            false => string(cwd),
        });
    let cwd = cwd.map(|cwd| format!(" cwd={cwd}")).unwrap_or_default();
    let head = format!("{} {}{cwd}", program.kind.as_str(), string(&program.name));
    match &body[..] {
        // A short body goes on one line.
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

/// The text if nothing was found: a working manifest that introduces the language.
fn first_steps(layout: &str) -> String {
    format!(
        r##"// A session has windows, and a window has panes: here two, side by side. `columns` and `rows` nest.
session {name} {{
    window "work" {{
        columns {{
            pane "editor" size="60%" {{ run "exec ${{EDITOR:-vi}} ." }}
            // A pane without `run` is your shell.
            pane "shell" focus=#true
        }}
    }}

    // A service should keep running: if it ends, `triad apply` starts it again. Panes that need it
    // wait until it is ready. A task runs once. Remove the `/-` to use this window.
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
