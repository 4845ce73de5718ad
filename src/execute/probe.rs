//! One attempt at one probe. The answer of a failed one is a text for people.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::execute::{listeners, printed, processes, shell};
use crate::layout::{Probe, Ready, Url};
use crate::tmux::environment::Environment;
use crate::tmux::server::Server;

/// All that an attempt needs, to be made on its own.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub ready: Ready,
    /// Where an `exec` probe runs, and with what: as the pane's own program.
    pub cwd: PathBuf,
    pub environment: Environment,
    /// Sockets that listened on the probed ports before the pane was started. They are somebody
    /// else's, whatever they answer.
    pub strangers: BTreeSet<u64>,
    /// Where a `log` probe reads.
    pub server: Server,
    pub pane: Option<String>,
    /// The program, and when it was first seen.
    pub pid: Option<i32>,
    pub since: Instant,
}

/// Tries every probe once; all must hold.
///
/// # Errors
/// The answer of the first that does not.
pub async fn attempt(attempt: &Attempt) -> Result<String, String> {
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
pub fn listeners_of(ready: &Ready) -> BTreeSet<u64> {
    let ports = ready.probes.iter().filter_map(loopback_port);
    ports.flat_map(listeners::listeners).collect()
}

fn loopback_port(probe: &Probe) -> Option<u16> {
    match probe {
        Probe::Port(port) => Some(*port),
        Probe::Http { url, .. } => {
            let url = Url::parse(url)?;
            ["localhost", "127.0.0.1", "::1"]
                .contains(&url.host)
                .then_some(url.port)
        }
        Probe::Exec(_) | Probe::Log(_) | Probe::File(_) | Probe::Delay(_) => None,
    }
}

fn late(probe: &Probe, after: Duration) -> String {
    let what = match probe {
        Probe::Port(port) => format!("port {port}"),
        Probe::Http { url, .. } => url.clone(),
        Probe::Exec(line) => format!("`{line}`"),
        Probe::Log(regex) => format!("the log for `{regex}`"),
        Probe::File(path) => format!("the file {}", path.display()),
        Probe::Delay(time) => format!("a delay of {time:?}"),
    };
    format!("{what} did not answer within {after:?}")
}

async fn one(probe: &Probe, attempt: &Attempt) -> Result<String, String> {
    let answer = match probe {
        Probe::Port(port) => connect(*port).await,
        Probe::Http { url, status } => http(url, *status).await,
        Probe::Exec(line) => shell::run(line, &attempt.cwd, &attempt.environment).await,
        Probe::File(path) if path.exists() => Ok(format!("{} is there", path.display())),
        Probe::File(path) => Err(format!("{} is not there", path.display())),
        Probe::Log(regex) => printed::probe(&attempt.server, attempt.pane.as_deref(), regex).await,
        Probe::Delay(delay) => has_run(*delay, attempt),
    }?;
    if let Some(port) = loopback_port(probe) {
        not_a_strangers(port, &attempt.strangers)?;
    }
    Ok(answer)
}

/// A program that ran before triad looked at it has run for longer than triad has seen.
fn has_run(delay: Duration, attempt: &Attempt) -> Result<String, String> {
    let seen = attempt.since.elapsed();
    let age = attempt.pid.and_then(processes::age);
    let age = age.unwrap_or_default().max(seen);
    if age >= delay {
        return Ok(format!("it has run for {delay:?}"));
    }
    Err(format!(
        "it has run for {:.1} s of {delay:?}",
        age.as_secs_f64()
    ))
}

/// Somebody who listened before the program started is not the program.
fn not_a_strangers(port: u16, strangers: &BTreeSet<u64>) -> Result<(), String> {
    let now = listeners::listeners(port);
    let is_known = !now.is_empty();
    if is_known && now.is_subset(strangers) {
        let holder = listeners::holder(&now);
        let holder = holder.unwrap_or_else(|| "another process".to_owned());
        return Err(format!("port {port} was taken before by {holder}"));
    }
    Ok(())
}

async fn connect(port: u16) -> Result<String, String> {
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ];
    match TcpStream::connect(&addresses[..]).await {
        Ok(_) => Ok(format!("port {port} is open")),
        Err(error) => Err(format!("port {port}: {}", reason(&error))),
    }
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        _ => error.to_string(),
    }
}

/// A plain GET; only the status line of the answer matters.
async fn http(url: &str, status: u16) -> Result<String, String> {
    let parsed = Url::parse(url).ok_or_else(|| format!("`{url}` is not an http address"))?;
    let place = format!("{}:{}", parsed.host, parsed.port);
    let failed = |error: std::io::Error| format!("{place}: {}", reason(&error));
    let mut stream = TcpStream::connect((parsed.host, parsed.port))
        .await
        .map_err(failed)?;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: triad\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        parsed.path, parsed.authority
    );
    stream.write_all(request.as_bytes()).await.map_err(failed)?;
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    while !answer.contains(&b'\n') && answer.len() < 4096 {
        match stream.read(&mut chunk).await.map_err(failed)? {
            0 => break,
            count => answer.extend_from_slice(&chunk[..count]),
        }
    }
    let line = String::from_utf8_lossy(&answer);
    let line = line.lines().next().unwrap_or_default();
    let code = line
        .strip_prefix("HTTP/")
        .and_then(|line| line.split(' ').nth(1));
    match code.and_then(|code| code.parse::<u16>().ok()) {
        Some(code) if code == status => Ok(format!("http {code} on {place}")),
        Some(code) => Err(format!("http {code} on {place}, expected {status}")),
        None => Err(format!("{place} does not speak HTTP")),
    }
}
