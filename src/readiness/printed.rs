//! What a pane's program has printed since it was started, as whole lines. What was looked at once
//! is not read again, as far as tmux still has it where it was.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regex_lite::Regex;

use crate::layout::one_line;
use crate::readiness::panes::{Panes, Told};
use crate::readiness::scrollback::{self, Printed, Range};
use crate::readiness::search::{Searches, compiled};
use crate::tmux::server::Server;

/// How long a line that nothing ends must stand to count as whole.
const STILL: Duration = Duration::from_millis(60);
/// How many rows are read again that were looked at, to see that they are where they were.
const OVERLAP: usize = 100;

/// What the probes of one pane have seen so far; each look at it adds to that.
#[derive(Debug, Clone, Default)]
pub struct Bookmarks(Arc<Mutex<Looks>>);

#[derive(Debug, Default)]
struct Looks {
    /// The process that it is about.
    pid: Option<i32>,
    of: BTreeMap<String, Look>,
    /// What tmux told of the pane before it was read for an expression in vain, and that answer.
    in_vain: BTreeMap<String, (Told, String)>,
}

/// How far one expression has been looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Look {
    /// It was there: it may scroll out of what tmux keeps.
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

    /// The answer of an earlier look, if nothing has been printed since.
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

/// Whose output is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub server: &'a Server,
    pub pane: Option<&'a str>,
    pub pid: Option<i32>,
    pub seen: &'a Bookmarks,
    pub searches: &'a Searches,
    /// Where tmux is asked of all panes whether there is something new; `None`: each is read.
    pub panes: Option<&'a Panes>,
}

/// Holds when a line matches that the pane shows, or has shown.
///
/// # Errors
/// A text for people: that none does, or why nothing can be read.
pub async fn probe(source: Source<'_>, regex: &str) -> Result<String, String> {
    let pane = source.pane.ok_or("its pane is not known")?;
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
        // It may be the beginning of a longer one: nobody tells when a line is whole but its end.
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
            " among the {kept} that tmux still has: where more are printed before it, `history` \
             keeps more"
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

/// Reads what is new since `before`, or everything where that is not to be found again; and the
/// first whole line of it that matches.
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

/// There may be megabytes of it, and others wait for their turn meanwhile.
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
