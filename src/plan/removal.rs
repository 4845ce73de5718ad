//! Removes panes that are no longer wanted, or a whole layout. In reverse order of `needs`, and
//! only what triad created.

use std::collections::BTreeMap;

use crate::layout::{Address, Layout, StepId};
use crate::live::{LivePane, LiveProcess, LiveServer, LiveSession, Phase, Snapshot};
use crate::plan::change::{
    Action, Ends, Note, Noun, Plan, Reason, Step, Stop, Subject, applied_kind,
};
use crate::plan::matching::Ownership;
use crate::plan::planner::Planner;
use crate::plan::safety::{self, Refusal};
use crate::plan::stop_method::StopMethod;
use crate::plan::{notes, order};
use crate::tmux::id::PaneId;

/// Plans the end of everything that `layout` created, from the tags alone.
///
/// `manifest` restricts this to one manifest; without it, all layouts of that name go. `wanted` is
/// the resolved manifest, if it can be read.
///
/// # Errors
/// Returns everything that is protected.
pub fn removal(
    layout: &str,
    manifest: Option<&str>,
    wanted: Option<&Layout>,
    snapshot: &Snapshot,
    own_pane: Option<PaneId>,
) -> Result<Plan, Vec<Refusal>> {
    let whose = Ownership::made_by(layout, manifest, snapshot);
    let panes = snapshot.panes.iter().filter(|pane| whose.has(pane));
    let panes: Vec<&LivePane> = panes.collect();
    let mut notes = kept(&whose, snapshot);
    let mut steps = Vec::new();
    stops(&panes, &Reason::Query, snapshot, own_pane, &mut steps);
    notes.extend(own_note(&steps));
    let refusals = safety::refused(&steps, wanted, snapshot);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let hooks = wanted.filter(|_| !steps.is_empty());
    notes.extend(hooks.into_iter().flat_map(|layout| {
        notes::of_hooks([
            ("before-down", &layout.hooks.before_down),
            ("after-down", &layout.hooks.after_down),
        ])
    }));
    Ok(Plan {
        layout: layout.to_owned(),
        manifest: manifest.unwrap_or_default().to_owned(),
        server_id: snapshot.server.as_ref().map(LiveServer::id),
        server: snapshot
            .server
            .as_ref()
            .map(|server| server.version.clone()),
        steps: order::ordered(steps),
        wanted: Vec::new(),
        unchanged: Vec::new(),
        notes,
        targets: Vec::new(),
        known: Vec::new(),
        newest_pane: snapshot.newest_pane(),
    })
}

/// Returns a note for each session that stays, because others created panes in it.
fn kept(whose: &Ownership, snapshot: &Snapshot) -> Vec<Note> {
    let mut notes = Vec::new();
    for session in snapshot
        .sessions
        .iter()
        .filter(|session| whose.owns(session))
    {
        let windows = snapshot.windows_of(session.id);
        let panes = windows.flat_map(|window| snapshot.panes_of(window.id));
        let foreign = panes.filter(|pane| !whose.has(pane)).count();
        if foreign > 0 {
            let address = address_of_session(session);
            notes.push(Note::Kept { address, foreign });
        }
    }
    notes
}

impl Planner<'_> {
    pub(super) fn removals(&mut self) {
        let discarded = |pane: &&&LivePane| {
            let home = self
                .matching
                .windows
                .values()
                .any(|window| window.id == pane.window);
            pane.phase == Some(Phase::Placeholder) && home
        };
        let unwanted = self.matching.unwanted.iter();
        let panes: Vec<&LivePane> = unwanted.filter(|pane| !discarded(pane)).copied().collect();
        for pane in &panes {
            let window_is_wanted = self
                .matching
                .windows
                .values()
                .any(|window| window.id == pane.window);
            let foreign = self.matching.foreign.get(&pane.window).copied();
            if let (Some(foreign), false) = (foreign, window_is_wanted) {
                let address = subject(pane, self.snapshot).address;
                let address = address.enclosing_window().unwrap_or(address);
                let note = Note::Kept { address, foreign };
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
            }
        }
        let reason = Reason::NotInManifest;
        let own = self.conditions.own_pane;
        let before = self.steps.len();
        stops(&panes, &reason, self.snapshot, own, &mut self.steps);
        self.notes.extend(own_note(&self.steps[before..]));
    }
}

/// Returns the note that triad's own pane is among those removed.
pub(super) fn own_note(stops: &[Step]) -> Option<Note> {
    let is_own = |step: &&Step| matches!(&step.action, Action::Stop(stop) if stop.is_own);
    let own = stops.iter().find(is_own)?;
    Some(Note::OwnPane {
        address: own.subject.address.clone(),
    })
}

/// Adds a step that removes each pane: dependents before their dependencies, triad's own pane last.
pub(super) fn stops(
    panes: &[&LivePane],
    reason: &Reason,
    snapshot: &Snapshot,
    own_pane: Option<PaneId>,
    steps: &mut Vec<Step>,
) {
    let first = steps.len();
    let mut ordered: Vec<&&LivePane> = panes.iter().collect();
    // Where needs do not decide, the pane written last goes first.
    ordered.reverse();
    ordered.sort_by_key(|pane| own_pane == Some(pane.id));
    let mut by_address: BTreeMap<&Address, usize> = BTreeMap::new();
    for (index, pane) in ordered.iter().enumerate() {
        if let Some(address) = &pane.address {
            by_address.insert(address, first + index);
        }
        steps.push(stop(pane, reason.clone(), snapshot, own_pane));
    }
    for (index, pane) in ordered.iter().enumerate() {
        let needs = pane
            .applied
            .as_ref()
            .map_or(&[][..], |applied| &applied.needs);
        for need in needs {
            if let Some(&target) = by_address.get(&need.target) {
                steps[target].after.push(StepId(first + index));
            }
        }
    }
}

fn stop(pane: &LivePane, reason: Reason, snapshot: &Snapshot, own: Option<PaneId>) -> Step {
    let is_placeholder = matches!(pane.phase, Some(Phase::Placeholder | Phase::Pending));
    let running = match &pane.process {
        LiveProcess::Running { pid, program } => Some(Ends {
            program: program.clone(),
            pid: *pid,
        }),
        LiveProcess::Empty | LiveProcess::Ended(_) => None,
    };
    Step {
        subject: subject(pane, snapshot),
        action: Action::Stop(Stop {
            pane: pane.id,
            pid: pane.pid,
            stop_method: StopMethod::for_good(pane),
            is_own: own == Some(pane.id),
        }),
        reason,
        ends: running.filter(|_| !is_placeholder),
        after: Vec::new(),
    }
}

/// Returns the name of a live pane: its address, or its location if it never got one.
fn subject(pane: &LivePane, snapshot: &Snapshot) -> Subject {
    let noun = Noun::Pane(applied_kind(pane.applied.as_ref()));
    let address = pane.address.clone().unwrap_or_else(|| {
        let window = snapshot.window(pane.window);
        let session = window.and_then(|window| snapshot.session(window.session));
        match (session, window.and_then(|window| window.address.as_ref())) {
            (_, Some(window)) => window.clone(),
            (Some(session), None) => address_of_session(session),
            (None, None) => Address::of_session(&pane.id.to_string()),
        }
    });
    Subject { address, noun }
}

fn address_of_session(session: &LiveSession) -> Address {
    let tagged = session
        .owner
        .as_ref()
        .and_then(|owner| owner.address.clone());
    tagged.unwrap_or_else(|| Address::of_session(&session.name))
}
