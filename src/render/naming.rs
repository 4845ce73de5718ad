//! Gives live sessions and windows their new names and addresses.

use crate::layout::{Address, StepId};
use crate::plan::Plan;
use crate::plan::change::{Action, Object, Readdress};
use crate::render::conditions::Conditions;
use crate::render::window;
use crate::tmux::id::SessionId;
use crate::tmux::quote::in_format;
use crate::tmux::script::{Command, Line};
use crate::tmux::tag;

/// Renames sessions: first those whose names others need, then all to their own.
pub(super) fn of_sessions(plan: &Plan, conditions: &Conditions) -> Vec<Line> {
    let (mut aside, mut lines) = (Vec::new(), Vec::new());
    for (at, step) in plan.numbered() {
        let (id, is_aside) = match &step.action {
            Action::RenameSession { id, name, is_aside } => {
                lines.push(Line {
                    step: Some(at),
                    what: "rename the session",
                    commands: vec![rename(*id, name)],
                });
                (*id, *is_aside)
            }
            Action::Readdress(readdress) => {
                let Object::Session(id) = readdress.object else {
                    continue;
                };
                lines.push(of_session(at, id, &step.subject.address, readdress));
                (id, readdress.is_aside)
            }
            _ => continue,
        };
        if is_aside {
            aside.push(Line {
                step: Some(at),
                what: "free the session's name",
                commands: vec![rename(id, &format!("{}s{at}", conditions.nonce))],
            });
        }
    }
    aside.into_iter().chain(lines).collect()
}

/// Renames windows, whose names need not be unique.
pub(super) fn of_windows(plan: &Plan) -> Vec<Line> {
    let steps = plan.numbered();
    let lines = steps.filter_map(|(at, step)| match &step.action {
        Action::RenameWindow { id, name } => Some(Line {
            step: Some(at),
            what: "rename the window",
            commands: window::rename(Command::new(["rename-window", "-t", &id.to_string()]), name),
        }),
        Action::Readdress(readdress) => match readdress.object {
            Object::Window(id) => {
                let id = id.to_string();
                let rename = Command::new(["rename-window", "-t", &id]);
                let name = readdress.name.as_deref();
                let rename = name.map(|name| window::rename(rename, name));
                let address = tag::encode(&step.subject.address.to_string());
                let tag = ["set-option", "-w", "-t", &id, tag::WINDOW, &address];
                let tag = Command::new(tag);
                Some(Line {
                    step: Some(at),
                    what: READDRESS,
                    commands: rename.into_iter().flatten().chain([tag]).collect(),
                })
            }
            Object::Session(_) => None,
        },
        _ => None,
    });
    lines.collect()
}

const READDRESS: &str = "set its new address";

fn of_session(step: StepId, id: SessionId, address: &Address, readdress: &Readdress) -> Line {
    let address = tag::encode(&address.to_string());
    let name = readdress.name.as_deref();
    let rename = name.map(|name| rename(id, name));
    let tag = ["set-option", "-t", &id.to_string(), tag::SESSION, &address];
    let tag = Command::new(tag);
    Line {
        step: Some(step),
        what: READDRESS,
        commands: rename.into_iter().chain([tag]).collect(),
    }
}

fn rename(id: SessionId, name: &str) -> Command {
    let name = in_format(name);
    Command::new(["rename-session", "-t", &id.to_string(), "--", &name])
}
