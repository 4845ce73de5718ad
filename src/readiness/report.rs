//! Writes a program's status and readiness on its pane.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::layout::{Address, ReadyTag};
use crate::link::batch::{self, Destination};
use crate::render::{pane, start};
use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::script::{Bindings, Line, Ref, Script};
use crate::tmux::server::Server;
use crate::tmux::tag;

/// A report on the program that is running in a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<'a> {
    pub address: &'a Address,
    pub pane: PaneId,
    pub ready: Option<ReadyTag>,
    pub status: Option<ReadyTag>,
}

/// Sends the report. It is void if another program is running in the pane by now.
///
/// # Errors
/// Returns, for people, why it was not written.
pub async fn send(
    server: &Server,
    id: ServerId,
    report: &Report<'_>,
    nonce: &str,
) -> Result<(), String> {
    let ready = report.ready.iter();
    let ready = ready.map(|tag| start::ready(report.address, tag));
    let status = report.status.iter();
    let status = status.map(|tag| pane::option(report.address, tag::STATUS, &tag.encode()));
    let line = Line {
        step: None,
        what: "set the status of the pane",
        commands: status.chain(ready).collect(),
    };
    let script = Script { lines: vec![line] };
    let pane = Ref::Pane(report.address.clone());
    let bindings = Bindings::from([(pane, report.pane.to_string())]);
    let sent = batch::send(server, Destination::Running(id), &script, nonce, &bindings).await;
    let sent = sent.map_err(|error| error.to_string())?;
    if sent.is_done(0) {
        return Ok(());
    }
    Err(sent.why(0))
}

/// Returns the line that marks this process of a pane as ready, as of now.
pub fn ready(address: &Address, pid: i32, why: &str) -> Line {
    Line {
        step: None,
        what: "mark the pane as ready",
        commands: vec![start::ready(address, &as_of_now(pid, why))],
    }
}

/// Returns the line that marks this process of a pane as not ready in time.
pub fn given_up(address: &Address, pid: i32, why: &str) -> Line {
    Line {
        step: None,
        what: "mark the pane as not ready",
        commands: vec![start::given_up(address, &as_of_now(pid, why))],
    }
}

fn as_of_now(pid: i32, why: &str) -> ReadyTag {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    ReadyTag::new(pid, since_epoch.unwrap_or_default().as_secs(), why)
}
