//! Windows: creates, names, arranges, orders them, and moves them to the session they are wanted
//! in.

use crate::layout::{Address, AppliedWindow, Session, StepId, Window};
use crate::live::{LiveSession, LiveWindow};
use crate::plan::arrange;
use crate::plan::change::{
    Action, Change, Current, Drift, Note, Object, Readdress, Reason, Subject, WindowBuild,
    WindowMove, WindowOrder, WindowPlace,
};
use crate::plan::planner::Planner;
use crate::tmux::geometry;
use crate::tmux::name;
use crate::tmux::option::HISTORY_LIMIT;
use crate::tmux::script::Ref;

impl Planner<'_> {
    /// Adds the steps of a session's windows. `created` is the step that creates the session.
    pub(super) fn windows(&mut self, session: &Session, created: Option<StepId>) {
        let is_made = |window: &&Window| !self.matching.windows.contains_key(&window.address);
        let first = session.windows.iter().find(is_made);
        let first = first.filter(|_| created.is_some());
        let first = first.map(|window| window.address.clone());
        for window in &session.windows {
            let live = self.matching.windows.get(&window.address).copied();
            match live {
                Some(live) => self.live_window(window, live, session, created),
                None => {
                    let is_first = first.as_ref() == Some(&window.address);
                    let place = if is_first {
                        WindowPlace::FirstOfNewSession
                    } else {
                        WindowPlace::New
                    };
                    self.create_window(window, session, place, created);
                }
            }
            if live.is_none() || self.scope.is_whole(&window.address) {
                self.window_settings(window);
            }
        }
        if created.is_some() || self.scope.is_whole(&session.address) {
            self.order_windows(session);
        }
    }

    fn create_window(
        &mut self,
        window: &Window,
        session: &Session,
        place: WindowPlace,
        created: Option<StepId>,
    ) {
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

    fn live_window(
        &mut self,
        window: &Window,
        live: &LiveWindow,
        session: &Session,
        created: Option<StepId>,
    ) {
        let before = self.steps.len();
        let is_whole = self.scope.is_whole(&window.address);
        let home = self.matching.sessions.get(&session.address).copied();
        let moves = is_whole && home.is_none_or(|home| home.id != live.session);
        if moves {
            self.move_window(window, live, created);
        } else {
            self.name_window(window, live, is_whole);
        }
        if let Some(&panes) = self.matching.foreign.get(&live.id) {
            let window = window.address.clone();
            self.notes.push(Note::ForeignPanes { window, panes });
        } else {
            self.note_floating(window, live);
        }
        let size = match home.filter(|home| moves && home.attached > 0) {
            Some(home) => self.size(Some(home)),
            None => (live.width, live.height),
        };
        if let Some((build, reason)) = self.arrangement(window, live, size) {
            let action = Action::ArrangeWindow(Box::new(build));
            let after = self.builders.get(&window.address).copied();
            let after = after.into_iter().collect();
            let step = self.step(Subject::window(&window.address), action, reason, after);
            self.builders.insert(window.address.clone(), step);
            self.note_partial_hook(window);
        }
        if is_whole {
            self.focus_window(window, live);
        }
        if self.steps.len() == before {
            self.unchanged.push(Subject::window(&window.address));
        }
    }

    /// Updates the name and the address of a window that is already in its session.
    fn name_window(&mut self, window: &Window, live: &LiveWindow, is_whole: bool) {
        let is_named = name::is_same(&live.name, &window.title);
        let tagged = live.address.as_ref();
        if let Some(from) = tagged.filter(|tagged| **tagged != window.address) {
            let readdress = Readdress {
                object: Object::Window(live.id),
                name: (!is_named).then(|| window.title.clone()),
                is_aside: false,
            };
            self.readdress(Subject::window(&window.address), readdress, from);
        } else if !is_named && is_whole {
            let action = Action::RenameWindow {
                id: live.id,
                name: window.title.clone(),
            };
            let reason = Reason::Drifted(Drift::Renamed {
                from: live.name.clone(),
            });
            self.step(Subject::window(&window.address), action, reason, Vec::new());
        }
    }

    /// Moves a window, with everything in it, to its wanted session.
    fn move_window(&mut self, window: &Window, live: &LiveWindow, created: Option<StepId>) {
        let tagged = live.address.as_ref();
        let renamed = tagged.filter(|tagged| tagged.name() != window.address.name());
        let from = self.snapshot.session(live.session);
        let reason = match (renamed, from) {
            (Some(from), _) => Reason::Renamed {
                from: from.clone(),
                changes: Vec::new(),
            },
            (None, from) => Reason::Drifted(Drift::Moved {
                from: from.map_or_else(|| live.session.to_string(), |from| from.name.clone()),
            }),
        };
        let action = Action::MoveWindow(WindowMove {
            id: live.id,
            from: live.session,
            is_last: self.is_last_to_leave(window, live),
            name: (!name::is_same(&live.name, &window.title)).then(|| window.title.clone()),
        });
        let after = created.into_iter().collect();
        let step = self.step(Subject::window(&window.address), action, reason, after);
        self.builders.insert(window.address.clone(), step);
    }

    /// Whether a wanted session loses its last window by this move, before others come into it.
    fn is_last_to_leave(&self, window: &Window, live: &LiveWindow) -> bool {
        let mut sessions = self.matching.sessions.iter();
        let Some((address, _)) = sessions.find(|(_, session)| session.id == live.session) else {
            return false;
        };
        let wanted_here = |other: &Address| other.session() == *address;
        let mut moves = self.matching.windows.iter().filter(|(other, live_other)| {
            live_other.session == live.session && !wanted_here(other)
        });
        let is_first = moves
            .next()
            .is_some_and(|(other, _)| *other == window.address);
        let mut windows = self.snapshot.windows_of(live.session);
        let leaves = |id| {
            let mut matched = self.matching.windows.iter();
            matched.any(|(other, live_other)| live_other.id == id && !wanted_here(other))
        };
        is_first && windows.all(|window| leaves(window.id))
    }

    pub(super) fn readdress(&mut self, subject: Subject, readdress: Readdress, from: &Address) {
        let reason = Reason::Renamed {
            from: from.clone(),
            changes: Vec::new(),
        };
        self.step(subject, Action::Readdress(readdress), reason, Vec::new());
    }

    /// Focuses a window only if its `focus` has changed, never against a person's own choice.
    fn focus_window(&mut self, window: &Window, live: &LiveWindow) {
        let Some(applied) = &live.applied else { return };
        let wanted = AppliedWindow::from(window);
        if applied.focus == wanted.focus {
            return;
        }
        let change = Change {
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

    /// Swaps windows into the order of the manifest: new windows come last, and after them those
    /// from other sessions.
    fn order_windows(&mut self, session: &Session) {
        let home = self.matching.sessions.get(&session.address).copied();
        let windows = session.windows.iter();
        let wanted: Vec<&Address> = windows.map(|window| &window.address).collect();
        let live = |address: &Address| self.matching.windows.get(address).copied();
        let place = |address: &&Address| match live(address) {
            Some(live) if home.is_some_and(|home| home.id == live.session) => (0, live.index),
            None => (1, 0),
            Some(_) => (2, 0),
        };
        let mut current = wanted.clone();
        // A stable sort: windows with equal keys keep the order of the manifest.
        current.sort_by_key(place);
        let swaps = arrange::swaps_into_order(current, &wanted);
        let is_filled = home.is_none() && wanted.iter().any(|address| live(address).is_some());
        if swaps.is_empty() && !is_filled {
            return;
        }
        let here = wanted.iter().filter_map(|address| live(address));
        let here = here.filter(|live| home.is_some_and(|home| home.id == live.session));
        let mut copies: Vec<u32> = here.flat_map(|live| live.copies.clone()).collect();
        copies.sort_by_key(|index| std::cmp::Reverse(*index));
        let builders = wanted.iter().map(|address| self.builders.get(*address));
        let after = builders.flatten().copied().collect();
        let windows =
            |(a, b): (&Address, &Address)| (Ref::Window(a.clone()), Ref::Window(b.clone()));
        let action = Action::OrderWindows(WindowOrder {
            session: Ref::Session(session.address.clone()),
            swaps: swaps.into_iter().map(windows).collect(),
            copies,
            current: self.current(session, home),
        });
        let reason = match home {
            Some(_) => Reason::Drifted(Drift::Reordered),
            None => Reason::NotThere,
        };
        self.step(Subject::session(&session.address), action, reason, after);
    }

    /// Returns the window to select once the order is right: one whose `focus` is new, else the one
    /// that is selected now.
    fn current(&self, session: &Session, home: Option<&LiveSession>) -> Option<Current> {
        let wanted = |window: &Window| Current::Wanted(Ref::Window(window.address.clone()));
        let takes_focus = |window: &&Window| {
            let live = self.matching.windows.get(&window.address);
            let had_focus = live.and_then(|live| live.applied.as_ref());
            window.focus && (home.is_none() || !had_focus.is_some_and(|applied| applied.focus))
        };
        let focused = session.windows.iter().find(takes_focus);
        let Some(home) = home else {
            return focused.or(session.windows.first()).map(wanted);
        };
        let mut windows = self.snapshot.windows_of(home.id);
        // A window that leaves, for another session or with its last pane, is not selected any
        // more.
        let stays = |window: &&LiveWindow| {
            let mut matched = self.matching.windows.iter();
            let is_wanted = matched.any(|(address, live)| {
                live.id == window.id && address.session() == session.address
            });
            is_wanted || self.matching.foreign.contains_key(&window.id)
        };
        let active = windows.find(|window| window.is_active).filter(stays);
        let active = active.map(|window| Current::Live(window.id));
        focused.map(wanted).or(active)
    }

    fn note_floating(&mut self, window: &Window, live: &LiveWindow) {
        let panes = self.snapshot.panes_of(live.id);
        let panes = panes.filter(|pane| pane.is_floating).count();
        if panes > 0 {
            let window = window.address.clone();
            self.notes.push(Note::Floating { window, panes });
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

    /// Returns the size of a new window: that of the others in its session, or as it will be seen.
    pub(super) fn size(&self, session: Option<&LiveSession>) -> (u32, u32) {
        let windows = session.map(|session| self.snapshot.windows_of(session.id));
        let sibling = windows.and_then(|mut windows| windows.next());
        let conditions = (self.conditions.width, self.conditions.height);
        sibling.map_or(conditions, |window| (window.width, window.height))
    }

    /// Returns the work to do in a live window, as far as it is in scope: if only panes are
    /// selected, they are inserted and nothing else happens.
    fn arrangement(
        &self,
        window: &Window,
        live: &LiveWindow,
        size: (u32, u32),
    ) -> Option<(WindowBuild, Reason)> {
        let (scene, matching) = (&self.scene, self.matching);
        let arrangement = arrange::arrangement(window, live, size, scene, matching, self.snapshot);
        if !self.scope.is_whole(&window.address) {
            return arrangement
                .filter(|(build, _)| !build.insertions.is_empty() || build.exchange.is_some());
        }
        if !self.wishes.relays_out {
            return arrangement;
        }
        arrange::relaid(arrangement, window, live, scene, matching, self.snapshot)
    }
}
