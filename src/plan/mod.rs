//! Stage 4: what is wanted against what is live becomes a [`Plan`]: what to change, why, in which
//! order, and at what cost. Pure.
//!
//! Reading order: [`change`] is what a plan is made of; `matching` says which live object is which
//! wanted one; `sessions`, `panes`, `arrange` and `diff` find the differences; `settings` is about
//! options, hooks and zoom; `safety` refuses; `order` sorts.

mod arrange;
pub mod change;
mod conduct;
pub mod diff;
pub mod farewell;
mod matching;
mod order;
mod panes;
mod removal;
mod safety;
mod sessions;
mod settings;
mod targets;

pub use change::Plan;
pub use removal::removal;
pub use safety::Refusal;

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, AppliedWindow, Layout, Salt, Session, Window};
use crate::live::{LiveServer, LiveSession, LiveWindow, Snapshot};
use crate::plan::change::{
    Action, Current, Drift, Note, Object, Readdress, Reason, Step, Subject, WindowOrder,
    WindowPlace,
};
use crate::plan::matching::Matching;
use crate::tmux::geometry;
use crate::tmux::id::PaneId;
use crate::tmux::name;
use crate::tmux::script::Ref;

/// What else a plan depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// The size of a new window, in cells, status lines already taken off.
    pub width: u32,
    pub height: u32,
    /// The pane that triad itself runs in, on this server.
    pub own_pane: Option<PaneId>,
    /// What the keys of new sessions' secrets are made from; `None` where the layout has none of
    /// their values.
    pub salt: Option<Salt>,
}

/// Plans the way from `snapshot` to `layout`.
///
/// # Errors
/// All that the plan would have to touch and must not.
pub fn plan(
    layout: &Layout,
    snapshot: &Snapshot,
    conditions: &Conditions,
) -> Result<Plan, Vec<Refusal>> {
    let refusals = safety::refusals(layout, snapshot);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let matching = matching::matched(layout, snapshot);
    let mut planner = Planner {
        snapshot,
        matching: &matching,
        conditions,
        steps: Vec::new(),
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
    let refusals = safety::refused(&planner.steps, Some(layout), snapshot);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    planner.note_logs(layout);
    if !planner.steps.is_empty() {
        let hooks = &layout.hooks;
        planner.notes.extend(hook_notes([
            ("before-apply", &hooks.before_apply),
            ("after-apply", &hooks.after_apply),
        ]));
    }
    let targets = targets::targets(layout, &matching, &starts);
    Ok(Plan {
        layout: layout.name.clone(),
        manifest: layout.manifest.clone(),
        server_id: snapshot.server.as_ref().map(LiveServer::id),
        server: snapshot
            .server
            .as_ref()
            .map(|server| server.version.clone()),
        targets,
        wanted: wanted(layout),
        unchanged: unchanged(planner.unchanged, &planner.steps),
        notes: planner.notes,
        known: known(&matching),
        newest_pane: newest_pane(snapshot),
        steps: order::ordered(planner.steps),
    })
}

/// What runs around the steps, as far as the manifest has it.
fn hook_notes(hooks: [(&'static str, &Option<String>); 2]) -> impl Iterator<Item = Note> {
    let hooks = hooks.into_iter();
    hooks.filter_map(|(name, line)| {
        let line = line.clone()?;
        Some(Note::Hook { name, line })
    })
}

/// Without those to which something else happens.
fn unchanged(mut subjects: Vec<Subject>, steps: &[Step]) -> Vec<Subject> {
    let changed: BTreeSet<&Address> = steps.iter().map(|step| &step.subject.address).collect();
    subjects.retain(|subject| !changed.contains(&subject.address));
    subjects
}

fn wanted(layout: &Layout) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for session in &layout.sessions {
        subjects.push(Subject::session(&session.address));
        for window in &session.windows {
            subjects.push(Subject::window(&window.address));
            subjects.extend(window.root.panes().into_iter().map(Subject::pane));
        }
    }
    subjects
}

fn newest_pane(snapshot: &Snapshot) -> Option<PaneId> {
    snapshot.panes.iter().map(|pane| pane.id).max()
}

/// The ids of the live objects, under the addresses that steps use.
fn known(matching: &Matching) -> Vec<(Ref, String)> {
    let sessions = matching.sessions.iter();
    let sessions = sessions.flat_map(|(address, live)| {
        let shell = Ref::DefaultShell(address.clone());
        let session = Ref::Session(address.clone());
        [
            (session, live.id.to_string()),
            (shell, live.default_shell.clone()),
        ]
    });
    let windows = matching.windows.iter();
    let windows =
        windows.map(|(address, live)| (Ref::Window(address.clone()), live.id.to_string()));
    let panes = matching.panes.iter();
    let panes = panes.map(|(address, live)| (Ref::Pane(address.clone()), live.id.to_string()));
    sessions.chain(windows).chain(panes).collect()
}

/// The option that counts when a pane is made.
const HISTORY_LIMIT: &str = "history-limit";

/// Collects steps in the order of the manifest.
struct Planner<'a> {
    snapshot: &'a Snapshot,
    matching: &'a Matching<'a>,
    conditions: &'a Conditions,
    steps: Vec<Step>,
    unchanged: Vec<Subject>,
    notes: Vec<Note>,
    /// The step that makes or arranges each window, which its panes come after.
    builders: BTreeMap<Address, usize>,
    /// The step that sets the options and hooks of each object.
    configurers: BTreeMap<Address, usize>,
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
        self.session_settings(session, created);
        for window in &session.windows {
            let live = self.matching.windows.get(&window.address).copied();
            match live {
                Some(live) => self.live_window(window, live),
                None => self.create_window(window, session, created),
            }
            self.window_settings(window);
        }
        if let Some(live) = live {
            self.order_windows(session, live);
        }
    }

    fn create_window(&mut self, window: &Window, session: &Session, created: Option<usize>) {
        let is_first = session.windows[0].address == window.address;
        let place = match created {
            Some(_) if is_first => WindowPlace::FirstOfNewSession,
            _ => WindowPlace::New,
        };
        let size = self.size(self.matching.sessions.get(&session.address).copied());
        let is_early =
            place == WindowPlace::FirstOfNewSession && session.options.contains_key(HISTORY_LIMIT);
        let build = arrange::creation(window, place, size, self.matching, is_early);
        let step = self.step(
            Subject::window(&window.address),
            Action::CreateWindow(Box::new(build)),
            Reason::NotThere,
            created.into_iter().collect(),
        );
        self.builders.insert(window.address.clone(), step);
        self.note_partial_hook(window);
    }

    fn live_window(&mut self, window: &Window, live: &LiveWindow) {
        let before = self.steps.len();
        let is_named = name::is_same(&live.name, &window.title);
        let tagged = live.address.as_ref();
        if let Some(from) = tagged.filter(|tagged| **tagged != window.address) {
            let readdress = Readdress {
                object: Object::Window(live.id),
                name: (!is_named).then(|| window.title.clone()),
            };
            self.readdress(Subject::window(&window.address), readdress, from);
        } else if !is_named {
            let action = Action::RenameWindow {
                id: live.id,
                name: window.title.clone(),
            };
            let reason = Reason::Drifted(Drift::Renamed {
                from: live.name.clone(),
            });
            self.step(Subject::window(&window.address), action, reason, Vec::new());
        }
        if let Some(&panes) = self.matching.foreign.get(&live.id) {
            let window = window.address.clone();
            self.notes.push(Note::ForeignPanes { window, panes });
        }
        let arrangement = arrange::arrangement(window, live, self.matching, self.snapshot);
        if let Some((build, reason)) = arrangement {
            let action = Action::ArrangeWindow(Box::new(build));
            let step = self.step(Subject::window(&window.address), action, reason, Vec::new());
            self.builders.insert(window.address.clone(), step);
            self.note_partial_hook(window);
        }
        self.focus_window(window, live);
        if self.steps.len() == before {
            self.unchanged.push(Subject::window(&window.address));
        }
    }

    fn readdress(&mut self, subject: Subject, readdress: Readdress, from: &Address) {
        let reason = Reason::Renamed {
            from: from.clone(),
            changes: Vec::new(),
        };
        self.step(subject, Action::Readdress(readdress), reason, Vec::new());
    }

    /// `focus` acts when its value changes, never against where a person is.
    fn focus_window(&mut self, window: &Window, live: &LiveWindow) {
        let Some(applied) = &live.applied else { return };
        let wanted = AppliedWindow::from(window);
        if applied.focus == wanted.focus {
            return;
        }
        let change = change::Change {
            field: "focus".to_owned(),
            from: Some(applied.focus.to_string()),
            to: Some(wanted.focus.to_string()),
        };
        self.step(
            Subject::window(&window.address),
            Action::FocusWindow {
                window: Box::new(window.clone()),
                id: live.id,
            },
            Reason::Changed(vec![change]),
            Vec::new(),
        );
    }

    /// New windows come last; from there they are swapped to where the manifest has them.
    fn order_windows(&mut self, session: &Session, live: &LiveSession) {
        let wanted: Vec<&Address> = session
            .windows
            .iter()
            .map(|window| &window.address)
            .collect();
        let is_live = |address: &Address| self.matching.windows.contains_key(address);
        let mut current: Vec<&Address> = wanted.iter().copied().filter(|a| is_live(a)).collect();
        current.sort_by_key(|address| self.matching.windows[*address].index);
        current.extend(wanted.iter().copied().filter(|address| !is_live(address)));
        let swaps = arrange::swaps_into_order(current, &wanted);
        if swaps.is_empty() {
            return;
        }
        let after = wanted
            .iter()
            .filter_map(|address| self.builders.get(*address));
        let after = after.copied().collect();
        let windows =
            |(a, b): (&Address, &Address)| (Ref::Window(a.clone()), Ref::Window(b.clone()));
        let current = self.current(session, live);
        let action = Action::OrderWindows(WindowOrder {
            swaps: swaps.into_iter().map(windows).collect(),
            current,
        });
        let reason = Reason::Drifted(Drift::Reordered);
        self.step(Subject::session(&session.address), action, reason, after);
    }

    /// The window to look at once the order is right: one whose focus is new, else the one that a
    /// person looks at.
    fn current(&self, session: &Session, live: &LiveSession) -> Option<Current> {
        let takes_focus = |window: &&Window| {
            let live = self.matching.windows.get(&window.address);
            let had_focus = live.and_then(|live| live.applied.as_ref());
            window.focus && !had_focus.is_some_and(|applied| applied.focus)
        };
        let focused = session.windows.iter().find(takes_focus);
        let wanted = focused.map(|window| Current::Wanted(Ref::Window(window.address.clone())));
        let mut windows = self.snapshot.windows_of(live.id);
        let active = windows.find(|window| window.is_active);
        wanted.or(active.map(|window| Current::Live(window.id)))
    }

    fn note_logs(&mut self, layout: &Layout) {
        let panes = layout.panes().filter(|pane| pane.log.is_some()).count();
        if panes > 0 {
            self.notes.push(Note::LogLater { panes });
        }
    }

    fn note_partial_hook(&mut self, window: &Window) {
        let reference = Ref::Window(window.address.clone());
        let hook = geometry::resize_hook(&window.root, &reference);
        if hook.is_some_and(|hook| hook.is_partial) {
            self.notes.push(Note::PartialHook {
                window: window.address.clone(),
            });
        }
    }

    /// The size of a window that is made: as the others of its session, or as it will be seen.
    fn size(&self, session: Option<&LiveSession>) -> (u32, u32) {
        let windows = session.map(|session| self.snapshot.windows_of(session.id));
        let sibling = windows.and_then(|mut windows| windows.next());
        let conditions = (self.conditions.width, self.conditions.height);
        sibling.map_or(conditions, |window| (window.width, window.height))
    }

    fn step(
        &mut self,
        subject: Subject,
        action: Action,
        reason: Reason,
        after: Vec<usize>,
    ) -> usize {
        self.steps.push(Step {
            subject,
            action,
            reason,
            ends: None,
            after,
        });
        self.steps.len() - 1
    }
}
