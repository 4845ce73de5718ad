//! Asks a server what exists: one tmux process that only reads, and more only where the server
//! itself does not know yet how a process ended.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::live::parse::{self, Malformed};
use crate::live::settings::Query;
use crate::live::snapshot::{Exit, LiveProcess, Snapshot};
use crate::live::unlinked;
use crate::tmux::server::{self, Output, Server, ServerError};
use crate::tmux::version::{FLOOR, Version};

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("tmux {version} is too old: triad needs {}.{} or newer", FLOOR.since.0, FLOOR.since.1)]
    TooOld { version: Version },
    #[error("the tmux server is out of reach: {said}")]
    OutOfReach { said: String },
    #[error("`{}` is no socket of a tmux server, and stays as it is", path.display())]
    NoSocket { path: PathBuf },
    #[error(
        "the tmux server (pid {pid}) is running, but its socket `{}` was removed",
        path.display()
    )]
    Unlinked { pid: i32, path: PathBuf },
    #[error(
        "{} set for the whole server, so every session and pane looks like triad's",
        named(names)
    )]
    Forged { names: BTreeSet<String> },
    #[error("`{program}` does not answer like tmux")]
    Malformed { program: String, source: Malformed },
}

fn named(names: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let are = if quoted.len() == 1 { "is" } else { "are" };
    format!("{} {are}", quoted.join(", "))
}

/// Lists everything on the server; an empty snapshot if none is running.
///
/// `nonce` frames the records and must not occur in any name; `asked` is what is told besides.
///
/// # Errors
/// When tmux is missing, too old, silent, or out of reach.
pub async fn observe(
    server: &Server,
    nonce: &str,
    asked: &Query,
) -> Result<Snapshot, ObserveError> {
    let mut snapshot = look(server, nonce, asked).await?;
    for _ in 1..LOOKS {
        let Some(live) = snapshot
            .server
            .as_ref()
            .filter(|_| is_uncollected(&snapshot))
        else {
            break;
        };
        // tmux has seen the end of a pane's terminal and not yet its process's. Whether a task
        // succeeded hangs on that, so it is asked again.
        server::remind(live.pid);
        tokio::time::sleep(PAUSE).await;
        snapshot = look(server, nonce, asked).await?;
    }
    Ok(snapshot)
}

/// How often a server is asked that is about to collect its processes, or to end.
const LOOKS: u32 = 6;
/// The time that this may take; it doubles where the server is ending.
const PAUSE: Duration = Duration::from_millis(10);

/// Whether a pane of triad's has ended in a way that is not known.
fn is_uncollected(snapshot: &Snapshot) -> bool {
    snapshot
        .panes
        .iter()
        .any(|pane| pane.address.is_some() && pane.process == LiveProcess::Ended(Exit::Unknown))
}

async fn look(server: &Server, nonce: &str, asked: &Query) -> Result<Snapshot, ObserveError> {
    if server.is_barred() {
        let path = server.socket_path();
        return Err(ObserveError::NoSocket { path });
    }
    let commands = parse::commands(nonce, asked);
    let words: Vec<&str> = commands.iter().map(String::as_str).collect();
    let mut output = server.query(&words).await?;
    let mut pause = PAUSE;
    for _ in 1..LOOKS {
        if !is_on_its_way_out(&output.stderr) && !is_cut_short(&output, nonce) {
            break;
        }
        // There is no event for a socket that goes away.
        tokio::time::sleep(pause).await;
        pause *= 2;
        output = server.query(&words).await?;
    }
    if output.stdout.is_empty() && is_absent(&output.stderr) {
        return match unlinked(server).await {
            Some((pid, path)) => Err(ObserveError::Unlinked { pid, path }),
            None => Ok(Snapshot::default()),
        };
    }
    if is_empty(&output.stderr) {
        return Ok(Snapshot::default());
    }
    let read = parse::parse(&output.stdout, nonce, asked);
    let snapshot = match read {
        Ok(snapshot) if output.status.success() => snapshot,
        read => return Err(diagnose(server, &output.stderr, read.err()).await),
    };
    match &snapshot.server {
        Some(live) if !live.version.has(FLOOR) => Err(ObserveError::TooOld {
            version: live.version.clone(),
        }),
        Some(_) if !snapshot.globals.is_empty() => Err(ObserveError::Forged {
            names: snapshot.globals,
        }),
        _ => Ok(snapshot),
    }
}

/// The process of a running server whose socket was removed, and the path of that socket. A server
/// that ends removes its socket a moment before: there is no event for its end, so it is looked for
/// again after a pause, a bounded number of times.
async fn unlinked(server: &Server) -> Option<(i32, PathBuf)> {
    let path = server.socket_path();
    let mut pause = PAUSE;
    for _ in 1..LOOKS {
        unlinked::server(&path)?;
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    Some((unlinked::server(&path)?, path))
}

/// What tmux says when the server ends while it is asked.
fn is_on_its_way_out(stderr: &str) -> bool {
    stderr.contains("server exited") || stderr.contains("lost server")
}

/// Whether a listing ends before its last record, and tmux does not say why: the server ended while
/// it was writing.
fn is_cut_short(output: &Output, nonce: &str) -> bool {
    let end = format!("\t{nonce}\n");
    output.stderr.trim().is_empty() && !output.stdout.ends_with(&end)
}

/// What tmux says where a server has no session: it was started with nothing to do, or is about to
/// end. There is nothing on it to compare with.
fn is_empty(stderr: &str) -> bool {
    stderr.trim() == "no current target"
}

/// What tmux says when there is no server behind the socket.
fn is_absent(stderr: &str) -> bool {
    stderr.starts_with("no server running on")
        || (stderr.starts_with("error connecting to")
            && (stderr.contains("(No such file or directory)")
                || stderr.contains("(Connection refused)")))
}

/// A client so old that it does not know the formats or commands says so by its version.
async fn diagnose(server: &Server, stderr: &str, malformed: Option<Malformed>) -> ObserveError {
    if let Some(version) = server.client_version().await
        && !version.has(FLOOR)
    {
        return ObserveError::TooOld { version };
    }
    match (stderr.trim(), malformed) {
        ("", Some(source)) => ObserveError::Malformed {
            program: server.program().display().to_string(),
            source,
        },
        (said, _) => ObserveError::OutOfReach {
            said: said.lines().next().unwrap_or("it said nothing").to_owned(),
        },
    }
}
