//! Sends one script and reads what became of each of its lines.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::tmux::script::{Bindings, Script, Unbound};
use crate::tmux::server::{Output, Server, ServerError};

/// How often a batch is tried that found a server on its way out.
const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(20);

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

/// Sends `script`.
///
/// A server that ends while the batch arrives (the last session was just closed) has done nothing
/// of it and leaves the socket a moment later: that is tried again, a bounded number of times.
///
/// # Errors
/// When tmux could not be run or did not answer: some of the script may have been done.
pub async fn send(
    server: &Server,
    script: &Script,
    nonce: &str,
    bindings: &Bindings,
) -> Result<Sent, BatchError> {
    let text = script.text(nonce, bindings)?;
    let mut pause = PAUSE;
    for _ in 1..ATTEMPTS {
        let output = server.source(&text).await?;
        let sent = read(&output, nonce, script.lines.len());
        if !is_server_on_its_way_out(&output) || !sent.done.is_empty() {
            return Ok(sent);
        }
        // There is no event for a socket that goes away.
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    let output = server.source(&text).await?;
    Ok(read(&output, nonce, script.lines.len()))
}

fn is_server_on_its_way_out(output: &Output) -> bool {
    let said = [
        "server exited unexpectedly",
        "lost server",
        "no server running",
        "error connecting to",
    ];
    said.iter().any(|text| output.stderr.contains(text))
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
            Some(("old", version)) => sent.too_old = Some(version.to_owned()),
            Some((kind, rest)) => sent.records.push((kind.to_owned(), rest.to_owned())),
            None => sent.complaints.push(line.to_owned()),
        }
    }
    sent.complaints
        .extend(output.stderr.lines().map(str::to_owned));
    sent.complaints.retain(|line| !line.trim().is_empty());
    sent
}

impl Sent {
    pub fn is_done(&self, line: usize) -> bool {
        self.done.contains(&line)
    }

    pub fn has_done_something(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether a line was done, or tmux ended without a word on why none was.
    pub fn may_have_done_something(&self) -> bool {
        let is_silent = self.complaints.is_empty() && self.too_old.is_none();
        !self.done.is_empty() || (self.lines > 0 && is_silent)
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
