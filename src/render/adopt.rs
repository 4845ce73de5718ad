//! Tags live objects that are taken over: all of them in the first batch, before anything else,
//! panes before windows before sessions. Until a session has a layout's name, the tags on its panes
//! mean nothing.

use crate::layout::StepId;
use crate::live::Phase;
use crate::plan::Plan;
use crate::plan::change::{Action, Adopt, Retag, Subject};
use crate::render::conditions::Conditions;
use crate::render::pane::{option, phase, since_0_2, tagged, title};
use crate::render::program::{PaneOwner, Program};
use crate::render::{ending, session, window};
use crate::tmux::id::PaneId;
use crate::tmux::script::{Command, Line, Word};
use crate::tmux::tag;

pub(super) fn lines(plan: &Plan, conditions: &Conditions) -> Vec<Line> {
    let steps = plan.numbered();
    let adoptions = steps.filter_map(|(id, step)| match &step.action {
        Action::Adopt(adopt) => Some((id, adopt, &step.subject)),
        _ => None,
    });
    let mut adoptions: Vec<(StepId, &Adopt, &Subject)> = adoptions.collect();
    adoptions.sort_by_key(|(_, adopt, _)| match adopt {
        Adopt::Pane(_) => 0,
        Adopt::Window { .. } => 1,
        Adopt::Session { .. } | Adopt::Owner { .. } => 2,
    });
    let lines = adoptions.into_iter().map(|(step, adopt, subject)| Line {
        step: Some(step),
        what: "take it over",
        commands: commands(adopt, subject, plan, conditions),
    });
    lines.collect()
}

fn commands(adopt: &Adopt, subject: &Subject, plan: &Plan, cx: &Conditions) -> Vec<Command> {
    let address = tag::encode(&subject.address.to_string());
    let set = |session: &str, name: &str, value: &str| {
        Command::new(["set-option", "-t", session, name, value])
    };
    let manifest = tag::encode(&plan.manifest);
    let layout = tag::layout(&plan.layout);
    match adopt {
        Adopt::Pane(retag) => pane(retag, plan, cx),
        Adopt::Window { id, name } => {
            let id = id.to_string();
            let mut commands = window::rename(Command::new(["rename-window", "-t", &id]), name);
            let mark = ["set-option", "-w", "-t", &id, tag::WINDOW, &address];
            commands.push(Command::new(mark));
            commands
        }
        Adopt::Session {
            id,
            salt,
            is_protected,
        } => {
            let id = id.to_string();
            let mut commands = vec![set(&id, tag::SESSION, &address)];
            commands.extend(salt.as_ref().map(|salt| session::salt(&id, salt)));
            commands.extend(is_protected.then(|| session::protect(&id, true)));
            commands.push(set(&id, tag::MANIFEST, &manifest));
            // The last tag: with it the session belongs to the layout.
            commands.push(set(&id, tag::LAYOUT, &layout));
            commands
        }
        Adopt::Owner { id, panes } => {
            let owner = plan.owner_key();
            let mut commands: Vec<Command> =
                panes.iter().map(|pane| owned(*pane, &owner)).collect();
            let id = id.to_string();
            commands.push(set(&id, tag::MANIFEST, &manifest));
            commands.push(set(&id, tag::LAYOUT, &layout));
            commands
        }
    }
}

/// Replaces the owner of a pane, in a tag of any version.
fn owned(pane: PaneId, owner: &str) -> Command {
    let pane = pane.to_string();
    let set = |flags: &str, name: &str, value: &str| {
        Command::new(["set-option", flags, "-t", &pane, name, value])
    };
    let replaced = format!("#{{s/^([^ ]*) [^ ]*/\\1 {owner}/:{}}}", tag::PANE);
    let test = Command::new(["if-shell", "-F", "-t", &pane]);
    let test = test.word(format!("#{{m:* *,#{{{}}}}}", tag::PANE));
    test.word(Word::sequence(&[set("-pF", tag::PANE, &replaced)]))
        .word(Word::sequence(&[set("-p", tag::OWNER, owner)]))
}

/// Tags a pane whose program started long ago: a hook that a person has set on it stays, unless the
/// manifest needs that hook.
fn pane(retag: &Retag, plan: &Plan, conditions: &Conditions) -> Vec<Command> {
    let pane = &retag.pane;
    let owner = plan.owner_key();
    let whose = PaneOwner {
        layout: &plan.layout,
        owner: &owner,
    };
    let program = Program {
        pane,
        is_in_new_session: false,
        whose,
        conditions,
    };
    let mut commands = vec![
        since_0_2(&pane.address, &plan.layout),
        tagged(pane, &owner, Some(&retag.applied)),
        phase(&pane.address, Phase::Started),
    ];
    commands.extend(title(pane, true));
    commands.extend(ending::arm(&program));
    if retag.was_typed {
        let all = pane.typed.len().to_string();
        commands.push(option(&pane.address, tag::TYPED, &all));
    }
    commands
}
