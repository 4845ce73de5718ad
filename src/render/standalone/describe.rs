//! Describes the layout as plain data for templates.

use crate::layout::{Address, Command as Program, Layout, Pane, Session, Window};
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::render::standalone::context::{NeedContext, PaneContext, SessionContext, WindowContext};
use crate::render::standalone::shell;
use crate::tmux::layout_string::Cell;
use crate::tmux::script::Line;
use crate::tmux::tag;

pub(super) fn session(session: &Session, windows: &[WindowContext]) -> SessionContext {
    let name = session.address.name();
    let is_own = |window: &&WindowContext| window.session == name;
    let marks = [tag::LAYOUT, tag::MANIFEST, tag::SESSION];
    let unmark = marks.map(|mark| format!("set-option -u -t '={name}:' {mark}"));
    SessionContext {
        address: session.address.to_string(),
        name: name.to_owned(),
        cwd: session.cwd.to_string_lossy().into_owned(),
        windows: windows.iter().filter(is_own).cloned().collect(),
        unmark: unmark.join(" ';' "),
    }
}

pub(super) fn window(
    window: &Window,
    layout: &Layout,
    plan: &Plan,
    waves: &[Vec<Line>],
) -> WindowContext {
    let is_it = |action: &Action| match action {
        Action::CreateWindow(build) => build.window.address == window.address,
        _ => false,
    };
    let record = plan.steps.iter().position(|step| is_it(&step.action));
    let record = record.expect("the plan from nothing makes every window");
    let Action::CreateWindow(build) = &plan.steps[record].action else {
        unreachable!("the step was found by its action");
    };
    let cells = Cell::of(&window.root, build.width, build.height);
    let panes: Vec<PaneContext> = std::iter::zip(window.root.panes(), cells.leaves())
        .map(|(pane, rect)| PaneContext {
            x: rect.x,
            y: rect.y,
            width: rect.width,
            height: rect.height,
            wave: wave(&pane.address, plan, waves),
            ..described(pane, layout)
        })
        .collect();
    let assigned = |(pane, at): (&PaneContext, usize)| format!("{}=${{{at}}}", pane.variable);
    let assigned: Vec<String> = panes.iter().zip(1..).map(assigned).collect();
    WindowContext {
        address: window.address.to_string(),
        session: window.address.session_name().to_owned(),
        name: window.address.name().to_owned(),
        title: window.title.clone(),
        focus: window.focus,
        width: cells.rect.width,
        height: cells.rect.height,
        variable: shell::window(layout, &window.address),
        record,
        count: panes.len(),
        assignments: assigned.join(" "),
        panes,
    }
}

fn wave(pane: &Address, plan: &Plan, waves: &[Vec<Line>]) -> usize {
    let is_it = |line: &Line| {
        line.step
            .is_some_and(|step| plan[step].subject.address == *pane)
    };
    let at = waves.iter().position(|wave| wave.iter().any(is_it));
    at.map_or(0, |at| at + 1)
}

fn described(pane: &Pane, layout: &Layout) -> PaneContext {
    let command = match &pane.command {
        Program::Shell(None) => Vec::new(),
        Program::Shell(Some(shell)) => vec![shell.clone(), "-l".to_owned()],
        Program::Line { shell, line } => vec![shell.clone(), "-c".to_owned(), line.clone()],
        Program::Argv(words) => words.clone(),
    };
    let needs = pane.needs.iter().map(|need| NeedContext {
        address: need.target.to_string(),
        until: need.until.as_str(),
    });
    let mut env: Vec<String> = pane
        .env
        .keys()
        .chain(pane.open_env.keys())
        .cloned()
        .collect();
    env.sort();
    env.dedup();
    PaneContext {
        address: pane.address.to_string(),
        name: pane.address.name().to_owned(),
        kind: pane.kind.as_str(),
        title: pane.title.clone().unwrap_or_default(),
        focus: pane.focus,
        command,
        cwd: pane.cwd.to_string_lossy().into_owned(),
        env,
        needs: needs.collect(),
        x: 0,
        y: 0,
        width: 0,
        height: 0,
        wave: 0,
        variable: shell::pane(layout, &pane.address),
    }
}
