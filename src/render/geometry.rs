//! The first batch: sessions, windows and marked empty panes in their final geometry, with the
//! listing of their ids at the end.
//!
//! Programs start later, by `respawn-pane` in these panes, or with their panes ([`born`]), so that
//! each starts at its final size and never sees another. See facts on geometry in [`crate::tmux::layout_string`].

use std::collections::BTreeMap;

use crate::layout::{Address, StepId};
use crate::plan::Plan;
use crate::plan::change::{Action, Insertion, NewSession, Start, WindowBuild, WindowPlace};
use crate::render::births::Births;
use crate::render::conditions::Conditions;
use crate::render::frame::{resize, titles};
use crate::render::program::PaneOwner;
use crate::render::record::{LISTED_FIELDS, LISTING};
use crate::render::{adopt, born, history, moves, naming, program, session, settings, window};
use crate::tmux::id::PaneId;
use crate::tmux::layout_string::Cell;
use crate::tmux::quote::in_format;
use crate::tmux::script::{Command, Line, Ref, Script, Word};
use crate::tmux::tag;
use crate::tmux::version::JOINS_BEHIND_FORMAT;

pub(super) fn script(
    plan: &Plan,
    births: &Births,
    whose: PaneOwner,
    conditions: &Conditions,
) -> Script {
    let mut lines = adopt::lines(plan, conditions);
    let builds = || {
        let steps = plan.numbered();
        steps.filter_map(|(id, step)| match &step.action {
            Action::CreateWindow(build) | Action::ArrangeWindow(build) => Some((id, build)),
            _ => None,
        })
    };
    lines.extend(naming::of_sessions(plan, conditions));
    for (id, step) in plan.numbered() {
        match &step.action {
            Action::CreateSession(new) => lines.push(new_session(id, new, plan, conditions)),
            Action::Configure(configure) if configure.is_of_session() => {
                lines.push(settings::of_session(id, configure, plan));
            }
            Action::Start(start) => lines.extend(kept_open(id, start)),
            _ => {}
        }
    }
    lines.extend(naming::of_windows(plan));
    // All windows exist before any pane moves, and all panes are in place before any window gets
    // its geometry: tmux ends whatever is empty, if only for a moment.
    for (id, build) in builds() {
        lines.extend(new_window(id, build, plan, births, conditions));
    }
    lines.extend(moves::of_windows(plan, conditions));
    lines.extend(moves::of_panes(plan));
    let (early, later): (Vec<_>, Vec<_>) = builds().partition(|(_, build)| build.is_early);
    for (id, build) in early.into_iter().chain(later) {
        if births.makes(id) {
            let target = target(id, build, conditions);
            lines.extend(born::panes(births, (id, build), &target, whose, conditions));
            continue;
        }
        lines.push(panes_of_window(id, build, plan, conditions));
        lines.extend(history::put_back(id, build));
    }
    for (id, build) in builds() {
        lines.extend(size_of_window(id, build, conditions));
        lines.extend(layout_of_window(id, build, births, conditions));
    }
    for (id, build) in builds() {
        lines.extend(listing(id, build, conditions));
    }
    for (id, step) in plan.numbered() {
        if let Action::MoveWindow(moved) = &step.action {
            lines.push(listed(id, &moved.id.to_string(), conditions));
        }
    }
    Script { lines }
}

/// Returns the name of a window from its creation to the second batch, by which the first one
/// addresses it.
fn token(conditions: &Conditions, step: StepId) -> String {
    // The first batch repeats it several times a pane.
    let nonce = conditions.nonce;
    let short = &nonce[nonce.len().saturating_sub(6)..];
    format!("{short}w{step}")
}

fn window_step(plan: &Plan, address: &Address) -> StepId {
    let is_it = |action: &Action| matches!(action, Action::CreateWindow(build) if build.window.address == *address);
    let step = plan.steps.iter().position(|step| is_it(&step.action));
    StepId(step.expect("a new session's windows are made by steps of the plan"))
}

/// Returns the target of the first window of a session that this plan creates with it.
fn first_of(session: &Address, plan: &Plan, conditions: &Conditions) -> Option<String> {
    let first = plan.steps.iter().find_map(|step| match &step.action {
        Action::CreateSession(new) if new.session.address == *session => new.first.as_ref(),
        _ => None,
    })?;
    let name = token(conditions, window_step(plan, first));
    Some(format!("={}:={name}", session.name()))
}

fn new_session(step: StepId, new: &NewSession, plan: &Plan, conditions: &Conditions) -> Line {
    let name = new.session.address.name();
    let target = format!("={name}:");
    let window = match &new.first {
        Some(first) => token(conditions, window_step(plan, first)),
        None => moves::holder(step, conditions),
    };
    let (width, height) = (new.width.to_string(), new.height.to_string());
    let create = Command::new([
        "new-session",
        "-d",
        "-s",
        &in_format(name),
        "-n",
        &window,
        "-x",
        &width,
        "-y",
        &height,
    ]);
    let create = create
        .word("-c")
        .word(conditions.directory(&new.session.cwd));
    // Set once for all programs that start in it, and for panes opened by hand.
    let environment = program::of_caller(conditions).into_values();
    let create = environment
        .fold(create, |command, assignment| {
            command.word("-e").word(assignment)
        })
        .word("--");
    let option =
        |option: &str, value: &str| Command::new(["set-option", "-t", &target, option, value]);
    let salt = new.salt.as_ref();
    let salt = salt.map(|salt| session::salt(&target, salt));
    let protect = new.session.protect;
    let protect = protect.then(|| session::protect(&target, true));
    // The first window's address is tagged in the same line that creates it.
    let first = format!("{target}={window}");
    let marks = match &new.first {
        Some(address) => marks(&first, address),
        None => vec![moves::placeholder(&first)],
    };
    Line {
        step: Some(step),
        what: "create the session",
        commands: vec![
            moves::HOLDER
                .iter()
                .fold(create, |command, word| command.word(*word)),
            moves::named(&target, &window),
            // Whatever the user's default: nobody is attached to it yet.
            option("destroy-unattached", "off"),
            option(tag::LAYOUT, &tag::layout(&plan.layout)),
            option(tag::MANIFEST, &tag::encode(&plan.manifest)),
            option(tag::SESSION, &tag::encode(&new.session.address.to_string())),
        ]
        .into_iter()
        .chain(salt)
        .chain(protect)
        .chain(marks)
        .collect(),
    }
}

/// Keeps a pane open: if it closed with its program, as configured or as a person wants now, its
/// place would be lost before the next program can take it.
fn kept_open(step: StepId, start: &Start) -> Option<Line> {
    if start.replaces.is_none() || start.stop_method.is_none() {
        return None;
    }
    let pane = Ref::Pane(start.pane.address.clone());
    let command = Command::new(["set-option", "-p", "-t"]).word(pane);
    Some(Line {
        step: Some(step),
        what: "keep the pane open",
        commands: vec![command.word("remain-on-exit").word("on")],
    })
}

/// Returns the target of a window in the first batch.
fn target(step: StepId, build: &WindowBuild, conditions: &Conditions) -> String {
    match build.place {
        WindowPlace::Live(id) => id.to_string(),
        WindowPlace::FirstOfNewSession | WindowPlace::New => {
            let session = build.window.address.session_name();
            format!("={session}:={}", token(conditions, step))
        }
    }
}

/// Creates a new window, with one pane that is not assigned yet.
fn new_window(
    step: StepId,
    build: &WindowBuild,
    plan: &Plan,
    births: &Births,
    cx: &Conditions,
) -> Option<Line> {
    if build.place != WindowPlace::New {
        return None;
    }
    let first = first_of(&build.window.address.session(), plan, cx);
    let made = match first.filter(|_| births.makes(step)) {
        Some(first) => born::window(build, &first, &token(cx, step)),
        None => vec![in_session(step, build, cx)],
    };
    let marks = marks(&target(step, build, cx), &build.window.address);
    Some(Line {
        step: Some(step),
        what: "create the window",
        commands: made
            .into_iter()
            .chain([moves::named(&last(build), &token(cx, step))])
            .chain(marks)
            .collect(),
    })
}

/// Tags a new window with its address, and its one pane as a placeholder.
fn marks(target: &str, address: &Address) -> Vec<Command> {
    let address = tag::encode(&address.to_string());
    let mark = ["set-option", "-w", "-t", target, tag::WINDOW, &address];
    vec![Command::new(mark), moves::placeholder(target)]
}

/// Brings every pane into a window.
fn panes_of_window(step: StepId, build: &WindowBuild, plan: &Plan, cx: &Conditions) -> Line {
    let target = target(step, build, cx);
    let mut commands = Vec::new();
    let is_new = !matches!(build.place, WindowPlace::Live(_));
    if !is_new && build.room.is_some() {
        // It would give the panes their former sizes, after all of this.
        commands.push(window::unhooked(&target));
    }
    let count = u32::try_from(build.insertions.len()).unwrap_or(u32::MAX / 4);
    let height = match build.place {
        WindowPlace::Live(_) => build.room,
        // tmux can get the size of a new window wrong; and there must be room for the splits.
        _ => Some(build.height + 2 * count),
    };
    if let Some(height) = height {
        commands.push(resize(&target, build.width, height));
    }
    for (from, to) in &build.swaps {
        let (from, to) = (from.to_string(), to.to_string());
        commands.push(Command::new(["swap-pane", "-d", "-s", &from, "-t", &to]));
    }
    commands.extend(made_room(build));
    let mut limits = history::Limits::of(build);
    for insertion in &build.insertions {
        commands.extend(limits.before(insertion));
        commands.extend(insert(insertion, &target));
    }
    if is_new && build.holder_goes {
        commands.push(Command::new(["kill-pane", "-t", &target]));
    }
    commands.push(mark_empty_panes(&target, plan.newest_pane));
    for pane in &build.discards {
        commands.push(Command::new(["kill-pane", "-t", &pane.to_string()]));
    }
    for pane in &build.breaks {
        // In its own session: without a target tmux takes the one that was used last.
        let session = session::target(&build.window.address.session(), plan);
        let leave = [
            "break-pane",
            "-d",
            "-n",
            "leaving",
            "-s",
            &pane.to_string(),
            "-t",
        ];
        commands.push(Command::new(leave).word(session));
    }
    Line {
        step: Some(step),
        what: "create the panes",
        commands,
    }
}

/// Gives each pane that others are inserted next to the room they take from it. A window that grows
/// gives its new rows to the first of the panes stacked in a nested split, not to all of them.
fn made_room(build: &WindowBuild) -> Vec<Command> {
    let mut rows: BTreeMap<PaneId, u32> = BTreeMap::new();
    let beside = build.insertions.iter().filter_map(|one| one.beside);
    for pane in beside.filter(|_| build.room.is_some()) {
        *rows.entry(pane).or_insert(2) += 2;
    }
    let grown = rows.into_iter().map(|(pane, rows)| {
        let pane = pane.to_string();
        let is_small = format!("#{{e|<:#{{pane_height}},{rows}}}");
        let grow = Command::new(["resize-pane", "-t", &pane, "-y", &rows.to_string()]);
        let test = Command::new(["if-shell", "-F", "-t", &pane, &is_small]);
        test.word(Word::sequence(&[grow]))
    });
    grown.collect()
}

fn in_session(step: StepId, build: &WindowBuild, cx: &Conditions) -> Command {
    // After the last one, so that no other window gets a new index.
    let last = last(build);
    let name = token(cx, step);
    let command = Command::new([
        "new-window",
        "-d",
        "-a",
        "-t",
        &last,
        "-n",
        &name,
        "-c",
        "/",
        "--",
    ]);
    moves::HOLDER
        .iter()
        .fold(command, |command, word| command.word(*word))
}

/// Returns the target of the session's last window.
fn last(build: &WindowBuild) -> String {
    format!("={}:{{end}}", build.window.address.session_name())
}

fn insert(insertion: &Insertion, window: &str) -> Vec<Command> {
    let beside = insertion.beside.map(|id| id.to_string());
    let beside = beside.as_deref().unwrap_or(window);
    let mut command = match insertion.moved {
        Some(id) => Command::new(["join-pane", "-d", "-l", "1", "-s", &id.to_string()]),
        None => Command::new(["split-window", "-d", "-l", "1"]),
    };
    if insertion.is_before {
        command = command.word("-b");
    }
    command = command.word("-t").word(beside);
    match insertion.moved {
        Some(id) if insertion.is_before => vec![command, put_before(id, beside)],
        Some(_) => vec![command],
        // No command at all: an empty pane, without a process.
        None => vec![command.word("")],
    }
}

/// Corrects the order if tmux has put a pane before another only on the screen
/// ([`JOINS_BEHIND_FORMAT`]). They are swapped, and the other gets its rows back: more panes may be
/// inserted next to it.
fn put_before(moved: PaneId, beside: &str) -> Command {
    let rows = tag::ROWS;
    let commands = [
        Command::new([
            "set-option",
            "-p",
            "-F",
            "-t",
            beside,
            rows,
            "#{pane_height}",
        ]),
        Command::new(["swap-pane", "-d", "-s", &moved.to_string(), "-t", beside]),
        Command::new(["run-shell", "-t", beside, "-C"])
            .word(format!("resize-pane -t '{beside}' -y #{{{rows}}}")),
        Command::new(["set-option", "-pu", "-t", beside, rows]),
    ];
    let test = Command::new(["if-shell", "-F", JOINS_BEHIND_FORMAT]);
    test.word(Word::sequence(&commands))
}

/// Marks the panes that this batch created, whose ids are unknown yet: those without a process and
/// with an id beyond the snapshot's.
fn mark_empty_panes(target: &str, newest: Option<PaneId>) -> Command {
    let mark = format!(
        "set-option -p -t #{{pane_id}} {} placeholder ; ",
        tag::PHASE
    );
    let mark = match newest {
        Some(PaneId(newest)) => format!("#{{?#{{e|>:#{{s/%//:pane_id}},{newest}}},{mark},}}"),
        None => mark,
    };
    // The pid of an empty pane is `0` before tmux 3.8 and empty from then on: false, either way.
    let each = format!("#{{P:#{{?pane_pid,,{mark}}}}}");
    Command::new(["run-shell", "-t", target, "-C", &each])
}

/// Takes back the temporary room, in a line of its own: a failure to create the panes must not
/// leave the window at that size.
fn size_of_window(step: StepId, build: &WindowBuild, conditions: &Conditions) -> Option<Line> {
    let is_live = matches!(build.place, WindowPlace::Live(_));
    if is_live && build.room.is_none() {
        return None;
    }
    let target = target(step, build, conditions);
    let mut commands = Vec::new();
    if is_live {
        commands.push(resize(&target, build.width, build.height));
    }
    let unset = ["set-option", "-wu", "-t", &target, "window-size"];
    commands.push(Command::new(unset));
    Some(Line {
        step: Some(step),
        what: "set the size of the window",
        commands,
    })
}

/// Sets titles and the final geometry: the border line first, so that no program sees a size that
/// it does not keep.
fn layout_of_window(
    step: StepId,
    build: &WindowBuild,
    births: &Births,
    conditions: &Conditions,
) -> Option<Line> {
    let target = target(step, build, conditions);
    let mut commands = Vec::new();
    // A hook of the user may have rearranged a window that was made at its final size.
    if !births.makes(step) {
        commands.extend(titles(build, &target));
    }
    if build.is_laid_out && build.window.root.panes().len() > 1 {
        let cell = Cell::of(&build.window.root, build.width, build.height);
        let layout = cell.layout_string();
        commands.push(Command::new(["select-layout", "-t", &target, &layout]));
    } else if !matches!(build.place, WindowPlace::Live(_)) && !build.insertions.is_empty() {
        // A window of one pane has no layout that would take back the temporary room.
        commands.push(resize(&target, build.width, build.height));
        commands.push(Command::new([
            "set-option",
            "-wu",
            "-t",
            &target,
            "window-size",
        ]));
    }
    if let Some(active) = build.active.filter(|active| !build.breaks.contains(active)) {
        let was_moved = !build.swaps.is_empty() || build.zoomed;
        if was_moved && !build.discards.contains(&active) {
            commands.push(Command::new(["select-pane", "-t", &active.to_string()]));
        }
        if build.zoomed {
            commands.push(zoomed_again(&target, active));
        }
    }
    (!commands.is_empty()).then_some(Line {
        step: Some(step),
        what: "set the geometry",
        commands,
    })
}

/// `resize-pane -Z` toggles: only if the rearranging has ended the zoom.
fn zoomed_again(window: &str, pane: PaneId) -> Command {
    let zoom = format!("resize-pane -Z -t {pane}");
    let is_zoomed = "#{window_zoomed_flag}";
    Command::new(["if-shell", "-F", "-t", window, is_zoomed, "", &zoom])
}

/// Lists the new ids of a window, in the order of indexes.
fn listing(step: StepId, build: &WindowBuild, conditions: &Conditions) -> Option<Line> {
    if build.new_panes.is_empty() && matches!(build.place, WindowPlace::Live(_)) {
        return None;
    }
    Some(listed(step, &target(step, build, conditions), conditions))
}

fn listed(step: StepId, window: &str, conditions: &Conditions) -> Line {
    let fields = LISTED_FIELDS.join("\t");
    let format = format!("{} {LISTING} {step}\t{fields}", conditions.nonce);
    Line {
        step: Some(step),
        what: "list the panes",
        commands: vec![Command::new(["list-panes", "-t", window, "-F", &format])],
    }
}
