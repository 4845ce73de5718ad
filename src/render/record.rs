//! The records that scripts have tmux print, and their parsing.

use std::str::FromStr;

use crate::layout::{Address, StepId};
use crate::plan::Plan;
use crate::plan::change::{Action, WindowBuild};
use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::script::Ref;
use crate::tmux::tag;

/// The word that opens a record of the listing, after the nonce.
pub const LISTING: &str = "pane";
/// The fields of a listing record after its step: the server, session, window, pane, phase, the
/// session's shell and command, and the pane's address.
pub const LISTED_FIELDS: [&str; 9] = [
    "#{pid}",
    "#{start_time}",
    "#{session_id}",
    "#{window_id}",
    "#{pane_id}",
    "#{@triad_phase}",
    "#{default-shell}",
    tag::DEFAULT_COMMAND,
    "#{s/ .*//:@triad_pane}",
];
/// The word that opens the record of a started process, whose pid follows its step.
pub const STARTED: &str = "pid";
/// The word that opens the record of how many texts were typed, which follows its step.
pub const TYPED: &str = "typed";

/// Parses a record of a step and one value.
pub fn of_step<T: FromStr>(record: &str) -> Option<(StepId, T)> {
    let (step, value) = record.split_once('\t')?;
    Some((StepId(step.parse().ok()?), value.parse().ok()?))
}

/// The content of the listing at the end of the geometry batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    pub server: Option<ServerId>,
    pub ids: Vec<(Ref, String)>,
}

/// Reads the listing; records of other kinds are skipped.
pub fn listed(plan: &Plan, records: &[(String, String)]) -> Listed {
    let mut listed = Listed::default();
    for (id, step) in plan.numbered() {
        let (address, build) = match &step.action {
            Action::CreateWindow(build) | Action::ArrangeWindow(build) => {
                (&build.window.address, Some(build))
            }
            Action::MoveWindow(_) => (&step.subject.address, None),
            _ => continue,
        };
        let of_step = records.iter().filter_map(|(kind, rest)| {
            let (step, fields) = rest.split_once('\t')?;
            let is_of_step = kind == LISTING && step.parse() == Ok(id.0);
            is_of_step.then(|| fields.split('\t').collect::<Vec<_>>())
        });
        let of_step: Vec<Vec<&str>> = of_step.collect();
        // From here on there is a server, and its ids are valid only there.
        if let Some([pid, start_time, ..]) = of_step.first().map(Vec::as_slice)
            && let (Ok(pid), Ok(start_time)) = (pid.parse(), start_time.parse())
        {
            listed.server = Some(ServerId { pid, start_time });
        }
        window(address, &of_step, &mut listed.ids);
        if let Some(build) = build {
            panes(build, &of_step, plan.newest_pane, &mut listed.ids);
        }
    }
    listed
}

fn window(address: &Address, records: &[Vec<&str>], ids: &mut Vec<(Ref, String)>) {
    for record in records {
        let [_, _, session, window, _, _, shell, command, _] = record[..] else {
            continue;
        };
        ids.push((Ref::Session(address.session()), session.to_owned()));
        ids.push((Ref::DefaultShell(address.session()), shell.to_owned()));
        let command =
            tag::decode(command).map(|command| (Ref::DefaultCommand(address.session()), command));
        ids.extend(command);
        ids.push((Ref::Window(address.clone()), window.to_owned()));
    }
}

fn panes(
    build: &WindowBuild,
    records: &[Vec<&str>],
    newest: Option<PaneId>,
    ids: &mut Vec<(Ref, String)>,
) {
    let is_new = |pane: &str| {
        let id = pane.parse::<PaneId>();
        id.is_ok_and(|id| newest.is_none_or(|newest| id > newest))
    };
    let mut missing: Vec<&Address> = build.new_panes.iter().collect();
    let mut empty = Vec::new();
    for record in records {
        let [_, _, _, _, pane, phase, _, _, address] = record[..] else {
            continue;
        };
        if !is_new(pane) {
            continue;
        }
        let address = tag::decode(address).and_then(|address| address.parse::<Address>().ok());
        let born = missing
            .iter()
            .position(|missing| Some(*missing) == address.as_ref());
        match born {
            Some(at) => ids.push((Ref::Pane(missing.remove(at).clone()), pane.to_owned())),
            None if phase == "placeholder" => empty.push(pane),
            None => {}
        }
    }
    // One pane too many or too few would give every program the wrong cell.
    if empty.len() == missing.len() {
        for (address, id) in std::iter::zip(missing, empty) {
            ids.push((Ref::Pane(address.clone()), id.to_owned()));
        }
    }
}
