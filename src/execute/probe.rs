//! One attempt at one probe. The answer of a failed one is a text for people.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::execute::listeners;
use crate::layout::{Probe, Ready, Url};
use crate::tmux::environment::Environment;

/// How much of an answer is read: a status line, or the last line of a command.
const ANSWER_MAX: u64 = 64 * 1024;

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
        Probe::Exec(line) => exec(line, attempt).await,
        Probe::File(path) if path.exists() => Ok(format!("{} is there", path.display())),
        Probe::File(path) => Err(format!("{} is not there", path.display())),
        Probe::Log(_) | Probe::Delay(_) => Err("cannot be probed yet".to_owned()),
    }?;
    if let Some(port) = loopback_port(probe) {
        not_a_strangers(port, &attempt.strangers)?;
    }
    Ok(answer)
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

async fn exec(line: &str, attempt: &Attempt) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("cannot run `{line}`: {error}");
    let mut child = Command::new("/bin/sh")
        .args(["-c", line])
        .env_clear()
        .envs(&attempt.environment)
        .current_dir(&attempt.cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let group = child.id();
    let _group = KillGroup(group.and_then(|id| i32::try_from(id).ok()));
    let stdout = child.stdout.take().expect("piped").take(ANSWER_MAX);
    let stderr = child.stderr.take().expect("piped").take(ANSWER_MAX);
    let (out, err, status) = tokio::join!(text(stdout), text(stderr), child.wait());
    let status = status.map_err(failed)?;
    if status.success() {
        return Ok(format!("`{line}` succeeded"));
    }
    let said = err
        .lines()
        .chain(out.lines())
        .rfind(|line| !line.trim().is_empty());
    let said = said
        .map(|said| format!(": {}", said.trim()))
        .unwrap_or_default();
    Err(format!("`{line}` ended with {status}{said}"))
}

async fn text(mut from: impl tokio::io::AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    // What was read before an error is still what it said.
    let _ = from.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Ends what a probe started when the attempt is over, however it ends.
struct KillGroup(Option<i32>);

impl Drop for KillGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0.and_then(rustix::process::Pid::from_raw) {
            // Usually there is nobody left in it.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
