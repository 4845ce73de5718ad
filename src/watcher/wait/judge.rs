//! The verdict on each pane: which have reached the goal, which never will, and which have run out
//! of time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::follow::Followed;
use super::goal::Reach;
use super::request::{Limit, WaitOutcome};
use super::waiter::Waiter;
use crate::event::{Event, Waiting};
use crate::readiness::engine::END_DEADLINE;
use crate::tmux::id::PaneId;
use crate::watcher::last_lines;

/// A pane with a new verdict.
struct Judged {
    index: usize,
    reach: Reach,
    /// The last answer and the time waited, for a pane that has run out of time.
    late: Option<(String, Duration)>,
}

impl Waiter<'_> {
    /// Judges every pane, and reports new verdicts.
    pub(super) async fn judge(&mut self) {
        let judged = self.judged();
        let failed: Vec<usize> = judged
            .iter()
            .filter(|judged| matches!(judged.reach, Reach::Lost(_)))
            .map(|judged| judged.index)
            .collect();
        let mut lines = self.lines(&failed).await;
        for judged in judged {
            let lines = lines.remove(&judged.index).unwrap_or_default();
            self.tell(judged, lines);
        }
    }

    /// Marks every pane without a verdict as late: tmux does not answer, and the time is over.
    pub(super) fn give_up(&mut self) {
        for index in 0..self.panes.len() {
            if self.panes[index].reach != Reach::NotYet {
                continue;
            }
            let late = self.late(index).unwrap_or_else(|| {
                let what = "tmux does not answer".to_owned();
                (what, self.begun.elapsed())
            });
            let judged = Judged {
                index,
                reach: Reach::Lost(late.0.clone()),
                late: Some(late),
            };
            self.tell(judged, Vec::new());
        }
    }

    /// Returns the panes whose verdict has changed.
    fn judged(&self) -> Vec<Judged> {
        let judged = self.panes.iter().enumerate().filter_map(|(index, pane)| {
            let mut reach = pane.judged(&self.wish.goal);
            let late = self.late(index).filter(|_| reach == Reach::NotYet);
            if let Some((answer, _)) = &late {
                reach = Reach::Lost(answer.clone());
            }
            let is_new = std::mem::discriminant(&pane.reach) != std::mem::discriminant(&reach);
            is_new.then_some(Judged { index, reach, late })
        });
        judged.collect()
    }

    fn tell(&mut self, judged: Judged, lines: Vec<String>) {
        let Judged { index, reach, late } = judged;
        let pane = &mut self.panes[index];
        pane.reach = reach.clone();
        pane.is_late = late.is_some();
        let address = pane.address.clone();
        let event = match (reach, late) {
            (Reach::NotYet, _) => return,
            (Reach::Reached(why), _) => Event::Reached {
                address,
                why: self.wish.veil.hide(&why),
                took: self.took(index),
            },
            (Reach::Lost(_), Some((answer, after))) => Event::Late {
                address,
                answer,
                after,
                lines,
            },
            (Reach::Lost(why), None) => Event::Lost {
                address,
                why,
                lines,
            },
        };
        (self.events)(event);
    }

    fn took(&self, index: usize) -> Duration {
        let found = self.panes[index].found.as_ref();
        found.map_or_else(|| self.begun.elapsed(), |(_, _, took)| *took)
    }

    /// Returns the last lines of panes, read together.
    async fn lines(&self, indexes: &[usize]) -> BTreeMap<usize, Vec<String>> {
        let mut lines = BTreeMap::new();
        let mut asked = Vec::new();
        for &index in indexes {
            let pane = &self.panes[index];
            let gap = self.wish.veil.gap(&pane.secrets, &pane.salts);
            match (gap, pane.there()) {
                (_, None) => {}
                // Unknown secrets cannot be hidden.
                (Some(gap), Some(_)) => {
                    lines.insert(index, vec![format!("({gap})")]);
                }
                (None, Some(id)) => asked.push((index, id)),
            }
        }
        let ids: Vec<PaneId> = asked.iter().map(|(_, id)| *id).collect();
        let (nonce, interrupt) = (self.wish.nonce.to_owned(), self.interrupt.clone());
        let mut read = last_lines(self.server, &ids, nonce, interrupt).await;
        for (index, id) in asked {
            let read = read.remove(&id).unwrap_or_default();
            let read = read.iter().map(|line| self.wish.veil.hide(line));
            lines.insert(index, read.collect());
        }
        lines
    }

    /// Returns the last answer and the time waited, if a pane has run out of time.
    fn late(&self, index: usize) -> Option<(String, Duration)> {
        let pane = &self.panes[index];
        if let Some(given_up) = &pane.given_up {
            return Some(given_up.clone());
        }
        let limit = match self.wish.limit {
            Limit::Endless => None,
            Limit::Within(limit) => Some(limit),
            // The engine has its own deadline.
            Limit::Own if pane.is_probed => None,
            Limit::Own => Some(END_DEADLINE),
        };
        let after = self.begun.elapsed();
        limit.filter(|limit| after >= *limit)?;
        Some((self.waiting(pane).what, after))
    }

    /// Returns what a pane still lacks.
    fn waiting(&self, pane: &Followed) -> Waiting {
        let waiting = self.watch.waiting(&pane.address, Instant::now());
        let mut waiting =
            waiting.unwrap_or_else(|| pane.waiting(&self.wish.goal, self.begun.elapsed()));
        waiting.what = self.wish.veil.hide(&waiting.what);
        let says = pane.says().filter(|_| waiting.state.is_of_program());
        waiting.says = says.map(|says| self.wish.veil.hide(says));
        waiting
    }

    pub(super) fn tell_waiting(&mut self) {
        let panes = self.panes.iter();
        let open = panes.filter(|pane| pane.reach == Reach::NotYet);
        let on: Vec<Waiting> = open.map(|pane| self.waiting(pane)).collect();
        let since = self.begun.elapsed();
        (self.events)(Event::Waiting { on, since });
    }

    /// Whether the request is met, once that is known.
    pub(super) fn verdict(&self) -> Option<bool> {
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

    pub(super) fn outcome(&self, is_met: bool, interrupted: Option<i32>) -> WaitOutcome {
        let all = |is_it: &dyn Fn(&Followed) -> bool| {
            let panes = self.panes.iter().filter(|pane| is_it(pane));
            panes.map(|pane| pane.address.clone()).collect()
        };
        let is_lost = |pane: &Followed| matches!(pane.reach, Reach::Lost(_));
        WaitOutcome {
            reached: all(&|pane| matches!(pane.reach, Reach::Reached(_))),
            lost: all(&|pane| is_lost(pane) && !pane.is_late),
            late: all(&|pane| is_lost(pane) && pane.is_late),
            is_met,
            interrupted,
            took: self.begun.elapsed(),
        }
    }
}
