//! A look at what runs: says what has died or is gone, and mends it where that is asked for.

use std::rc::Rc;
use std::time::Instant;

use crate::cli::context::nonce;
use crate::cli::failure::Failure;
use crate::cli::pipeline::planning::{planned_on, question};
use crate::cli::reporter::Reporter;
use crate::cli::run::watch::round::{Why, subjects, unless_told};
use crate::cli::run::watch::seen::News;
use crate::cli::run::watch::{Current, Watch};
use crate::event::Event;
use crate::execute::last_lines;
use crate::layout::{Address, Veil};
use crate::live::{self, Snapshot};
use crate::plan::Plan;
use crate::view::run::events;

impl Watch<'_> {
    pub(super) async fn look(&mut self) -> Result<(), Failure> {
        let Some(current) = self.current.clone() else {
            return Ok(());
        };
        let (snapshot, plan) = self.seen(&current).await?;
        self.tell(&current, &snapshot).await;
        let Some(plan) = plan.filter(|plan| !plan.is_empty()) else {
            return Ok(());
        };
        if self.pauses.hold(subjects(&plan), Instant::now()) || self.is_refused(&plan) {
            return Ok(());
        }
        let (layout, server) = (current.layout.clone(), current.server.clone());
        self.bring_about(layout, server, Why::Drift).await
    }

    /// What runs, and where it is to be mended, how.
    async fn seen(&mut self, current: &Current) -> Result<(Snapshot, Option<Plan>), Failure> {
        let (nonce, wishes) = (nonce(), self.wishes());
        let (layout, server) = (&current.layout, &current.server);
        if self.own.heal {
            let planned = planned_on(layout, &self.world, server, &nonce, &wishes);
            let (plan, grounds) = unless_told(&mut self.interrupt, planned).await??;
            return Ok((grounds.snapshot, Some(plan)));
        }
        let asked = question(layout, &wishes);
        let observed = live::observe(server, &nonce, &asked);
        let snapshot = unless_told(&mut self.interrupt, observed).await??;
        Ok((snapshot, None))
    }

    /// Says what has happened since the last look.
    async fn tell(&mut self, current: &Rc<Current>, snapshot: &Snapshot) {
        let (layout, wanted) = (&current.layout, &current.plan.wanted);
        let news = self.seen.look(layout, wanted, snapshot);
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
                    let lines = last_lines(&current.server, &pane.to_string()).await;
                    let own = layout.panes().filter(|pane| pane.address == address);
                    let veil = Veil::over(own.flat_map(|pane| &pane.env));
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
                    let text = format!("the tmux server has ended, and all that ran on it{rest}");
                    self.output.warning(&text);
                }
            }
        }
    }
}
