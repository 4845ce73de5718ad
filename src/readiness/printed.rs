//! Reads the output of a pane's program since its start, as whole lines. Lines are not read again
//! as long as tmux still has them in the same place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regex_lite::Regex;

use crate::layout::one_line;
use crate::readiness::panes::{Panes, Told};
use crate::readiness::scrollback::{self, Printed, Range};
use crate::readiness::search::{Searches, compiled};
use crate::tmux::server::Server;

/// The time after which an unterminated line counts as whole.
const STILL: Duration = Duration::from_millis(60);
/// The number of known rows that are read again, to check that they are in the same place.
const OVERLAP: usize = 100;

/// The progress of the probes of one pane; each look adds to it.
#[derive(Debug, Clone, Default)]
pub struct Bookmarks(Arc<Mutex<Looks>>);

#[derive(Debug, Default)]
struct Looks {
    /// The process of the output.
    pid: Option<i32>,
    of: BTreeMap<String, Look>,
    /// The report on the pane before a look without a match, and the answer of that look.
    in_vain: BTreeMap<String, (Told, String)>,
}

/// The progress of the search for one expression.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Look {
    /// It was found: it may scroll out of tmux's scrollback.
    Found(String),
    /// There were so many rows of scrollback, and this was the last whole line.
    UpTo { history: usize, last: String },
}

impl Bookmarks {
    fn get(&self, pid: Option<i32>, regex: &str) -> Option<Look> {
        self.of(pid).of.get(regex).cloned()
    }

    fn of(&self, pid: Option<i32>) -> MutexGuard<'_, Looks> {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.pid != pid {
            *looks = Looks {
                pid,
                ..Looks::default()
            };
        }
        looks
    }

    /// Returns the answer of an earlier look, if nothing has been printed since.
    fn still(&self, pid: Option<i32>, regex: &str, told: &Told) -> Option<String> {
        let looks = self.of(pid);
        let (earlier, answer) = looks.in_vain.get(regex)?;
        told.is_still(earlier).then(|| answer.clone())
    }

    fn in_vain(&self, pid: Option<i32>, regex: &str, told: Told, answer: String) {
        let mut looks = self.of(pid);
        looks.in_vain.insert(regex.to_owned(), (told, answer));
    }

    fn set(&self, pid: Option<i32>, regex: &str, look: Look) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.pid == pid {
            looks.of.insert(regex.to_owned(), look);
        }
    }
}

/// The output to search.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub server: &'a Server,
    pub pane: Option<&'a str>,
    pub pid: Option<i32>,
    pub seen: &'a Bookmarks,
    pub searches: &'a Searches,
    /// Asks tmux whether there is new output, for all panes together; `None`: always read it.
    pub panes: Option<&'a Panes>,
}

/// Succeeds if a line that the pane shows, or has shown, matches.
///
/// # Errors
/// Returns, for people, that no line matches, or why nothing can be read.
pub async fn probe(source: Source<'_>, regex: &str) -> Result<String, String> {
    let pane = source.pane.ok_or("its pane is unknown")?;
    let pattern = compiled(regex)?;
    let before = source.seen.get(source.pid, regex);
    if let Some(Look::Found(line)) = before {
        return Ok(shown(&line));
    }
    let told = match source.panes {
        Some(panes) => panes.pane(source.server, pane).await?,
        None => None,
    };
    let still = told
        .as_ref()
        .and_then(|told| source.seen.still(source.pid, regex, told));
    if let Some(answer) = still {
        return Err(answer);
    }
    let (mut printed, mut found) = look(source, pane, &pattern, before).await?;
    if found.is_none()
        && let Some(line) = printed.open.take().filter(|line| pattern.is_match(line))
    {
        // It may be the beginning of a longer line: only its end shows that a line is whole.
        tokio::time::sleep(STILL).await;
        let mark = printed.mark();
        let (again, ended) = look(source, pane, &pattern, mark).await?;
        found = ended.or_else(|| again.open.filter(|again| *again == line));
    }
    if let Some(line) = found {
        let look = Look::Found(line.clone());
        source.seen.set(source.pid, regex, look);
        return Ok(shown(&line));
    }
    if let Some(mark) = printed.mark() {
        source.seen.set(source.pid, regex, mark);
    }
    let kept = printed.dropped.map(|kept| {
        format!(
            " among the {kept} that tmux still has; set a larger `history` if it was \
             printed earlier"
        )
    });
    let kept = kept.unwrap_or_default();
    let answer = format!("no line matches `{regex}`{kept}");
    if let Some(told) = told {
        source.seen.in_vain(source.pid, regex, told, answer.clone());
    }
    Err(answer)
}

fn shown(line: &str) -> String {
    format!("it printed `{}`", one_line(line))
}

impl Printed {
    fn mark(&self) -> Option<Look> {
        let last = self.whole.iter().rfind(|line| !line.is_empty())?;
        Some(Look::UpTo {
            history: self.history,
            last: last.clone(),
        })
    }
}

/// Reads the output since `before`, or all of it if that place cannot be found again, and finds the
/// first whole line that matches.
async fn look(
    source: Source<'_>,
    pane: &str,
    pattern: &Regex,
    before: Option<Look>,
) -> Result<(Printed, Option<String>), String> {
    if let Some(Look::UpTo { history, last }) = before {
        let from = history.saturating_sub(OVERLAP);
        let part = scrollback::read(source.server, pane, Range::From(from)).await?;
        if part.is_unmoved(history) && part.whole.contains(&last) {
            return matched(part, pattern, source.searches).await;
        }
    }
    let all = scrollback::read(source.server, pane, Range::All).await?;
    matched(all, pattern, source.searches).await
}

/// Searches in the background: there may be megabytes, and other probes must not wait.
async fn matched(
    printed: Printed,
    pattern: &Regex,
    searches: &Searches,
) -> Result<(Printed, Option<String>), String> {
    let pattern = pattern.clone();
    let search = searches.search(move || {
        let line = printed.whole.iter().find(|line| pattern.is_match(line));
        let line = line.cloned();
        (printed, line)
    });
    search.await
}
