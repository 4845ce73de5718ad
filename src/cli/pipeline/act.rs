//! What verbs share that plan and carry a plan out: the plan with its preflight, the approval, the
//! execution, the report.

use std::path::Path;
use std::time::Duration;

use crate::cli::context::World;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::pipeline::hooks::Around;
use crate::cli::progress;
use crate::event::{Event, Outcome, StepOutcome};
use crate::execute;
use crate::layout::Layout;
use crate::live::Snapshot;
use crate::machine::interrupt::{CUT, Interrupt};
use crate::plan::Plan;
use crate::tmux::environment::Environment;
use crate::tmux::server::Server;
use crate::tmux::version::Version;
use crate::view::json::{self, JsonOutcome};
use crate::view::run::critical_path;
use crate::view::run::events;
use crate::view::text::words;
use crate::{live, load, plan, preflight, render};

/// How a plan is to be executed.
#[derive(Debug)]
pub struct Manner {
    /// What the manifest has run before and after.
    pub hooks: Around,
    /// What programs and probes get of the caller's environment.
    pub environment: Environment,
    /// Frames what tmux prints.
    pub nonce: String,
    /// Wait until everything that was started is ready.
    pub waits: bool,
    pub stop_timeout: Option<Duration>,
}

/// The way from what is live to `layout`, if everything is there that it takes.
pub async fn planned(
    layout: &Layout,
    world: &World,
    server: &Server,
    nonce: &str,
    asked: &plan::Wishes,
) -> Result<Plan, Failure> {
    let (plan, _) = planned_on(layout, world, server, nonce, asked).await?;
    Ok(plan)
}

/// What a plan was made of besides its layout.
#[derive(Debug)]
pub struct Grounds {
    pub snapshot: Snapshot,
    pub conditions: plan::Conditions,
    pub wishes: plan::Wishes,
    pub machine: plan::Machine,
}

/// The same, with what the plan was made of.
pub async fn planned_on(
    layout: &Layout,
    world: &World,
    server: &Server,
    nonce: &str,
    asked: &plan::Wishes,
) -> Result<(Plan, Grounds), Failure> {
    let snapshot = live::observe(server, nonce, &question(layout, asked)).await?;
    let wishes = asked.among(layout, &snapshot)?;
    let conditions = world.plan_conditions(server, &snapshot)?;
    let machine = machine(layout, &snapshot, &wishes);
    let plan = plan::plan_as_asked(layout, &snapshot, &conditions, &wishes, &machine)?;
    complete(&plan, &snapshot, world)?;
    let grounds = Grounds {
        snapshot,
        conditions,
        wishes,
        machine,
    };
    Ok((plan, grounds))
}

/// Whether everything is there that a plan takes.
pub fn complete(plan: &Plan, snapshot: &Snapshot, world: &World) -> Result<(), Failure> {
    let missing = preflight::missing(plan, snapshot, &world.environment);
    if missing.is_empty() {
        return Ok(());
    }
    Err(missing.into())
}

/// What a server is asked for a plan.
pub fn question(layout: &Layout, asked: &plan::Wishes) -> live::Asked {
    let mut question = live::Asked::of(layout);
    if asked.adopts {
        let names = layout.sessions.iter().map(|session| session.address.name());
        question.claims = names.map(str::to_owned).collect();
    }
    question
}

/// What only the machine tells: looked at where it matters, which is seldom.
pub fn machine(layout: &Layout, snapshot: &Snapshot, asked: &plan::Wishes) -> plan::Machine {
    let paths = plan::adopt::asked_paths(layout, snapshot).into_iter();
    let gone = paths.filter(|path| load::is_gone(path));
    let pids = if asked.adopts {
        plan::adopt::asked_programs(layout, snapshot)
    } else {
        Vec::new()
    };
    plan::Machine {
        programs: live::programs(&pids),
        gone: gone.collect(),
    }
}

/// The tmux commands of a plan for people to read, without the values of secrets.
pub fn commands(plan: &Plan, environment: &Environment, socket: &Path, nonce: &str) -> String {
    let conditions = render::Conditions {
        environment,
        socket,
        nonce,
    };
    let rendered = render::render(plan, &conditions);
    let scripts = rendered.preview().into_iter();
    let scripts = scripts.map(|(name, script)| format!("## {name}\n\n{}", script.trim_end()));
    scripts.collect::<Vec<_>>().join("\n\n")
}

/// The signal handlers, which replace what signals do by default.
pub fn listen() -> Result<Interrupt, Failure> {
    Interrupt::listen().map_err(|error| {
        let message = format!("cannot listen to signals: {error}");
        Failure::new(Exit::Error, message, "")
    })
}

/// What ends a process needs somebody's word.
pub fn approve(plan: &Plan, is_approved: bool, output: &Output) -> Result<(), Failure> {
    let help = "look at `triad plan`, and call it with `--yes`";
    approve_or(plan, is_approved, help, output)
}

/// The same, with what is said to do where nobody is there.
pub fn approve_or(
    plan: &Plan,
    is_approved: bool,
    help: &str,
    output: &Output,
) -> Result<(), Failure> {
    if is_approved || !plan.ends_processes() {
        return Ok(());
    }
    let ending = plan.steps.iter().filter(|step| step.ends.is_some());
    let what = words::processes(ending.count());
    if !output.is_interactive() {
        return Err(Failure::new(
            Exit::Refused,
            format!("this ends {what}, and nobody is here to agree"),
            help,
        ));
    }
    if output.is_confirmed(&format!("This ends {what}. Go on?")) {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "nothing was changed", ""))
}

/// Carries out a plan towards a manifest, with the manifest's hooks around it.
pub async fn carry_out(
    plan: &Plan,
    to: &Towards<'_>,
    nonce: String,
    interrupt: &mut Interrupt,
    output: &Output,
) -> Result<(Outcome, Exit), Failure> {
    // To wait for what runs already is nothing that hooks would be around.
    let hooks = match plan.is_empty() {
        true => Around::default(),
        false => Around::apply(to.layout, to.world, to.server),
    };
    let manner = Manner {
        hooks,
        environment: to.world.for_programs(&to.layout.secret_names),
        nonce,
        waits: to.waits,
        stop_timeout: None,
    };
    act(plan, manner, to.server, interrupt, output).await
}

/// What a plan of `apply` is carried out towards.
#[derive(Debug, Clone, Copy)]
pub struct Towards<'a> {
    pub layout: &'a Layout,
    pub world: &'a World,
    pub server: &'a Server,
    /// Wait until everything that was started is ready.
    pub waits: bool,
}

/// What to type to go there.
pub fn attach_command(layout: &Layout, server: &Server) -> String {
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

/// Renders and executes a plan, telling what happens, and returns how it ended.
pub async fn act(
    plan: &Plan,
    manner: Manner,
    server: &Server,
    interrupt: &mut Interrupt,
    output: &Output,
) -> Result<(Outcome, Exit), Failure> {
    let mut signals = interrupt.of_signals();
    manner.hooks.before(&mut signals, output).await?;
    let conditions = render::Conditions {
        environment: &manner.environment,
        socket: &server.socket_path(),
        nonce: &manner.nonce,
    };
    let rendered = render::render(plan, &conditions);
    let subjects = plan.steps.iter().map(|step| &step.subject);
    output.watch(subjects.map(|subject| subject.address.clone()).collect());
    let conditions = execute::Settings {
        nonce: manner.nonce,
        environment: manner.environment,
        waits: manner.waits,
        is_watched: output.shows_last_lines(),
        stop_timeout: manner.stop_timeout,
        locks: None,
    };
    let lines = events::Lines::new(plan, output.look());
    let mut tell = |event: Event| told(&event, &lines, output);
    let executed = execute::execute(plan, &rendered, server, &conditions, interrupt, &mut tell);
    let outcome = progress::beside(executed, output).await;
    output.unwatch();
    if let Some(lines) = critical_path::lines(&outcome.path).filter(|_| output.is_verbose) {
        output.news(&lines);
    }
    let mut exit = ended(&outcome);
    if exit == Exit::Success {
        if let Err(failure) = manner.hooks.after(&mut signals, output).await {
            output.failure(&failure);
            exit = failure.exit;
        }
    } else if let Some(name) = manner.hooks.name_of_after() {
        output.news(&format!("the hook `{name}` was not run"));
    }
    output.json(&json_outcome(&outcome, exit));
    if let Some(version) = &outcome.too_old {
        let version = Version::parse(version);
        return Err(live::ObserveError::TooOld { version }.into());
    }
    match outcome.gone_server {
        Some(pid) => Err(Failure::new(
            exit,
            format!(
                "the tmux server, pid {pid}, ended while triad waited, and with it all that ran there"
            ),
            "see who ended it; the next `triad apply` makes everything again",
        )),
        None => Ok((outcome, exit)),
    }
}

/// One event, for people and for scripts.
fn told(event: &Event, lines: &events::Lines, output: &Output) {
    if output.is_told(event) {
        output.json(&json::event(event));
    }
    output.note(event);
    match lines.event(event) {
        Some(line) if lines.is_followed(event) => output.hold(event, &line),
        Some(line) => output.news(&line),
        None => {}
    }
    output.refresh();
}

/// The exit code that an outcome stands for.
fn ended(outcome: &Outcome) -> Exit {
    let failed = outcome.count(|step| matches!(step, StepOutcome::Failed(_)));
    let skipped = outcome.count(|step| matches!(step, StepOutcome::Skipped(_)));
    match outcome.interrupted {
        Some(CUT) => Exit::NotReady,
        Some(signal) => Exit::Signal(signal),
        None if outcome.too_old.is_some() => Exit::NoTmux,
        None if outcome.gone_server.is_some() => Exit::NotReady,
        None if failed > 0 && !outcome.is_touched => Exit::Error,
        // What has left its pane to run on its own is told, and is no failure: to run again would
        // not end it.
        None if failed > 0 => Exit::Partial,
        None if skipped > 0 || !outcome.unready.is_empty() => Exit::NotReady,
        None => Exit::Success,
    }
}

fn json_outcome(outcome: &Outcome, exit: Exit) -> JsonOutcome {
    JsonOutcome {
        event: "end",
        exit: exit.code(),
        done: outcome.count(|step| *step == StepOutcome::Done),
        failed: outcome.count(|step| matches!(step, StepOutcome::Failed(_))),
        skipped: outcome.count(|step| matches!(step, StepOutcome::Skipped(_))),
        unready: outcome.unready.iter().map(ToString::to_string).collect(),
        critical_path: json::critical_path(&outcome.path),
        milliseconds: outcome.took.as_millis(),
    }
}
