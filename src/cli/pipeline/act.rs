//! The execution of an approved plan: hooks, scripts, reports, the exit code.

use std::time::Duration;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::site::Site;
use crate::cli::pipeline::verb::Manner;
use crate::cli::reporter::Reporter;
use crate::event::{Event, LostServer, Outcome, StepOutcome};
use crate::layout::{Command, Layout, owner_key};
use crate::machine::interrupt::{CUT, Interrupt};
use crate::machine::lock::{LockFile, Locks};
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::tmux::environment::Environment;
use crate::tmux::server::Server;
use crate::tmux::version::Version;
use crate::view::json::{self, JsonOutcome};
use crate::view::run::critical_path;
use crate::view::run::events;
use crate::view::text::words;
use crate::{execute, live, preflight, render};

/// The settings for the execution of a plan.
#[derive(Debug)]
pub(crate) struct Mandate {
    pub manner: Manner,
    /// The caller's environment for programs and probes.
    pub environment: Environment,
    /// The word that frames tmux's output.
    pub nonce: String,
    /// The purpose that is shown to others that wait for a lock.
    pub purpose: String,
    /// The time to wait for another holder of a lock.
    pub patience: Duration,
}

/// Renders and executes a plan, reporting its events, and returns how it ended.
pub(crate) async fn act(
    plan: &Plan,
    mandate: Mandate,
    site: &Site<'_>,
    interrupt: &mut Interrupt,
) -> Result<(Outcome, Exit), Failure> {
    let (server, output) = (&site.server, site.output);
    let manner = &mandate.manner;
    let mut signals = interrupt.of_signals();
    manner.hooks.before(&mut signals, output).await?;
    if manner.hooks.has_before() {
        let missing = preflight::missing_at_once(plan, &mandate.environment);
        if !missing.is_empty() {
            return Err(missing.into());
        }
    }
    let locks = locks(plan, &mandate, server);
    locks.change.check()?;
    let socket = server.socket_path();
    let rendered = render::render(
        plan,
        &render::Conditions {
            environment: &mandate.environment,
            triad: &site.world.triad,
            socket: &socket,
            used: manner.used.as_ref(),
            starts_with_panes: true,
            nonce: &mandate.nonce,
        },
    );
    let conditions = execute::Settings {
        nonce: mandate.nonce.clone(),
        environment: mandate.environment.clone(),
        waits: manner.waits,
        is_watched: output.shows_last_lines(),
        stop_timeout: manner.stop_timeout,
        locks,
    };
    let reporter = Reporter::new(events::Lines::new(plan, output.look()), output);
    let mut tell = |event: Event| reporter.tell(&event);
    let executed = execute::execute(plan, &rendered, server, &conditions, interrupt, &mut tell);
    // It is large, and moved below.
    let executed = Box::pin(executed);
    let subjects = plan.steps.iter().map(|step| &step.subject);
    let addresses = subjects.map(|subject| subject.address.clone()).collect();
    let outcome = reporter.beside(addresses, executed).await;
    if let Some(lines) = critical_path::lines(&outcome.path).filter(|_| output.is_verbose) {
        output.news(lines);
    }
    let mut exit = ended(&outcome);
    if exit == Exit::Success {
        if let Err(failure) = manner.hooks.after(&mut signals, output).await {
            output.failure(&failure);
            exit = failure.exit;
        }
    } else if let Some(name) = manner.hooks.name_of_after() {
        output.news(format!("the hook `{name}` was not run"));
    }
    output.json(&json_outcome(&outcome, exit));
    lost(plan, &outcome, exit)?;
    Ok((outcome, exit))
}

/// Returns the locks that execution holds while it changes something.
fn locks(plan: &Plan, mandate: &Mandate, server: &Server) -> Locks {
    let socket = server.socket_path();
    let key = owner_key(&plan.layout, &plan.manifest);
    Locks {
        change: LockFile::change(&socket, &key),
        server: LockFile::server(&socket),
        purpose: mandate.purpose.clone(),
        patience: mandate.patience,
    }
}

/// Returns a failure if the server is too old, or has exited.
fn lost(plan: &Plan, outcome: &Outcome, exit: Exit) -> Result<(), Failure> {
    if let Some(version) = &outcome.too_old {
        let version = Version::parse(version);
        return Err(live::ObserveError::TooOld { version }.into());
    }
    match outcome.lost_server {
        Some(LostServer::Exited(_)) if has_only_shells(plan) => {
            let panes: Vec<String> = outcome.unready.iter().map(ToString::to_string).collect();
            Err(Failure::new(
                exit,
                format!(
                    "the tmux server exited with its last pane: the shell of {} exited at once",
                    words::quoted(&panes)
                ),
                "check `default-shell` and `default-command` in your tmux.conf, or set `shell` in the \
                 manifest",
            ))
        }
        Some(LostServer::Silent(pid)) => Err(Failure::new(
            exit,
            format!("the tmux server, pid {pid}, is running, but no longer answers"),
            "check its processor time and memory with `top`; `triad apply` continues once it answers",
        )),
        Some(LostServer::Exited(pid)) => Err(Failure::new(
            exit,
            format!(
                "the tmux server, pid {pid}, exited while triad waited, and all of its panes are gone"
            ),
            "`triad apply` creates everything again",
        )),
        None => Ok(()),
    }
}

/// Installs signal handlers, which replace the default effects of signals.
pub(crate) fn listen() -> Result<Interrupt, Failure> {
    Interrupt::listen().map_err(|error| {
        let message = format!("cannot listen for signals: {error}");
        Failure::new(Exit::Error, message, "")
    })
}

/// Whether the server has only shells that this plan has started.
fn has_only_shells(plan: &Plan) -> bool {
    let mut starts = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Start(start) => Some(&start.pane.command),
        _ => None,
    });
    plan.server_id.is_none() && starts.all(|command| matches!(command, Command::Shell(_)))
}

/// Returns the command that attaches to the layout.
pub(crate) fn attach_command(layout: &Layout, server: &Server) -> String {
    let session = layout
        .sessions
        .first()
        .map(|session| session.address.name());
    advice::command(server, &["attach", session.unwrap_or(&layout.name)])
}

/// Returns the exit code for an outcome.
fn ended(outcome: &Outcome) -> Exit {
    let failed = outcome.count(|step| matches!(step, StepOutcome::Failed(_)));
    let skipped = outcome.count(|step| matches!(step, StepOutcome::Skipped(_)));
    match outcome.interrupted {
        Some(CUT) => Exit::NotReady,
        Some(signal) => Exit::Signal(signal),
        None if outcome.too_old.is_some() => Exit::NoTmux,
        None if outcome.lost_server.is_some() => Exit::NotReady,
        None if outcome.is_locked_out && !outcome.is_touched => Exit::Locked,
        None if failed > 0 && !outcome.is_touched => Exit::Error,
        // A process that still runs outside its pane is reported, and is no failure: a further run
        // would not end it.
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
