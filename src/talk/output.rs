//! Waits for a line that a program prints after something was sent to it.

use std::collections::BTreeSet;
use std::time::Duration;

use regex_lite::Regex;
use tokio::time::{Instant, sleep};

use crate::link::{Link, Since};
use crate::talk::request::{Awaited, Outcome, Sent};
use crate::tmux::delivery::Recipient;
use crate::tmux::question::Terminal;
use crate::tmux::styled::Row;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Waits for the line. `echo` is the text that was sent, which the screen may show once more.
pub(super) async fn wait(
    link: &Link,
    to: Recipient,
    sent: &Sent,
    awaited: &Awaited,
    echo: &str,
) -> Outcome {
    let begun = Instant::now();
    let shown = sent.rows.iter().flatten().map(Row::text).collect();
    let echo = echo.lines().map(str::trim).filter(|line| !line.is_empty());
    let search = Search {
        sent,
        shown,
        echo: echo.map(str::to_owned).collect(),
        regex: awaited.regex.clone(),
    };
    loop {
        let (lines, is_over) = match search.look(link, to).await {
            Some(seen) => seen,
            None => (Vec::new(), true),
        };
        match search.matched(lines).await {
            Some(line) => return Outcome::Confirmed { line: Some(line) },
            None if is_over => return Outcome::Ended,
            None => {}
        }
        if link.interrupt().received().is_some() {
            let why = "interrupted".to_owned();
            return Outcome::Delivered { why };
        }
        if begun.elapsed() >= awaited.limit {
            let after = awaited.limit;
            return Outcome::TimedOut { after };
        }
        // There is no event for output.
        sleep(PAUSE.min(awaited.limit)).await;
    }
}

/// What is searched for, and what is not new.
struct Search<'a> {
    sent: &'a Sent,
    /// The screen before: a program that has it for itself draws all of it again.
    shown: BTreeSet<String>,
    echo: Vec<String>,
    regex: Regex,
}

impl Search<'_> {
    /// Returns the new lines, and whether the program has ended; `None` if the pane is gone.
    async fn look(&self, link: &Link, to: Recipient) -> Option<(Vec<String>, bool)> {
        let terminals = match link.terminals().await {
            Ok(terminals) => terminals,
            // A server that does not answer now may do so in a moment.
            Err(_) if link.interrupt().received().is_some() => return Some((Vec::new(), false)),
            Err(_) => return None,
        };
        let terminal = terminals.iter().find(|terminal| terminal.pane == to.pane)?;
        let since = Since::after(self.sent.place, terminal);
        let mut printed = link.printed(&[(to.pane, since.start)]).await.ok()?;
        let printed = printed.remove(&to.pane)?;
        let lines = since.lines(&printed, None);
        let is_over = terminal.is_dead || terminal.pid != to.pid;
        Some((self.unseen(lines, terminal), is_over))
    }

    /// Returns the lines that were not on the screen before, and do not only show the text again.
    fn unseen(&self, lines: Vec<String>, terminal: &Terminal) -> Vec<String> {
        let redraws = terminal.place.is_alternate || self.sent.place.is_alternate;
        let is_new = |line: &String| {
            let line = line.trim_end();
            let is_old = redraws && self.shown.contains(line);
            let is_echo = |text: &String| line.len() > text.len() && line.ends_with(text.as_str());
            !is_old && !self.echo.iter().any(is_echo)
        };
        lines.into_iter().filter(is_new).collect()
    }

    /// Returns the first line that matches. The search is done on a thread of its own, because the
    /// lines may be long.
    async fn matched(&self, lines: Vec<String>) -> Option<String> {
        let regex = self.regex.clone();
        let search = move || {
            let mut lines = lines.into_iter().map(|line| line.trim_end().to_owned());
            lines.find(|line| regex.is_match(line))
        };
        tokio::task::spawn_blocking(search).await.ok().flatten()
    }
}
