//! `triad apply` and `triad up`: make it so.

use std::time::Duration;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{Global, attach, duration};
use crate::execute::event::{Event, Outcome, StepOutcome};
use crate::execute::{self, Interrupt, STOP_TIMEOUT, lock};
use crate::layout::Layout;
use crate::plan::Plan;
use crate::tmux::server::Server;
use crate::view::json::{self, JsonOutcome};
use crate::view::{self, events};
use crate::{live, plan, preflight, render};

/// Make the running sessions what the manifest says
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The manifest: a path, the name of a layout, or `-`
    manifest: Option<String>,
    /// Do not ask before a live process is ended
    #[arg(short, long)]
    yes: bool,
    /// Go there afterwards
    #[arg(long)]
    pub attach: bool,
    /// Wait for readiness only where another pane needs it
    #[arg(long)]
    no_wait: bool,
    /// How long to wait for another triad that works on the server
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    lock_timeout: Duration,
}

pub async fn run(
    global: &Global,
    own: &Arguments,
    attaches: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let layout = world.layout(global, own.manifest.as_deref())?;
    let server = world.server(global, layout.server.as_ref())?;
    let mut interrupt = listen()?;
    let purpose = format!("triad apply of {}", layout.manifest);
    let lock = lock::lock(&server.socket_path(), &purpose, own.lock_timeout).await?;
    let nonce = nonce();
    let snapshot = live::observe(&server, &nonce).await?;
    let conditions = world.plan_conditions(&server, &snapshot);
    let plan = plan::plan(&layout, &snapshot, &conditions)?;
    let missing = preflight::missing(&plan, &snapshot, &world.environment);
    if !missing.is_empty() {
        return Err(missing.into());
    }
    output.json(&json::plan(&plan));
    show(&plan, &server, output);
    approve(&plan, own.yes, output)?;
    let exit = if plan.is_empty() {
        Exit::Success
    } else {
        let conditions = render::Conditions {
            environment: &world.for_programs(),
            socket: &server.socket_path(),
            nonce: &nonce,
        };
        let rendered = render::render(&plan, &conditions);
        let conditions = execute::Conditions {
            nonce,
            environment: world.for_programs(),
            waits: !own.no_wait,
            stop_timeout: STOP_TIMEOUT,
        };
        let lines = events::Lines::new(&plan, output.look());
        let mut tell = |event: Event| told(&event, &lines, output);
        let outcome = execute::execute(
            &plan,
            &rendered,
            &server,
            &conditions,
            &mut interrupt,
            &mut tell,
        )
        .await;
        let exit = ended(&outcome);
        output.json(&outcome_json(&outcome, exit));
        too_old(&outcome)?;
        output.news(&events::applied(
            &plan,
            &outcome,
            &attach_command(&layout, &server),
            output.look().width,
        ));
        exit
    };
    drop(lock);
    if attaches && exit == Exit::Success {
        let session = layout
            .sessions
            .first()
            .map(|session| session.address.name());
        return attach::attach(&world, &server, session.unwrap_or(&layout.name), false).await;
    }
    Ok(exit)
}

/// The signal handlers, which replace what signals do by default.
pub fn listen() -> Result<Interrupt, Failure> {
    Interrupt::listen().map_err(|error| {
        let message = format!("cannot listen to signals: {error}");
        Failure::new(Exit::Error, message, "")
    })
}

/// The plan, where there is a decision in it, or where everything is to be seen.
fn show(plan: &Plan, server: &Server, output: &Output) {
    if plan.is_empty() || plan.ends_processes() || output.is_verbose {
        let text = view::plan::text(plan, &place(server), output.look());
        output.news(text.trim_end());
    }
}

/// What ends a process needs somebody's word.
pub fn approve(plan: &Plan, is_approved: bool, output: &Output) -> Result<(), Failure> {
    if is_approved || !plan.ends_processes() {
        return Ok(());
    }
    let count = plan.steps.iter().filter(|step| step.ends.is_some()).count();
    let what = view::words::count(count, "live process");
    let what = what.replace("processs", "processes");
    if !output.is_interactive() {
        return Err(Failure::new(
            Exit::Refused,
            format!("this ends {what}, and nobody is here to agree"),
            "look at `triad plan`, and call it with `--yes`",
        ));
    }
    if output.is_confirmed(&format!("This ends {what}. Go on?")) {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "nothing was changed", ""))
}

/// One event, for people and for scripts.
pub fn told(event: &Event, lines: &events::Lines, output: &Output) {
    output.json(&json::event(event));
    if let Event::Waiting { on, since } = event {
        output.progress(on, *since);
    }
    if let Some(line) = lines.event(event) {
        output.news(&line);
    }
}

/// The exit code that an outcome stands for.
pub fn ended(outcome: &Outcome) -> Exit {
    let count = |is_it: fn(&StepOutcome) -> bool| outcome.count(is_it);
    let failed = count(|step| matches!(step, StepOutcome::Failed(_)));
    let skipped = count(|step| matches!(step, StepOutcome::Skipped(_)));
    match outcome.interrupted {
        Some(signal) => Exit::Signal(signal),
        None if outcome.too_old.is_some() => Exit::NoTmux,
        None if failed > 0 && !outcome.is_touched => Exit::Error,
        None if failed > 0 => Exit::Partial,
        None if skipped > 0 || !outcome.unready.is_empty() => Exit::NotReady,
        None => Exit::Success,
    }
}

/// The server that the first batch started was too old to be given anything.
fn too_old(outcome: &Outcome) -> Result<(), Failure> {
    match &outcome.too_old {
        None => Ok(()),
        Some(version) => {
            let version = crate::tmux::version::Version::parse(version);
            Err(live::ObserveError::TooOld { version }.into())
        }
    }
}

pub fn outcome_json(outcome: &Outcome, exit: Exit) -> JsonOutcome {
    JsonOutcome {
        event: "end",
        exit: exit.code(),
        done: outcome.count(|step| *step == StepOutcome::Done),
        failed: outcome.count(|step| matches!(step, StepOutcome::Failed(_))),
        skipped: outcome.count(|step| matches!(step, StepOutcome::Skipped(_))),
        unready: outcome.unready.iter().map(ToString::to_string).collect(),
        milliseconds: outcome.took.as_millis(),
    }
}

/// What to type to go there.
fn attach_command(layout: &Layout, server: &Server) -> String {
    let session = layout
        .sessions
        .first()
        .map(|session| session.address.name());
    let mut words = vec!["triad".to_owned()];
    words.extend(server.flags());
    words.extend([
        "attach".to_owned(),
        session.unwrap_or(&layout.name).to_owned(),
    ]);
    words.join(" ")
}
