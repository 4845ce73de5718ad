//! Stage 5: a [`Plan`] becomes tmux scripts. Pure: it decides nothing.
//!
//! One script creates everything in its final geometry (`geometry`). In new sessions it starts the
//! programs that need nothing (`births`) with their panes (`born`); all other panes are empty, and
//! each has its own lines that tag it and start its program (`start`), which execution joins to one
//! batch a wave; at the end panes are removed. New ids stay symbolic until execution has read them.
//!
//! Reading order of a pane's lines, from below: `pane` has the commands for one pane, `program` the
//! program in it; `restart` and `held` say what tmux does and shows at its end, `ending` puts that
//! into the pane's hook, and `start` makes the lines.

mod adopt;
mod births;
mod born;
mod conditions;
mod display;
pub mod ending;
mod frame;
mod geometry;
mod held;
mod history;
mod lines;
mod moves;
mod naming;
pub mod pane;
pub mod placeholder;
mod program;
pub mod record;
mod restart;
mod secret;
mod secret_source;
mod session;
mod settings;
pub mod standalone;
pub mod start;
pub mod typing;
mod window;

pub use conditions::Conditions;
pub use lines::{Starting, StepLines};
pub use program::PaneOwner;
pub use secret::Piped;

use crate::layout::StepId;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::render::births::Births;
use crate::tmux::script::{Bindings, Command, Line, Ref, Script};

/// The scripts of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Sessions, windows, empty panes and geometry; ends by listing the new ids.
    pub geometry: Script,
    /// The other lines of each step, in the order of the plan's steps.
    pub steps: Vec<StepLines>,
    /// The ids that are known already.
    pub bindings: Bindings,
}

/// Renders a plan.
pub fn render(plan: &Plan, conditions: &Conditions) -> Rendered {
    let mut bindings: Bindings = plan.known.iter().cloned().collect();
    let socket = conditions.socket.to_string_lossy().into_owned();
    bindings.insert(Ref::Socket, socket);
    let owner = plan.owner_key();
    let whose = PaneOwner {
        layout: &plan.layout,
        owner: &owner,
    };
    let births = match conditions.starts_with_panes {
        true => Births::of(plan),
        false => Births::none(),
    };
    let steps = plan.numbered();
    let steps = steps.map(|(id, step)| lines(id, &step.action, &births, whose, conditions));
    Rendered {
        geometry: geometry::script(plan, &births, whose, conditions),
        steps: steps.collect(),
        bindings,
    }
}

fn lines(
    step: StepId,
    action: &Action,
    births: &Births,
    whose: PaneOwner,
    conditions: &Conditions,
) -> StepLines {
    match action {
        Action::CreateWindow(build) | Action::ArrangeWindow(build) => {
            StepLines::Tag(window::tags(step, build, births))
        }
        Action::OrderWindows(order) => StepLines::Tag(window::order(step, order)),
        Action::TagSession(tags) => StepLines::Tag(session::tags(step, tags)),
        Action::FocusWindow { window, .. } => StepLines::Tag(window::focus(step, window)),
        Action::Retag(retag) => StepLines::Tag(start::retag(step, retag, whose, conditions)),
        Action::Reserve(reserve) => StepLines::Tag(placeholder::reserve(step, reserve, whose)),
        Action::Start(start) => StepLines::Start(Box::new(Starting {
            step,
            is_born: births.has(&start.pane.address),
            start: start::start(step, start, whose, conditions),
            piped: secret::piped(step, start, whose, conditions),
            wait: placeholder::wait(step, start, whose),
        })),
        Action::Stop(stop) => StepLines::Remove(Line {
            step: Some(step),
            what: "remove the pane",
            commands: vec![Command::new(["kill-pane", "-t", &stop.pane.to_string()])],
        }),
        Action::Halt(stop) => StepLines::Halt(Line {
            step: Some(step),
            what: "keep the pane open",
            commands: ending::halt(stop.pane),
        }),
        Action::Configure(configure) if configure.is_of_session() => StepLines::InGeometry,
        Action::Configure(configure) => StepLines::Tag(settings::of_object(step, configure)),
        Action::Zoom(zoom) => StepLines::Zoom(settings::zoom(step, zoom)),
        Action::CreateSession(_)
        | Action::RenameSession { .. }
        | Action::RenameWindow { .. }
        | Action::Readdress(_)
        | Action::MoveWindow(_)
        | Action::Adopt(_) => StepLines::InGeometry,
        Action::Type(_) => StepLines::Type,
    }
}

impl Rendered {
    /// Returns all scripts for people, in the order of sending if nothing has to be waited for,
    /// each with a short title.
    pub fn preview(&self) -> Vec<(&'static str, String)> {
        let mut tags = Vec::new();
        let (mut starts, mut removals, mut zooms) = (Vec::new(), Vec::new(), Vec::new());
        for lines in &self.steps {
            match lines {
                StepLines::Tag(line) => tags.push(line.clone()),
                StepLines::Start(starting) if !starting.is_born => {
                    starts.push(starting.start.clone());
                }
                StepLines::Remove(line) => removals.push(line.clone()),
                StepLines::Zoom(line) => zooms.push(line.clone()),
                StepLines::InGeometry
                | StepLines::Start(_)
                | StepLines::Halt(_)
                | StepLines::Type => {}
            }
        }
        tags.append(&mut starts);
        let named = [
            (
                "sessions, windows, panes and geometry",
                self.geometry.clone(),
            ),
            ("tags and programs", Script { lines: tags }),
            ("removals", Script { lines: removals }),
            ("zoom", Script { lines: zooms }),
        ];
        let sent = named
            .into_iter()
            .filter(|(_, script)| !script.lines.is_empty());
        sent.map(|(name, script)| (name, display::script(&script, &self.bindings)))
            .collect()
    }
}
