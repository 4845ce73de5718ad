//! Sends one script and reads the result of each of its lines.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::tmux::complaint::{About, Complaint};
use crate::tmux::id::ServerId;
use crate::tmux::script::{Bindings, Script, Unbound};
use crate::tmux::server::{HANDED, Output, Server, ServerError};
use crate::tmux::version::{FLOOR, Version};

/// The number of attempts to send a batch to a server that is ending.
const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(20);

/// The complaint about a server that is new enough and did nothing: it is another one.
const REPLACED: &str = "the tmux server has been replaced since the plan was made";

/// The result of a batch.
#[derive(Debug, Default)]
pub struct Sent {
    /// The indexes of the lines that were done.
    done: BTreeSet<usize>,
    /// Records that the script printed: kind, and what follows it.
    pub records: Vec<(String, String)>,
    /// The complaints of tmux, in order.
    complaints: Vec<String>,
    /// The server is older than triad's floor; nothing was done.
    pub too_old: Option<String>,
    /// The output contained something that tmux does not print.
    is_garbled: bool,
    lines: usize,
}

/// A reason why the result of a batch is unknown.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Unbound(#[from] Unbound),
}

/// The destination of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The server that the plan was made for. If it is gone, so are the objects of the batch, and
    /// no other server is started.
    Running(ServerId),
    /// A server that the batch starts.
    New,
}

/// Sends `script`.
///
/// A server that ends while the batch arrives (its last session was just closed) has done nothing
/// and leaves the socket a moment later: this is tried again, a bounded number of times.
///
/// # Errors
/// Returns an error if tmux could not be run or did not answer: the script may have been partly
/// done.
pub async fn send(
    server: &Server,
    destination: Destination,
    script: &Script,
    nonce: &str,
    bindings: &Bindings,
) -> Result<Sent, BatchError> {
    let id = match destination {
        Destination::Running(id) => Some(id),
        Destination::New => None,
    };
    let sources = script.sources(nonce, id, bindings)?;
    let mut pause = PAUSE;
    let mut attempt = 1;
    loop {
        let output = match destination {
            Destination::Running(_) => server.source(&sources).await?,
            Destination::New => server.start_and_source(&sources).await?,
        };
        let sent = read(&output, nonce, script.lines.len());
        let is_passing = is_passing(&output, destination) && sent.done.is_empty();
        if !is_passing || attempt == ATTEMPTS {
            return Ok(sent);
        }
        // There is no event for a socket that is removed.
        tokio::time::sleep(pause).await;
        pause *= 2;
        attempt += 1;
    }
}

/// Whether tmux complains of a server that is ending.
fn is_passing(output: &Output, destination: Destination) -> bool {
    let mut complaints = output.stderr.lines().map(Complaint::from);
    complaints.any(|complaint| match complaint.about() {
        About::ServerEnding => true,
        // A missing server is only the previous one if another has to be started.
        About::NoServer | About::OutOfReach => destination == Destination::New,
        _ => false,
    })
}

fn read(output: &Output, nonce: &str, lines: usize) -> Sent {
    let mut sent = Sent {
        lines,
        ..Sent::default()
    };
    for line in output.stdout.lines() {
        let record = line
            .strip_prefix(nonce)
            .and_then(|rest| rest.strip_prefix(' '));
        match record.and_then(|record| record.split_once(' ')) {
            Some(("ok", line)) => {
                let (index, record) = line.split_once(' ').unwrap_or((line, ""));
                sent.done.extend(index.parse::<usize>().ok());
                let record = record.split_once(' ');
                sent.records
                    .extend(record.map(|(kind, rest)| (kind.to_owned(), rest.to_owned())));
            }
            Some(("refused", version)) => {
                if Version::parse(version).has(FLOOR) {
                    sent.complaints.push(REPLACED.to_owned());
                } else {
                    sent.too_old = Some(version.to_owned());
                }
            }
            Some((kind, rest)) => sent.records.push((kind.to_owned(), rest.to_owned())),
            None => {
                sent.is_garbled |= !is_syntax_error(line);
                sent.complaints.push(line.to_owned());
            }
        }
    }
    sent.complaints
        .extend(output.stderr.lines().map(str::to_owned));
    sent.complaints.retain(|line| !line.trim().is_empty());
    sent
}

/// Whether tmux reports a syntax error in the script, of which it has done nothing then.
fn is_syntax_error(line: &str) -> bool {
    let is_ours = line.starts_with("-:") || line.starts_with(HANDED);
    let place = line.split_once(": ").filter(|_| is_ours);
    let number = place.and_then(|(place, _)| place.rsplit_once(':'));
    number.is_some_and(|(_, number)| number.parse::<u32>().is_ok())
}

impl Sent {
    pub fn is_done(&self, line: usize) -> bool {
        self.done.contains(&line)
    }

    pub fn has_done_something(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether a line was done, or tmux ended without a reason why none was, or with garbage.
    pub fn may_have_done_something(&self) -> bool {
        let is_silent = self.complaints.is_empty() && self.too_old.is_none();
        !self.done.is_empty() || (self.lines > 0 && (is_silent || self.is_garbled))
    }

    /// Returns why a line was not done, as far as it is known: tmux's complaints have no line
    /// numbers, but come in the order of the lines that failed.
    pub fn why(&self, line: usize) -> String {
        let failed: Vec<usize> = (0..self.lines)
            .filter(|line| !self.is_done(*line))
            .collect();
        let at = failed.iter().position(|&other| other == line);
        match at.and_then(|at| self.complaints.get(at)) {
            Some(complaint) if failed.len() == self.complaints.len() => complaint.clone(),
            _ if self.complaints.is_empty() => "tmux gave no reason".to_owned(),
            _ => self.complaints.join("; "),
        }
    }
}
