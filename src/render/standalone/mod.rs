//! A layout as one shell script that builds it without triad: the scripts of a plan from nothing,
//! with everything that only the run can tell left to the shell.
//!
//! Pure, as all of rendering. `shell` writes tmux scripts into the shell's here-documents;
//! [`context`] is the data for templates, in part by `describe`; the template makes the script.

pub mod context;
mod describe;
mod shell;

use crate::layout::Layout;
use crate::plan::Plan;
use crate::render::standalone::context::{
    Assignment, Batch, Context, FORMAT, LayoutContext, PaneContext, Required, ShellContext,
    TmuxContext, WindowContext,
};
use crate::render::standalone::shell::{Variable, Writer};
use crate::render::{Conditions, Rendered, StepLines, render};
use crate::template::{DocumentError, document, shell_quoted};
use crate::tmux::environment::{self, Environment};
use crate::tmux::script::{Line, Script};
use crate::tmux::server::Socket;
use crate::tmux::version::FLOOR;

/// The default template of the script, and a start for users' own.
pub const TEMPLATE: &str = include_str!("script.sh.hbs");

/// The way the script calls tmux, unless its caller overrides it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    pub program: &'a str,
    pub socket: &'a Socket,
}

/// Makes the script of a layout from a template and the plan from nothing.
///
/// # Errors
/// Returns the mistakes in the template.
pub fn script(
    layout: &Layout,
    plan: &Plan,
    call: Call,
    template: &str,
) -> Result<String, DocumentError> {
    document(template, &context(layout, plan, call))
}

fn context(layout: &Layout, plan: &Plan, call: Call) -> Context {
    let conditions = Conditions {
        // Both depend on the run, and are read then.
        environment: &Environment::new(),
        socket: std::path::Path::new(""),
        // Nothing of it is in a script.
        triad: std::path::Path::new(""),
        used: None,
        // It reads the ids before it starts a program.
        starts_with_panes: false,
        nonce: shell::NONCE,
    };
    let rendered = render(plan, &conditions);
    let mut writer = Writer::new(layout);
    let geometry = batch(0, &rendered.geometry, false, plan, &mut writer);
    let tags = rendered.steps.iter().filter_map(|lines| match lines {
        StepLines::Tag(line) => Some(line.clone()),
        _ => None,
    });
    let tags = Script {
        lines: tags.collect(),
    };
    let tags = batch(0, &tags, true, plan, &mut writer);
    let waves = waves(plan, &rendered);
    let batches = waves.iter().zip(1..).map(|(lines, number)| {
        let lines = lines.clone();
        batch(number, &Script { lines }, true, plan, &mut writer)
    });
    let batches = batches.collect();
    let windows: Vec<WindowContext> = layout
        .windows()
        .map(|window| describe::window(window, layout, plan, &waves))
        .collect();
    let panes: Vec<PaneContext> = windows.iter().flat_map(|w| w.panes.clone()).collect();
    Context {
        format: FORMAT,
        triad: env!("CARGO_PKG_VERSION"),
        layout: LayoutContext {
            name: layout.name.clone(),
            line: layout.name.replace(char::is_control, "?"),
            root: layout.root.to_string_lossy().into_owned(),
        },
        tmux: tmux_context(call),
        shell: shell_context(layout, &writer, &windows),
        sessions: layout
            .sessions
            .iter()
            .map(|session| describe::session(session, &windows))
            .collect(),
        panes,
        windows,
        geometry,
        tags,
        waves: batches,
    }
}

fn tmux_context(call: Call) -> TmuxContext {
    let (flag, socket) = match call.socket {
        Socket::Default => ("", String::new()),
        Socket::Name(name) => ("-L", name.clone()),
        Socket::Path(path) => ("-S", path.to_string_lossy().into_owned()),
    };
    TmuxContext {
        program: call.program.to_owned(),
        flag,
        socket,
        floor: FLOOR.format,
    }
}

fn shell_context(layout: &Layout, writer: &Writer, windows: &[WindowContext]) -> ShellContext {
    let names = layout.sessions.iter().map(|session| session.address.name());
    let names: Vec<&str> = names.collect();
    // The record of each session's first window.
    let records = names.iter().filter_map(|name| {
        let mut windows = windows.iter();
        windows.find(|window| window.session == **name)
    });
    let records: Vec<usize> = records.map(|window| window.record).collect();
    let left_out = environment::left_out().map(|name| name.replace('*', ".*"));
    let values = assignments(writer.values());
    let known = assignments(writer.known());
    let told = assignments(writer.told(&records));
    let arguments = values.iter().map(|value| format!("\"{}\"", value.value));
    let panes = windows.iter().flat_map(|window| &window.panes);
    let ids = windows
        .iter()
        .map(|window| &window.variable)
        .chain(panes.map(|pane| &pane.variable));
    let set = [&values, &known, &told].into_iter().flatten();
    let set = set.map(|assignment| &assignment.name).chain(ids);
    ShellContext {
        directories: directories(layout),
        required: required(writer),
        arguments: joined(arguments),
        names: joined(set.cloned()),
        record: records[0],
        targets: names.join(" "),
        gifts: joined(
            names
                .iter()
                .map(|name| shell_quoted(&format!("give the environment to the session ({name})"))),
        ),
        summary: summary(layout),
        left_out: left_out.collect::<Vec<_>>().join("|"),
        values,
        known,
        told,
    }
}

fn summary(layout: &Layout) -> String {
    let (windows, panes) = (layout.windows().count(), layout.panes().count());
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!(
        "{}: {panes} pane{} in {windows} window{}; they may not be ready yet. To attach:",
        layout.name.replace(char::is_control, "?"),
        plural(panes),
        plural(windows)
    )
}

fn directories(layout: &Layout) -> String {
    let sessions = layout.sessions.iter().map(|session| &session.cwd);
    let mut words: Vec<String> = Vec::new();
    for path in sessions.chain(layout.panes().map(|pane| &pane.cwd)) {
        let word = shell::directory(&layout.root, path);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    joined(words.into_iter())
}

fn required(writer: &Writer) -> Vec<Required> {
    let required = writer.required().into_iter().map(|(name, is_filled)| {
        let operator = if is_filled { ":+" } else { "+" };
        let test = format!("${{{name}{operator}set}}");
        Required { name, test }
    });
    required.collect()
}

/// Joins shell words, each on a line of its own if there are several.
fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" \\\n        ")
}

/// Numbers the arguments from 2: the first is the environment.
fn assignments(variables: Vec<Variable>) -> Vec<Assignment> {
    let numbered = variables.into_iter().zip(2..);
    let assignment = |(variable, number): (Variable, usize)| Assignment {
        name: variable.name,
        value: variable.value,
        argument: format!("${{{number}}}"),
    };
    numbered.map(assignment).collect()
}

fn batch(
    number: usize,
    script: &Script,
    is_bound: bool,
    plan: &Plan,
    writer: &mut Writer,
) -> Batch {
    let what = |line: &Line| {
        let subject = line.step.map(|step| &plan[step].subject);
        let of = subject.map(|subject| format!(" ({})", subject.address));
        format!("{}{}", line.what, of.unwrap_or_default())
    };
    Batch {
        number,
        lines: script.lines.iter().map(what).collect(),
        words: joined(script.lines.iter().map(|line| shell_quoted(&what(line)))),
        text: writer.text(script, is_bound).trim_end().to_owned(),
    }
}

/// Sorts the starts into waves, each after the last one that it needs; then the zooms.
fn waves(plan: &Plan, rendered: &Rendered) -> Vec<Vec<Line>> {
    let mut wave_of = vec![0; plan.steps.len()];
    let mut waves: Vec<Vec<Line>> = Vec::new();
    for starting in rendered.steps.iter().filter_map(StepLines::starting) {
        let before = plan[starting.step].after.iter();
        let wave = before.map(|step| wave_of[step.0]).max().unwrap_or(0);
        if wave == waves.len() {
            waves.push(Vec::new());
        }
        waves[wave].push(starting.start.clone());
        wave_of[starting.step.0] = wave + 1;
    }
    // The last wave, when everything is running.
    let zooms = rendered.steps.iter().filter_map(|lines| match lines {
        StepLines::Zoom(line) => Some(line.clone()),
        _ => None,
    });
    let zooms: Vec<Line> = zooms.collect();
    if !zooms.is_empty() {
        waves.push(zooms);
    }
    waves
}
