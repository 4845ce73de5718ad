//! The JSON that triad writes: separate types, whose keys are only ever added to.

pub mod about;
pub mod capture;
pub mod graph;
pub mod init;
pub mod ps;
pub mod report;
pub mod round;
pub mod sent;
pub mod wait;
pub mod waiting;

use std::time::Duration;

use serde::Serialize;

use crate::event::{self, Event, Path};
use crate::layout::{Address, StepId};
use crate::plan::Plan;
use crate::plan::change::{Action, Change, Drift, Reason, Step};
use crate::view::text::changed;
use crate::view::text::printable::is_unseen;
use crate::view::text::words;

/// A mistake in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonDiagnostic {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    pub span: JsonSpan,
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
    /// All places, the place of the mistake first.
    pub labels: Vec<JsonLabel>,
}

/// A range of bytes of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JsonSpan {
    pub offset: usize,
    pub length: usize,
}

/// A place, and its part in the mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonLabel {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub span: JsonSpan,
    pub text: String,
}

/// The version of the format, named by the first line or in the document.
pub const FORMAT: u32 = 1;

/// The version of triad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JsonVersion {
    pub format: u32,
    pub version: &'static str,
}

/// Returns the version of triad.
pub fn version() -> JsonVersion {
    JsonVersion {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// An error, as one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonError {
    pub format: u32,
    pub event: &'static str,
    pub exit: u8,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<JsonDiagnostic>,
}

/// A manifest that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonCheck {
    pub format: u32,
    pub layout: String,
    pub sessions: usize,
    pub windows: usize,
    pub panes: usize,
    pub diagnostics: Vec<JsonDiagnostic>,
    /// Warnings: no mistakes, but possibly not what was meant.
    pub warnings: Vec<String>,
}

/// The explanation of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonExplanation {
    pub format: u32,
    pub code: &'static str,
    pub text: String,
    /// A manifest that breaks the rule, and one that does not; null if there is no short example.
    pub wrong: Option<String>,
    pub right: Option<String>,
}

/// Manifests that were formatted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonFmt {
    pub format: u32,
    pub files: Vec<JsonFmtFile>,
}

/// A manifest that was formatted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonFmtFile {
    pub file: String,
    /// Whether it was not formatted before.
    pub differs: bool,
    /// The formatted text, if it was read from standard input.
    pub text: Option<String>,
    /// With `--diff`.
    pub diff: Option<String>,
}

/// A layout as a script; or, without a layout, the template of scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonRender {
    pub format: u32,
    pub layout: Option<String>,
    pub shell: &'static str,
    pub script: String,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonPlan {
    pub format: u32,
    pub event: &'static str,
    pub layout: String,
    pub manifest: String,
    pub tmux: Option<String>,
    pub steps: Vec<JsonStep>,
    pub unchanged: Vec<String>,
    pub notes: Vec<String>,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonStep {
    pub step: usize,
    pub address: String,
    pub kind: &'static str,
    pub action: &'static str,
    pub reason: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<JsonChange>,
    pub ends: Option<JsonEnds>,
    pub after: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonChange {
    pub field: String,
    /// The values are secret: both are null.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    pub from: Option<String>,
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonEnds {
    pub program: String,
    pub pid: i32,
}

/// An event of an apply, a down or a wait.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct JsonEvent {
    pub event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The other pane that the event is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u128>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// The panes that are waited for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub panes: Vec<waiting::JsonWaiting>,
}

/// Returns the event for a hook that is about to run.
pub fn hook(name: &'static str) -> JsonEvent {
    JsonEvent {
        why: Some(name.to_owned()),
        ..empty("hook")
    }
}

/// Returns the event for a lock that another triad holds.
pub fn locked(holder: &str) -> JsonEvent {
    JsonEvent {
        why: Some(holder.to_owned()),
        ..empty("locked")
    }
}

/// The end of an apply or a down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonOutcome {
    pub event: &'static str,
    pub exit: u8,
    pub done: usize,
    pub failed: usize,
    pub skipped: usize,
    pub unready: Vec<String>,
    /// The longest chain of waits, in the order of time.
    pub critical_path: Vec<JsonLink>,
    pub milliseconds: u128,
}

/// A pane that others waited for: when it started, and when it reached the state that they need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonLink {
    pub address: String,
    pub started_ms: u128,
    pub ready_ms: u128,
}

pub fn critical_path(path: &Path) -> Vec<JsonLink> {
    let links = path.links.iter().map(|link| JsonLink {
        address: link.address.to_string(),
        started_ms: link.started.as_millis(),
        ready_ms: link.ready.as_millis(),
    });
    links.collect()
}

/// Returns a value as one line of JSON.
pub fn line<T: Serialize>(value: &T) -> String {
    let line = serde_json::to_string(value).expect("string keys and finite numbers");
    escaped(line)
}

/// Writes the characters that a terminal interprets or does not show as `\u` escapes, so that the
/// JSON is safe to look at. serde_json escapes only the ASCII controls.
fn escaped(line: String) -> String {
    let is_escaped = |c: char| c == '\u{7F}' || is_unseen(c);
    if !line.contains(is_escaped) {
        return line;
    }
    let mut escaped = String::with_capacity(line.len());
    for c in line.chars() {
        // Such characters stand only within strings.
        if is_escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

pub fn plan(plan: &Plan) -> JsonPlan {
    let steps = plan.steps.iter().enumerate();
    let unchanged = plan
        .unchanged
        .iter()
        .map(|subject| subject.address.to_string());
    JsonPlan {
        format: FORMAT,
        event: "plan",
        layout: plan.layout.clone(),
        manifest: plan.manifest.clone(),
        tmux: plan.server.as_ref().map(ToString::to_string),
        steps: steps
            .map(|(index, step)| json_step(index, step, plan))
            .collect(),
        unchanged: unchanged.collect(),
        notes: crate::view::look::plan::notes(plan),
    }
}

pub(super) fn json_step(index: usize, step: &Step, plan: &Plan) -> JsonStep {
    let changes = changed::changes(step, plan);
    let change = |change: &Change| JsonChange {
        field: change.field.clone(),
        secret: change.from.is_none() && change.to.is_none(),
        from: change.from.clone(),
        to: change.to.clone(),
    };
    JsonStep {
        step: index,
        address: step.subject.address.to_string(),
        kind: step.subject.noun.as_str(),
        action: action(step),
        reason: words::why(step),
        changes: changes.iter().map(change).collect(),
        ends: step.ends.as_ref().map(|ends| JsonEnds {
            program: ends.program.clone(),
            pid: ends.pid,
        }),
        after: step.after.iter().map(|step| step.0).collect(),
    }
}

/// Returns the action of a step, in a word.
pub fn action(step: &Step) -> &'static str {
    match (&step.action, &step.reason) {
        (Action::CreateSession(_) | Action::CreateWindow(_), _) => "create",
        (Action::RenameSession { .. } | Action::RenameWindow { .. } | Action::Readdress(_), _)
        | (Action::Retag(_), Reason::Renamed { .. }) => "rename",
        (Action::ArrangeWindow(_), _) => "arrange",
        (Action::OrderWindows(_), _) => "order",
        (
            Action::FocusWindow { .. }
            | Action::TagSession(_)
            | Action::Configure(_)
            | Action::Zoom(_),
            _,
        ) => "change",
        (Action::Start(_), reason) if reason.is_restart() => "restart",
        (Action::Start(_), _) => "start",
        (Action::Retag(_), Reason::Drifted(Drift::Moved { .. })) => "move",
        (Action::MoveWindow(_), _) => "move",
        (Action::Retag(_), _) => "change",
        (Action::Adopt(_), _) => "adopt",
        (Action::Reserve(_), _) => "reserve",
        (Action::Type(_), _) => "type",
        (Action::Stop(_) | Action::Halt(_), _) => "stop",
    }
}

fn empty(event: &'static str) -> JsonEvent {
    JsonEvent {
        event,
        ..JsonEvent::default()
    }
}

fn of_step(name: &'static str, step: StepId, why: Option<&String>) -> JsonEvent {
    JsonEvent {
        step: Some(step.0),
        why: why.cloned(),
        ..empty(name)
    }
}

fn of_pane(name: &'static str, address: &Address) -> JsonEvent {
    JsonEvent {
        address: Some(address.to_string()),
        ..empty(name)
    }
}

/// Returns the event for a pane, with the reason and the time.
fn found(name: &'static str, address: &Address, why: &str, took: Option<Duration>) -> JsonEvent {
    JsonEvent {
        why: Some(why.to_owned()),
        milliseconds: took.map(|took| took.as_millis()),
        ..of_pane(name, address)
    }
}

/// Adds the last lines of the pane.
fn with_lines(event: JsonEvent, lines: &[String]) -> JsonEvent {
    JsonEvent {
        lines: lines.to_vec(),
        ..event
    }
}

/// Returns an event as JSON.
pub fn event(event: &Event) -> JsonEvent {
    match event {
        Event::LaidOut {
            panes,
            windows,
            took,
        } => JsonEvent {
            why: Some(format!("{panes} panes in {windows} windows")),
            milliseconds: Some(took.as_millis()),
            ..empty("laid-out")
        },
        Event::Held { holder } => locked(holder),
        Event::Started { step } => of_step("started", *step, None),
        Event::Done { step } => of_step("done", *step, None),
        Event::Failed { step, why } => of_step("failed", *step, Some(why)),
        Event::Skipped { step, why } => of_step("skipped", *step, Some(why)),
        Event::Killed { step } => of_step("killed", *step, None),
        Event::Ended { step } => of_step("ended", *step, None),
        Event::Left { step, what } => of_step("left", *step, Some(what)),
        Event::Ready { address, why, took } => found("ready", address, why, Some(*took)),
        Event::Reached { address, why, took } => found("reached", address, why, Some(*took)),
        Event::Waiting { on, since } => JsonEvent {
            why: Some(waiting::sentence(on)),
            panes: waiting::panes(on),
            milliseconds: Some(since.as_millis()),
            ..empty("waiting")
        },
        Event::Died {
            address,
            exit,
            lines,
        } => {
            let why = exit.map_or_else(|| event::end(None), |exit| exit.to_string());
            with_lines(found("died", address, &why, None), lines)
        }
        Event::Lost {
            address,
            why,
            lines,
        } => with_lines(found("lost", address, why, None), lines),
        Event::NotReady {
            address,
            answer,
            after,
            lines,
        } => with_lines(found("not-ready", address, answer, Some(*after)), lines),
        Event::Late {
            address,
            answer,
            after,
            lines,
        } => with_lines(found("late", address, answer, Some(*after)), lines),
        Event::Without {
            address,
            target,
            why,
        } => JsonEvent {
            target: Some(target.to_string()),
            why: Some(why.clone()),
            ..of_pane("without", address)
        },
        Event::Restarted { address } => of_pane("restarted", address),
        Event::LeftBehind { address, what } => JsonEvent {
            why: Some(what.clone()),
            ..of_pane("left-behind", address)
        },
        Event::Ending { count } => JsonEvent {
            why: Some(words::processes(*count)),
            ..empty("ending")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_safe_to_look_at_and_means_the_same() {
        let text = "a\u{1b}\u{7f}\u{9b}31m\u{202e}\u{200b}\u{feff}\u{e0041}\n größe 🧠";
        let told = line(&text);
        let expected = r#""a\u001b\u007f\u009b31m\u202e\u200b\ufeff\udb40\udc41\n größe 🧠""#;
        assert_eq!(told, expected);
        assert_eq!(serde_json::from_str::<String>(&told).unwrap(), text);
    }
}
