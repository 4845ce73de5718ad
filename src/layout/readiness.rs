//! Needs between panes, and the probes that decide whether a pane is ready.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Address;

/// One edge of the needs graph, resolved to a pane of the layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub target: Address,
    pub until: Until,
    /// Whether the dependent restarts with the target.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restart: bool,
    /// Whether only the order counts: the dependent starts even if the target can no longer reach the
    /// state.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl Need {
    /// Whether the dependent restarts with the target, because it says so or because all dependents
    /// restart.
    pub fn follows(&self, with_all: bool) -> bool {
        self.restart || with_all && !self.optional
    }
}

/// The state of the target that a need waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    Started,
    /// The target's own meaning of ready: its probes, a task's exit 0, else started.
    Ready,
    ExitedOk,
    Exited,
}

impl Until {
    pub fn as_str(self) -> &'static str {
        match self {
            Until::Started => "started",
            Until::Ready => "ready",
            Until::ExitedOk => "exited-ok",
            Until::Exited => "exited",
        }
    }
}

/// The probes of a service or agent, which is ready once all of them succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Ready {
    /// Never empty; [`Probe::Notify`] comes last.
    pub probes: Vec<Probe>,
    pub pace: Pace,
}

impl Ready {
    /// Whether the program itself has to report that it is ready.
    pub fn is_notified(&self) -> bool {
        self.probes.contains(&Probe::Notify)
    }
}

/// The stored form, which a release without `notify` can read too.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Written {
    probes: Vec<Probe>,
    pace: Pace,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    notify: bool,
}

impl From<Ready> for Written {
    fn from(ready: Ready) -> Self {
        let notify = ready.is_notified();
        let mut probes = ready.probes;
        probes.retain(|probe| *probe != Probe::Notify);
        Written {
            probes,
            pace: ready.pace,
            notify,
        }
    }
}

impl From<Written> for Ready {
    fn from(written: Written) -> Self {
        let mut probes = written.probes;
        probes.extend(written.notify.then_some(Probe::Notify));
        Ready {
            probes,
            pace: written.pace,
        }
    }
}

/// The timing of probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// The first pause between probes, which grows by half up to [`Pace::SLOWEST`]. Up to the default
    /// it is an upper bound: the engine probes sooner while little time has passed.
    pub every: Duration,
    /// The time limit of one attempt.
    pub timeout: Duration,
    /// The time limit of all attempts; `None` only if the manifest has `deadline="none"`.
    pub deadline: Option<Duration>,
}

impl Pace {
    /// The longest pause between probes, unless `every` itself is longer.
    pub const SLOWEST: Duration = Duration::from_secs(2);
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            every: Duration::from_millis(250),
            timeout: Duration::from_secs(2),
            deadline: Some(Duration::from_secs(60)),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// A TCP port on loopback accepts a connection.
    Port(u16),
    /// A TCP port of a host accepts a connection.
    Tcp { host: String, port: u16 },
    /// An answer to a GET.
    Http(Http),
    /// `/bin/sh -c` of this exits 0, in the pane's directory with the pane's environment.
    Exec(String),
    /// A whole line that the pane has printed since it started matches this regular expression.
    Log(String),
    /// This file exists.
    File(PathBuf),
    /// The process has run for this long.
    Delay(Duration),
    /// The program itself has reported that it is ready.
    #[serde(skip)]
    Notify,
}

/// The expected answer to a GET of an `http://` address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    pub url: String,
    pub status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// A regular expression that has to match a line of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The Unix socket to connect to instead of the URL's host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
}

/// An expected header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its case does not matter.
    pub name: String,
    /// A regular expression for its value.
    pub value: String,
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Probe::Port(port) => write!(f, "port {port}"),
            Probe::Tcp { host, port } => write!(f, "port {host}:{port}"),
            Probe::Http(http) => write!(f, "{http}"),
            Probe::Exec(line) => write!(f, "exec {line}"),
            Probe::Log(regex) => write!(f, "log {regex}"),
            Probe::File(path) => write!(f, "file {}", path.display()),
            Probe::Delay(time) => write!(f, "delay {time:?}"),
            Probe::Notify => f.write_str("notify"),
        }
    }
}

impl fmt::Display for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http {} on {}", self.status, self.url)?;
        if let Some(socket) = &self.socket {
            write!(f, " by {}", socket.display())?;
        }
        for Header { name, value } in &self.headers {
            write!(f, ", {name} like {value}")?;
        }
        match &self.body {
            Some(body) => write!(f, ", body like {body}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_without_notify_read_the_rest() {
        let ready = |probes: &[Probe]| Ready {
            probes: probes.to_vec(),
            pace: Pace::default(),
        };
        let written = |ready: &Ready| serde_json::to_string(ready).expect("plain data");
        let plain = ready(&[Probe::Port(80)]);
        let pace = r#""pace":{"every":{"secs":0,"nanos":250000000},"timeout":{"secs":2,"nanos":0},"deadline":{"secs":60,"nanos":0}}"#;
        assert_eq!(
            written(&plain),
            format!(r#"{{"probes":[{{"port":80}}],{pace}}}"#)
        );
        let both = ready(&[Probe::Port(80), Probe::Notify]);
        assert_eq!(
            written(&both),
            format!(r#"{{"probes":[{{"port":80}}],{pace},"notify":true}}"#)
        );
        for ready in [plain, both, ready(&[Probe::Notify])] {
            let read: Ready = serde_json::from_str(&written(&ready)).expect("its own");
            assert_eq!(read, ready);
        }
    }
}
