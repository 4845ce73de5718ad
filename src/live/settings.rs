//! What a layout owns of tmux's own settings, as the server has it: asked for in the one listing,
//! and only where the layout owns something.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::layout::{AppliedSettings, Layout, SYNCHRONIZE};
use crate::tmux::hook;
use crate::tmux::option::{self, OptionScope};

/// What a listing is to tell beyond what it always tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Options whose values are asked of each session, window and pane.
    pub sessions: Vec<String>,
    pub windows: Vec<String>,
    pub panes: Vec<String>,
    /// Which options and hooks the server knows.
    pub names: bool,
    /// The names of sessions whose windows are asked for as theirs, although others have them too.
    pub claims: Vec<String>,
}

impl Query {
    /// What a plan for this layout has to know.
    pub fn of(layout: &Layout) -> Self {
        let mut asked = Query::default();
        for session in &layout.sessions {
            asked.add(&session.into());
        }
        for window in layout.windows() {
            asked.add(&window.into());
        }
        for pane in layout.panes() {
            asked.add(&pane.into());
        }
        asked
    }

    fn add(&mut self, settings: &AppliedSettings) {
        for (name, value) in &settings.options {
            // What is always there is not worth asking for.
            self.names |= name != SYNCHRONIZE;
            if option::is_comparable(name, value) {
                let names = match option::find(name).map(|option| option.scope) {
                    Some(OptionScope::Session) => &mut self.sessions,
                    Some(OptionScope::Window) => &mut self.windows,
                    // A format looks at the pane before anything around it: only panes tell.
                    _ => &mut self.panes,
                };
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        self.names |= !settings.hooks.is_empty();
        for (event, commands) in &settings.hooks {
            let names = match hook::scope(event) {
                Some(OptionScope::Session) => &mut self.sessions,
                _ if hook::is_of_panes(event) => continue,
                _ => &mut self.windows,
            };
            for number in 0..commands.len() {
                let entry = hook::entry(event, number);
                if !names.contains(&entry) {
                    names.push(entry);
                }
            }
        }
    }
}

/// What the listing told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveOptions {
    /// By the id of a session, window or pane, and by the option's name: what holds there, be it
    /// set there or further out.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// The options and hooks that the server knows; `None`: it was not asked, or is none.
    pub names: Option<BTreeSet<String>>,
    /// The events for which somebody has set a hook for all sessions or windows.
    pub hooked: BTreeSet<String>,
}

impl LiveOptions {
    pub fn value(&self, id: &str, name: &str) -> Option<&str> {
        Some(self.values.get(id)?.get(name)?.as_str())
    }

    /// Reads what `show-options` and `show-hooks` print, a line each: a name, perhaps an index,
    /// and a value. The later lines of a value of several are no names; they do no harm here.
    pub(super) fn read_names(&mut self, listing: &str) {
        let names = self.names.get_or_insert_default();
        for line in listing.lines() {
            let name = line.split(' ').next().unwrap_or(line);
            names.insert(option::base(name).to_owned());
        }
    }

    pub(super) fn read_hooks(&mut self, listing: &str) {
        self.read_names(listing);
        for line in listing.lines() {
            let name = line.split(' ').next().unwrap_or(line);
            if name.contains('[') {
                self.hooked.insert(option::base(name).to_owned());
            }
        }
    }
}
