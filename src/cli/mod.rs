//! The command line: global flags, dispatch, exit codes. Each verb has a file with its arguments
//! and one function that calls the stages from top to bottom.

mod act;
mod apply;
mod attach;
mod check;
mod context;
mod destination;
mod down;
mod exit;
mod explain;
mod failure;
mod fmt;
mod graph;
mod hooks;
mod init;
mod interview;
mod named;
mod output;
mod plan;
mod progress;
mod ps;
mod render;
mod report;
mod restart;
mod saved;
mod schema;
mod show;
mod start;
mod stop;
mod wait;
mod watch;
mod whose;
mod wishes;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::manifest::value;

/// Bring tmux sessions to what a manifest says, without ending a process that need not end
#[derive(Debug, Parser)]
#[command(
    name = "triad",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// The flags of every verb.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use the tmux server of this name
    #[arg(
        short = 'L',
        long,
        global = true,
        value_name = "NAME",
        env = "TRIAD_SOCKET_NAME"
    )]
    socket_name: Option<String>,
    /// Use the tmux server behind this socket
    #[arg(
        short = 'S',
        long,
        global = true,
        value_name = "PATH",
        env = "TRIAD_SOCKET_PATH"
    )]
    socket_path: Option<PathBuf>,
    /// Use this tmux program
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "TRIAD_TMUX",
        default_value = "tmux"
    )]
    tmux: PathBuf,
    /// How long one call of tmux may take before it is given up
    #[arg(
        long,
        global = true,
        value_name = "TIME",
        env = "TRIAD_TMUX_TIMEOUT",
        value_parser = some_time,
        default_value = "30s"
    )]
    tmux_timeout: Duration,
    /// Work as if started in this directory
    #[arg(
        short = 'C',
        long,
        global = true,
        value_name = "DIR",
        env = "TRIAD_DIRECTORY"
    )]
    directory: Option<PathBuf>,
    /// Give a variable of the manifest a value
    #[arg(long = "var", global = true, value_name = "NAME=VALUE", value_parser = variable)]
    vars: Vec<(String, String)>,
    /// Take what the manifest has for this profile; may be given several times
    #[arg(
        long = "profile",
        global = true,
        value_name = "NAME",
        env = "TRIAD_PROFILE",
        value_delimiter = ','
    )]
    profiles: Vec<String>,
    /// Colour the output
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        env = "TRIAD_COLOR",
        default_value = "auto"
    )]
    color: Color,
    /// Say less
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Write JSON: one document, or one line an event
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Apply(apply::Arguments),
    Plan(plan::Arguments),
    Show(show::Arguments),
    Explain(explain::Arguments),
    Graph(graph::Arguments),
    Up(apply::Arguments),
    Down(down::Arguments),
    Start(start::Arguments),
    Restart(restart::Arguments),
    Stop(stop::Arguments),
    Ps(ps::Arguments),
    Watch(watch::Arguments),
    Wait(wait::Arguments),
    Check(check::Arguments),
    Attach(attach::Arguments),
    Schema(schema::Arguments),
    Fmt(fmt::Arguments),
    Init(init::Arguments),
    Render(render::Arguments),
    Report(report::Arguments),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(usage(&error).code()),
    };
    let output = Output::new(&arguments.global);
    let failed = |error| {
        let message = format!("cannot start: {error}");
        failure::Failure::new(Exit::Error, message, "the system refused a basic resource")
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let ended = runtime.map_err(failed).and_then(|runtime| {
        let ended = runtime.block_on(run(&arguments, &output));
        // A name that is still being looked up for a probe is nothing to wait for.
        runtime.shutdown_background();
        ended
    });
    let exit = match ended {
        Ok(exit) => exit,
        Err(failure) => {
            output.failure(&failure);
            failure.exit
        }
    };
    ExitCode::from(exit.code())
}

async fn run(arguments: &Arguments, output: &Output) -> Result<Exit, failure::Failure> {
    let global = &arguments.global;
    match &arguments.verb {
        Verb::Apply(own) => apply::run(global, own, own.attach, output).await,
        Verb::Up(own) => apply::run(global, own, true, output).await,
        Verb::Plan(own) => plan::run(global, own, output).await,
        Verb::Explain(own) => explain::run(global, own, output).await,
        Verb::Graph(own) => graph::run(global, own, output).await,
        Verb::Show(own) => show::run(global, own, output),
        Verb::Down(own) => down::run(global, own, output).await,
        Verb::Start(own) => start::run(global, own, output).await,
        Verb::Restart(own) => restart::run(global, own, output).await,
        Verb::Stop(own) => stop::run(global, own, output).await,
        Verb::Ps(own) => ps::run(global, own, output).await,
        Verb::Watch(own) => watch::run(global, own, output).await,
        Verb::Wait(own) => wait::run(global, own, output).await,
        Verb::Check(own) => check::run(global, own, output),
        Verb::Render(own) => render::run(global, own, output),
        Verb::Report(own) => report::run(global, own, output).await,
        Verb::Fmt(own) => fmt::run(global, own, output),
        Verb::Init(own) => init::run(global, own, output),
        Verb::Attach(own) => attach::run(global, own, output).await,
        Verb::Schema(own) => schema::run(own, output),
    }
}

/// Help and version are no mistakes; everything else clap stops at is one of usage.
fn usage(error: &clap::Error) -> Exit {
    // Printing can only fail where nobody reads.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Success,
        _ => Exit::Usage,
    }
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if name.is_empty() {
        return Err("the name is missing before `=`".to_owned());
    }
    if value.contains('\0') {
        return Err("a value cannot hold NUL".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// A time that may be nothing at all.
fn duration(text: &str) -> Result<Duration, String> {
    if ["0", "0s", "0ms"].contains(&text) {
        return Ok(Duration::ZERO);
    }
    some_time(text)
}

/// A time that is more than nothing.
fn some_time(text: &str) -> Result<Duration, String> {
    value::duration(text).ok_or_else(|| "expected a time such as `250ms`, `2s` or `1m`".to_owned())
}
