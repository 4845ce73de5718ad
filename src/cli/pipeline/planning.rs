//! The plan of a layout: one look at the server and the machine, and the preflight.

use std::path::Path;

use crate::cli::context::World;
use crate::cli::failure::Failure;
use crate::cli::pipeline::advice;
use crate::layout::{Layout, UsedFolder};
use crate::live::Snapshot;
use crate::plan::Plan;
use crate::tmux::environment::Environment;
use crate::tmux::server::Server;
use crate::{live, load, plan, preflight, render};

/// Plans the way from the live state to `layout`, and returns the plan with its grounds. Fails if
/// something that the plan needs is missing.
pub(crate) async fn planned_on(
    layout: &Layout,
    world: &World,
    server: &Server,
    nonce: &str,
    asked: &plan::Request,
) -> Result<(Plan, Grounds), Failure> {
    let snapshot = live::observe(server, nonce, &question(layout, asked)).await?;
    let snapshot = snapshot.called_by(layout);
    let layout = &*plan::filled(layout, &snapshot);
    let wishes = asked.among(layout, &snapshot);
    let wishes =
        wishes.map_err(|errors| advice::of_patterns(&errors, &layout.name, server, &snapshot))?;
    let conditions = world.plan_conditions(server, &snapshot)?;
    let machine = machine(layout, &snapshot, &wishes);
    let plan = plan::plan_as_asked(layout, &snapshot, &conditions, &wishes, &machine)?;
    complete(&plan, &snapshot, (layout, &asked.purpose), world)?;
    let grounds = Grounds {
        snapshot,
        conditions,
        wishes,
        machine,
    };
    Ok((plan, grounds))
}

/// The grounds of a plan besides its layout.
#[derive(Debug)]
pub(crate) struct Grounds {
    pub snapshot: Snapshot,
    pub conditions: plan::Conditions,
    pub wishes: plan::Request,
    pub machine: plan::Machine,
}

/// Checks that nothing is missing that a plan needs. A hook may still create what programs need.
pub(crate) fn complete(
    plan: &Plan,
    snapshot: &Snapshot,
    (layout, purpose): (&Layout, &plan::Purpose),
    world: &World,
) -> Result<(), Failure> {
    let mut missing = preflight::missing(plan, snapshot);
    if layout.hooks.before_apply.is_none() || !purpose.is_apply() {
        missing.extend(preflight::missing_at_once(plan, &world.environment));
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(missing.into())
}

/// Returns the query to a server for a plan.
pub(crate) fn question(layout: &Layout, asked: &plan::Request) -> live::Query {
    let mut question = live::Query::of(layout);
    if asked.adopts {
        let names = layout.sessions.iter().map(|session| session.address.name());
        question.claims = names.map(str::to_owned).collect();
    }
    question
}

/// Looks at the machine for what tmux does not know, which is seldom needed.
pub(crate) fn machine(
    layout: &Layout,
    snapshot: &Snapshot,
    asked: &plan::Request,
) -> plan::Machine {
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

/// Returns the scripts of a plan as they would be sent to tmux, without secrets.
pub(crate) fn commands(
    plan: &Plan,
    environment: &Environment,
    (triad, socket, used): (&Path, &Path, Option<&UsedFolder>),
    nonce: &str,
) -> String {
    let conditions = render::Conditions {
        environment,
        triad,
        socket,
        used,
        starts_with_panes: true,
        nonce,
    };
    let rendered = render::render(plan, &conditions);
    let scripts = rendered.preview().into_iter();
    let scripts = scripts.map(|(name, script)| format!("## {name}\n\n{}", script.trim_end()));
    scripts.collect::<Vec<_>>().join("\n\n") + "\n"
}
