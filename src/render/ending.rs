//! The hook that tmux runs when a pane's command ends, and the commands sent to a pane before triad
//! ends its command.
//!
//! A hook on the pane restarts the command, or starts a shell in its place, without triad.
//! `run-shell -C` expands its text as a format, so the commands are kept in options of the pane,
//! whose values that expansion returns unchanged.

use std::time::Duration;

use crate::layout::{Address, OnExit, Pane, PaneKind, Probe, StopHow, TypeWhen};
use crate::live::Phase;
use crate::pane_text::{HAS_ENDED, PREFIX};
use crate::plan::stop_method::StopMethod;
use crate::render::pane::{ENDED, id, on, option, unset};
use crate::render::program::Program;
use crate::render::{held, restart};
use crate::tmux::delivery::alone;
use crate::tmux::id::PaneId;
use crate::tmux::script::{Command, Part, Ref, Word};
use crate::tmux::tag;
use crate::tmux::version::FORGETS_PID;

/// Fires when a pane's command has ended and the pane stays.
const HOOK: &str = "pane-died";

/// Sets whether the pane stays when its command ends, and what tmux does then.
pub fn arm(program: &Program) -> Vec<Command> {
    let pane = program.pane;
    let exit = pane.exit();
    let stays = exit != OnExit::Close || pane.restart.is_some();
    let stays = if stays { "on" } else { "off" };
    let mut commands = vec![option(&pane.address, "remain-on-exit", stays)];
    commands.extend(held::told(pane, program.is_in_new_session));
    if exit == OnExit::Shell {
        commands.push(kept(&pane.address, tag::OVER, &[successor(program)]));
    }
    let last = at_last(pane, exit);
    let mut hook = done(pane);
    let has_more = pane.restart.is_some() || !last.is_empty();
    hook.extend(match &pane.restart {
        Some(restart) => {
            commands.extend(restart::afresh(pane, restart));
            commands.push(kept(&pane.address, tag::AGAIN, &restarted(program)));
            restart::hook(pane, restart, last)
        }
        None => last,
    });
    if hook.is_empty() {
        return commands;
    }
    let set = Command::new(["set-hook", "-p", "-t"]).word(id(&pane.address));
    commands.push(set.word(HOOK).word(Word::sequence(&hook)));
    if has_more {
        commands.extend(attention(program));
    }
    commands
}

/// Records that a task has succeeded, whatever happens to its pane. If tmux misses the end, the
/// pane itself shows it as long as nothing else is in it.
fn done(pane: &Pane) -> Vec<Command> {
    if pane.kind != PaneKind::Task {
        return Vec::new();
    }
    let remember = option(&pane.address, tag::DONE, "1");
    let has_succeeded = "#{==:#{pane_dead_status},0}";
    vec![on(&pane.address, has_succeeded, &[remember], &[])]
}

/// tmux can miss the end of a process whose terminal has closed; its hook does not fire then. So it
/// checks for such an end once a second, and starts a child of its own: the end of that child makes
/// it collect all of them. The check is kept on the pane, with the run that set it: it stops with
/// the pane, or when another run replaces it.
fn attention(program: &Program) -> Vec<Command> {
    let pane = &program.pane.address;
    let (tick, nonce) = (tag::TICK, program.conditions.nonce);
    let next = Command::new(["run-shell", "-b", "-d", "1", "-t"]).word(id(pane));
    let next = next.word("-C").word(format!("#{{{tick}}}"));
    let is_missed = "#{&&:#{pane_dead},#{==:#{pane_dead_status}#{pane_dead_signal},}}";
    let child = Command::new(["run-shell", "-b", "true"]);
    let is_own = format!(
        "#{{&&:#{{==:#{{{}}},started}},#{{m:*{nonce}*,#{{{tick}}}}}}}",
        tag::PHASE
    );
    let look = [on(pane, is_missed, &[child], &[]), next.clone()];
    let set = Command::new(["set-option", "-p", "-t"]).word(id(pane));
    let set = set.word(tick);
    vec![
        set.word(Word::sequence(&[on(pane, &is_own, &look, &[])])),
        next,
    ]
}

/// Removes the exit hook of a pane.
pub fn disarm(pane: &Address) -> Vec<Command> {
    let unhook = Command::new(["set-hook", "-pu", "-t"]).word(id(pane));
    vec![
        unhook.word(HOOK),
        unset(pane, tag::TICK),
        unset(pane, tag::AGAIN),
        unset(pane, tag::OVER),
    ]
}

/// Writes commands to an option of the pane.
fn kept(pane: &Address, name: &str, commands: &[Command]) -> Command {
    let set = Command::new(["set-option", "-p", "-t"]).word(id(pane));
    set.word(name).word(Word::sequence(commands))
}

/// Returns the commands that restart the program, unless triad has started or stopped it meanwhile.
fn restarted(program: &Program) -> Vec<Command> {
    let pane = program.pane;
    let is_due = format!("#{{&&:#{{pane_dead}},#{{==:#{{{}}},started}}}}", tag::PHASE);
    let mut restarted = vec![keep_screen(&pane.address)];
    // Only what is necessary comes after the start.
    restarted.extend(held::clock(pane));
    restarted.push(program.respawn());
    restarted.push(before(&pane.address));
    restarted.push(pid(&pane.address));
    vec![on(&pane.address, &is_due, &restarted, &[])]
}

/// Returns the commands to run once the command has ended for good.
fn at_last(pane: &Pane, exit: OnExit) -> Vec<Command> {
    match exit {
        OnExit::Hold => Vec::new(),
        OnExit::Close if pane.restart.is_none() => Vec::new(),
        OnExit::Close => vec![Command::new(["kill-pane", "-t"]).word(id(&pane.address))],
        OnExit::Shell => {
            let left = Command::new(["set-option", "-p", "-F", "-t"]).word(id(&pane.address));
            let left = left.word(tag::LEFT);
            let left = left.word("#{pane_dead_status}:#{pane_dead_signal}");
            vec![left, keep_screen(&pane.address), take_over(pane)]
        }
    }
}

/// Clears the screen for a new program: its content goes to the scrollback.
fn keep_screen(pane: &Address) -> Command {
    Command::new(["send-keys", "-R", "-t"]).word(id(pane))
}

/// Prints how the command ended, and becomes the user's shell. The texts are arguments, so that
/// nothing in them is code.
const TAKE_OVER: &str = "printf '%s\\n' \"$2\"; exec \"$1\" -l";

/// Returns the shell that takes the pane over, without its last argument: the text to print.
fn successor(program: &Program) -> Command {
    let shell = Ref::DefaultShell(program.pane.address.session());
    program.successor(vec![
        "/bin/sh".into(),
        "-c".into(),
        TAKE_OVER.into(),
        "triad".into(),
        shell.into(),
    ])
}

fn take_over(pane: &Pane) -> Command {
    let ended = format!("{HAS_ENDED} {ENDED}");
    let ended = match &pane.restart {
        None => ended,
        Some(restart) => {
            let has_failed = format!("#{{==:#{{{}}},{}}}", tag::PHASE, Phase::Failed.as_str());
            let failed = restart::failed(restart);
            format!("#{{?{has_failed},{failed}: {ENDED},{ended}}}")
        }
    };
    let said = format!(
        "{PREFIX}`{}` {ended}; its output is above, in the scrollback",
        pane.address.name()
    );
    // If the hook waited for this, tmux would miss the hook of another pane that ends meanwhile.
    let now = Command::new(["run-shell", "-b", "-t"]).word(id(&pane.address));
    let mut parts = vec![
        Part::Text(format!("#{{{}}} ", tag::OVER)),
        Part::Nested(said.into()),
        Part::Text(" ; ".to_owned()),
    ];
    // The option needs this format, once the shell has started.
    parts.extend(Word::sequence(&[pid_as(&pane.address, "##{pane_pid}")]).0);
    now.word("-C").word(Word(parts))
}

/// Records the length of the scrollback right after the start of the program: its output begins
/// there.
pub fn before(pane: &Address) -> Command {
    let set = Command::new(["set-option", "-p", "-F", "-t"]).word(id(pane));
    set.word(tag::BEFORE).word("#{history_size}")
}

/// Records the process that was just started, for tmux versions that forget it at its end.
pub fn pid(pane: &Address) -> Command {
    pid_as(pane, "#{pane_pid}").gated(FORGETS_PID)
}

fn pid_as(pane: &Address, format: &str) -> Command {
    let set = Command::new(["set-option", "-p", "-F", "-t"]).word(id(pane));
    set.word(tag::PID).word(format)
}

/// Whether triad itself searches its output for lines.
pub fn is_read(pane: &Pane) -> bool {
    let probes = pane.ready.as_ref().map_or(&[][..], |ready| &ready.probes);
    let mut texts = pane.typed.iter();
    probes.iter().any(|probe| matches!(probe, Probe::Log(_)))
        || texts.any(|typed| matches!(typed.when, TypeWhen::Line(_)))
}

/// Returns the commands for a pane before its command is ended: they mark that triad ends it, and
/// keep anything from starting in its place.
pub fn before_end(stop_method: &StopMethod, has_ended: bool) -> Vec<Command> {
    let pane = stop_method.pane.to_string();
    let mut commands = Vec::new();
    if !has_ended {
        let mark = Command::new(["set-option", "-p", "-F", "-t", &pane, tag::ENDING]);
        commands.push(mark.word("#{?pane_dead,,#{pane_pid}}"));
    }
    if stop_method.is_armed {
        commands.push(Command::new(["set-hook", "-pu", "-t", &pane, HOOK]));
        commands.push(Command::new(["set-option", "-pu", "-t", &pane, tag::TICK]));
    }
    commands
}

/// Returns the keys that ask a command to end, each with its delay after the first.
pub fn presses(stop_method: &StopMethod) -> Vec<(Duration, Vec<Command>)> {
    let StopHow::Keys(keys) = &stop_method.stop.how else {
        return Vec::new();
    };
    let pane = stop_method.pane.to_string();
    let press = |(at, key): (usize, &String)| {
        let press = Command::new(["send-keys", "-t", &pane, "--", key]);
        let press = alone(pane.as_str(), press);
        let press = if_lives(pane.as_str(), "#{pane_pid}", &[press], &[]);
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let after = stop_method.stop.pause.saturating_mul(at);
        (after, vec![leave_mode(pane.as_str()), press])
    };
    keys.iter().enumerate().map(press).collect()
}

/// Keeps the pane when its process ends.
pub fn hold(pane: PaneId) -> Command {
    let set = Command::new(["set-option", "-p", "-t", &pane.to_string()]);
    set.word("remain-on-exit").word("on")
}

/// Marks a pane as stopped on purpose, and keeps it: tmux starts nothing in it any more, not even
/// what is already scheduled. Sent before the program ends, so that a stopped program is not
/// restarted if triad is killed.
pub fn halt(pane: PaneId) -> Vec<Command> {
    let id = pane.to_string();
    vec![
        hold(pane),
        Command::new([
            "set-option",
            "-p",
            "-t",
            &id,
            tag::PHASE,
            Phase::Stopped.as_str(),
        ]),
        Command::new(["set-hook", "-pu", "-t", &id, HOOK]),
        Command::new(["set-option", "-pu", "-t", &id, tag::TICK]),
    ]
}

/// Leaves copy mode, in which keys are for tmux.
pub fn leave_mode(pane: impl Into<Word>) -> Command {
    let pane = pane.into();
    let test = Command::new(["if-shell", "-F", "-t"]).word(pane.clone());
    let cancel = Command::new(["send-keys", "-t"]).word(pane);
    let cancel = cancel.word("-X").word("cancel");
    test.word("#{pane_in_mode}").word(Word::sequence(&[cancel]))
}

/// Runs `commands` only while the process with that id is running in the pane, else `otherwise`.
/// Pasting into a dead pane kills the server before tmux 3.4, and text typed into another program
/// is its input.
pub fn if_lives(
    pane: impl Into<Word>,
    pid: &str,
    commands: &[Command],
    otherwise: &[Command],
) -> Command {
    let lives = format!("#{{&&:#{{==:#{{pane_dead}},0}},#{{==:#{{pane_pid}},{pid}}}}}");
    let test = Command::new(["if-shell", "-F", "-t"]).word(pane);
    let test = test.word(lives).word(Word::sequence(commands));
    if otherwise.is_empty() {
        return test;
    }
    test.word(Word::sequence(otherwise))
}
