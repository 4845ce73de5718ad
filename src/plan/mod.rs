//! Stage 4: compares the wanted layout with the live snapshot and makes a [`Plan`]: what to change,
//! why, in which order, and at what cost. Pure.
//!
//! Reading order: [`change`] defines what a plan is made of; `matching` finds the live object for
//! each wanted one; `sessions`, `windows`, `panes`, `arrange` and `diff` find the differences,
//! which `planner` collects; `scene` keeps windows from vanishing between two moves; `settings`
//! handles options, hooks and zoom; `safety` refuses; `order` sorts; `request` holds what flags ask
//! for, `scope` the part of the layout to plan, `adopt` what to take over; `removal` and `halting`
//! plan what ends.

pub mod adopt;
mod arrange;
mod asked;
mod by_hand;
pub mod change;
mod conditions;
mod dependents;
pub mod diff;
mod ended;
pub mod fields;
mod halting;
mod matching;
mod notes;
mod open;
mod order;
mod panes;
mod planner;
mod removal;
mod request;
mod room;
mod safety;
mod scene;
mod scope;
mod sessions;
mod settings;
pub mod stop_method;
mod targets;
mod vars;
mod windows;

pub use adopt::Machine;
pub use change::Plan;
pub use conditions::Conditions;
pub use ended::is_restarting;
pub use halting::{Halting, halting};
pub use open::filled;
pub use removal::removal;
pub use request::{Purpose, Request};
pub use safety::Refusal;

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, Layout, Session};
use crate::live::{LivePane, LiveServer, Snapshot};
use crate::plan::change::{Step, Subject};
use crate::plan::matching::{Matching, Ownership};
use crate::plan::planner::Planner;
use crate::plan::scene::Scene;
use crate::plan::scope::Scope;
use crate::tmux::script::Ref;

/// Plans the way from `snapshot` to `layout`.
///
/// # Errors
/// Returns everything that the plan would have to touch and must not.
pub fn plan(
    layout: &Layout,
    snapshot: &Snapshot,
    conditions: &Conditions,
) -> Result<Plan, Vec<Refusal>> {
    let nothing = Request::default();
    plan_as_asked(layout, snapshot, conditions, &nothing, &Machine::default())
}

/// Plans the same way, as requested by the caller.
///
/// # Errors
/// Returns everything that the plan would have to touch and must not.
pub fn plan_as_asked(
    layout: &Layout,
    snapshot: &Snapshot,
    conditions: &Conditions,
    wishes: &Request,
    machine: &Machine,
) -> Result<Plan, Vec<Refusal>> {
    let adoption = wishes
        .adopts
        .then(|| adopt::adoption(layout, snapshot, conditions.salt, machine));
    let snapshot = adoption
        .as_ref()
        .map_or(snapshot, |adoption| &adoption.snapshot);
    let all = layout;
    let mut matching = matching::matched(all, snapshot);
    let scope = Scope::of(all, wishes, &matching);
    let layout = &scope.narrowed(all, &mut matching, wishes);
    let mut refusals = safety::refusals(layout, snapshot, machine);
    refusals.extend(safety::emptied(layout, &matching, snapshot));
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut taken_over = adopt::renamed(all, snapshot);
    taken_over.extend(adoption.iter().flat_map(|adoption| adoption.steps.clone()));
    let mut planner = Planner {
        snapshot,
        matching: &matching,
        scene: Scene::of(layout, &matching, snapshot),
        conditions,
        wishes,
        scope: &scope,
        steps: taken_over,
        unchanged: Vec::new(),
        notes: Vec::new(),
        builders: BTreeMap::new(),
        configurers: BTreeMap::new(),
    };
    for session in &layout.sessions {
        planner.session(session);
    }
    let starts = planner.panes(layout);
    planner.zooms(layout, &starts);
    planner.removals();
    planner.keep_vars(all);
    if let Some(adoption) = &adoption {
        adoption.explain(&mut planner.steps);
    }
    let refusals = safety::refused(&planner.steps, Some(all), snapshot);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let is_apply = wishes.purpose.is_apply();
    if is_apply {
        planner.note_rest(all, layout);
    }
    let (started, salts) = ((&starts, &*planner.steps), snapshot.salts());
    let targets = targets::targets(layout, &matching, started, &salts, is_apply);
    planner.notes.extend(targets::notes(&targets));
    Ok(Plan {
        layout: layout.name.clone(),
        manifest: layout.manifest.clone(),
        server_id: snapshot.server.as_ref().map(LiveServer::id),
        server: snapshot
            .server
            .as_ref()
            .map(|server| server.version.clone()),
        targets,
        wanted: wanted(layout, &scope),
        unchanged: unchanged(planner.unchanged, &planner.steps),
        notes: planner.notes,
        known: known(&matching),
        newest_pane: snapshot.newest_pane(),
        steps: order::ordered(planner.steps),
    })
}

/// Returns the live panes that a plan matches to the wanted ones.
pub fn found<'a>(layout: &Layout, snapshot: &'a Snapshot) -> BTreeMap<Address, &'a LivePane> {
    matching::matched(layout, snapshot).panes
}

/// Returns the panes that triad created for a layout, by its name alone if no manifest is given.
pub fn made_by<'a>(layout: &str, manifest: Option<&str>, snapshot: &'a Snapshot) -> Made<'a> {
    let whose = Ownership::made_by(layout, manifest, snapshot);
    let (panes, others): (Vec<_>, Vec<_>) = snapshot.panes.iter().partition(|pane| whose.has(pane));
    let foreign = others.iter().filter(|pane| whose.is_within(pane)).count();
    Made { panes, foreign }
}

/// The panes of a layout.
#[derive(Debug)]
pub struct Made<'a> {
    /// In the order of the listing.
    pub panes: Vec<&'a LivePane>,
    /// The number of panes in its sessions that others created.
    pub foreign: usize,
}

/// Removes the subjects that a step changes.
fn unchanged(mut subjects: Vec<Subject>, steps: &[Step]) -> Vec<Subject> {
    let changed: BTreeSet<&Address> = steps.iter().map(|step| &step.subject.address).collect();
    subjects.retain(|subject| !changed.contains(&subject.address));
    subjects
}

fn wanted(layout: &Layout, scope: &Scope) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for session in &layout.sessions {
        subjects.push(Subject::session(&session.address));
        for window in &session.windows {
            subjects.push(Subject::window(&window.address));
            let panes = window.root.panes().into_iter();
            let panes = panes.filter(|pane| scope.has(&pane.address));
            subjects.extend(panes.map(Subject::pane));
        }
    }
    subjects
}

/// Returns the ids of the live objects, under the addresses that steps use.
fn known(matching: &Matching) -> Vec<(Ref, String)> {
    let sessions = matching.sessions.iter();
    let sessions = sessions.flat_map(|(address, live)| {
        let shell = Ref::DefaultShell(address.clone());
        let command = Ref::DefaultCommand(address.clone());
        let session = Ref::Session(address.clone());
        [
            (session, live.id.to_string()),
            (shell, live.default_shell.clone()),
            (command, live.default_command.clone()),
        ]
    });
    let windows = matching.windows.iter();
    let windows =
        windows.map(|(address, live)| (Ref::Window(address.clone()), live.id.to_string()));
    let panes = matching.panes.iter();
    let panes = panes.map(|(address, live)| (Ref::Pane(address.clone()), live.id.to_string()));
    sessions.chain(windows).chain(panes).collect()
}

impl Planner<'_> {
    fn session(&mut self, session: &Session) {
        let live = self.matching.sessions.get(&session.address).copied();
        let created = match live {
            None => Some(self.create_session(session)),
            Some(live) => {
                self.live_session(session, live);
                None
            }
        };
        let is_whole = self.scope.is_whole(&session.address);
        if is_whole || created.is_some() {
            self.session_settings(session, created);
        }
        self.windows(session, created);
    }
}
