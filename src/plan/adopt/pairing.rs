//! Finds the wanted windows and panes in a session made by hand.

use std::collections::BTreeMap;

use crate::layout::{Pane, Session, Window};
use crate::live::{LivePane, LiveProcess, LiveSession, LiveWindow, Snapshot};
use crate::plan::adopt::likeness::{LEVELS, Level, Likeness, likeness};
use crate::plan::adopt::machine::Machine;
use crate::tmux::id::PaneId;
use crate::tmux::name;

/// A wanted pane that a live one matches, and the program in it.
#[derive(Debug)]
pub(super) struct Found<'l> {
    pub pane: &'l Pane,
    pub like: Likeness,
}

/// The levels without doubt.
const CERTAIN: [Level; 2] = [Level::Same, Level::Inside];

/// The facts to match by.
#[derive(Clone, Copy)]
struct Evidence<'a, 'm> {
    snapshot: &'a Snapshot,
    machine: &'m Machine,
}

/// The matched windows and panes of a session.
#[derive(Debug, Default)]
pub(super) struct Pairing<'a, 'l> {
    pub windows: Vec<(&'l Window, &'a LiveWindow)>,
    pub panes: BTreeMap<PaneId, Found<'l>>,
}

impl<'a, 'l> Pairing<'a, 'l> {
    /// Matches windows by name, then by position if they run something wanted; panes by the
    /// programs in them: certain matches first, in their own window and then in the others.
    pub(super) fn of(
        session: &'l Session,
        live: &LiveSession,
        snapshot: &'a Snapshot,
        machine: &Machine,
    ) -> Self {
        let mut pairing = Pairing::default();
        let mut free: Vec<&LiveWindow> = snapshot.windows_of(live.id).collect();
        for window in &session.windows {
            let is_named = |live: &&LiveWindow| name::is_same(&live.name, &window.title);
            if let Some(at) = free.iter().position(is_named) {
                pairing.windows.push((window, free.remove(at)));
            }
        }
        let seen = Evidence { snapshot, machine };
        pairing.match_windows(&CERTAIN, session, &mut free, seen);
        pairing.match_elsewhere(session, live, seen);
        pairing.match_windows(&LEVELS, session, &mut free, seen);
        pairing
    }

    /// Matches panes in their own windows, and windows by their panes.
    fn match_windows(
        &mut self,
        levels: &[Level],
        session: &'l Session,
        free: &mut Vec<&'a LiveWindow>,
        seen: Evidence<'a, '_>,
    ) {
        for window in &session.windows {
            let mut paired = self.windows.iter();
            let known = paired.find(|(other, _)| other.address == window.address);
            let wanted = window.root.panes();
            let mut matches = |live: &LiveWindow| {
                let panes: Vec<&LivePane> = seen.snapshot.panes_of(live.id).collect();
                Pairing::match_panes(&mut self.panes, &wanted, &panes, levels, seen.machine)
            };
            if let Some((_, live)) = known {
                matches(live);
            } else if let Some(at) = free.iter().position(|live| matches(live)) {
                self.windows.push((window, free.remove(at)));
            }
        }
    }

    /// Matches commands in any window of the session.
    fn match_elsewhere(
        &mut self,
        session: &'l Session,
        live: &LiveSession,
        seen: Evidence<'a, '_>,
    ) {
        let all = seen.snapshot.windows_of(live.id);
        let all = all.flat_map(|window| seen.snapshot.panes_of(window.id));
        let wanted = session.windows.iter();
        let wanted = wanted.flat_map(|window| window.root.panes());
        let commands = wanted.filter(|pane| !pane.command.is_interactive_shell());
        let (commands, all): (Vec<_>, Vec<_>) = (commands.collect(), all.collect());
        Pairing::match_panes(&mut self.panes, &commands, &all, &CERTAIN, seen.machine);
    }

    /// Matches wanted panes to live ones, the likeliest first; returns whether any matched.
    fn match_panes(
        found: &mut BTreeMap<PaneId, Found<'l>>,
        wanted: &[&'l Pane],
        live: &[&LivePane],
        levels: &[Level],
        machine: &Machine,
    ) -> bool {
        let before = found.len();
        let is_known = |panes: &BTreeMap<PaneId, Found>, pane: &Pane| {
            panes
                .values()
                .any(|found| found.pane.address == pane.address)
        };
        for level in levels {
            for &pane in wanted {
                if is_known(found, pane) {
                    continue;
                }
                let mut free = live.iter().filter(|live| {
                    let runs = matches!(live.process, LiveProcess::Running { .. });
                    let is_free =
                        live.owner.is_none() || live.address.as_ref() == Some(&pane.address);
                    runs && is_free && !live.is_floating && !found.contains_key(&live.id)
                });
                let likely = free.find_map(|live| {
                    let like = likeness(&pane.command, live, *level, machine)?;
                    Some((live.id, Found { pane, like }))
                });
                found.extend(likely);
            }
        }
        found.len() > before
    }
}
