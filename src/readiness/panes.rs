//! What the probes of many panes look at together: tmux is asked once for all of them, and so is
//! the machine who listens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Mutex;

use crate::machine::port_owner::Owners;
use crate::tmux::server::Server;
use crate::tmux::tag;

/// For each pane that is asked for, an answer is used for so long: a call of tmux takes some
/// milliseconds of a core, and with hundreds of panes one may be late by a fraction of the pause
/// between two attempts.
const EACH: Duration = Duration::from_millis(5);
/// But no longer than this.
const LASTS_MAX: Duration = Duration::from_secs(1);

/// The looks at all panes of a server. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Panes {
    last: Arc<Mutex<Last>>,
    owners: Owners,
}

#[derive(Debug, Default)]
struct Last {
    at: Option<Instant>,
    /// Those that were asked for.
    asked: BTreeSet<String>,
    panes: BTreeMap<String, Told>,
}

/// What tmux tells of a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// When it was asked, in seconds since the epoch.
    pub asked: u64,
    /// When something was printed last in the pane's window, in the same.
    pub activity: u64,
    /// What the pane's program has told `triad report`.
    pub ready: String,
}

impl Told {
    /// Whether nothing has been printed since `earlier`. A second is as exact as tmux tells it.
    pub(super) fn is_still(&self, earlier: &Told) -> bool {
        self.activity == earlier.activity && self.activity < earlier.asked
    }
}

impl Panes {
    /// Who listens on the machine.
    pub(super) fn owners(&self) -> &Owners {
        &self.owners
    }

    /// What tmux tells of this pane, now or a moment ago; `None`: it is not there.
    ///
    /// # Errors
    /// A text for people: why tmux does not tell.
    pub(super) async fn pane(&self, server: &Server, pane: &str) -> Result<Option<Told>, String> {
        // Who comes while tmux is asked waits for that answer.
        let mut last = self.last.lock().await;
        if !last.asked.contains(pane) {
            last.asked.insert(pane.to_owned());
        }
        let count = u32::try_from(last.asked.len()).unwrap_or(u32::MAX);
        let lasts = EACH.saturating_mul(count).min(LASTS_MAX);
        if last.at.is_none_or(|at| at.elapsed() >= lasts) {
            last.panes = look(server).await?;
            last.at = Some(Instant::now());
        }
        Ok(last.panes.get(pane).cloned())
    }
}

async fn look(server: &Server) -> Result<BTreeMap<String, Told>, String> {
    let format = format!("#{{pane_id}} #{{window_activity}} #{{{}}}", tag::READY);
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let asked = since_epoch.unwrap_or_default().as_secs();
    let list = ["list-panes", "-a", "-F", &format];
    let told = server
        .query(&list)
        .await
        .map_err(|error| error.to_string())?;
    Ok(told
        .stdout
        .lines()
        .filter_map(|line| parse(line, asked))
        .collect())
}

fn parse(line: &str, asked: u64) -> Option<(String, Told)> {
    let mut fields = line.splitn(3, ' ');
    let pane = fields.next()?.to_owned();
    let activity = fields.next()?.parse().ok()?;
    let ready = fields.next()?.to_owned();
    Some((
        pane,
        Told {
            asked,
            activity,
            ready,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_is_still_when_its_window_was_before_the_last_look() {
        let look = |asked, activity| {
            let line = format!("%7 {activity} v1 words");
            let (pane, look) = parse(&line, asked).unwrap();
            assert_eq!((&pane[..], &look.ready[..]), ("%7", "v1 words"));
            look
        };
        assert!(look(120, 99).is_still(&look(100, 99)));
        assert!(!look(120, 100).is_still(&look(100, 100)), "in that second");
        assert!(!look(120, 110).is_still(&look(100, 99)), "since then");
        assert!(
            !look(120, 90).is_still(&look(100, 99)),
            "the clock was put back"
        );
        assert_eq!(parse("%7 100 ", 1).unwrap().1.ready, "");
        assert_eq!(parse("%7", 1), None);
    }
}
