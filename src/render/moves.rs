//! Moves in the first batch: whole windows to other sessions, and panes that are exchanged before
//! any other moves.
//!
//! tmux ends a session with its last window and a window with its last pane, so neither may be
//! empty even between two commands.

use crate::layout::StepId;
use crate::plan::Plan;
use crate::plan::change::{Action, WindowMove};
use crate::render::conditions::Conditions;
use crate::render::window;
use crate::tmux::script::{Command, Line};
use crate::tmux::tag;

/// An idle program for the one pane that tmux creates with a window. Two words, so that it runs
/// without the user's shell.
pub(super) const HOLDER: [&str; 2] = ["cat", "-"];

/// Moves windows: first placeholders keep sessions open, then the windows move, then the
/// placeholders are removed.
pub(super) fn of_windows(plan: &Plan, conditions: &Conditions) -> Vec<Line> {
    let (mut holds, mut moves, mut releases) = (Vec::new(), Vec::new(), Vec::new());
    for (id, step) in plan.numbered() {
        match &step.action {
            Action::MoveWindow(moved) => {
                if moved.is_last {
                    let session = format!("{}:", moved.from);
                    holds.push(hold(id, &session, conditions));
                    releases.push(release(id, &session, conditions));
                }
                let address = &step.subject.address;
                let to = format!("={}:", address.session_name());
                moves.push(moved_to(id, moved, &to, &address.to_string()));
            }
            Action::CreateSession(new) if new.first.is_none() => {
                let session = format!("={}:", new.session.address.name());
                releases.push(release(id, &session, conditions));
            }
            _ => {}
        }
    }
    holds.into_iter().chain(moves).chain(releases).collect()
}

/// Exchanges panes, one pair for each window that would be empty otherwise.
pub(super) fn of_panes(plan: &Plan) -> Vec<Line> {
    let steps = plan.numbered();
    let exchanges = steps.filter_map(|(id, step)| match &step.action {
        Action::ArrangeWindow(build) => Some((id, build.exchange?)),
        _ => None,
    });
    let lines = exchanges.map(|(step, (arriving, leaving))| {
        let (arriving, leaving) = (arriving.to_string(), leaving.to_string());
        Line {
            step: Some(step),
            what: "exchange panes",
            commands: vec![Command::new([
                "swap-pane",
                "-d",
                "-s",
                &arriving,
                "-t",
                &leaving,
            ])],
        }
    });
    lines.collect()
}

/// Returns the name of the window that keeps a session open.
pub(super) fn holder(step: StepId, conditions: &Conditions) -> String {
    format!("{}h{step}", conditions.nonce)
}

/// Marks the only pane of a window that triad created as not assigned yet.
pub(super) fn placeholder(window: &str) -> Command {
    let mark = ["set-option", "-p", "-t", window, tag::PHASE, "placeholder"];
    Command::new(mark)
}

/// Names a new window again, because its name is its address from here on: the user's hooks may
/// have renamed it.
pub(super) fn named(window: &str, name: &str) -> Command {
    Command::new(["rename-window", "-t", window, "--", name])
}

fn hold(step: StepId, session: &str, conditions: &Conditions) -> Line {
    let name = holder(step, conditions);
    let last = format!("{session}{{end}}");
    let make = ["new-window", "-d", "-a", "-t", &last, "-n", &name];
    let make = Command::new(make).word("-c").word("/").word("--");
    let make = HOLDER.iter().fold(make, |make, word| make.word(*word));
    Line {
        step: Some(step),
        what: "keep the session open",
        commands: vec![
            make,
            named(&last, &name),
            placeholder(&format!("{session}={name}")),
        ],
    }
}

/// Removes the window that kept a session open, unless no other has arrived: the session would end
/// with it.
fn release(step: StepId, session: &str, conditions: &Conditions) -> Line {
    let window = format!("{session}={}", holder(step, conditions));
    let has_others = "#{e|>:#{session_windows},1}";
    let kill = format!("kill-window -t '{window}'");
    Line {
        step: Some(step),
        what: "remove the placeholder window",
        commands: vec![Command::new([
            "if-shell", "-F", "-t", &window, has_others, &kill,
        ])],
    }
}

fn moved_to(step: StepId, moved: &WindowMove, to: &str, address: &str) -> Line {
    let id = moved.id.to_string();
    // From that session: the window may be linked into others, too.
    let from = format!("{}:{id}", moved.from);
    let last = format!("{to}{{end}}");
    let go = Command::new(["move-window", "-d", "-a", "-s", &from, "-t", &last]);
    let mark = ["set-option", "-w", "-t", &id, tag::WINDOW];
    let mark = Command::new(mark).word(tag::encode(address));
    let name = moved.name.as_deref();
    let rename = Command::new(["rename-window", "-t", &id]);
    let rename = name.map(|name| window::rename(rename, name));
    Line {
        step: Some(step),
        what: "move the window",
        commands: [go, once(&id, to), mark]
            .into_iter()
            .chain(rename.into_iter().flatten())
            .collect(),
    }
}

/// Unlinks the first of two links to a window that was linked into the session already; the one at
/// the end is put in order with the others.
fn once(window: &str, session: &str) -> Command {
    let is_twice = format!("#{{==:#{{W:#{{?#{{==:#{{window_id}},{window}}},x,}}}},xx}}");
    let unlink = format!("unlink-window -t '{session}{window}'");
    Command::new(["if-shell", "-F", "-t", session, &is_twice, &unlink])
}
