//! Options, hooks and zoom: changes in the manifest since they were applied, changes made by hand,
//! and options that are released.
//!
//! triad owns only what the manifest sets. When the manifest drops an option, it keeps its value; a
//! dropped hook is removed, because it is triad's own command.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    Address, AppliedSettings, Layout, Origin, Pane, Session, StepId, TmuxHooks, Window,
};
use crate::live::{LivePane, LiveWindow};
use crate::plan::change::{
    Action, Change, Configure, Drift, HookEntry, Note, Reason, Subject, Zoom,
};
use crate::plan::diff::value_changes;
use crate::plan::planner::Planner;
use crate::tmux::hook;
use crate::tmux::id::{PaneId, SessionId};
use crate::tmux::option::{self, HISTORY_LIMIT, OptionScope};
use crate::tmux::script::Ref;
use crate::tmux::version::SHARED_HISTORY;

/// An object whose settings are compared.
struct Object<'a> {
    subject: Subject,
    id: Ref,
    origin: &'a Origin,
    wanted: AppliedSettings,
    /// The settings applied to the live object; `None`: this plan creates it.
    applied: Option<&'a AppliedSettings>,
    /// Options that were changed by hand and are still wanted.
    drift: Vec<Change>,
    /// Hooks that are missing and still wanted.
    lost: Vec<HookEntry>,
    /// Panes with a value of their own that overrides the window's.
    clears: Vec<(PaneId, String)>,
    /// The history limit that its panes need, if one limit applies to all of them.
    history: Option<u32>,
    after: Vec<StepId>,
}

impl Object<'_> {
    /// Returns the value to set for an option whose manifest value is `value`.
    fn value(&self, name: &str, value: &str) -> String {
        let wanted = value.parse::<u32>().ok();
        match (self.history, wanted) {
            (Some(history), Some(wanted)) if name == HISTORY_LIMIT => {
                history.max(wanted).to_string()
            }
            _ => value.to_owned(),
        }
    }
}

impl Planner<'_> {
    pub(super) fn session_settings(&mut self, session: &Session, created: Option<StepId>) {
        let live = self.matching.sessions.get(&session.address).copied();
        let mut wanted = AppliedSettings::from(session);
        // Variables given for this run are written at the end, if there is anything to do.
        wanted.vars = live.map_or_else(BTreeMap::new, |live| live.settings.vars.clone());
        let mut drift = live.map_or_else(Vec::new, |live| self.session_drift(&wanted, live.id));
        let history = self.shared_history(session);
        let is_of_panes = |change: &Change| {
            change.field == field(HISTORY_LIMIT) && change.from == history.map(|it| it.to_string())
        };
        drift.retain(|change| !is_of_panes(change));
        let id = live.map(|live| live.id.to_string());
        let lost = id.map_or_else(Vec::new, |id| self.lost_hooks(&wanted, &id));
        self.note_shadows(&session.address, &wanted.hooks);
        self.configure(Object {
            subject: Subject::session(&session.address),
            id: Ref::Session(session.address.clone()),
            origin: &session.origin,
            wanted,
            applied: live.map(|live| &live.settings),
            drift,
            lost,
            clears: Vec::new(),
            history,
            after: created.into_iter().collect(),
        });
    }

    /// Returns the longest `history` of a session's panes, if tmux has one limit for all of them.
    fn shared_history(&self, session: &Session) -> Option<u32> {
        let server = self.snapshot.server.as_ref()?;
        let panes = session
            .windows
            .iter()
            .flat_map(|window| window.root.panes());
        let longest = panes.filter_map(|pane| pane.history).max();
        longest.filter(|_| server.version.has(SHARED_HISTORY))
    }

    pub(super) fn window_settings(&mut self, window: &Window) {
        let live = self.matching.windows.get(&window.address).copied();
        let mut wanted = AppliedSettings::from(window);
        let (drift, clears) =
            live.map_or_else(Default::default, |live| self.window_drift(&wanted, live));
        let id = live.map(|live| live.id.to_string());
        let lost = id.map_or_else(Vec::new, |id| self.lost_hooks(&wanted, &id));
        // Zoom is applied at the end, and written then.
        wanted.zoom = live.is_some_and(|live| live.settings.zoom);
        self.note_shadows(&window.address, &wanted.hooks);
        let builder = self.builders.get(&window.address);
        self.configure(Object {
            subject: Subject::window(&window.address),
            id: Ref::Window(window.address.clone()),
            origin: &window.origin,
            wanted,
            applied: live.map(|live| &live.settings),
            drift,
            lost,
            clears,
            history: None,
            after: builder.copied().into_iter().collect(),
        });
    }

    pub(super) fn pane_settings(&mut self, pane: &Pane) {
        let live = self.matching.panes.get(&pane.address).copied();
        let wanted = AppliedSettings::from(pane);
        let drift = live.map_or_else(Vec::new, |live| {
            let id = live.id.to_string();
            self.drifted(&wanted, |name| self.snapshot.options.value(&id, name))
        });
        let window = pane.address.enclosing_window();
        let builder = window.and_then(|window| self.builders.get(&window).copied());
        self.configure(Object {
            subject: Subject::pane(pane),
            id: Ref::Pane(pane.address.clone()),
            origin: &pane.origin,
            wanted,
            applied: live.map(|live| &live.settings),
            drift,
            lost: Vec::new(),
            clears: Vec::new(),
            history: None,
            after: builder.into_iter().collect(),
        });
        let applied = live.and_then(|live| live.applied.as_ref());
        if applied.is_some_and(|applied| applied.history != pane.history) {
            let address = pane.address.clone();
            self.notes.push(Note::HistoryLater { address });
        }
    }

    fn configure(&mut self, object: Object) {
        let none = AppliedSettings::default();
        let applied = object.applied.unwrap_or(&none);
        let wanted = &object.wanted;
        let mut changes = value_changes("option", &applied.options, &wanted.options);
        changes.extend(value_changes("env", &applied.env, &wanted.env));
        changes.extend(hook_changes(&applied.hooks, &wanted.hooks));
        let released: Vec<String> = applied
            .options
            .keys()
            .filter(|name| !wanted.options.contains_key(*name))
            .cloned()
            .collect();
        if changes.is_empty() && object.drift.is_empty() && object.lost.is_empty() {
            return;
        }
        let is_set = |name: &String| {
            applied.options.get(name) != wanted.options.get(name)
                || object
                    .drift
                    .iter()
                    .any(|change| change.field == field(name))
        };
        let set = wanted.options.iter().filter(|(name, _)| is_set(name));
        let set = set.map(|(name, value)| (name.clone(), object.value(name, value)));
        let set: Vec<(String, String)> = set.collect();
        let mut hooks = hook_entries(&applied.hooks, &wanted.hooks);
        let mut drift = object.drift;
        for entry in object.lost {
            if !hooks.contains(&entry) {
                drift.push(Change {
                    field: format!("tmux-hook {}", entry.event),
                    from: None,
                    to: entry.command.clone(),
                });
                hooks.push(entry);
            }
        }
        let action = Action::Configure(Box::new(Configure {
            object: object.id,
            origin: object.origin.clone(),
            set,
            hooks,
            env: env_entries(&applied.env, &wanted.env),
            clears: object.clears,
            applied: wanted.clone(),
        }));
        if !released.is_empty() {
            self.notes.push(Note::Released {
                address: object.subject.address.clone(),
                options: released,
            });
        }
        let reason = match object.applied {
            None => Reason::NotThere,
            Some(_) if !changes.is_empty() => Reason::Changed(changes),
            Some(_) => Reason::Drifted(Drift::SetOtherwise(drift)),
        };
        let address = object.subject.address.clone();
        let step = self.step(object.subject, action, reason, object.after);
        self.configurers.insert(address, step);
    }

    /// Adds the requested zooms, after everything in their windows has started.
    pub(super) fn zooms(&mut self, layout: &Layout, starts: &BTreeMap<Address, StepId>) {
        for window in layout.windows() {
            let live = self.matching.windows.get(&window.address);
            let was_zoomed = live.is_some_and(|live| live.settings.zoom);
            let is_meant = live.is_none() || self.scope.is_whole(&window.address);
            if window.zoom == was_zoomed || !is_meant {
                continue;
            }
            let panes = window.root.panes();
            let focused = panes.iter().find(|pane| pane.focus);
            let pane = focused.or(panes.first()).expect("a window has panes");
            let starts = panes.iter().filter_map(|pane| starts.get(&pane.address));
            let before = [&self.builders, &self.configurers];
            let before = before
                .into_iter()
                .filter_map(|steps| steps.get(&window.address));
            let after = starts.chain(before).copied().collect();
            let action = Action::Zoom(Box::new(Zoom {
                window: window.address.clone(),
                pane: pane.address.clone(),
                is_zoomed: window.zoom,
                applied: AppliedSettings::from(window),
            }));
            let reason = match live {
                None => Reason::NotThere,
                Some(_) => Reason::Changed(vec![Change {
                    field: "zoom".to_owned(),
                    from: Some(was_zoomed.to_string()),
                    to: Some(window.zoom.to_string()),
                }]),
            };
            self.step(Subject::window(&window.address), action, reason, after);
        }
    }

    /// Notes hooks of an object that keep tmux from running the global ones.
    fn note_shadows(&mut self, address: &Address, hooks: &TmuxHooks) {
        let hooked = &self.snapshot.options.hooked;
        let events: Vec<String> = hooks
            .keys()
            .filter(|event| hooked.contains(*event))
            .cloned()
            .collect();
        if !events.is_empty() {
            let address = address.clone();
            self.notes.push(Note::HookShadows { address, events });
        }
    }
}

/// Changes made by hand.
impl Planner<'_> {
    fn drifted<'a>(
        &self,
        wanted: &AppliedSettings,
        shown: impl Fn(&str) -> Option<&'a str>,
    ) -> Vec<Change> {
        let options = wanted.options.iter();
        let changes = options.filter_map(|(name, value)| {
            let shown = shown(name).filter(|_| option::is_comparable(name, value))?;
            (!option::shows(shown, value)).then(|| Change {
                field: field(name),
                from: Some(option::as_set(shown, value).to_owned()),
                to: Some(value.clone()),
            })
        });
        changes.collect()
    }

    /// Returns triad's commands that were removed from an event's list. Changed commands are not
    /// detected: tmux returns commands in its own spelling.
    fn lost_hooks(&self, wanted: &AppliedSettings, id: &str) -> Vec<HookEntry> {
        let mut lost = Vec::new();
        for (event, commands) in &wanted.hooks {
            for (number, command) in commands.iter().enumerate() {
                let shown = self.snapshot.options.value(id, &hook::entry(event, number));
                if shown == Some("") {
                    lost.push(HookEntry {
                        event: event.clone(),
                        number,
                        command: Some(command.clone()),
                    });
                }
            }
        }
        lost
    }

    fn session_drift(&self, wanted: &AppliedSettings, id: SessionId) -> Vec<Change> {
        let session = id.to_string();
        self.drifted(wanted, |name| {
            let of_session = self.snapshot.options.value(&session, name);
            let windows = self.snapshot.windows_of(id);
            let windows = windows.filter(|window| !window.settings.options.contains_key(name));
            let panes = windows.flat_map(|window| self.snapshot.panes_of(window.id));
            of_session.or_else(|| self.seen_from(panes, name, &wanted.options[name]))
        })
    }

    fn window_drift(
        &self,
        wanted: &AppliedSettings,
        live: &LiveWindow,
    ) -> (Vec<Change>, Vec<(PaneId, String)>) {
        let panes: Vec<&LivePane> = self.snapshot.panes_of(live.id).collect();
        let window = live.id.to_string();
        let drift = self.drifted(wanted, |name| {
            let of_window = self.snapshot.options.value(&window, name);
            let panes = panes.iter().copied();
            of_window.or_else(|| self.seen_from(panes, name, &wanted.options[name]))
        });
        let is_of_panes =
            |name: &str| option::find(name).is_some_and(|option| option.scope == OptionScope::Pane);
        let mut clears = Vec::new();
        let names = wanted.options.keys().filter(|name| is_of_panes(name));
        for name in names.filter(|name| drift.iter().any(|change| change.field == field(name))) {
            let ours = panes.iter().filter(|pane| pane.address.is_some());
            let others = ours.filter(|pane| !pane.settings.options.contains_key(name));
            clears.extend(others.map(|pane| (pane.id, name.clone())));
        }
        (drift, clears)
    }

    /// Returns an option's value as panes see it that do not set their own. As long as one pane
    /// shows the wanted value, the others must have their own.
    fn seen_from<'s>(
        &'s self,
        panes: impl Iterator<Item = &'s LivePane>,
        name: &str,
        wanted: &str,
    ) -> Option<&'s str> {
        let others = panes.filter(|pane| !pane.settings.options.contains_key(name));
        let mut shown =
            others.filter_map(|pane| self.snapshot.options.value(&pane.id.to_string(), name));
        let first = shown.next()?;
        let mut all = std::iter::once(first).chain(shown);
        Some(
            all.find(|shown| option::shows(shown, wanted))
                .unwrap_or(first),
        )
    }
}

fn field(name: &str) -> String {
    format!("option {name}")
}

fn hook_changes(applied: &TmuxHooks, wanted: &TmuxHooks) -> Vec<Change> {
    let change = |event: &String, from: Option<&Vec<String>>, to: Option<&Vec<String>>| {
        let shown = |commands: &Vec<String>| commands.join(" ; ");
        (from != to).then(|| Change {
            field: format!("tmux-hook {event}"),
            from: from.map(shown),
            to: to.map(shown),
        })
    };
    let events: BTreeSet<&String> = applied.keys().chain(wanted.keys()).collect();
    let changes = events
        .into_iter()
        .filter_map(|event| change(event, applied.get(event), wanted.get(event)));
    changes.collect()
}

/// Returns the variables that changed or were removed.
fn env_entries(
    applied: &BTreeMap<String, String>,
    wanted: &BTreeMap<String, String>,
) -> Vec<(String, Option<String>)> {
    let names: BTreeSet<&String> = applied.keys().chain(wanted.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| applied.get(*name) != wanted.get(*name));
    changed
        .map(|name| (name.clone(), wanted.get(name).cloned()))
        .collect()
}

/// Returns triad's entries that changed or were removed. The list itself stays, even if it is then
/// empty: no format tells whether it has others' commands. Tags that name no tmux event are
/// ignored.
fn hook_entries(applied: &TmuxHooks, wanted: &TmuxHooks) -> Vec<HookEntry> {
    let none = Vec::new();
    let mut entries = Vec::new();
    let events: BTreeSet<&String> = applied.keys().chain(wanted.keys()).collect();
    for event in events
        .into_iter()
        .filter(|event| hook::scope(event).is_some())
    {
        let (from, to) = (applied.get(event), wanted.get(event));
        if from == to {
            continue;
        }
        let (from, to) = (from.unwrap_or(&none), to.unwrap_or(&none));
        for number in 0..from.len().max(to.len()) {
            entries.push(HookEntry {
                event: event.clone(),
                number,
                command: to.get(number).cloned(),
            });
        }
    }
    entries
}
