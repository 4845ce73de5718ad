//! What goes from one place to another in the first batch: whole windows to other sessions, and
//! the panes that change places before any other moves.
//!
//! tmux ends a session with its last window and a window with its last pane, so nothing may be
//! without one even for the moment between two commands.

use crate::layout::StepId;
use crate::plan::Plan;
use crate::plan::change::{Action, WindowMove};
use crate::render::conditions::Conditions;
use crate::render::window;
use crate::tmux::script::{Command, Line};
use crate::tmux::tag;

/// A program that waits without doing anything, for the one pane that tmux makes with a window.
/// Two words, so that it runs without the user's shell.
pub(super) const HOLDER: [&str; 2] = ["cat", "-"];

/// Moves windows: first what keeps sessions open, then the moves, then that goes again.
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

/// Changes the places of panes, one pair for a window that would be empty otherwise.
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

/// The name of the window that holds a session open.
pub(super) fn holder(step: StepId, conditions: &Conditions) -> String {
    format!("{}h{step}", conditions.nonce)
}

/// Marks the one pane of a window that triad made and that is not yet anybody's.
pub(super) fn placeholder(window: &str) -> Command {
    let mark = ["set-option", "-p", "-t", window, tag::PHASE, "placeholder"];
    Command::new(mark)
}

/// Gives a window that was just made its name again, by which it is addressed from here on: hooks of
/// the user's that rename what is new come between.
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

/// What held a session open goes, unless nothing has come: then the session would go with it.
fn release(step: StepId, session: &str, conditions: &Conditions) -> Line {
    let window = format!("{session}={}", holder(step, conditions));
    let has_others = "#{e|>:#{session_windows},1}";
    let kill = format!("kill-window -t '{window}'");
    Line {
        step: Some(step),
        what: "remove what kept the session open",
        commands: vec![Command::new([
            "if-shell", "-F", "-t", &window, has_others, &kill,
        ])],
    }
}

fn moved_to(step: StepId, moved: &WindowMove, to: &str, address: &str) -> Line {
    let id = moved.id.to_string();
    // From that session: somebody may have linked it into others, too.
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

/// A window that somebody had linked into the session already is there twice now: the first of
/// them goes, the one at the end is put in order with the others.
fn once(window: &str, session: &str) -> Command {
    let is_twice = format!("#{{==:#{{W:#{{?#{{==:#{{window_id}},{window}}},x,}}}},xx}}");
    let unlink = format!("unlink-window -t '{session}{window}'");
    Command::new(["if-shell", "-F", "-t", session, &is_twice, &unlink])
}
