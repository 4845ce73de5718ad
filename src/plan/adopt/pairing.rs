//! Which windows and panes of a session that a person made are the wanted ones.

use std::collections::BTreeMap;

use crate::layout::{Pane, Session, Window};
use crate::live::{LivePane, LiveProcess, LiveSession, LiveWindow, Snapshot};
use crate::plan::adopt::Machine;
use crate::plan::adopt::likeness::{LEVELS, Level, likeness};
use crate::tmux::id::PaneId;
use crate::tmux::name;

/// A wanted pane that a live one is, and what runs there.
#[derive(Debug)]
pub struct Found<'l> {
    pub pane: &'l Pane,
    pub runs: String,
}

/// Which windows and panes of a session are the wanted ones.
#[derive(Debug, Default)]
pub struct Pairing<'a, 'l> {
    pub windows: Vec<(&'l Window, &'a LiveWindow)>,
    pub panes: BTreeMap<PaneId, Found<'l>>,
}

impl<'a, 'l> Pairing<'a, 'l> {
    /// Windows by their names, then by place where something wanted runs in them; panes by what
    /// runs in them, in their window and then, where that leaves no doubt, in the others.
    pub fn of(
        session: &'l Session,
        live: &LiveSession,
        snapshot: &'a Snapshot,
        machine: &Machine,
    ) -> Self {
        let mut pairing = Pairing::default();
        let mut windows: Vec<&LiveWindow> = snapshot.windows_of(live.id).collect();
        let mut left = Vec::new();
        for window in &session.windows {
            let is_named = |live: &&LiveWindow| name::is_same(&live.name, &window.title);
            let Some(at) = windows.iter().position(is_named) else {
                left.push(window);
                continue;
            };
            let live = windows.remove(at);
            let panes: Vec<&LivePane> = snapshot.panes_of(live.id).collect();
            pairing.match_panes(&window.root.panes(), &panes, &LEVELS, machine);
            pairing.windows.push((window, live));
        }
        for window in left {
            let at = windows.iter().position(|live| {
                let panes: Vec<&LivePane> = snapshot.panes_of(live.id).collect();
                pairing.match_panes(&window.root.panes(), &panes, &LEVELS, machine)
            });
            if let Some(at) = at {
                pairing.windows.push((window, windows.remove(at)));
            }
        }
        let all = snapshot.windows_of(live.id);
        let all: Vec<&LivePane> = all
            .flat_map(|window| snapshot.panes_of(window.id))
            .collect();
        let wanted = session
            .windows
            .iter()
            .flat_map(|window| window.root.panes());
        let commands = wanted.filter(|pane| !pane.command.is_interactive_shell());
        let certain = [Level::Same, Level::Inside];
        pairing.match_panes(&commands.collect::<Vec<_>>(), &all, &certain, machine);
        pairing
    }

    /// Finds wanted panes among live ones, the likeliest first; returns whether it found one.
    fn match_panes(
        &mut self,
        wanted: &[&'l Pane],
        live: &[&LivePane],
        levels: &[Level],
        machine: &Machine,
    ) -> bool {
        let before = self.panes.len();
        let is_known = |panes: &BTreeMap<PaneId, Found>, pane: &Pane| {
            panes
                .values()
                .any(|found| found.pane.address == pane.address)
        };
        for level in levels {
            for &pane in wanted {
                if is_known(&self.panes, pane) {
                    continue;
                }
                let mut free = live.iter().filter(|live| {
                    let runs = matches!(live.process, LiveProcess::Running { .. });
                    let is_free =
                        live.owner.is_none() || live.address.as_ref() == Some(&pane.address);
                    runs && is_free && !live.is_floating && !self.panes.contains_key(&live.id)
                });
                let found = free.find_map(|live| {
                    let runs = likeness(&pane.command, live, *level, machine)?;
                    Some((live.id, Found { pane, runs }))
                });
                self.panes.extend(found);
            }
        }
        self.panes.len() > before
    }
}
