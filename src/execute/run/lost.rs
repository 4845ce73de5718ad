//! Gives up starts that have become impossible, and says why: a dependency is lost, the wait is
//! over, or the server has ended.

use std::time::Instant;

use super::state::{Phase, Run};
use crate::layout::{Address, Need, StepId};
use crate::live::Exit;
use crate::plan::change::{Action, Start, TargetState};
use crate::readiness::engine::{self, Extent, Verdict};
use crate::render::{PaneOwner, StepLines, placeholder};

impl Run<'_> {
    /// Skips every start whose dependency is lost.
    pub(super) fn give_up_lost(&mut self, now: Instant) {
        self.ledger.skip_blocked();
        let plan = self.ledger.plan;
        for (step, planned) in plan.numbered() {
            let Action::Start(start) = &planned.action else {
                continue;
            };
            let address = &start.pane.address;
            if !self.ledger.is_pending(step) {
                if self.ledger.is_lost(step) {
                    self.panes.take(address, engine::Input::NeverStarted, now);
                }
                continue;
            }
            let mut needs = start.pane.needs.iter().filter(|need| !need.optional);
            let lost = needs.find(|need| self.is_lost(need));
            if let Some(why) = lost.map(|need| self.why_lost(need)) {
                self.give_up(step, start, why);
                self.panes.take(address, engine::Input::NeverStarted, now);
            }
        }
    }

    /// Skips a start, and shows the reason in its pane.
    fn give_up(&mut self, step: StepId, start: &Start, why: String) {
        let plan = self.ledger.plan;
        let whose = PaneOwner {
            layout: &plan.layout,
            owner: &plan.owner_key(),
        };
        let mut line = placeholder::given_up(step, start, whose, &why);
        // The step is reported as skipped already; the pane's text changes nothing.
        line.step = None;
        if !line.commands.is_empty() {
            self.starting.given_up.push(line);
        }
        self.ledger.skip(step, why);
    }

    pub(super) fn is_lost(&self, need: &Need) -> bool {
        self.panes.verdict(&need.target, need.until) == Verdict::Lost
    }

    pub(super) fn why_lost(&self, need: &Need) -> String {
        let target = &need.target;
        match self.panes.exit(target) {
            Some(Exit::Unknown) => format!("`{target}` ended"),
            Some(exit) => format!("`{target}` {}", crate::event::ended(exit)),
            None if self.was(target, TargetState::Stopped) => {
                format!("`{target}` is stopped; start it with `triad start`")
            }
            None if self.was(target, TargetState::Absent) => {
                format!("`{target}` is not running, and this run does not start it")
            }
            None if self.was_not_started(target) => format!("`{target}` was not started"),
            None => format!("`{target}` is not {}", need.until.as_str()),
        }
    }

    /// Whether a target had this state before the first step.
    fn was(&self, address: &Address, state: TargetState) -> bool {
        let mut targets = self.ledger.plan.targets.iter();
        targets.any(|target| target.pane.address == *address && target.state == state)
    }

    /// Whether its start failed, or was given up.
    fn was_not_started(&self, address: &Address) -> bool {
        let mut starts = self.starts();
        starts.any(|(step, start)| self.ledger.is_lost(step) && start.pane.address == *address)
    }

    /// Skips all starts that are still pending, because nothing is waited for any more.
    pub(super) fn give_up_rest(&mut self) {
        let plan = self.ledger.plan;
        for (step, planned) in plan.numbered() {
            let Action::Start(start) = &planned.action else {
                continue;
            };
            if self.ledger.is_pending(step) && !start.is_own {
                let why = match self.needs_own(step) {
                    true => "it needs triad's own pane, which comes last; apply again",
                    false => "a dependency never became ready",
                };
                self.give_up(step, start, why.to_owned());
            }
        }
    }

    /// Whether a pane is waiting for the one that triad itself is running in.
    fn needs_own(&self, step: StepId) -> bool {
        let plan = self.ledger.plan;
        let mut before = plan[step].after.iter().map(|step| &plan[*step].action);
        before.any(|action| matches!(action, Action::Start(start) if start.is_own))
    }

    /// Ends the starts after the server has ended. Pending answers come first: a batch may show
    /// that another server has taken its place.
    pub(super) fn end_with_server(&mut self, now: Instant) {
        if self.under_way > 0 {
            return;
        }
        let is_waiting = self.waiting(now).next().is_some();
        let is_open = |(step, start): (StepId, &Start)| !start.is_own && self.ledger.is_open(step);
        let is_tag = |(step, lines): (StepId, &StepLines)| {
            matches!(lines, StepLines::Tag(_)) && self.ledger.is_open(step)
        };
        let are_tags_left = !self.starting.are_tags_sent && self.lines().any(is_tag);
        let is_left = are_tags_left || self.starts().any(is_open);
        if !is_waiting && !is_left {
            self.phase = Phase::Stopping;
            return;
        }
        self.is_server_gone = true;
        self.lose_all(now);
        self.phase = Phase::Over;
    }

    /// Marks every awaited pane as unready, because the server is gone.
    pub(super) fn lose_all(&mut self, now: Instant) {
        let lost = self.panes.awaited(Extent::Everything, now);
        self.ledger.unready.extend(lost.map(|lost| lost.address));
    }
}
