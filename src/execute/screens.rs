//! The last lines that panes show, for who watches: asked of tmux now and then, in one process and
//! beside everything else, so that nothing ever waits for the answer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::event::{Waiting, Waits};
use crate::execute::last_words::is_tmuxs;
use crate::execute::run::Execution;
use crate::tmux::script::Ref;
use crate::tmux::server::Server;

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(500);
/// How many panes are looked at: more lines fit no terminal that people have.
const PANES_MAX: usize = 60;

/// What the panes that are waited for showed last.
#[derive(Debug, Default)]
pub(super) struct Screens {
    /// The look that is under way; its deadline is that of every tmux process.
    look: JoinSet<BTreeMap<String, String>>,
    looked: Option<Instant>,
    /// By the panes' ids.
    lines: BTreeMap<String, String>,
}

impl Screens {
    /// Adds the last lines as far as they are known, and looks again where that is due.
    pub fn fill(&mut self, execution: &Execution, waiting: &mut [Waiting]) {
        if !execution.conditions.is_watched {
            return;
        }
        while let Some(looked) = self.look.try_join_next() {
            self.lines = looked.unwrap_or_default();
        }
        let mut panes = Vec::new();
        // A pane whose turn has not come shows what triad itself has written there.
        for on in waiting.iter_mut().filter(|on| on.state != Waits::Needs) {
            if let Some(id) = execution.bindings.get(&Ref::Pane(on.address.clone())) {
                on.line = self.lines.get(id).cloned();
                panes.push(id.clone());
            }
        }
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK);
        if is_due && self.look.is_empty() && !panes.is_empty() {
            self.looked = Some(Instant::now());
            panes.truncate(PANES_MAX);
            let server = execution.server.clone();
            let nonce = execution.conditions.nonce.clone();
            self.look
                .spawn(async move { last_lines(&server, &panes, &nonce).await });
        }
    }
}

/// The last line of each pane; of none behind one that has closed meanwhile.
async fn last_lines(server: &Server, panes: &[String], nonce: &str) -> BTreeMap<String, String> {
    let mut query = Vec::new();
    for pane in panes {
        query.extend(["display-message", "-p", nonce, ";"]);
        query.extend(["capture-pane", "-p", "-J", "-t", pane, ";"]);
    }
    let Ok(output) = server.query(&query).await else {
        return BTreeMap::new();
    };
    let frame = format!("{nonce}\n");
    let screens = output.stdout.split(&frame).skip(1);
    let lines = std::iter::zip(panes, screens).filter_map(|(pane, screen)| {
        let lines = screen.lines().map(str::trim_end);
        let line = lines
            .rev()
            .find(|line| !line.is_empty() && !is_tmuxs(line))?;
        Some((pane.clone(), line.to_owned()))
    });
    lines.collect()
}
