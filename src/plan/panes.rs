//! Decides for each pane: start, restart, retag, or nothing. A running process is the most valuable
//! thing; it ends only if nothing else gives the pane its wanted state.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    Address, AppliedPane, Layout, Need, Pane, PaneKind, RestartWhen, Salt, StepId,
};
use crate::live::{LivePane, LiveProcess, Phase};
use crate::plan::change::{
    Action, Adopted, Change, Drift, Ends, Note, Reason, Reserve, Retag, Start, Subject, Type,
};
use crate::plan::diff;
use crate::plan::ended::{is_restarting, is_started_again, unfinished};
use crate::plan::planner::Planner;
use crate::plan::request::Purpose;
use crate::plan::stop_method::StopMethod;

impl Planner<'_> {
    /// Adds the steps of all panes and returns the step that starts each.
    pub(super) fn panes(&mut self, layout: &Layout) -> BTreeMap<Address, StepId> {
        let reasons = self.reasons(layout);
        let mut starts = BTreeMap::new();
        for pane in layout.panes().filter(|pane| self.scope.has(&pane.address)) {
            let reason = reasons.get(&pane.address);
            if reason.is_some() || self.wishes.purpose.is_apply() {
                self.pane_settings(pane);
            }
            let live = self.matching.panes.get(&pane.address).copied();
            match (reason, live) {
                (Some(reason), live) if self.is_reserved(pane, reason) => {
                    self.reserve(pane, live, reason.clone());
                }
                (Some(reason), live) => {
                    let step = self.start(pane, live, reason.clone());
                    starts.insert(pane.address.clone(), step);
                }
                (None, Some(live)) if self.wishes.purpose.is_apply() || is_unstopped(live) => {
                    self.keep(pane, live);
                }
                (None, Some(_)) => self.unchanged.push(Subject::pane(pane)),
                (None, None) => {}
            }
        }
        for pane in layout.panes() {
            let Some(&step) = starts.get(&pane.address) else {
                continue;
            };
            let targets = pane
                .needs
                .iter()
                .filter_map(|need| starts.get(&need.target));
            let behind = match reasons.get(&pane.address) {
                Some(Reason::Follows(target)) => self.need_behind(pane, target, layout),
                _ => None,
            };
            let followed = behind.as_ref().and_then(|need| starts.get(&need.target));
            let targets: Vec<StepId> = targets.chain(followed).copied().collect();
            let step = &mut self.steps[step.0];
            step.after.extend(targets);
            if let Action::Start(start) = &mut step.action {
                start.pane.body.needs.extend(behind);
            }
        }
        starts
    }

    /// Returns the panes whose programs start, and why, including panes that restart with those
    /// they need, directly or through others.
    fn reasons(&self, layout: &Layout) -> BTreeMap<Address, Reason> {
        let mut reasons = BTreeMap::new();
        let meant = || layout.panes().filter(|pane| self.scope.has(&pane.address));
        for pane in meant() {
            let reason = match self.matching.panes.get(&pane.address) {
                None => Some(Reason::NotThere),
                Some(live) if !self.wishes.purpose.is_apply() => self.asked_reason(pane, live),
                Some(live) => self.start_reason(pane, live).or_else(|| {
                    let is_replaced = self.wishes.replaces(&pane.address);
                    is_replaced.then_some(Reason::Replaced)
                }),
            };
            reasons.extend(reason.map(|reason| (pane.address.clone(), reason)));
        }
        let mut idle = BTreeMap::new();
        loop {
            let is_free = |pane: &&Pane| {
                !reasons.contains_key(&pane.address) && !idle.contains_key(&pane.address)
            };
            let next = meant().filter(is_free).filter_map(|pane| {
                let live = *self.matching.panes.get(&pane.address)?;
                let target = self.followed(pane, live, &reasons, &idle);
                let target = target.or_else(|| self.noted(pane, live, layout));
                Some((pane, live, target?))
            });
            let next: Vec<(&Pane, &LivePane, Address)> = next.collect();
            if next.is_empty() {
                return reasons;
            }
            for (pane, live, target) in next {
                let address = pane.address.clone();
                match runs(live) {
                    true => reasons.insert(address, Reason::Follows(target)).map(|_| ()),
                    false => idle.insert(address, target).map(|_| ()),
                };
            }
        }
    }

    /// Returns why the program of a live pane starts, if it does. A pane that was stopped on
    /// purpose stays stopped, whatever has changed in the manifest.
    fn start_reason(&self, pane: &Pane, live: &LivePane) -> Option<Reason> {
        if let Some(reason) = unfinished(live) {
            return Some(reason);
        }
        if live.is_unstarted() && !pane.start_by_hand {
            return Some(Reason::Unstarted);
        }
        if live.is_stopped() {
            return None;
        }
        let changes = self.restart_changes(pane, live);
        if !changes.is_empty() {
            let changes = changes.into_iter().chain(new_name(pane, live)).collect();
            return Some(Reason::Changed(changes));
        }
        let restart = pane.restart.as_ref();
        let is_always = restart.is_some_and(|restart| restart.when == RestartWhen::Always);
        if live.is_done(pane.kind) && !is_always {
            return None;
        }
        let exit = live.ended().filter(|_| !pane.start_by_hand)?;
        let is_due = !is_restarting(live, exit) && is_started_again(pane, exit, live.phase);
        is_due.then_some(Reason::Ended(exit))
    }

    /// Returns the changes to a live pane that need a restart.
    fn restart_changes(&self, pane: &Pane, live: &LivePane) -> Vec<Change> {
        // Compared with the key that made its hashes: that of its former session.
        let salt = self
            .salt_of(live)
            .unwrap_or_else(|| self.salt(&pane.address));
        let comparable = AppliedPane::new(pane, &salt);
        diff::restart_changes(&comparable, &live.spec, live.applied.as_ref(), &salt)
    }

    /// Returns the key that made the hashes of a live pane's secrets; `None` if its session is
    /// gone.
    fn salt_of(&self, live: &LivePane) -> Option<Salt> {
        let hash = live.applied.as_ref()?.secrets.values().next()?;
        let mut salts = self.snapshot.sessions.iter().filter_map(|live| live.salt);
        salts.find(|salt| salt.is_of(hash))
    }

    /// Returns the pane that another follows, if it starts: again, or as the replacement of one
    /// that existed when the other was started.
    ///
    /// `idle` maps panes that follow something and are not running to what they follow.
    fn followed(
        &self,
        pane: &Pane,
        live: &LivePane,
        starts: &BTreeMap<Address, Reason>,
        idle: &BTreeMap<Address, Address>,
    ) -> Option<Address> {
        let applied = live
            .applied
            .as_ref()
            .map_or(&[][..], |applied| &applied.needs);
        let targets = || self.follows(pane).map(|need| &need.target);
        let is_followed = |target: &&Address| {
            let is_old = self.matching.panes.contains_key(*target)
                || applied.iter().any(|need| need.target == **target);
            starts.contains_key(*target) && is_old
        };
        let direct = targets().find(is_followed);
        let by_idle = || targets().find_map(|target| idle.get(target));
        direct.or_else(by_idle).cloned()
    }

    /// Returns the pane that an earlier run did not manage to restart this one with, if it still
    /// follows it.
    fn noted(&self, pane: &Pane, live: &LivePane, layout: &Layout) -> Option<Address> {
        let target = live.follows.as_ref()?;
        let mut direct = self.follows(pane);
        let is_direct = direct.any(|need| need.target == *target);
        let follows = is_direct || self.need_behind(pane, target, layout).is_some();
        follows.then(|| target.clone())
    }

    /// Returns the need to wait for when a pane follows `target` only through panes that are not
    /// running, such as finished tasks: the need that the last of them has. `None` if it needs
    /// `target` itself.
    fn need_behind(&self, pane: &Pane, target: &Address, layout: &Layout) -> Option<Need> {
        if pane.needs.iter().any(|need| need.target == *target) {
            return None;
        }
        let mut open = vec![pane];
        let mut known = BTreeSet::new();
        while let Some(pane) = open.pop() {
            for need in self.follows(pane) {
                if need.target == *target {
                    return Some(need.clone());
                }
                if known.insert(&need.target) {
                    open.extend(layout.pane(&need.target));
                }
            }
        }
        None
    }

    /// Returns the needs by which a pane restarts with others, because the manifest says so or
    /// because all dependents restart.
    fn follows<'p>(&self, pane: &'p Pane) -> impl Iterator<Item = &'p Need> + use<'p> {
        let with_all = Purpose::Restart {
            with_dependents: true,
        };
        let is_all = self.wishes.purpose == with_all;
        let needs = pane.needs.iter();
        needs.filter(move |need| need.follows(is_all))
    }

    /// Keeps a pane whose process stays, or has ended and has to be left alone.
    fn keep(&mut self, pane: &Pane, live: &LivePane) {
        let wanted = self.applied(pane);
        let ended = live.ended().filter(|exit| !is_restarting(live, *exit));
        // A finished task is in its wanted state.
        if live.is_stopped() && !live.is_done(pane.kind) {
            self.note_stopped(pane, live);
        } else if let Some(exit) = ended
            && pane.kind != PaneKind::Task
        {
            let address = pane.address.clone();
            self.notes.push(Note::LeftEnded { address, exit });
        }
        let due = due_texts(live, &wanted);
        let retagged = self.retag(pane, live, &wanted);
        if let Some(from) = due {
            let pane = pane.clone();
            let subject = Subject::pane(&pane);
            let action = Action::Type(Box::new(Type { pane, from }));
            let after = retagged.into_iter().collect();
            self.step(subject, action, Reason::HalfMade, after);
        } else if retagged.is_none() {
            self.unchanged.push(Subject::pane(pane));
        }
    }

    /// Adds the pane to the one note about panes that were stopped on purpose.
    fn note_stopped(&mut self, pane: &Pane, live: &LivePane) {
        let address = pane.address.clone();
        if live.is_unstarted() {
            let mut notes = self.notes.iter_mut();
            let told = notes.find_map(|note| match note {
                Note::Unstarted { panes } => Some(panes),
                _ => None,
            });
            match told {
                Some(panes) => panes.push(address),
                None => self.notes.push(Note::Unstarted {
                    panes: vec![address],
                }),
            }
            return;
        }
        let is_changed = !self.restart_changes(pane, live).is_empty();
        let mut notes = self.notes.iter_mut();
        let told = notes.find_map(|note| match note {
            Note::LeftStopped { panes, changed } => Some((panes, changed)),
            _ => None,
        });
        if let Some((panes, changed)) = told {
            changed.extend(is_changed.then(|| address.clone()));
            panes.push(address);
            return;
        }
        self.notes.push(Note::LeftStopped {
            changed: is_changed.then(|| address.clone()).into_iter().collect(),
            panes: vec![address],
        });
    }

    /// Adds the step that updates the tags of a pane whose process stays, if they changed.
    fn retag(&mut self, pane: &Pane, live: &LivePane, wanted: &AppliedPane) -> Option<StepId> {
        let changes = match &live.applied {
            Some(applied) => diff::tag_changes(wanted, applied),
            None => Vec::new(),
        };
        let home = pane.address.enclosing_window();
        let home = home.and_then(|window| self.matching.windows.get(&window));
        let is_elsewhere = home.is_none_or(|home| home.id != live.window);
        let tagged = live.address.as_ref();
        let former = tagged.filter(|tagged| **tagged != pane.address);
        let is_renamed = !is_elsewhere || new_name(pane, live).is_some();
        let is_unarmed = wanted.is_armed() && !live.is_armed && live.ended().is_none();
        let is_disarmed = is_unarmed || is_unstopped(live);
        // Its restart command contains the layout's name.
        let named = wanted.is_armed() && live.ended().is_none();
        let named = self.former_name(live).filter(|_| named);
        let is_called_anew = named.is_some() || former.is_some() && wanted.is_armed();
        let reason = if let Some(from) = former.filter(|_| is_renamed) {
            Reason::Renamed {
                from: from.clone(),
                changes,
            }
        } else if is_elsewhere || former.is_some() {
            let from = self.snapshot.window(live.window);
            let from = from.map_or_else(|| live.window.to_string(), |window| window.name.clone());
            Reason::Drifted(Drift::Moved { from })
        } else if !changes.is_empty() {
            Reason::Changed(changes)
        } else if is_unreadable(live) || !live.is_stopped() && live.spec != wanted.spec() {
            Reason::Drifted(Drift::TagsUnreadable)
        } else if is_unstopped(live) {
            Reason::Drifted(Drift::NotStopped)
        } else if is_disarmed {
            Reason::Drifted(Drift::Disarmed)
        } else if let Some(from) = named {
            Reason::Adopted(Adopted::Named { from })
        } else {
            return None;
        };
        let was_focused = live.applied.as_ref().is_some_and(|applied| applied.focus);
        let applied = live.applied.as_ref();
        let is_typed_later = applied.is_none_or(|applied| applied.typed != wanted.typed);
        if is_typed_later && !pane.typed.is_empty() && live.ended().is_none() {
            let address = pane.address.clone();
            self.notes.push(Note::TypedLater { address });
        }
        let retag = Retag {
            pane: pane.clone(),
            applied: wanted.clone(),
            // A stopped pane is armed when it starts.
            rearms: is_disarmed
                || !live.is_stopped()
                    && (is_called_anew
                        || applied.is_none_or(|applied| {
                            (&applied.restart, applied.exit()) != (&wanted.restart, wanted.exit())
                                || applied.secret_sources != wanted.secret_sources
                        })),
            phase: match live.phase {
                Some(phase) if live.is_stopped() => phase,
                _ => Phase::Started,
            },
            was_typed: live.typed.is_some() && is_typed_later,
            takes_focus: pane.focus && !was_focused,
        };
        let action = Action::Retag(Box::new(retag));
        let builder = self.builder(pane);
        Some(self.step(Subject::pane(pane), action, reason, builder))
    }

    /// Returns the former name of a pane's layout, if the layout was renamed.
    fn former_name(&self, live: &LivePane) -> Option<String> {
        let window = self.snapshot.window(live.window)?;
        let owner = self.snapshot.session(window.session)?.owner.as_ref()?;
        owner.tagged.clone()
    }

    /// Whether `apply` creates the pane without starting it.
    fn is_reserved(&self, pane: &Pane, reason: &Reason) -> bool {
        let is_made = matches!(reason, Reason::NotThere | Reason::HalfMade);
        pane.start_by_hand && is_made && self.wishes.purpose.is_apply()
    }

    fn reserve(&mut self, pane: &Pane, live: Option<&LivePane>, reason: Reason) {
        let applied = live.and_then(|live| live.applied.as_ref());
        let was_focused = applied.is_some_and(|applied| applied.focus);
        let reserve = Reserve {
            pane: pane.clone(),
            applied: self.applied(pane),
            takes_focus: pane.focus && !was_focused,
        };
        let builder = self.builder(pane);
        let action = Action::Reserve(Box::new(reserve));
        self.step(Subject::pane(pane), action, reason, builder);
    }

    fn start(&mut self, pane: &Pane, live: Option<&LivePane>, reason: Reason) -> StepId {
        let own = live.is_some_and(|live| self.conditions.own_pane == Some(live.id));
        if own {
            let address = pane.address.clone();
            self.notes.push(Note::OwnPane { address });
        }
        let ends = live.and_then(ended_process);
        let applied = live.and_then(|live| live.applied.as_ref());
        let was_focused = applied.is_some_and(|applied| applied.focus);
        let start = Start {
            pane: pane.clone(),
            applied: self.applied(pane),
            replaces: ends.as_ref().map(|ends| ends.pid),
            clears: live
                .filter(|live| has_ended(live))
                .and_then(|live| live.pid),
            stop_method: live.map(StopMethod::to),
            is_own: own,
            is_new: live.is_none(),
            is_in_new_session: !self.matching.sessions.contains_key(&pane.address.session()),
            takes_focus: pane.focus && !was_focused,
            follows: match &reason {
                Reason::Follows(target) => Some(target.clone()),
                _ => None,
            },
        };
        let action = Action::Start(Box::new(start));
        let builder = self.builder(pane);
        let step = self.step(Subject::pane(pane), action, reason, builder);
        self.steps[step.0].ends = ends;
        step
    }

    fn builder(&self, pane: &Pane) -> Vec<StepId> {
        let window = pane.address.enclosing_window();
        let builder = window.and_then(|window| self.builders.get(&window));
        builder.copied().into_iter().collect()
    }
}

/// Returns the change of a pane's name, if it was renamed.
fn new_name(pane: &Pane, live: &LivePane) -> Option<Change> {
    let (from, to) = (live.address.as_ref()?.name(), pane.address.name());
    (from != to).then(|| Change {
        field: "name".to_owned(),
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
    })
}

/// Returns the process that a start in this pane would end. A placeholder of triad's own does not
/// count.
fn ended_process(live: &LivePane) -> Option<Ends> {
    let is_placeholder = matches!(
        live.phase,
        Some(Phase::Placeholder | Phase::Pending | Phase::Unstarted)
    );
    match &live.process {
        LiveProcess::Running { pid, program } if !is_placeholder => Some(Ends {
            program: program.clone(),
            pid: *pid,
        }),
        _ => None,
    }
}

/// Whether its program is running in its pane.
fn runs(live: &LivePane) -> bool {
    live.left.is_none() && matches!(live.process, LiveProcess::Running { .. })
}

/// Whether one of the tags that every pane has is missing or cannot be read.
fn is_unreadable(live: &LivePane) -> bool {
    live.applied.is_none() || live.address.is_none() || live.phase.is_none()
}

/// Whether it is running although it should be stopped: it then counts as started, and tmux again
/// handles its end as the manifest says.
fn is_unstopped(live: &LivePane) -> bool {
    live.phase == Some(Phase::Stopped) && live.ended().is_none()
}

fn has_ended(live: &LivePane) -> bool {
    matches!(live.process, LiveProcess::Ended(_))
}

/// Returns the index of the first text that an earlier run did not type into the shell that is
/// still running.
fn due_texts(live: &LivePane, wanted: &AppliedPane) -> Option<usize> {
    let is_same = live.applied.as_ref()?.typed == wanted.typed;
    let runs = live.ended().is_none() && matches!(live.process, LiveProcess::Running { .. });
    live.typed
        .filter(|typed| is_same && runs && *typed < wanted.typed.len())
}
