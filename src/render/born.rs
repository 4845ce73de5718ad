//! Windows whose programs start in the commands that create their panes ([`Births`]).
//!
//! A window begins as one empty pane. Each pane is split off in front of it at its final size, with
//! its program, and the last program takes the empty pane itself. So each program sees its final
//! size from its first instruction, and nothing runs that is only there to be replaced.

use crate::layout::{Address, Direction, Node, StepId};
use crate::plan::change::WindowBuild;
use crate::render::births::Births;
use crate::render::conditions::Conditions;
use crate::render::program::PaneOwner;
use crate::render::{frame, held, moves, start};
use crate::tmux::layout_string::{Cell, Inside};
use crate::tmux::script::{Command, Line, Ref};

/// The option with the number of a window's first pane.
const FIRST_NUMBER: &str = "pane-base-index";

/// Creates an empty window in the last place of its session, without a process.
pub(super) fn window(build: &WindowBuild, first: &str, name: &str) -> Vec<Command> {
    let session = format!("={}:", build.window.address.session_name());
    vec![
        // The new pane is the selected one.
        Command::new(["split-window", "-t", first, ""]),
        Command::new(["break-pane", "-d", "-n", name, "-s", first, "-t", &session]),
    ]
}

/// Returns the lines that fill a window.
pub(super) fn panes(
    births: &Births,
    (step, build): (StepId, &WindowBuild),
    target: &str,
    whose: PaneOwner,
    conditions: &Conditions,
) -> Vec<Line> {
    let mut commands = vec![
        frame::resize(target, build.width, build.height),
        Command::new(["set-option", "-w", "-t", target, FIRST_NUMBER, "0"]),
    ];
    commands.extend(frame::titles(build, target));
    let window = Ref::Window(build.window.address.clone());
    let mut line = Line {
        step: Some(step),
        what: "create the panes",
        commands: held::of_window(&build.window),
    };
    if !line.commands.is_empty() {
        line.commands.push(held::begun(&build.window.address));
    }
    line = line.with(&window, target);
    commands.append(&mut line.commands);
    line.commands = commands;
    let mut filling = Filling {
        births,
        step,
        target,
        whose,
        conditions,
        lines: vec![line],
    };
    let cell = Cell::of(&build.window.root, build.width, build.height);
    filling.fill(&build.window.root, &cell, 0);
    filling.lines.push(Line {
        step: Some(step),
        what: "create the panes",
        commands: vec![Command::new([
            "set-option",
            "-wu",
            "-t",
            target,
            FIRST_NUMBER,
        ])],
    });
    filling.lines
}

/// A window that is filled. Its panes are addressed by their numbers, from 0: targets such as
/// `{next}` start at another pane than the window's own (`cmd-find.c` of tmux 3.3a).
struct Filling<'a> {
    births: &'a Births<'a>,
    step: StepId,
    target: &'a str,
    whose: PaneOwner<'a>,
    conditions: &'a Conditions<'a>,
    lines: Vec<Line>,
}

impl Filling<'_> {
    /// Fills the empty pane with the number `at`, which has this cell.
    fn fill(&mut self, node: &Node, cell: &Cell, mut at: usize) {
        let (Node::Split(split), Inside::Split(direction, cells)) = (node, &cell.inside) else {
            if let Node::Pane(pane) = node {
                self.take(&pane.address, at);
            }
            return;
        };
        let mut children: Vec<_> = std::iter::zip(&split.children, cells).collect();
        let last = children.pop();
        for (child, cell) in children {
            let split = self.split(*direction, cell, at);
            match &child.node {
                Node::Pane(pane) => self.beside(&pane.address, split, at),
                nested => {
                    self.leave_empty(split, at);
                    self.fill(nested, cell, at);
                }
            }
            at += child.node.panes().len();
        }
        if let Some((child, cell)) = last {
            self.fill(&child.node, cell, at);
        }
    }

    /// Starts a program in the empty pane with that number.
    fn take(&mut self, pane: &Address, at: usize) {
        if let Some((step, start)) = self.births.start(pane) {
            let line = start::born(step, start, None, self.whose, self.conditions);
            let line = line.with(&Ref::Pane(pane.clone()), &self.number(at));
            self.lines.push(line);
        }
    }

    /// Splits a pane off, with its program if it starts now.
    fn beside(&mut self, pane: &Address, split: Command, at: usize) {
        match self.births.start(pane) {
            Some((step, start)) => {
                let line = start::born(step, start, Some(split), self.whose, self.conditions);
                let line = line.with(&Ref::Pane(pane.clone()), &self.number(at));
                self.lines.push(line);
            }
            None => self.leave_empty(split, at),
        }
    }

    /// Splits an empty pane off.
    fn leave_empty(&mut self, split: Command, at: usize) {
        self.lines.push(Line {
            step: Some(self.step),
            what: "create the panes",
            commands: vec![split.word(""), moves::placeholder(&self.number(at))],
        });
    }

    /// Returns the command that splits a cell off the pane with that number, which is the next one
    /// from then on.
    fn split(&self, direction: Direction, cell: &Cell, at: usize) -> Command {
        let (flag, size) = match direction {
            Direction::Columns => ("-h", cell.rect.width),
            Direction::Rows => ("-v", cell.rect.height),
        };
        let (size, target) = (size.to_string(), self.number(at));
        Command::new(["split-window", "-d", "-b", flag, "-l", &size, "-t", &target])
    }

    fn number(&self, at: usize) -> String {
        format!("{}.{at}", self.target)
    }
}
