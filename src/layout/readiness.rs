//! Who needs whom, and when somebody counts as ready.

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
    /// Whether the one that needs restarts with the target.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restart: bool,
    /// Whether only the order counts: where the target cannot get there any more, the one that
    /// needs it starts all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl Need {
    /// Whether the one that needs restarts with the target: because it says so, or because all
    /// that needs the target does.
    pub fn follows(&self, with_all: bool) -> bool {
        self.restart || with_all && !self.optional
    }
}

/// When a need is met.
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

/// When a service or agent counts as ready: every probe holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Ready {
    /// Never empty; [`Probe::Notify`] comes last.
    pub probes: Vec<Probe>,
    pub pace: Pace,
}

impl Ready {
    /// Whether the program is to say itself that it is ready.
    pub fn is_notified(&self) -> bool {
        self.probes.contains(&Probe::Notify)
    }
}

/// The same as it is written down: a release that does not know of `notify` reads the rest.
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

/// How often and how long to probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// The first pause between probes; it grows by half up to [`Pace::SLOWEST`]. No longer than
    /// the default, it is a bound: the engine probes sooner where little time has passed.
    pub every: Duration,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long to go on; `None` only where the manifest says `deadline="none"`.
    pub deadline: Option<Duration>,
}

impl Pace {
    /// Pauses between probes grow no longer than this (unless `every` itself is longer).
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
    /// A file of this path is there.
    File(PathBuf),
    /// The process has run for so long.
    Delay(Duration),
    /// The program itself has said so.
    #[serde(skip)]
    Notify,
}

/// What a GET of an `http://` address is to be answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    pub url: String,
    pub status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// A regular expression that a line of the body matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The Unix socket that is connected to, in place of the URL's host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
}

/// A header of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Upper and lower case are the same.
    pub name: String,
    /// A regular expression that its value matches.
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
