//! Names, tags and orders windows, and sets the hook that keeps their ratio.

use crate::layout::{AppliedWindow, Ratio, StepId, Window, encode_tag};
use crate::plan::change::{Current, WindowBuild, WindowOrder, WindowPlace};
use crate::render::births::Births;
use crate::render::{held, settings, start};
use crate::tmux::geometry;
use crate::tmux::quote::in_format;
use crate::tmux::script::{Command, Line, Part, Ref, Word};
use crate::tmux::tag;
use crate::tmux::version::RESIZE_HOOK;

/// Tags a window once the ids of its panes are known: its name, the applied geometry, and the hook
/// that keeps the ratio.
pub(super) fn tags(step: StepId, build: &WindowBuild, births: &Births) -> Line {
    let window = &build.window;
    let id = Ref::Window(window.address.clone());
    let set = |option: &str| {
        Command::new(["set-option", "-w", "-t"])
            .word(id.clone())
            .word(option)
    };
    let mut commands = Vec::new();
    if !matches!(build.place, WindowPlace::Live(_)) {
        commands.extend(rename(
            Command::new(["rename-window", "-t"]).word(id.clone()),
            &window.title,
        ));
        if window.focus {
            commands.push(Command::new(["select-window", "-t"]).word(id.clone()));
        }
    }
    commands.extend(hook(window, &id));
    let resized = settings::restored(&id, &window.hooks, RESIZED);
    commands.extend(
        resized
            .into_iter()
            .map(|command| command.gated(RESIZE_HOOK)),
    );
    if births.makes(step) {
        let selected = births.selected(step, build);
        commands.extend(selected.map(|pane| start::focus(&pane)));
    } else {
        commands.extend(held::of_window(window));
    }
    commands.push(set(tag::GEOMETRY).word(encode_tag(&AppliedWindow::from(window))));
    Line {
        step: Some(step),
        what: "name and tag the window",
        commands,
    }
}

/// The event that keeps the ratio.
const RESIZED: &str = "window-resized";

/// Sets or removes the resize hook, which came with tmux 3.3; older servers scale in their own way.
fn hook(window: &Window, id: &Ref) -> Option<Command> {
    let name = RESIZED;
    let hook = geometry::resize_hook(&window.root, id);
    let set = |flags: &str| Command::new(["set-hook", flags, "-t"]).word(id.clone());
    let command = match hook {
        Some(hook) if window.ratio == Ratio::Keep => set("-w").word(name).word(hook.command),
        _ => set("-wu").word(name),
    };
    Some(command.gated(RESIZE_HOOK))
}

/// Removes the resize hook, until the window is tagged again.
pub(super) fn unhooked(target: &str) -> Command {
    Command::new(["set-hook", "-wu", "-t", target, RESIZED]).gated(RESIZE_HOOK)
}

pub(super) fn order(step: StepId, order: &WindowOrder) -> Line {
    // A window that is linked into other sessions moves in this one alone.
    let within = |window: Part| {
        let session = Part::Id(order.session.clone());
        Word(vec![session, Part::Text(":".to_owned()), window])
    };
    let swap = |(from, to): &(Ref, Ref)| {
        let (from, to) = (Part::Id(from.clone()), Part::Id(to.clone()));
        let swap = Command::new(["swap-window", "-d", "-s"]).word(within(from));
        swap.word("-t").word(within(to))
    };
    let unlink = |index: &u32| {
        let unlink = Command::new(["unlink-window", "-t"]);
        unlink.word(within(Part::Text(index.to_string())))
    };
    let mut commands: Vec<Command> = order.copies.iter().map(unlink).collect();
    commands.extend(order.swaps.iter().map(swap));
    // A swap keeps the selected place, not the selected window.
    let select = Command::new(["select-window", "-t"]);
    commands.extend(match &order.current {
        Some(Current::Live(id)) => Some(select.word(within(Part::Text(id.to_string())))),
        Some(Current::Wanted(window)) => Some(select.word(within(Part::Id(window.clone())))),
        None => None,
    });
    Line {
        step: Some(step),
        what: "order the windows",
        commands,
    }
}

pub(super) fn focus(step: StepId, window: &Window) -> Line {
    let id = Ref::Window(window.address.clone());
    let mut commands = Vec::new();
    if window.focus {
        commands.push(Command::new(["select-window", "-t"]).word(id.clone()));
    }
    let applied = encode_tag(&AppliedWindow::from(window));
    let set = Command::new(["set-option", "-w", "-t"]).word(id);
    commands.push(set.word(tag::GEOMETRY).word(applied));
    Line {
        step: Some(step),
        what: "select the window",
        commands,
    }
}

/// Names a window, and keeps tmux and programs from renaming it. `command` is a `rename-window`
/// that lacks the name.
pub(super) fn rename(command: Command, title: &str) -> Vec<Command> {
    let target: Vec<_> = command.words[1..].to_vec();
    let option = |option: &str| {
        let set = Command::new(["set-option", "-w"]);
        let set = target.iter().fold(set, |set, word| set.word(word.clone()));
        set.word(option).word("off")
    };
    let (automatic, allow) = (option("automatic-rename"), option("allow-rename"));
    vec![command.word("--").word(in_format(title)), automatic, allow]
}
