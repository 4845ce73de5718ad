//! Stage 5: a [`Plan`] becomes tmux scripts. Pure: it says how, and decides nothing.
//!
//! One script makes everything that is empty, in its final geometry (`geometry`); then each pane
//! has its own lines that tag it and start its program (`start`), which execution joins to one
//! batch a wave; at the end panes go. New ids stay symbolic until execution has read them.

mod adopt;
mod conditions;
pub mod ending;
mod geometry;
mod held;
mod history;
mod moves;
mod naming;
pub mod pane;
pub mod placeholder;
mod program;
mod restart;
mod secret;
mod session;
mod settings;
pub mod standalone;
pub mod start;
pub mod typing;
mod window;

pub use conditions::Conditions;
pub use geometry::LISTING;
pub use secret::Piped;
pub use start::STARTED;

use crate::plan::Plan;
use crate::plan::change::Action;
use crate::render::program::Whose;
use crate::tmux::script::{Bindings, Command, Line, Ref, Script};

/// The scripts of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Sessions, windows, empty panes and geometry; ends by listing the new ids.
    pub geometry: Script,
    /// What is written onto windows and panes once the ids are known; part of the first batch
    /// that starts something.
    pub tags: Vec<Line>,
    /// For each step that starts a pane: what starts it, and what it shows while it waits.
    pub starts: Vec<Starting>,
    /// One line for each pane whose program ends on purpose, before it does.
    pub halts: Vec<Line>,
    /// One line for each pane that goes.
    pub removals: Vec<Line>,
    /// What is done with windows when all their programs are started.
    pub zooms: Vec<Line>,
    /// The ids that are known already.
    pub bindings: Bindings,
}

/// The lines of one pane that starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Starting {
    pub step: usize,
    /// As people see it, and as it is sent unless it has secrets.
    pub start: Line,
    /// How it is started if it has.
    pub piped: Option<Piped>,
    pub wait: Line,
}

/// Renders a plan.
pub fn render(plan: &Plan, conditions: &Conditions) -> Rendered {
    let mut rendered = Rendered {
        geometry: geometry::script(plan, conditions),
        tags: Vec::new(),
        starts: Vec::new(),
        halts: Vec::new(),
        removals: Vec::new(),
        zooms: Vec::new(),
        bindings: plan.known.iter().cloned().collect(),
    };
    let owner = plan.owner_key();
    let whose = Whose {
        layout: &plan.layout,
        owner: &owner,
    };
    let socket = conditions.socket.to_string_lossy().into_owned();
    rendered.bindings.insert(Ref::Socket, socket);
    for (index, step) in plan.steps.iter().enumerate() {
        match &step.action {
            Action::CreateWindow(build) | Action::ArrangeWindow(build) => {
                rendered.tags.push(window::tags(index, build));
            }
            Action::OrderWindows(order) => {
                rendered.tags.push(window::order(index, order));
            }
            Action::TagSession(tags) => rendered.tags.push(session::tags(index, tags)),
            Action::FocusWindow { window, .. } => {
                rendered.tags.push(window::focus(index, window));
            }
            Action::Retag(retag) => {
                let line = start::retag(index, retag, whose, conditions);
                rendered.tags.push(line);
            }
            Action::Start(start) => rendered.starts.push(Starting {
                step: index,
                start: start::start(index, start, whose, conditions),
                piped: secret::piped(index, start, whose, conditions),
                wait: placeholder::wait(index, start, &owner),
            }),
            Action::Stop(stop) => rendered.removals.push(Line {
                step: index,
                what: "remove the pane",
                commands: vec![Command::new(["kill-pane", "-t", &stop.pane.to_string()])],
            }),
            Action::Halt(stop) => rendered.halts.push(Line {
                step: index,
                what: "keep the pane open",
                commands: ending::halt(stop.pane),
            }),
            Action::Configure(configure) if configure.is_of_session() => {}
            Action::Configure(configure) => {
                rendered.tags.push(settings::of_object(index, configure));
            }
            Action::Zoom(zoom) => rendered.zooms.push(settings::zoom(index, zoom)),
            Action::CreateSession(_)
            | Action::RenameSession { .. }
            | Action::RenameWindow { .. }
            | Action::Readdress(_)
            | Action::MoveWindow(_)
            | Action::Adopt(_)
            // What is typed when depends on what the shells do.
            | Action::Type(_) => {}
        }
    }
    rendered
}

impl Rendered {
    /// All scripts in the order in which they are sent if nothing has to be waited for, each
    /// with a line that says what it is.
    pub fn preview(&self, nonce: &str) -> Vec<(&'static str, String)> {
        let mut scripts = Vec::new();
        let starts = self.starts.iter().map(|starting| starting.start.clone());
        let first = Script {
            lines: self.tags.iter().cloned().chain(starts).collect(),
        };
        let last = Script {
            lines: self.removals.clone(),
        };
        let zooms = Script {
            lines: self.zooms.clone(),
        };
        let named = [
            ("sessions, windows, panes and geometry", &self.geometry),
            ("tags and programs", &first),
            ("removals", &last),
            ("zoom", &zooms),
        ];
        for (name, script) in named {
            if !script.lines.is_empty() {
                scripts.push((name, script.preview(nonce, &self.bindings)));
            }
        }
        scripts
    }
}
