//! Sends one script and reads what became of each of its lines.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::tmux::complaint::{About, Complaint};
use crate::tmux::id::ServerId;
use crate::tmux::script::{Bindings, Script, Unbound};
use crate::tmux::server::{Output, Server, ServerError};
use crate::tmux::version::{FLOOR, Version};

/// How often a batch is tried that found a server on its way out.
const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(20);

/// What is said of a server that is new enough and did nothing: it is another one.
const REPLACED: &str = "the tmux server was replaced by another since triad looked at it";

/// What a batch did.
#[derive(Debug, Default)]
pub struct Sent {
    /// The lines that were done, by their index.
    done: BTreeSet<usize>,
    /// Records that the script printed: kind, and what follows it.
    pub records: Vec<(String, String)>,
    /// What tmux complained about, line by line.
    complaints: Vec<String>,
    /// The server is older than triad's floor; nothing was done.
    pub too_old: Option<String>,
    /// There was an answer that tmux does not give.
    is_garbled: bool,
    lines: usize,
}

/// Why nothing is known of a batch.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Unbound(#[from] Unbound),
}

/// Where a batch goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The server that the plan was made for. If it is gone, so is what the batch is about, and
    /// nobody wants another one.
    Running(ServerId),
    /// A server that the batch starts.
    New,
}

/// Sends `script`.
///
/// A server that ends while the batch arrives (the last session was just closed) has done nothing
/// of it and leaves the socket a moment later: that is tried again, a bounded number of times.
///
/// # Errors
/// When tmux could not be run or did not answer: some of the script may have been done.
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
    let text = script.text(nonce, id, bindings)?;
    let mut pause = PAUSE;
    let mut attempt = 1;
    loop {
        let output = match destination {
            Destination::Running(_) => server.source(&text).await?,
            Destination::New => server.start_and_source(&text).await?,
        };
        let sent = read(&output, nonce, script.lines.len());
        let is_passing = is_passing(&output, destination) && sent.done.is_empty();
        if !is_passing || attempt == ATTEMPTS {
            return Ok(sent);
        }
        // There is no event for a socket that goes away.
        tokio::time::sleep(pause).await;
        pause *= 2;
        attempt += 1;
    }
}

/// Whether tmux complains of a server on its way out.
fn is_passing(output: &Output, destination: Destination) -> bool {
    let mut complaints = output.stderr.lines().map(Complaint::from);
    complaints.any(|complaint| match complaint.about() {
        About::ServerEnding => true,
        // Where one is to be started, its absence is only the end of the one before.
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
            Some(("ok", index)) => sent.done.extend(index.parse::<usize>().ok()),
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

/// Whether tmux says where it could not read the script, of which it has done nothing then.
fn is_syntax_error(line: &str) -> bool {
    let number = line
        .strip_prefix("-:")
        .and_then(|rest| rest.split_once(": "));
    number.is_some_and(|(number, _)| number.parse::<u32>().is_ok())
}

impl Sent {
    pub fn is_done(&self, line: usize) -> bool {
        self.done.contains(&line)
    }

    pub fn has_done_something(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether a line was done, or tmux ended without a word on why none was, or with rubbish.
    pub fn may_have_done_something(&self) -> bool {
        let is_silent = self.complaints.is_empty() && self.too_old.is_none();
        !self.done.is_empty() || (self.lines > 0 && (is_silent || self.is_garbled))
    }

    /// Why a line was not done, as far as tmux tells: its complaints carry no line numbers, but
    /// come in the order of the lines that failed.
    pub fn why(&self, line: usize) -> String {
        let failed: Vec<usize> = (0..self.lines)
            .filter(|line| !self.is_done(*line))
            .collect();
        let at = failed.iter().position(|&other| other == line);
        match at.and_then(|at| self.complaints.get(at)) {
            Some(complaint) if failed.len() == self.complaints.len() => complaint.clone(),
            _ if self.complaints.is_empty() => "tmux did not say why".to_owned(),
            _ => self.complaints.join("; "),
        }
    }
}
