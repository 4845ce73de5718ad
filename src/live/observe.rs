//! Lists a server: one tmux process that only reads, and more only if the server itself does not
//! know yet how a process ended.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::live::parse::{self, Malformed};
use crate::live::settings::Query;
use crate::live::snapshot::{Exit, LiveProcess, Snapshot};
use crate::live::unlinked;
use crate::tmux::server::{self, Output, Server, ServerError};
use crate::tmux::version::{FLOOR, Version};

/// A reason why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("tmux {version} is too old: triad needs {}.{} or newer", FLOOR.since.0, FLOOR.since.1)]
    TooOld { version: Version },
    #[error("cannot reach the tmux server: {said}")]
    OutOfReach { said: String },
    #[error("`{}` is not a socket of a tmux server; it was left unchanged", path.display())]
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
/// `nonce` frames the records and must not occur in any name; `asked` is the additional query.
///
/// # Errors
/// Returns an error if tmux is missing, too old, silent, or out of reach.
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
        // tmux has noticed the end of a pane's terminal but not that of its process. The success of
        // a task depends on it, so tmux is asked again.
        server::remind(live.pid);
        tokio::time::sleep(PAUSE).await;
        snapshot = look(server, nonce, asked).await?;
    }
    Ok(snapshot)
}

/// The number of looks at a server that is about to collect its processes, or to end.
const LOOKS: u32 = 6;
/// The pause between them; it doubles if the server is ending.
const PAUSE: Duration = Duration::from_millis(10);

/// Whether a pane of triad's has ended with an unknown exit status.
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
        // There is no event for a socket that is removed.
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

/// Returns the process of a running server whose socket was removed, and the path of that socket. A
/// server that ends removes its socket first, and its end is no event: so this checks again after a
/// pause, a bounded number of times.
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

/// Whether tmux reports that the server ended during the call.
fn is_on_its_way_out(stderr: &str) -> bool {
    stderr.contains("server exited") || stderr.contains("lost server")
}

/// Whether a listing ends before its last record without a message of tmux: the server ended while
/// it was writing.
fn is_cut_short(output: &Output, nonce: &str) -> bool {
    let end = format!("\t{nonce}\n");
    output.stderr.trim().is_empty() && !output.stdout.ends_with(&end)
}

/// Whether tmux reports a server without sessions: it was started with nothing to do, or is about
/// to end. There is nothing on it to compare with.
fn is_empty(stderr: &str) -> bool {
    stderr.trim() == "no current target"
}

/// Whether tmux reports that no server is behind the socket.
fn is_absent(stderr: &str) -> bool {
    stderr.starts_with("no server running on")
        || (stderr.starts_with("error connecting to")
            && (stderr.contains("(No such file or directory)")
                || stderr.contains("(Connection refused)")))
}

/// Finds the cause: a client too old to know the formats or commands shows that by its version.
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
            said: said.lines().next().unwrap_or("no message").to_owned(),
        },
    }
}
