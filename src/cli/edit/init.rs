//! `triad init`: writes a first manifest.

use std::fs;
use std::path::Path;

use crate::cli::context::World;
use crate::cli::edit::destination::{Destination, NAME};
use crate::cli::edit::interview::{self, Basis, Choice};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::init::gallery::{self, GALLERY, Template};
use crate::init::{InitError, Naming, Proposal};
use crate::layout::{is_name, nearest};
use crate::view::json::init::{JsonCompanion, JsonInit};
use crate::view::json::{self, FORMAT};
use crate::view::text::printable::{Printable, printable};
use crate::{init, save, survey, view};

/// The name of the layout if the folder's name has no character that a name may have.
const LAYOUT: &str = "project";

/// Write a first manifest, from a template or from the files of this folder
#[derive(Debug, clap::Args)]
#[command(before_help = "triad init --from webapp", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    /// Write it here: a file, or a folder for its `triad.kdl`; `-` prints it
    path: Option<String>,
    /// Start from this template
    #[arg(long, value_name = "NAME", help_heading = "Contents")]
    from: Option<String>,
    /// Name the layout [default: the name of the folder or the template]
    #[arg(long, value_name = "NAME", help_heading = "Contents")]
    name: Option<String>,
    /// List the templates
    #[arg(
        long,
        conflicts_with_all = ["path", "from", "name", "stdout", "force", "yes"],
        help_heading = "Contents"
    )]
    list: bool,
    /// Print the manifest and write nothing
    #[arg(long, conflicts_with_all = ["path", "force"])]
    stdout: bool,
    /// Overwrite an existing manifest
    #[arg(long)]
    force: bool,
    /// Ask no questions
    #[arg(short, long)]
    yes: bool,
}

const DETAILS: &str = "\
Reads Procfile, package.json, pyproject.toml, Cargo.toml, deno.json, go.mod, justfile, \
Taskfile.yml, Makefile, compose.yaml and `.env`, and runs nothing. On a terminal and without \
flags it asks what to write, and shows the manifest first.";

pub(crate) fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    if own.list {
        let width = output.look().width;
        for line in view::edit::init::gallery(width) {
            output.text(line);
        }
        output.json(&json::init::gallery());
        return Ok(Exit::Success);
    }
    let world = World::read(global)?;
    let target = Destination::of(&world.current, own.path.as_deref(), own.stdout)?;
    let template = own.from.as_deref().map(template).transpose()?;
    if let Some(name) = own.name.as_deref().filter(|name| !is_name(name)) {
        let message = format!("`{name}` cannot be the name of a layout");
        return Err(Failure::new(Exit::Usage, message, interview::NAME_RULE));
    }
    refuse_taken(&target, own.force)?;
    let basis = match template {
        Some(template) => Basis::Template(template),
        None => Basis::Folder(init::propose(&survey::survey(&target.subject))),
    };
    if let Basis::Folder(proposal) = &basis {
        for skipped in &proposal.skipped {
            output.warning(&view::edit::init::skipped(skipped));
        }
    }
    let has_flags = own.yes || own.stdout || own.force || own.name.is_some();
    let asks = output.is_interactive() && target.path.is_some() && template.is_none() && !has_flags;
    let mut choice = Choice {
        layout: own.name.clone().unwrap_or_else(|| layout(&basis, &target)),
        basis,
    };
    if asks {
        choice = interview::choice(choice, output)?;
    }
    let text = text(&choice, &target)?;
    if asks {
        interview::approve(&text, &target.shown, output)?;
    }
    finish(&choice, &target, text, own.force, output)
}

/// Writes or prints the manifest, and reports it.
fn finish(
    choice: &Choice,
    target: &Destination,
    text: String,
    force: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let mut told = JsonInit {
        format: FORMAT,
        path: None,
        layout: choice.layout.clone(),
        template: None,
        programs: Vec::new(),
        skipped: Vec::new(),
        companions: Vec::new(),
        text: None,
    };
    match &choice.basis {
        Basis::Template(template) => told.template = Some(template.name),
        Basis::Folder(proposal) => {
            told.programs = json::init::programs(proposal);
            told.skipped = json::init::skipped(proposal);
        }
    }
    let Some(path) = &target.path else {
        output.data(&text);
        told.text = Some(text);
        output.json(&told);
        return Ok(Exit::Success);
    };
    if let Basis::Template(template) = &choice.basis {
        told.companions = companions(template, path, output)?;
    }
    write(path, &text, force)?;
    output.news(written(&choice.basis, &target.shown));
    told.path = Some(path.display().to_string());
    output.json(&told);
    Ok(Exit::Success)
}

fn written(basis: &Basis, shown: &str) -> Printable {
    let what = match basis {
        Basis::Template(template) => format!("from the template {}", template.name),
        Basis::Folder(proposal) => view::edit::init::summary(proposal),
    };
    let plan = match shown {
        NAME => "triad plan".to_owned(),
        _ => format!("triad plan {}", init::shell_word(shown)),
    };
    printable!(
        "wrote {}: {}\nread it, then see what it would start: {}",
        shown,
        what,
        plan
    )
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    if force && path.exists() {
        // A symbolic link stays a link: its target is written.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        return Ok(save::replace(&real, text, None)?);
    }
    match save::create(path, text) {
        Err(error) if error.is_taken() => Err(taken(&path.display().to_string())),
        ended => Ok(ended?),
    }
}

/// Writes the files that a template needs beside its manifest. Existing files are kept.
fn companions(
    template: &Template,
    manifest: &Path,
    output: &Output,
) -> Result<Vec<JsonCompanion>, Failure> {
    let folder = manifest.parent().unwrap_or(Path::new("/"));
    let mut told = Vec::new();
    for companion in template.companions {
        let written = match save::create(&folder.join(companion.path), companion.text) {
            Ok(()) => true,
            Err(error) if error.is_taken() => false,
            Err(error) => return Err(error.into()),
        };
        let path = companion.path;
        if written {
            output.news(format!("wrote {path}"));
        } else if fs::read(folder.join(path)).ok().as_deref() != Some(companion.text.as_bytes()) {
            output.warning(&format!(
                "kept {path}, which exists already and differs from the template's"
            ));
        }
        told.push(JsonCompanion {
            path: path.to_owned(),
            written,
        });
    }
    Ok(told)
}

fn text(choice: &Choice, target: &Destination) -> Result<String, Failure> {
    match &choice.basis {
        Basis::Folder(proposal) => folder_text(proposal, &choice.layout, target),
        Basis::Template(template) => {
            let layout = Some(choice.layout.as_str()).filter(|name| *name != template.layout());
            let text = template.text_for(target.file.as_deref(), layout);
            // Templates are written for a manifest in `layouts/`.
            let is_at_the_root = target.path.is_some() && target.root.is_none();
            Ok(if is_at_the_root {
                gallery::at_the_root(&text)
            } else {
                text
            })
        }
    }
}

fn folder_text(proposal: &Proposal, layout: &str, target: &Destination) -> Result<String, Failure> {
    let wish = Naming {
        layout,
        root: target.root,
        // A manifest of this name is found without being named.
        file: target.file.as_deref().filter(|file| *file != NAME),
    };
    init::manifest(proposal, &wish).map_err(|error: InitError| {
        Failure::new(
            Exit::Error,
            error.to_string(),
            "this is a bug in triad; please report it with the files of this folder; nothing was \
             written",
        )
    })
}

fn template(name: &str) -> Result<&'static Template, Failure> {
    let names = || GALLERY.iter().map(|template| template.name);
    init::gallery::template(name).ok_or_else(|| {
        let listed: Vec<&str> = names().collect();
        let meant = nearest(name, names()).map(|name| format!("did you mean `{name}`? "));
        Failure::new(
            Exit::Usage,
            format!("no such template: `{name}`"),
            format!(
                "{}the templates are {}",
                meant.unwrap_or_default(),
                listed.join(", ")
            ),
        )
    })
}

/// Returns the template's own name, or a name made from the folder's.
fn layout(basis: &Basis, target: &Destination) -> String {
    let folder = init::name_of_folder(&target.subject);
    match (basis, folder) {
        // Two repositories with the same template get two sessions.
        (Basis::Template(template), Some(folder)) if target.path.is_some() => {
            let name = init::name(&format!("{folder}-{}", template.layout()));
            name.unwrap_or_else(|| template.layout().to_owned())
        }
        (Basis::Template(template), _) => template.layout().to_owned(),
        (Basis::Folder(_), folder) => folder.unwrap_or_else(|| LAYOUT.to_owned()),
    }
}

/// Refuses to overwrite a manifest, before any question is asked.
fn refuse_taken(target: &Destination, force: bool) -> Result<(), Failure> {
    match &target.path {
        Some(path) if !force && fs::symlink_metadata(path).is_ok() => Err(taken(&target.shown)),
        _ => Ok(()),
    }
}

fn taken(shown: &str) -> Failure {
    Failure::new(
        Exit::Error,
        format!("`{shown}` exists already; nothing was written"),
        "use `--force` to overwrite it, or `--stdout` to print the manifest",
    )
}
