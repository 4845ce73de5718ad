//! What is made of what was seen: who is where it is to be, who will not be, who had its time.

use std::time::Duration;
use std::time::Instant;

use super::follow::Followed;
use super::goal::Reach;
use super::waiter::Waiter;
use super::{Event, Limit, Outcome};
use crate::event::Waiting;
use crate::execute::last_lines;
use crate::readiness::engine::END_DEADLINE;

impl Waiter<'_> {
    /// Judges every pane, and tells what is new.
    pub async fn judge(&mut self) {
        for index in 0..self.panes.len() {
            let before = self.panes[index].reach.clone();
            let mut after = self.panes[index].judged(&self.wish.goal);
            let late = self.late(index).filter(|_| after == Reach::NotYet);
            if let Some((answer, _)) = &late {
                after = Reach::Lost(answer.clone());
            }
            if std::mem::discriminant(&before) == std::mem::discriminant(&after) {
                continue;
            }
            let pane = &mut self.panes[index];
            pane.reach = after.clone();
            pane.is_late = late.is_some();
            let address = pane.address.clone();
            let event = match (after, late) {
                (Reach::NotYet, _) => continue,
                (Reach::Reached(why), _) => Event::Reached {
                    address,
                    why: self.wish.veil.hide(&why),
                    took: self.took(index),
                },
                (Reach::Lost(_), Some((answer, after))) => Event::Late {
                    address,
                    answer,
                    after,
                    lines: self.lines(index).await,
                },
                (Reach::Lost(why), None) => Event::Lost {
                    address,
                    why,
                    lines: self.lines(index).await,
                },
            };
            (self.events)(event);
        }
    }

    fn took(&self, index: usize) -> Duration {
        let found = self.panes[index].found.as_ref();
        found.map_or_else(|| self.begun.elapsed(), |(_, _, took)| *took)
    }

    async fn lines(&self, index: usize) -> Vec<String> {
        let Some(id) = self.panes[index].id else {
            return Vec::new();
        };
        let veil = self.wish.veil;
        let mut secrets = self.panes[index].secrets.iter();
        if let Some(name) = secrets.find(|name| !veil.is_over(name)) {
            // What is not known cannot be hidden either.
            return vec![format!(
                "(not shown: `{name}` is secret, and is not set here)"
            )];
        }
        let lines = last_lines(self.server, &id.to_string()).await;
        lines.iter().map(|line| veil.hide(line)).collect()
    }

    /// The last answer and how long was waited, where a pane has had its time.
    fn late(&self, index: usize) -> Option<(String, Duration)> {
        let pane = &self.panes[index];
        if let Some(given_up) = &pane.given_up {
            return Some(given_up.clone());
        }
        let limit = match self.wish.limit {
            Limit::Endless => None,
            Limit::Within(limit) => Some(limit),
            // The engine has its deadline.
            Limit::Own if pane.is_probed => None,
            Limit::Own => Some(END_DEADLINE),
        };
        let after = self.begun.elapsed();
        limit.filter(|limit| after >= *limit)?;
        Some((self.waiting(pane).what, after))
    }

    /// What a pane still has to do.
    fn waiting(&self, pane: &Followed) -> Waiting {
        let waiting = self.watch.waiting(true, Instant::now());
        let of_pane = waiting.into_iter().find(|one| one.address == pane.address);
        let mut waiting =
            of_pane.unwrap_or_else(|| pane.waiting(&self.wish.goal, self.begun.elapsed()));
        waiting.what = self.wish.veil.hide(&waiting.what);
        waiting
    }

    pub fn tell_waiting(&mut self) {
        let panes = self.panes.iter();
        let open = panes.filter(|pane| pane.reach == Reach::NotYet);
        let on: Vec<Waiting> = open.map(|pane| self.waiting(pane)).collect();
        let since = self.begun.elapsed();
        (self.events)(Event::Waiting { on, since });
    }

    /// Whether the wish is met, once that is known.
    pub fn verdict(&self) -> Option<bool> {
        let mut panes = self.panes.iter();
        let is_reached = |pane: &Followed| matches!(pane.reach, Reach::Reached(_));
        let is_lost = |pane: &Followed| matches!(pane.reach, Reach::Lost(_));
        match self.wish.any {
            true if self.panes.iter().any(is_reached) => Some(true),
            true => panes.all(is_lost).then_some(false),
            false if self.panes.iter().any(is_lost) => Some(false),
            false => panes.all(is_reached).then_some(true),
        }
    }

    pub fn outcome(&self, is_met: bool, interrupted: Option<i32>) -> Outcome {
        let all = |is_it: &dyn Fn(&Followed) -> bool| {
            let panes = self.panes.iter().filter(|pane| is_it(pane));
            panes.map(|pane| pane.address.clone()).collect()
        };
        let is_lost = |pane: &Followed| matches!(pane.reach, Reach::Lost(_));
        Outcome {
            reached: all(&|pane| matches!(pane.reach, Reach::Reached(_))),
            lost: all(&|pane| is_lost(pane) && !pane.is_late),
            late: all(&|pane| is_lost(pane) && pane.is_late),
            is_met,
            interrupted,
            took: self.begun.elapsed(),
        }
    }
}
