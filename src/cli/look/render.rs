//! `triad render`: prints a shell script that builds the layout without triad. Contacts no server.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::cli::context::{UNSEEN, World};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::layout::{Layout, Presence};
use crate::live::Snapshot;
use crate::render::standalone::{Call, TEMPLATE, script};
use crate::template::DocumentError;
use crate::view::json::{FORMAT, JsonRender};
use crate::{load, plan};

/// The values that a template can use, for the long help.
const CONTEXT: &str = "\
The script creates panes in the order of their `needs`, but does not wait for readiness.

Templates:
  A Handlebars template makes the script. `--print-template` prints the built-in one, and
  `--template FILE` replaces it. Version 1 of its context has these values:

  format, triad        the version of the context, and of triad
  layout               name, line (the name, fit for a comment), root
  tmux                 program, flag (`-L`, `-S` or empty), socket, floor
  sessions             each with address, name, cwd, windows, unmark
  windows              each with address, session, name, title, focus, width, height, panes,
                       variable, record, count, assignments
  panes                each with address, name, kind, title, focus, command (words; none for the
                       user's own shell), cwd, env (names), needs (address, until), x, y, width,
                       height, wave, variable
  geometry, tags       tmux scripts for a here-document of a shell: text, lines (what each does),
  and each of waves    words (the lines, quoted for a shell), number
  shell                directories, required (name, test), values, known, told (name, value,
                       argument), arguments, names, record, targets, gifts, summary, left_out

  `{{#each panes}}{{name}}{{/each}}` works as in Handlebars, and so do the helpers of manifests:
  `sh`, `default`, `lower`, `upper`, `slug`, `basename`. An unknown name is an error.

The script reads the values of `KEY from=\"env\"` when it runs, and contains none of them.";

/// Print the layout as a shell script that needs tmux but not triad
#[derive(Debug, clap::Args)]
#[command(before_help = "triad render layouts/webapp.kdl", after_long_help = CONTEXT)]
pub(crate) struct Arguments {
    /// Manifest: a path, a folder, the name of a layout, or `-` for standard input
    manifest: Option<String>,
    /// Write the script for this shell
    #[arg(long, value_name = "SHELL", default_value = "sh")]
    shell: Shell,
    /// Use this template instead of the built-in one
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Print the built-in template
    #[arg(long, conflicts_with_all = ["manifest", "template"])]
    print_template: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    /// Any POSIX shell
    Sh,
}

impl Shell {
    fn as_str(self) -> &'static str {
        match self {
            Shell::Sh => "sh",
        }
    }
}

pub(crate) fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let print = |layout: Option<String>, script: String| {
        output.data(&script);
        output.json(&JsonRender {
            format: FORMAT,
            layout,
            shell: own.shell.as_str(),
            script,
        });
        Ok(Exit::Success)
    };
    if own.print_template {
        return print(None, TEMPLATE.to_owned());
    }
    let world = World::read(global)?;
    let (name, template) = match &own.template {
        None => (None, TEMPLATE.to_owned()),
        Some(path) => (
            Some(path.display().to_string()),
            load::template(&world.current.join(path))?,
        ),
    };
    let layout = world.open_layout(global, own.manifest.as_deref())?;
    check_secrets(&layout)?;
    let socket = world.asked_socket(global, layout.server.as_ref())?;
    let program = world.asked_program(global)?;
    let conditions = plan::Conditions {
        width: UNSEEN.0,
        height: UNSEEN.1,
        own_pane: None,
        // The script contains no secrets to compare.
        salt: None,
    };
    let plan = plan::plan(&layout, &Snapshot::default(), &conditions)?;
    let call = Call {
        program: &program,
        socket: &socket,
    };
    let made = script(&layout, &plan, call, &template);
    let made = made.map_err(|error| misfit(&error, name.as_deref()))?;
    print(Some(layout.name), made)
}

/// Rejects secrets that a script cannot handle: it cannot read them, or keep them for a restart.
fn check_secrets(layout: &Layout) -> Result<(), Failure> {
    for pane in layout.panes() {
        let address = &pane.address;
        if let Some(path) = pane.unread.first() {
            let path = path.display();
            let message = format!("the environment file `{path}` of `{address}` was not found");
            let help = "create it: the script asks its caller for what the file names";
            return Err(Failure::new(Exit::Invalid, message, help));
        }
        let mut open = pane.open_env.iter();
        let secret = open.find(|(_, presence)| **presence == Presence::Filled);
        if let (Some((name, _)), Some(_)) = (secret, &pane.restart) {
            let message = format!(
                "`{address}` has a `restart`, for which tmux would have to keep its secret `{name}`"
            );
            let help = "leave `restart` out of what is rendered, for example with a `profile`";
            return Err(Failure::new(Exit::Invalid, message, help));
        }
    }
    Ok(())
}

/// Returns the failure of a template: the line, the reason, and the nearest name.
fn misfit(error: &DocumentError, template: Option<&str>) -> Failure {
    let line = error.line.map(|line| format!(":{line}"));
    let place = format!(
        "{}{}",
        template.unwrap_or("the template"),
        line.unwrap_or_default()
    );
    let help = match &error.nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`triad render --help` lists the values that a template can use".to_owned(),
    };
    Failure::new(Exit::Invalid, format!("{place}: {}", error.why), help)
}
