//! Shares looks of probes: tmux is asked once about all panes, and so is the machine about
//! listening ports.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Mutex;

use crate::machine::port_owner::Owners;
use crate::tmux::server::Server;
use crate::tmux::tag;

/// The time that an answer stays valid, for each pane: a call of tmux takes some milliseconds of a
/// core, and with hundreds of panes one may be late by a fraction of the pause between two
/// attempts.
const EACH: Duration = Duration::from_millis(5);
/// The maximum of that time.
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
    /// The requested panes.
    asked: BTreeSet<String>,
    panes: BTreeMap<String, Told>,
}

/// The report of tmux on a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The time of the request, in seconds since the epoch.
    pub asked: u64,
    /// The time of the last output in the pane's window, in seconds since the epoch.
    pub activity: u64,
    /// The tag that the pane's program has set by `triad report`.
    pub ready: String,
}

impl Told {
    /// Whether nothing has been printed since `earlier`. tmux's times are in seconds.
    pub(super) fn is_still(&self, earlier: &Told) -> bool {
        self.activity == earlier.activity && self.activity < earlier.asked
    }
}

impl Panes {
    /// Returns the owners of listening ports.
    pub(super) fn owners(&self) -> &Owners {
        &self.owners
    }

    /// Returns tmux's report on this pane, from now or a moment ago; `None`: the pane is gone.
    ///
    /// # Errors
    /// Returns, for people, why tmux did not report.
    pub(super) async fn pane(&self, server: &Server, pane: &str) -> Result<Option<Told>, String> {
        // Callers that come while tmux is asked wait for that answer.
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
    fn a_pane_is_still_if_its_window_was_inactive_since_before_the_last_look() {
        let look = |asked, activity| {
            let line = format!("%7 {activity} v1 words");
            let (pane, look) = parse(&line, asked).unwrap();
            assert_eq!((&pane[..], &look.ready[..]), ("%7", "v1 words"));
            look
        };
        assert!(look(120, 99).is_still(&look(100, 99)));
        assert!(
            !look(120, 100).is_still(&look(100, 100)),
            "tagged in the same second"
        );
        assert!(
            !look(120, 110).is_still(&look(100, 99)),
            "tagged since then"
        );
        assert!(
            !look(120, 90).is_still(&look(100, 99)),
            "the clock was set back"
        );
        assert_eq!(parse("%7 100 ", 1).unwrap().1.ready, "");
        assert_eq!(parse("%7", 1), None);
    }
}
