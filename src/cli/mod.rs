//! The command line: global flags, dispatch, exit codes. Each verb has a file with its arguments
//! and one function that calls the stages from top to bottom.

mod caller;
mod context;
mod edit;
mod exit;
mod failure;
mod global;
mod help;
mod look;
mod other_tools;
mod output;
mod pipeline;
mod progress;
mod reporter;
mod run;
mod stdout;
mod talk;
mod usage;

use std::io;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::runtime::Runtime;

use crate::cli::edit::{check, fmt, init, schema};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, shortage};
use crate::cli::global::Global;
use crate::cli::look::{explain, graph, plan, ps, render, show, wait};
use crate::cli::output::Output;
use crate::cli::run::{apply, down, restart, start, stop, up, watch};
use crate::cli::talk::{attach, capture, exec, report, send, shim};
use crate::machine::interrupt;
use crate::view::json;

/// Run tmux sessions from a manifest, and change them without restarting what has not changed
#[derive(Debug, Parser)]
#[command(name = "triad", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Apply(apply::Arguments),
    Plan(plan::Arguments),
    Show(show::Arguments),
    Explain(explain::Arguments),
    Graph(graph::Arguments),
    Up(up::Arguments),
    Down(down::Arguments),
    Start(start::Arguments),
    Restart(restart::Arguments),
    Stop(stop::Arguments),
    Ps(ps::Arguments),
    Watch(watch::Arguments),
    Wait(wait::Arguments),
    Send(send::Arguments),
    Capture(capture::Arguments),
    Exec(exec::Arguments),
    Check(check::Arguments),
    Attach(attach::Arguments),
    Schema(schema::Arguments),
    Fmt(fmt::Arguments),
    Init(init::Arguments),
    Render(render::Arguments),
    Report(report::Arguments),
    /// Print the version of triad
    #[command(before_help = "triad version")]
    Version,
    #[command(hide = true)]
    Shim(shim::Arguments),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let failed = |error: io::Error| {
        let message = format!("cannot start: {error}");
        let help = shortage(&error).unwrap_or("the system refused a basic resource");
        Failure::new(Exit::Error, message, help)
    };
    let parsed = match parsed() {
        // A limit on the size of files does not matter to a terminal or a pipe: print at once.
        Err(error) if !stdout::is_file() => {
            return ExitCode::from(usage::tell(error, &command()).code());
        }
        parsed => parsed,
    };
    if let Ok(Arguments {
        verb: Verb::Shim(own),
        ..
    }) = &parsed
    {
        // It becomes another program, which is to inherit nothing.
        return shim::run(own);
    }
    let exit = match runtime().map_err(failed) {
        Ok(runtime) => {
            let exit = called(&runtime, parsed);
            // A probe may still be resolving a host name, which is not worth waiting for.
            runtime.shutdown_background();
            exit
        }
        Err(failure) => {
            Output::unasked().failure(&failure);
            failure.exit
        }
    };
    ExitCode::from(exit.code())
}

/// The command line of triad.
fn command() -> clap::Command {
    help::arranged(Arguments::command())
}

/// Parses the command line of this process.
fn parsed() -> Result<Arguments, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// The number of descriptor pairs that are opened as a test: tokio opens fewer.
const SPARE_PAIRS: usize = 3;

/// Builds the runtime for everything that may write files.
fn runtime() -> io::Result<Runtime> {
    // tokio panics if it cannot open its own descriptors.
    let pairs: io::Result<Vec<_>> = (0..SPARE_PAIRS).map(|_| UnixStream::pair()).collect();
    drop(pairs?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async { interrupt::outlive_size_limit() })?;
    Ok(runtime)
}

/// Runs the verb, and prints a failure.
fn called(runtime: &Runtime, parsed: Result<Arguments, clap::Error>) -> Exit {
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return usage::tell(error, &command()),
    };
    let output = Output::new(&arguments.global);
    let exit = match runtime.block_on(run(&arguments, &output)) {
        Ok(exit) => exit,
        Err(failure) => {
            output.failure(&failure);
            failure.exit
        }
    };
    output.exit(exit)
}

async fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let global = &arguments.global;
    match &arguments.verb {
        Verb::Apply(own) => apply::run(global, &own.own, own.attach, output).await,
        Verb::Up(own) => up::run(global, own, output).await,
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
        Verb::Send(own) => send::run(global, own, output).await,
        Verb::Capture(own) => capture::run(global, own, output).await,
        Verb::Exec(own) => exec::run(global, own, output).await,
        Verb::Check(own) => check::run(global, own, output),
        Verb::Render(own) => render::run(global, own, output),
        Verb::Report(own) => report::run(global, own, output).await,
        Verb::Fmt(own) => fmt::run(global, own, output),
        Verb::Init(own) => init::run(global, own, output),
        Verb::Attach(own) => attach::run(global, own, output).await,
        Verb::Schema(own) => schema::run(own, output),
        Verb::Version => {
            output.text(concat!("triad ", env!("CARGO_PKG_VERSION")));
            output.json(&json::version());
            Ok(Exit::Success)
        }
        Verb::Shim(_) => unreachable!("it needs no runtime"),
    }
}
