//! The layout's own tmux settings as the server has them: part of the one listing, and only if the
//! layout owns any.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::layout::{AppliedSettings, Layout, SYNCHRONIZE};
use crate::tmux::hook;
use crate::tmux::option::{self, OptionScope};

/// Additional requests to a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Options whose values are requested for each session, window and pane.
    pub sessions: Vec<String>,
    pub windows: Vec<String>,
    pub panes: Vec<String>,
    /// Whether to list the options and hooks that the server knows.
    pub names: bool,
    /// The names of sessions that get the windows they share with others.
    pub claims: Vec<String>,
}

impl Query {
    /// Returns the query of a plan for this layout.
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
            // This option exists everywhere.
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

/// The settings in a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveOptions {
    /// The effective values, wherever they are set, by the id of a session, window or pane and the
    /// option's name.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// The options and hooks that the server knows; `None`: not requested, or no server.
    pub names: Option<BTreeSet<String>>,
    /// The events that have a global hook.
    pub hooked: BTreeSet<String>,
}

impl LiveOptions {
    pub fn value(&self, id: &str, name: &str) -> Option<&str> {
        Some(self.values.get(id)?.get(name)?.as_str())
    }

    /// Reads the output of `show-options` and `show-hooks`, a line each: a name, perhaps an index,
    /// and a value. The later lines of a multi-line value are not names; they do no harm here.
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
