//! A look at the running panes: reports which have died or are gone, and brings them back with
//! `--heal`.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::cli::context::nonce;
use crate::cli::failure::Failure;
use crate::cli::pipeline::planning::planned_on;
use crate::cli::reporter::Reporter;
use crate::cli::run::watch::round::{Why, subjects, unless_told};
use crate::cli::run::watch::seen::{self, News};
use crate::cli::run::watch::{Current, Watch};
use crate::event::Event;
use crate::layout::{Address, Veil};
use crate::live::{self, Snapshot};
use crate::plan::Plan;
use crate::tmux::id::PaneId;
use crate::view::run::events;
use crate::watcher::{Change, last_lines};

/// The time limit for reading the last lines of dead panes; after it they are reported without.
const LINES_DEADLINE: Duration = Duration::from_secs(5);

impl Watch<'_> {
    pub(super) async fn look(&mut self) -> Result<(), Failure> {
        self.seen.watcher.put_off();
        let Some(current) = self.current.clone() else {
            return Ok(());
        };
        let (changes, plan) = self.seen(&current).await?;
        self.tell(&current, changes).await?;
        let Some(plan) = plan.filter(|plan| !plan.is_empty()) else {
            return Ok(());
        };
        if self.pauses.hold(subjects(&plan), Instant::now()) || self.is_refused(&plan) {
            return Ok(());
        }
        let (layout, server) = (current.layout.clone(), current.server.clone());
        self.bring_about(layout, server, Why::Drift).await
    }

    /// Returns the changes and, with `--heal`, the plan that undoes them.
    async fn seen(&mut self, current: &Current) -> Result<(Vec<Change>, Option<Plan>), Failure> {
        let nonce = nonce();
        let (layout, server, of) = (&current.layout, &current.server, seen::of(&current.layout));
        if self.own.heal {
            let wishes = self.wishes();
            let planned = planned_on(layout, &self.world, server, &nonce, &wishes);
            let (plan, grounds) = unless_told(&mut self.interrupt, planned).await??;
            let look = self.seen.watcher.take(grounds.snapshot, of);
            return Ok((look.changes, Some(plan)));
        }
        let watcher = &mut self.seen.watcher;
        let look = watcher
            .look(server, of, &nonce, &mut self.interrupt)
            .await?;
        let changes = look.map(|look| look.changes);
        Ok((changes.unwrap_or_default(), None))
    }

    /// Reports the changes since the last look.
    async fn tell(&mut self, current: &Rc<Current>, changes: Vec<Change>) -> Result<(), Failure> {
        let (layout, wanted) = (&current.layout, &current.plan.wanted);
        let news = self.seen.news(layout, wanted, changes);
        let died = news.iter().filter_map(|news| match news {
            News::Died { pane, .. } => Some(*pane),
            News::Gone { .. } | News::NoServer => None,
        });
        let died: Vec<PaneId> = died.collect();
        let asker = self.interrupt.clone();
        let lines = last_lines(&current.server, &died, nonce(), asker);
        let lines = timeout(LINES_DEADLINE, lines);
        let lines = unless_told(&mut self.interrupt, lines).await?;
        let mut lines = lines.unwrap_or_default();
        let snapshot = self.of_secrets(current, &died).await?;
        let rest = if self.own.heal {
            ""
        } else {
            "; the next edit, or `triad apply`, brings it back"
        };
        for news in news {
            match news {
                News::Died {
                    address,
                    pane,
                    exit,
                } => {
                    let own = layout.panes().filter(|pane| pane.address == address);
                    let veil = Veil::over(own.flat_map(|pane| &pane.env));
                    let lines = lines.remove(&pane).unwrap_or_default();
                    let unhidden = snapshot.as_ref().and_then(|snapshot| {
                        let applied = snapshot.pane(pane)?.applied.as_ref()?;
                        veil.gap(&applied.secrets, &snapshot.salts())
                    });
                    let lines = match unhidden {
                        Some(why) => vec![format!("({why})")],
                        None => lines,
                    };
                    let died = Event::Died {
                        address,
                        exit: Some(exit),
                        lines,
                    }
                    .veiled(&veil);
                    let lines = events::Lines::new(&current.plan, self.output.look());
                    Reporter::new(lines, self.output).tell(&died);
                }
                News::Gone { panes } => {
                    let names: Vec<&str> = panes.iter().map(Address::name).collect();
                    let are = if names.len() == 1 { "is" } else { "are" };
                    let text = format!("{} {are} gone{rest}", names.join(", "));
                    self.output.warning(&text);
                }
                News::NoServer => {
                    let text =
                        format!("the tmux server has exited, and all of its panes are gone{rest}");
                    self.output.warning(&text);
                }
            }
        }
        Ok(())
    }

    /// Returns a snapshot with what was applied to the dead panes, if secrets may be among it.
    async fn of_secrets(
        &mut self,
        current: &Current,
        died: &[PaneId],
    ) -> Result<Option<Snapshot>, Failure> {
        if died.is_empty() || current.layout.secret_names.is_empty() {
            return Ok(None);
        }
        let (nonce, query) = (nonce(), live::Query::default());
        let asked = live::observe(&current.server, &nonce, &query);
        Ok(Some(unless_told(&mut self.interrupt, asked).await??))
    }
}
