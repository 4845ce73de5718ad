//! What happens to each pane: start, restart, retag, or nothing. A running process is the most
//! valuable thing; it ends only where nothing else makes the pane what it should be.

use std::collections::BTreeMap;

use crate::layout::{Address, AppliedPane, Command, Layout, Pane, PaneKind, Salt};
use crate::live::{Exit, LivePane, LiveProcess, Phase};
use crate::plan::change::{Action, Change, Drift, Ends, Note, Reason, Retag, Start, Subject};
use crate::plan::{Planner, diff};

impl Planner<'_> {
    /// Adds the steps of all panes and returns which step starts which pane.
    pub(super) fn panes(&mut self, layout: &Layout) -> BTreeMap<Address, usize> {
        let mut starts = BTreeMap::new();
        for pane in layout.panes() {
            self.pane_settings(pane);
            let step = match self.matching.panes.get(&pane.address).copied() {
                None => Some(self.start(pane, None, Reason::NotThere)),
                Some(live) => self.live_pane(pane, live),
            };
            if let Some(step) = step {
                starts.insert(pane.address.clone(), step);
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
            let targets: Vec<usize> = targets.copied().collect();
            self.steps[step].after.extend(targets);
        }
        starts
    }

    /// The step that starts the pane's program, if one does.
    fn live_pane(&mut self, pane: &Pane, live: &LivePane) -> Option<usize> {
        let wanted = self.applied(pane);
        let is_half_made = live.address.is_none()
            || matches!(live.phase, None | Some(Phase::Placeholder | Phase::Pending))
            || live.process == LiveProcess::Empty;
        if is_half_made {
            return Some(self.start(pane, Some(live), Reason::HalfMade));
        }
        // Compared by the key that it was hashed with: that of the session it was in.
        let salt = self
            .salt_of(live)
            .unwrap_or_else(|| self.salt(&pane.address));
        let comparable = AppliedPane::new(pane, &salt);
        let changes = diff::restart_changes(&comparable, &live.spec, live.applied.as_ref(), &salt);
        if !changes.is_empty() {
            let changes = changes.into_iter().chain(new_name(pane, live)).collect();
            return Some(self.start(pane, Some(live), Reason::Changed(changes)));
        }
        if let LiveProcess::Ended(exit) = live.process {
            if is_started_again(pane, exit, live.phase) {
                return Some(self.start(pane, Some(live), Reason::Ended(exit)));
            }
            // A task that is done is as it should be.
            if pane.kind != PaneKind::Task {
                self.notes.push(Note::LeftEnded {
                    address: pane.address.clone(),
                    exit,
                });
            }
        }
        self.retag(pane, live, &wanted);
        None
    }

    /// The key with which a live pane's secrets were hashed; `None` if it is not there any more.
    fn salt_of(&self, live: &LivePane) -> Option<Salt> {
        let hash = live.applied.as_ref()?.secrets.values().next()?;
        let mut salts = self.snapshot.sessions.iter().filter_map(|live| live.salt);
        salts.find(|salt| salt.is_of(hash))
    }

    /// Writes down what is new about a pane whose process stays.
    fn retag(&mut self, pane: &Pane, live: &LivePane, wanted: &AppliedPane) {
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
        } else if live.applied.is_none() || live.spec != wanted.spec() {
            Reason::Drifted(Drift::TagsUnreadable)
        } else {
            self.unchanged.push(Subject::pane(pane));
            return;
        };
        let was_focused = live.applied.as_ref().is_some_and(|applied| applied.focus);
        let retag = Retag {
            pane: pane.clone(),
            applied: wanted.clone(),
            takes_focus: pane.focus && !was_focused,
        };
        let action = Action::Retag(Box::new(retag));
        let builder = self.builder(pane);
        self.step(Subject::pane(pane), action, reason, builder);
    }

    fn start(&mut self, pane: &Pane, live: Option<&LivePane>, reason: Reason) -> usize {
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
            replaces_shell: applied.is_none_or(|applied| applied.command.is_interactive_shell()),
            is_own: own,
            is_new: live.is_none(),
            is_in_new_session: !self.matching.sessions.contains_key(&pane.address.session()),
            takes_focus: pane.focus && !was_focused,
        };
        let action = Action::Start(Box::new(start));
        let builder = self.builder(pane);
        let step = self.step(Subject::pane(pane), action, reason, builder);
        self.steps[step].ends = ends;
        step
    }

    fn builder(&self, pane: &Pane) -> Vec<usize> {
        let window = pane.address.enclosing_window();
        let builder = window.and_then(|window| self.builders.get(&window));
        builder.copied().into_iter().collect()
    }
}

/// The name of a pane, where it had another.
fn new_name(pane: &Pane, live: &LivePane) -> Option<Change> {
    let (from, to) = (live.address.as_ref()?.name(), pane.address.name());
    (from != to).then(|| Change {
        field: "name".to_owned(),
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
    })
}

/// The process that a start in this pane would end. What triad itself put there to hold the place
/// does not count.
fn ended_process(live: &LivePane) -> Option<Ends> {
    let is_placeholder = matches!(live.phase, Some(Phase::Placeholder | Phase::Pending));
    match &live.process {
        LiveProcess::Running { pid, program } if !is_placeholder => Some(Ends {
            program: program.clone(),
            pid: *pid,
        }),
        _ => None,
    }
}

fn has_ended(live: &LivePane) -> bool {
    matches!(live.process, LiveProcess::Ended(_))
}

/// Whether an ended process is drift that `apply` repairs.
fn is_started_again(pane: &Pane, exit: Exit, phase: Option<Phase>) -> bool {
    if phase == Some(Phase::Stopped) {
        return false;
    }
    match pane.kind {
        PaneKind::Service => true,
        PaneKind::Task => exit != Exit::Status(0),
        PaneKind::Pane => is_bare_shell(&pane.command),
        PaneKind::Agent => false,
    }
}

/// The user's own shell, in a pane that closes with it.
fn is_bare_shell(command: &Command) -> bool {
    matches!(command, Command::Shell(_))
}
