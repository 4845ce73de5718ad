//! A plan as a tree: the change to each object, the reason, and the process that it ends.

mod notes;

pub use notes::{notes, warnings};

use crate::layout::Address;
use crate::plan::Plan;
use crate::plan::change::{
    Action, Change, Configure, Drift, Ends, Note, Noun, Reason, Start, Step, Subject,
};
use crate::view::text::changed;
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone, fitted, padded, width, wrapped};
use crate::view::text::printable::{Printable, printable, visible};
use crate::view::text::words;

/// The largest width of a program's name: it is not cut where it is shown, and a program can have
/// any name.
const PROGRAM: usize = 60;

/// Returns the plan for people. `place` is the place of the server (`default server`, `-L name`).
pub fn text(plan: &Plan, place: &str, look: Look) -> Printable {
    let paint = Paint { color: look.color };
    let mut out = heading(plan, place, look);
    if !plan.is_empty() {
        out.push(printable!("\n"));
        written(&rows(plan), look, &mut out);
    }
    let notes = notes(plan);
    if !notes.is_empty() {
        out.push(printable!("\n"));
    }
    for note in notes {
        let note = wrapped(&note, look.width, "note: ".len());
        out.push(printable!("{}\n", paint.paint(Tone::Faint, note)));
    }
    let summary = wrapped(&summary(plan), look.width, 0);
    out.push(printable!("\n{}\n", summary));
    out
}

/// Returns some of the steps, as in the tree; empty if there are none.
pub fn tree_of(plan: &Plan, look: Look, is_meant: &dyn Fn(&Step) -> bool) -> Printable {
    let steps = plan.steps.iter().filter(|step| is_meant(step));
    let rows = steps.map(|step| {
        let subject = &step.subject;
        let left = format!("{} {}", subject.noun.as_str(), subject.address.name());
        of_step(step, left, plan)
    });
    let mut out = Printable::default();
    written(&rows.collect::<Vec<_>>(), look, &mut out);
    out
}

fn written(rows: &[Row], look: Look, out: &mut Printable) {
    let paint = Paint { color: look.color };
    let longest = rows.iter().map(|row| width(&row.left)).max().unwrap_or(0);
    let left = longest.min(look.width / 2);
    for row in rows {
        row.write(left, look.width, paint, out);
    }
}

fn heading(plan: &Plan, place: &str, look: Look) -> Printable {
    let server = match &plan.server {
        Some(version) => format!("on tmux {version} ({place})"),
        None => format!("on a new tmux server ({place})"),
    };
    let stops_all = plan.steps.iter().any(|step| step.reason == Reason::Query);
    let what = if stops_all {
        ": stop the whole layout"
    } else {
        ""
    };
    let text = wrapped(&format!("{} {server}{what}", plan.layout), look.width, 0);
    let paint = Paint { color: look.color };
    let painted = paint.paint_start(Tone::Strong, &plan.layout, &text);
    printable!("{}\n", painted)
}

/// A line of the tree, and the lines below it.
struct Row {
    sign: &'static str,
    tone: Tone,
    left: String,
    phrase: String,
    cost: String,
    below: Vec<Change>,
}

fn rows(plan: &Plan) -> Vec<Row> {
    let mut subjects = plan.wanted.clone();
    for step in &plan.steps {
        if !subjects
            .iter()
            .any(|subject| subject.address == step.subject.address)
        {
            insert(&mut subjects, &step.subject);
        }
    }
    let depth = |address: &Address| match (address.window_name(), address.pane_name()) {
        (None, _) => 0,
        (Some(_), None) => 1,
        (Some(_), Some(_)) => 2,
    };
    let pane_nouns = subjects
        .iter()
        .filter(|subject| matches!(subject.noun, Noun::Pane(_)));
    let noun_width = pane_nouns
        .map(|subject| subject.noun.as_str().len())
        .max()
        .unwrap_or(0);
    let mut rows = Vec::new();
    for subject in &subjects {
        let noun = subject.noun.as_str();
        let noun = match subject.noun {
            Noun::Pane(_) => padded(noun, noun_width),
            Noun::Session | Noun::Window => noun.to_owned(),
        };
        let indent = "  ".repeat(depth(&subject.address));
        let left = format!("{indent}{noun} {}", subject.address.name());
        rows.extend(of_subject(subject, &left, plan));
    }
    rows
}

/// Inserts an object that is no longer wanted, below the object that contains it.
fn insert(subjects: &mut Vec<Subject>, subject: &Subject) {
    let parents = [
        Some(Subject::session(&subject.address.session())),
        subject
            .address
            .enclosing_window()
            .map(|window| Subject::window(&window)),
    ];
    for parent in parents.into_iter().flatten() {
        let is_there = subjects.iter().any(|other| other.address == parent.address);
        if !is_there && parent.address != subject.address {
            insert_sorted(subjects, parent);
        }
    }
    insert_sorted(subjects, subject.clone());
}

/// Inserts a subject after the last one of the same window, else of the same session, else at the
/// end.
fn insert_sorted(subjects: &mut Vec<Subject>, subject: Subject) {
    let window = subject.address.enclosing_window();
    let session = subject.address.session();
    let same_window = subjects
        .iter()
        .rposition(|other| window.is_some() && other.address.enclosing_window() == window);
    let same_session = subjects
        .iter()
        .rposition(|other| other.address.session() == session);
    let at = same_window
        .or(same_session)
        .map_or(subjects.len(), |at| at + 1);
    subjects.insert(at, subject);
}

/// Returns a row for each step of the subject, or one row if nothing happens to it. Ordering the
/// windows of a new session goes without saying.
fn of_subject(subject: &Subject, left: &str, plan: &Plan) -> Vec<Row> {
    let steps = plan
        .steps
        .iter()
        .filter(|step| step.subject.address == subject.address)
        .filter(|step| {
            !matches!(step.action, Action::OrderWindows(_)) || step.reason != Reason::NotThere
        });
    let rows: Vec<Row> = steps
        .map(|step| of_step(step, left.to_owned(), plan))
        .collect();
    if !rows.is_empty() {
        return rows;
    }
    let is_pane = matches!(subject.noun, Noun::Pane(_));
    let is_unstarted = plan
        .notes
        .iter()
        .any(|note| matches!(note, Note::Unstarted { panes } if panes.contains(&subject.address)));
    vec![Row {
        sign: " ",
        tone: Tone::Faint,
        left: left.to_owned(),
        phrase: match is_pane {
            true if is_unstarted => "not started".to_owned(),
            true => "unchanged".to_owned(),
            false => String::new(),
        },
        cost: String::new(),
        below: Vec::new(),
    }]
}

fn of_step(step: &Step, left: String, plan: &Plan) -> Row {
    let (sign, tone) = sign(step);
    let ends = step.ends.as_ref();
    Row {
        sign,
        tone,
        left,
        phrase: phrase(step, plan),
        cost: ends.map(cost).unwrap_or_default(),
        below: changed::changes(step, plan),
    }
}

/// Returns the process that a step ends. From tmux 3.7 on, a program with an unprintable name has
/// none.
fn cost(ends: &Ends) -> String {
    let program = match &*ends.program {
        "" => "its program".to_owned(),
        program => fitted(program, PROGRAM),
    };
    format!("ends {program}, pid {}", ends.pid)
}

fn sign(step: &Step) -> (&'static str, Tone) {
    match (&step.action, &step.reason) {
        (Action::CreateSession(_) | Action::CreateWindow(_), _) => ("+", Tone::Good),
        (Action::Start(_), reason) if reason.is_restart() => ("±", Tone::Change),
        (Action::Start(_) | Action::Reserve(_), _) => ("+", Tone::Good),
        (Action::Stop(_) | Action::Halt(_), _) => ("-", Tone::Bad),
        (_, Reason::Drifted(Drift::Moved { .. }) | Reason::Renamed { .. }) => (">", Tone::Move),
        _ => ("~", Tone::Change),
    }
}

/// Returns the change and its reason, in one phrase.
fn phrase(step: &Step, plan: &Plan) -> String {
    let reason = words::reason(&step.reason);
    match &step.action {
        Action::CreateSession(_) => "create".to_owned(),
        Action::CreateWindow(build) => {
            format!("create, {}x{}", build.width, build.height)
        }
        Action::Start(start) => started(start, &step.reason, plan),
        Action::Retag(_) => match &step.reason {
            Reason::Drifted(Drift::Moved { from }) => {
                format!("move from window {from}, keeps its process")
            }
            Reason::Renamed { from, .. } => format!("rename from {from}, keeps its process"),
            _ => format!("change in place: {reason}"),
        },
        Action::MoveWindow(_) => match &step.reason {
            Reason::Drifted(Drift::Moved { from }) => {
                format!("move from session {from}, keeps its processes")
            }
            _ => format!("move: {reason}, keeps its processes"),
        },
        Action::Readdress(_) => match &step.reason {
            Reason::Renamed { from, .. } => format!("rename from {from}"),
            _ => format!("rename: {reason}"),
        },
        Action::Adopt(_) => format!("adopt: {reason}"),
        Action::Reserve(_) => "not started: `triad start` starts it".to_owned(),
        Action::Type(_) => "type the text that an earlier run did not get to".to_owned(),
        // The heading says it for all of them.
        Action::Stop(_) if step.reason == Reason::Query => "stop".to_owned(),
        Action::Stop(_) => format!("stop: {reason}"),
        Action::Halt(_) if step.ends.is_none() => "mark as stopped: it has exited".to_owned(),
        Action::Halt(_) if step.reason == Reason::Named => "stop, keep the pane".to_owned(),
        Action::Halt(_) => format!("stop, keep the pane: {reason}"),
        Action::ArrangeWindow(build) => match changed::panes_of(build, &step.reason, plan) {
            Some(panes) => format!("arrange: {reason}: {panes}"),
            None => format!("arrange: {reason}"),
        },
        Action::OrderWindows(_) => "reorder the windows".to_owned(),
        Action::RenameSession { .. } | Action::RenameWindow { .. } => format!("rename: {reason}"),
        Action::Configure(configure) if step.reason == Reason::NotThere => {
            format!("set {}", settings(configure))
        }
        Action::Zoom(zoom) if step.reason == Reason::NotThere => {
            format!("zoom on {}", zoom.pane.name())
        }
        Action::Configure(_)
        | Action::Zoom(_)
        | Action::TagSession(_)
        | Action::FocusWindow { .. } => {
            format!("change in place: {reason}")
        }
    }
}

/// Returns the start of a program, and the panes that it comes after.
fn started(start: &Start, reason: &Reason, plan: &Plan) -> String {
    let verb = match reason {
        Reason::NotThere | Reason::Unstarted => "start".to_owned(),
        Reason::HalfMade => "start: an earlier run did not get to it".to_owned(),
        why if why.is_restart() => format!("restart: {}", words::reason(reason)),
        _ => format!("start again: {}", words::reason(reason)),
    };
    let needs = start.pane.needs.iter();
    let waits: Vec<String> = needs
        .filter(|need| start.follows.as_ref() != Some(&need.target))
        .filter(|need| {
            plan.targets
                .iter()
                .any(|target| target.pane.address == need.target)
        })
        .map(|need| words::need(need, plan))
        .collect();
    if waits.is_empty() {
        verb
    } else {
        format!("{verb}, after {}", waits.join(" and "))
    }
}

/// Lists the settings of a new object, by name.
fn settings(configure: &Configure) -> String {
    let options = configure.set.iter().map(|(name, _)| name.clone());
    let events = configure.applied.hooks.keys();
    let hooks = events.map(|event| format!("tmux-hook {event}"));
    let env = configure.env.iter().map(|(name, _)| format!("env {name}"));
    let vars = configure.applied.vars.keys();
    let vars = vars.map(|name| format!("var {name}"));
    let all = options.chain(hooks).chain(env).chain(vars);
    all.collect::<Vec<_>>().join(", ")
}

impl Row {
    fn write(&self, left: usize, total: usize, paint: Paint, out: &mut Printable) {
        let sign = paint.paint(self.tone, self.sign);
        let name = fitted(&self.left, left.max(1));
        let room = total.saturating_sub(left + 6);
        let cost = width(&self.cost);
        // On a narrow screen the cost has a line of its own: it must not be cut.
        let is_apart = cost > 0 && width(&self.phrase) + cost + 2 > room;
        let phrase_room = if cost > 0 && !is_apart {
            room - cost - 2
        } else {
            room
        };
        let phrase = fitted(&self.phrase, phrase_room.max(10));
        let mut line = printable!("  {} {}", sign, padded(&name, left));
        if !phrase.is_empty() {
            let tone = if self.sign == " " {
                Tone::Faint
            } else {
                self.tone
            };
            line.push(printable!("  {}", paint.paint(tone, &phrase)));
        }
        if cost > 0 && !is_apart {
            let gap = phrase_room.saturating_sub(width(&phrase)) + 2;
            line.push(" ".repeat(gap));
            line.push(paint.paint(Tone::Bad, &self.cost));
        }
        out.push(printable!("{}\n", line.trim_end()));
        let indent = " ".repeat(8);
        if is_apart {
            let cost = paint.paint(Tone::Bad, &self.cost);
            out.push(printable!("{}{}\n", indent, cost));
        }
        for change in &self.below {
            below(change, &indent, total, paint, out);
        }
    }
}

/// Writes the old and the new value, each on its line.
fn below(change: &Change, indent: &str, total: usize, paint: Paint, out: &mut Printable) {
    let field = if change.field == "run" {
        String::new()
    } else {
        visible(&format!("{} ", change.field))
    };
    let room = total
        .saturating_sub(indent.len() + 2 + width(&field))
        .max(10);
    if change.from.is_none() && change.to.is_none() {
        let sign = paint.paint(Tone::Change, "±");
        out.push(printable!(
            "{}{} {}(secret, changed)\n",
            indent,
            sign,
            field
        ));
        return;
    }
    let lines = changed::lines(change, room, paint);
    for (sign, tone, value) in [("-", Tone::Bad, lines.0), ("+", Tone::Good, lines.1)] {
        if let Some(value) = value {
            let sign = paint.paint(tone, sign);
            out.push(printable!("{}{} {}{}\n", indent, sign, field, value));
        }
    }
}

/// Counts the changes.
pub fn summary(plan: &Plan) -> String {
    let is_pane = |subject: &Subject| matches!(subject.noun, Noun::Pane(_));
    let unchanged = plan
        .unchanged
        .iter()
        .filter(|subject| is_pane(subject))
        .count();
    let is_kept = |note: &&Note| matches!(note, Note::NotPruned { .. });
    let kept = plan.notes.iter().filter(is_kept).count();
    if plan.is_empty() {
        let mut text = "nothing to do".to_owned();
        if unchanged > 0 {
            text.push_str(&format!(": {} unchanged", words::count(unchanged, "pane")));
        }
        if kept > 0 {
            text.push_str(&format!("; {kept} kept"));
        }
        return text;
    }
    let count =
        |is_it: &dyn Fn(&Step) -> bool| plan.steps.iter().filter(|step| is_it(step)).count();
    let is_start = |step: &Step| matches!(step.action, Action::Start(_));
    let is_restart = |step: &Step| is_start(step) && step.reason.is_restart();
    let is_reserve = |step: &Step| matches!(step.action, Action::Reserve(_));
    let is_adoption = |step: &Step| matches!(step.action, Action::Adopt(_));
    let is_stop = |step: &Step| matches!(step.action, Action::Stop(_) | Action::Halt(_));
    let is_other = |step: &Step| {
        !step.is_of_creation()
            && !is_start(step)
            && !step.is_move()
            && !step.is_rename()
            && !is_adoption(step)
            && !is_reserve(step)
            && !is_stop(step)
    };
    let parts = [
        (
            count(&|step| is_start(step) && !is_restart(step)),
            "to start",
        ),
        (count(&is_restart), "to restart"),
        (count(&is_reserve), "to start by hand"),
        (count(&Step::is_move), "to move"),
        (count(&Step::is_rename), "to rename"),
        (count(&is_adoption), "to adopt"),
        (count(&is_other), "to change in place"),
        (count(&is_stop), "to stop"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut text = shown.join(", ");
    if text.is_empty() {
        text = words::count(plan.steps.len(), "step");
    }
    for (count, what) in [(unchanged, "unchanged"), (kept, "kept")] {
        if count > 0 {
            text.push_str(&format!("; {count} {what}"));
        }
    }
    text
}
