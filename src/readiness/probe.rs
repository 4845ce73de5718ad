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

/// All that an attempt needs, to be made on its own.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub ready: Arc<Ready>,
    /// Where an `exec` probe runs, and with what: as the pane's own program.
    pub cwd: PathBuf,
    pub environment: Arc<Environment>,
    /// Sockets that listened on the probed ports before the pane was started. They are somebody
    /// else's, whatever they answer.
    pub strangers: BTreeSet<u64>,
    /// Where a `log` probe reads.
    pub server: Server,
    pub pane: Option<String>,
    /// What is looked at together with the other panes.
    pub panes: Panes,
    /// What it has read there.
    pub seen: Bookmarks,
    pub searches: Searches,
    pub said: Said,
    /// The program, and when it was first seen.
    pub pid: Option<i32>,
    pub since: Instant,
}

/// What the program of a pane has said of itself, in this run.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    is_ready: bool,
    /// What it was at last.
    status: Option<String>,
    /// Why nothing can be heard of it.
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

    /// Another run begins, or this one has ended.
    pub(super) fn forget(&mut self) {
        (self.is_ready, self.status) = (false, None);
    }
}

/// Tries the probes one after the other, in the order of the manifest; all must hold. So what costs
/// much, written last, is only tried when the rest holds.
///
/// # Errors
/// The answer of the first that does not.
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

/// The sockets that listen now on the ports that `ready` asks for.
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
    format!("{what} did not answer within {after:?}")
}

async fn one(probe: &Probe, attempt: &Attempt) -> Result<String, String> {
    // An attempt is moved about, and most of them need little.
    let answer = match probe {
        Probe::Port(port) => connect(&format!("port {port}"), &loopback(*port)[..]).await,
        Probe::Tcp { host, port } => {
            Box::pin(connect(&format!("{host}:{port}"), (host.as_str(), *port))).await
        }
        Probe::Http(wanted) => Box::pin(http::probe(wanted, &attempt.searches)).await,
        Probe::Exec(line) => Box::pin(shell::run(line, &attempt.cwd, &attempt.environment)).await,
        Probe::File(path) if path.exists() => Ok(format!("{} is there", path.display())),
        Probe::File(path) => Err(format!("{} is not there", path.display())),
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

/// Whether the program has said that it is ready: just now, or on its pane by `triad report`.
async fn has_said(attempt: &Attempt) -> Result<String, String> {
    if attempt.said.is_ready {
        return Ok("it said `READY=1`".to_owned());
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
        (Some(why), _) => format!("it cannot be heard: {why}"),
        (None, Some(status)) => format!("it has not said `READY=1`, but `{status}`"),
        (None, None) => "it has not said `READY=1` to its NOTIFY_SOCKET".to_owned(),
    })
}

/// A program that ran before triad looked at it has run for longer than triad has seen.
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

/// Somebody who listened before the program started is not the program; nor is who holds the port
/// since, if that is seen to be somebody else.
async fn not_a_strangers(port: u16, attempt: &Attempt) -> Result<(), String> {
    let now = port_owner::listeners(port);
    let new: BTreeSet<u64> = now.difference(&attempt.strangers).copied().collect();
    if now.is_empty() {
        // The machine does not tell, or it has just ended.
        return Ok(());
    }
    // Every process of the machine may have to be looked at, and others wait for their turn.
    let owners = attempt.panes.owners().clone();
    if new.is_empty() {
        let look = tokio::task::spawn_blocking(move || owners.holder(&now));
        let holder = look.await.ok().flatten();
        let holder = holder.unwrap_or_else(|| "another process".to_owned());
        return Err(format!("port {port} was taken before by {holder}"));
    }
    let Some(pid) = attempt.pid else {
        return Ok(());
    };
    let look = tokio::task::spawn_blocking(move || owners.somebody_else(&new, pid));
    match look.await {
        Ok(Some(holder)) => Err(format!(
            "port {port} is held by {holder}, which is not of this pane"
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
