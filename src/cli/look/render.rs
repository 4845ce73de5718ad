//! `triad render`: the layout as one shell script that builds it without triad. Looks at no server.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::cli::context::{UNSEEN, World};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::live::Snapshot;
use crate::render::standalone::{Call, TEMPLATE, script};
use crate::template::DocumentError;
use crate::view::json::{FORMAT, JsonRender};
use crate::{load, plan};

/// What a template can name, for the long help.
const CONTEXT: &str = "\
Templates:
  The script is made by a Handlebars template, which `--template FILE` replaces and
  `--print-template` prints, as a start for another. It can name, in version 1 of its context:

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
  `sh`, `default`, `lower`, `upper`, `slug`, `basename`. A name that is not there is an error.

Values of `KEY from=\"env\"` are those of whoever runs the script; none stands in it.";

/// Print the layout as one shell script that builds it with tmux alone
#[derive(Debug, clap::Args)]
#[command(after_long_help = CONTEXT)]
pub(crate) struct Arguments {
    /// The manifest: a path, a folder with one in it, the name of a layout, or `-`
    manifest: Option<String>,
    /// Write it for this shell
    #[arg(long, value_name = "SHELL", default_value = "sh")]
    shell: Shell,
    /// Make it with this template instead of triad's own
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Print triad's own template
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
    let socket = world.asked_socket(global, layout.server.as_ref())?;
    let program = world.asked_program(global)?;
    let conditions = plan::Conditions {
        width: UNSEEN.0,
        height: UNSEEN.1,
        own_pane: None,
        // The values of secrets are not in here.
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

/// A template that makes no script: where, why, and the nearest name.
fn misfit(error: &DocumentError, template: Option<&str>) -> Failure {
    let line = error.line.map(|line| format!(":{line}"));
    let place = format!(
        "{}{}",
        template.unwrap_or("the template"),
        line.unwrap_or_default()
    );
    let help = match &error.nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`triad render --help` lists what a template can name".to_owned(),
    };
    Failure::new(Exit::Invalid, format!("{place}: {}", error.why), help)
}
