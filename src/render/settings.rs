//! The lines that set options and hooks, and that zoom.

use crate::layout::{AppliedSettings, StepId, TmuxHooks, encode_tag};
use crate::plan::Plan;
use crate::plan::change::{Configure, HookEntry, Zoom};
use crate::render::session;
use crate::tmux::hook;
use crate::tmux::script::{Command, Line, Part, Ref, Word};
use crate::tmux::tag;

/// Sets a session's options in the first batch, because they apply when its windows are created.
pub(super) fn of_session(step: StepId, configure: &Configure, plan: &Plan) -> Line {
    let target = match &configure.object {
        Ref::Session(address) => session::target(address, plan),
        object => object.clone().into(),
    };
    configured(step, configure, &Object::session(target))
}

/// Sets the options of a window or a pane.
pub(super) fn of_object(step: StepId, configure: &Configure) -> Line {
    let target: Word = configure.object.clone().into();
    let object = match &configure.object {
        Ref::Window(_) => Object::window(target),
        Ref::Pane(_) => Object::pane(target),
        _ => Object::session(target),
    };
    configured(step, configure, &object)
}

/// The common parts of all commands for one object.
struct Object {
    /// The flag of `set-option` for such an object.
    flag: &'static str,
    target: Word,
    tag: &'static str,
}

impl Object {
    fn session(target: Word) -> Self {
        Object {
            flag: "",
            target,
            tag: tag::SESSION_SETTINGS,
        }
    }

    fn window(target: Word) -> Self {
        Object {
            flag: "w",
            target,
            tag: tag::WINDOW_SETTINGS,
        }
    }

    fn pane(target: Word) -> Self {
        Object {
            flag: "p",
            target,
            tag: tag::PANE_SETTINGS,
        }
    }

    /// Starts a `set-option` or `set-hook` for this object; `more` is a flag of the command's own.
    fn command(&self, name: &str, more: &str) -> Command {
        let flags = format!("-{}{more}", self.flag);
        let command = Command::new([name]);
        let command = if flags == "-" {
            command
        } else {
            command.word(flags)
        };
        command.word("-t").word(self.target.clone()).word("--")
    }

    /// Tags the object with the applied settings; removes the tag if there are none.
    fn tagged(&self, applied: &AppliedSettings) -> Command {
        if applied.is_empty() {
            return self.command("set-option", "u").word(self.tag);
        }
        let set = self.command("set-option", "").word(self.tag);
        set.word(encode_tag(applied))
    }
}

fn configured(step: StepId, configure: &Configure, object: &Object) -> Line {
    let set = configure.set.iter().map(|(name, value)| {
        let command = object.command("set-option", "");
        command.word(name.as_str()).word(value.as_str())
    });
    let clears = configure.clears.iter().map(|(pane, name)| {
        Command::new(["set-option", "-pu", "-t", &pane.to_string(), "--", name])
    });
    let hooks = configure.hooks.iter().map(|entry| hooked(entry, object));
    let env = configure.env.iter();
    let env = env.map(|(name, value)| variable(name, value.as_deref(), object));
    let mut commands: Vec<Command> = set.chain(clears).chain(hooks).chain(env).collect();
    commands.push(object.tagged(&configure.applied));
    Line {
        step: Some(step),
        what: "set its options",
        commands,
    }
}

/// Sets a variable of the session's environment, or removes it without a value.
fn variable(name: &str, value: Option<&str>, session: &Object) -> Command {
    match value {
        Some(value) => session
            .command("set-environment", "")
            .word(name)
            .word(value),
        None => session.command("set-environment", "u").word(name),
    }
}

fn hooked(entry: &HookEntry, object: &Object) -> Command {
    let name = hook::entry(&entry.event, entry.number);
    match &entry.command {
        Some(command) => {
            let set = object.command("set-hook", "").word(name);
            set.word(command.as_str())
        }
        None => object.command("set-hook", "u").word(name),
    }
}

/// Restores the session's commands for a window event whose list triad's own hook has just
/// replaced.
pub(super) fn restored(window: &Ref, hooks: &TmuxHooks, event: &str) -> Vec<Command> {
    let object = Object::window(window.clone().into());
    let commands = hooks.get(event).into_iter().flatten().enumerate();
    let entries = commands.map(|(number, command)| HookEntry {
        event: event.to_owned(),
        number,
        command: Some(command.clone()),
    });
    entries.map(|entry| hooked(&entry, &object)).collect()
}

/// Toggles the zoom by `resize-pane -Z`, only if the window is not in its wanted state.
pub(super) fn zoom(step: StepId, zoom: &Zoom) -> Line {
    let window = Ref::Window(zoom.window.clone());
    let toggle = Word(vec![
        Part::Text("resize-pane -Z -t ".to_owned()),
        Part::Id(Ref::Pane(zoom.pane.clone())),
    ]);
    let is_zoomed = "#{window_zoomed_flag}";
    let condition = Command::new(["if-shell", "-F", "-t"])
        .word(window.clone())
        .word(is_zoomed);
    let command = if zoom.is_zoomed {
        condition.word("").word(toggle)
    } else {
        condition.word(toggle)
    };
    Line {
        step: Some(step),
        what: "zoom the window",
        commands: vec![command, Object::window(window.into()).tagged(&zoom.applied)],
    }
}
