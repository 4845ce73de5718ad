//! One attempt at one probe. The answer of a failed one is a text for people.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::time::timeout;

use crate::layout::{Probe, Ready, ReadyTag, Url};
use crate::machine::port_owner;
use crate::machine::process;
use crate::machine::shell;
use crate::readiness::http;
use crate::readiness::notify::Notice;
use crate::readiness::panes::Panes;
use crate::readiness::printed::{self, Bookmarks, Source};
use crate::readiness::search::Searches;
use crate::tmux::environment::Environment;
use crate::tmux::server::Server;

/// The data of an attempt.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub ready: Arc<Ready>,
    /// The directory and environment of an `exec` probe: as the pane's own program has them.
    pub cwd: PathBuf,
    pub environment: Arc<Environment>,
    /// Sockets that listened on the probed ports before the pane was started. They belong to
    /// others, whatever they answer.
    pub strangers: BTreeSet<u64>,
    /// The server that a `log` probe reads from.
    pub server: Server,
    pub pane: Option<String>,
    /// The looks that panes share.
    pub panes: Panes,
    /// The progress of its search.
    pub seen: Bookmarks,
    pub searches: Searches,
    pub said: Said,
    /// The program, and when it was first seen.
    pub pid: Option<i32>,
    pub since: Instant,
}

/// The notifications of a pane's program, in this run.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    is_ready: bool,
    /// The last status.
    status: Option<String>,
    /// The reason why its notifications cannot be received.
    pub deaf: Option<String>,
}

impl Said {
    pub(super) fn hear(&mut self, notice: &Notice) {
        match notice {
            Notice::Ready => self.is_ready = true,
            Notice::Stopping => self.is_ready = false,
            Notice::Status(status) => self.status = Some(status.clone()),
            Notice::Extend(_) => {}
        }
    }

    /// Resets them for another run.
    pub(super) fn forget(&mut self) {
        (self.is_ready, self.status) = (false, None);
    }
}

/// Tries the probes one after the other, in the order of the manifest; all must succeed. So an
/// expensive probe, written last, is only tried if the others succeed.
///
/// # Errors
/// Returns the answer of the first that fails.
pub(super) async fn attempt(attempt: &Attempt) -> Result<String, String> {
    let mut held = Vec::new();
    for probe in &attempt.ready.probes {
        let pace = &attempt.ready.pace;
        let answer = timeout(pace.timeout, one(probe, attempt)).await;
        let answer = answer.unwrap_or_else(|_| Err(late(probe, pace.timeout)));
        held.push(answer?);
    }
    Ok(held.join(", "))
}

/// Returns the sockets that listen now on the ports of `ready`.
pub(super) fn listeners_of(ready: &Ready) -> BTreeSet<u64> {
    let ports = ready.probes.iter().filter_map(loopback_port);
    ports.flat_map(port_owner::listeners).collect()
}

fn loopback_port(probe: &Probe) -> Option<u16> {
    match probe {
        Probe::Port(port) => Some(*port),
        Probe::Tcp { host, port } => LOOPBACK.contains(&host.as_str()).then_some(*port),
        Probe::Http(http) => {
            let url = Url::parse(&http.url).filter(|_| http.socket.is_none())?;
            LOOPBACK.contains(&url.host).then_some(url.port)
        }
        Probe::Exec(_) | Probe::Log(_) | Probe::File(_) | Probe::Delay(_) | Probe::Notify => None,
    }
}

/// The names of the machine itself.
const LOOPBACK: &[&str] = &["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"];

fn late(probe: &Probe, after: Duration) -> String {
    let what = match probe {
        Probe::Port(_) | Probe::Tcp { .. } => probe.to_string(),
        Probe::Http(http) => http.url.clone(),
        Probe::Exec(line) => format!("`{line}`"),
        Probe::Log(regex) => format!("the log for `{regex}`"),
        Probe::File(path) => format!("the file {}", path.display()),
        Probe::Delay(time) => format!("a delay of {time:?}"),
        Probe::Notify => "tmux".to_owned(),
    };
    format!("{what} timed out after {after:?}")
}

async fn one(probe: &Probe, attempt: &Attempt) -> Result<String, String> {
    // Boxed, because attempts are moved and most of them need little.
    let answer = match probe {
        Probe::Port(port) => connect(&format!("port {port}"), &loopback(*port)[..]).await,
        Probe::Tcp { host, port } => {
            Box::pin(connect(&format!("{host}:{port}"), (host.as_str(), *port))).await
        }
        Probe::Http(wanted) => Box::pin(http::probe(wanted, &attempt.searches)).await,
        Probe::Exec(line) => Box::pin(shell::run(line, &attempt.cwd, &attempt.environment)).await,
        Probe::File(path) if path.exists() => Ok(format!("{} exists", path.display())),
        Probe::File(path) => Err(format!("{} not found", path.display())),
        Probe::Log(regex) => {
            let source = Source {
                server: &attempt.server,
                pane: attempt.pane.as_deref(),
                pid: attempt.pid,
                seen: &attempt.seen,
                searches: &attempt.searches,
                panes: Some(&attempt.panes),
            };
            Box::pin(printed::probe(source, regex)).await
        }
        Probe::Delay(delay) => has_run(*delay, attempt),
        Probe::Notify => has_said(attempt).await,
    }?;
    if let Some(port) = loopback_port(probe) {
        not_a_strangers(port, attempt).await?;
    }
    Ok(answer)
}

/// Whether the program has reported ready: just now, or on its pane by `triad report`.
async fn has_said(attempt: &Attempt) -> Result<String, String> {
    if attempt.said.is_ready {
        return Ok("it sent `READY=1`".to_owned());
    }
    if let (Some(pane), Some(pid)) = (&attempt.pane, attempt.pid) {
        let told = attempt.panes.pane(&attempt.server, pane).await?;
        let tag = told.map(|told| told.ready);
        let tag = tag.and_then(|tag| ReadyTag::parse(&tag));
        if let Some(tag) = tag.filter(|tag| tag.is_of(pid)) {
            return Ok(tag.why);
        }
    }
    Err(match (&attempt.said.deaf, &attempt.said.status) {
        (Some(why), _) => format!("its notifications cannot be received: {why}"),
        (None, Some(status)) => format!("it has not sent `READY=1`; its status is `{status}`"),
        (None, None) => "it has not sent `READY=1` to its NOTIFY_SOCKET".to_owned(),
    })
}

/// A program that was running before triad saw it has run for longer than triad knows.
fn has_run(delay: Duration, attempt: &Attempt) -> Result<String, String> {
    let seen = attempt.since.elapsed();
    let age = attempt.pid.and_then(process::age);
    let age = age.unwrap_or_default().max(seen);
    if age >= delay {
        return Ok(format!("it has run for {delay:?}"));
    }
    Err(format!(
        "it has run for {:.1} s of {delay:?}",
        age.as_secs_f64()
    ))
}

/// Fails if the port belongs to another program: one that listened before this one started, or one
/// that holds it now and is known to be unrelated.
async fn not_a_strangers(port: u16, attempt: &Attempt) -> Result<(), String> {
    let now = port_owner::listeners(port);
    let new: BTreeSet<u64> = now.difference(&attempt.strangers).copied().collect();
    if now.is_empty() {
        // The machine does not tell, or it has just ended.
        return Ok(());
    }
    // This may have to look at every process of the machine, and other probes must not wait.
    let owners = attempt.panes.owners().clone();
    if new.is_empty() {
        let look = tokio::task::spawn_blocking(move || owners.holder(&now));
        let holder = look.await.ok().flatten();
        let holder = holder.unwrap_or_else(|| "another process".to_owned());
        return Err(format!("port {port} was already in use by {holder}"));
    }
    let Some(pid) = attempt.pid else {
        return Ok(());
    };
    let look = tokio::task::spawn_blocking(move || owners.somebody_else(&new, pid));
    match look.await {
        Ok(Some(holder)) => Err(format!(
            "port {port} is in use by {holder}, which is not in this pane"
        )),
        _ => Ok(()),
    }
}

fn loopback(port: u16) -> [SocketAddr; 2] {
    [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ]
}

async fn connect(name: &str, to: impl ToSocketAddrs) -> Result<String, String> {
    match TcpStream::connect(to).await {
        Ok(_) => Ok(format!("{name} is open")),
        Err(error) => Err(format!("{name}: {}", http::reason(&error))),
    }
}
