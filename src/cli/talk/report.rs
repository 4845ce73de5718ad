//! `triad report`: reports the state of a program from inside its pane. Programs call it, so it
//! asks nothing, waits for nothing, and prints nothing by default.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::layout::{Address, ReadyTag, ServerChoice};
use crate::live;
use crate::live::{LivePane, LiveProcess, Snapshot};
use crate::machine::process;
use crate::readiness::report::{self, Report};
use crate::tmux::id::PaneId;
use crate::view::json;

/// Report from inside a pane that its program is ready, or what it is doing
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad report [OPTIONS] <ready|--status <TEXT>>",
    before_help = "triad report ready --status \"3 workers\"",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Report this state
    #[arg(value_name = "STATE", value_enum, required_unless_present = "status")]
    state: Option<State>,
    /// Report what the program is doing, in one line; an empty text clears it
    #[arg(long, value_name = "TEXT")]
    status: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum State {
    /// The program is ready: the `notify` of its `ready` block succeeds
    Ready,
}

const DETAILS: &str = "\
The program of a pane calls it. The report is stored on that pane, where `triad ps`, `apply` and \
`wait` read it, until the program is restarted.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let told = world.environment.get("TRIAD_SOCKET");
    let told = told.filter(|path| !path.is_empty());
    let told = told.map(|path| ServerChoice::Path(path.into()));
    let server = world.server_at(global, told.as_ref())?;
    let nonce = nonce();
    let snapshot = live::observe(&server, &nonce, &live::Query::default()).await?;
    let caller = Caller::of(&world, &snapshot, told.is_some());
    let pane = caller.pane(&snapshot)?;
    let (Some(address), Some(pid), Some(live)) =
        (&pane.address, running(pane), snapshot.server.as_ref())
    else {
        let message = format!("no program that triad started runs in pane {}", pane.id);
        return Err(Failure::new(Exit::Error, message, HELP));
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let at = since.unwrap_or_default().as_secs();
    let status = own.status.as_deref();
    let is_ready = own.state == Some(State::Ready);
    let why = status.filter(|text| !text.is_empty());
    let why = why.unwrap_or("reported by its program");
    let report = Report {
        address,
        pane: pane.id,
        ready: is_ready.then(|| ReadyTag::new(pid, at, why)),
        status: status.map(|text| ReadyTag::new(pid, at, text)),
    };
    report::send(&server, live.id(), &report, &nonce)
        .await
        .map_err(|why| {
            let message = format!("cannot report on pane `{address}`: {why}");
            Failure::new(Exit::Error, message, "try again")
        })?;
    if output.is_verbose {
        let ready = if is_ready { " is ready" } else { "" };
        let status = status.map(|text| format!(": {text}")).unwrap_or_default();
        output.news(format!("{address}{ready}{status}"));
    }
    output.json(&json::report::report(&report));
    Ok(Exit::Success)
}

/// Returns the process of a pane whose own program runs.
fn running(pane: &LivePane) -> Option<i32> {
    match pane.process {
        LiveProcess::Running { pid, .. } if pane.left.is_none() => Some(pid),
        _ => None,
    }
}

const HELP: &str = "run it from a program that triad started in a pane";

/// The place where triad was called, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Caller {
    /// The pane of this server whose process is an ancestor.
    above: Option<PaneId>,
    /// The pane that `TMUX` and `TMUX_PANE` name.
    told: Told,
    /// `TRIAD_PANE`.
    address: Option<Address>,
    /// Whether the environment names the server of the program.
    is_server_told: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Here(PaneId),
    /// On another server.
    Elsewhere,
}

impl Caller {
    fn of(world: &World, snapshot: &Snapshot, is_server_told: bool) -> Self {
        let variable = |name| world.environment.get(name).map(String::as_str);
        let lineage = process::lineage();
        let is_above = |pane: &&LivePane| match pane.process {
            LiveProcess::Running { pid, .. } => lineage.contains(&pid),
            _ => false,
        };
        let here = snapshot.server.as_ref().map(|live| live.pid.to_string());
        let server = variable("TMUX").and_then(|tmux| tmux.rsplit(',').nth(1));
        let pane = variable("TMUX_PANE").and_then(|pane| pane.parse().ok());
        Caller {
            above: snapshot.panes.iter().find(is_above).map(|pane| pane.id),
            told: match (server, pane) {
                (None, _) => Told::Nothing,
                (Some(server), _) if here.as_deref() != Some(server) => Told::Elsewhere,
                (Some(_), None) => Told::Nothing,
                (Some(_), Some(pane)) => Told::Here(pane),
            },
            address: variable("TRIAD_PANE").and_then(|pane| pane.parse().ok()),
            is_server_told,
        }
    }

    /// Returns the pane, without guessing: its process is an ancestor of this one, or the
    /// environment names it without a contradiction.
    fn pane<'s>(&self, snapshot: &'s Snapshot) -> Result<&'s LivePane, Failure> {
        if let Some(pane) = self.above.and_then(|above| snapshot.pane(above)) {
            return Ok(pane);
        }
        let here = match self.told {
            Told::Here(pane) => snapshot.pane(pane),
            Told::Nothing | Told::Elsewhere => None,
        };
        let Some(address) = &self.address else {
            return here.ok_or_else(nowhere);
        };
        let is_it = |pane: &&LivePane| pane.address.as_ref() == Some(address);
        match (self.told, here) {
            (Told::Here(_), Some(pane)) if is_it(&pane) => Ok(pane),
            (Told::Here(pane), _) => Err(disagreement(address, &format!("pane {pane}"))),
            (Told::Elsewhere, _) => Err(disagreement(address, "another server")),
            (Told::Nothing, _) => {
                let mut panes = snapshot.panes.iter().filter(is_it);
                let only = panes.next().filter(|_| panes.next().is_none());
                only.filter(|_| self.is_server_told).ok_or_else(nowhere)
            }
        }
    }
}

fn nowhere() -> Failure {
    Failure::new(Exit::Error, "triad did not create this pane", HELP)
}

fn disagreement(address: &Address, other: &str) -> Failure {
    let message =
        format!("`TRIAD_PANE` names `{address}`, but `TMUX` and `TMUX_PANE` name {other}");
    Failure::new(Exit::Refused, message, HELP)
}
