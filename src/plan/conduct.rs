//! How a pane behaves beside what runs in it, in words: what is typed into it, how it is asked to
//! end, what happens when it has ended.

use crate::layout::{AppliedPane, OnExit, Restart, RestartWhen, Stop, StopHow, Typed};
use crate::plan::change::Change;

/// What of it differs from what was applied.
pub fn changes(wanted: &AppliedPane, applied: &AppliedPane) -> Vec<Change> {
    let fields = [
        ("type", typed(&applied.typed), typed(&wanted.typed)),
        (
            "restart",
            restart(applied.restart.as_ref()),
            restart(wanted.restart.as_ref()),
        ),
        ("stop", stop(&applied.stop), stop(&wanted.stop)),
        ("on-exit", on_exit(applied), on_exit(wanted)),
    ];
    let changed = fields.into_iter().filter(|(_, from, to)| from != to);
    let change = |(field, from, to): (&str, _, _)| Change {
        field: field.to_owned(),
        from: Some(from),
        to: Some(to),
    };
    changed.map(change).collect()
}

fn typed(texts: &[Typed]) -> String {
    let shown = texts.iter().map(|typed| {
        let enter = if typed.enter { "" } else { " without Enter" };
        format!("{}{enter}", typed.text)
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() {
        return "nothing".to_owned();
    }
    shown.join(", ")
}

fn restart(restart: Option<&Restart>) -> String {
    let Some(restart) = restart else {
        return "never".to_owned();
    };
    let when = match restart.when {
        RestartWhen::OnFailure => "on-failure",
        RestartWhen::Always => "always",
    };
    let within = restart.within.map(|time| format!(" within {time:?}"));
    let within = within.unwrap_or_default();
    let longest = restart.longest_delay();
    let growing = (longest > restart.delay).then(|| format!(" growing to {longest:?}"));
    let growing = growing.unwrap_or_default();
    let (max, delay) = (restart.max, restart.delay);
    format!("{when}, max {max}{within}, delay {delay:?}{growing}")
}

fn stop(stop: &Stop) -> String {
    let how = match &stop.how {
        StopHow::Default => "default".to_owned(),
        StopHow::Signal(name) => format!("signal {name}"),
        StopHow::Keys(keys) => format!("keys {}", keys.join(" ")),
        StopHow::Run(line) => format!("run {line}"),
    };
    format!("{how}, timeout {:?}", stop.timeout)
}

fn on_exit(applied: &AppliedPane) -> String {
    match applied.exit() {
        OnExit::Hold => "hold",
        OnExit::Shell => "shell",
        OnExit::Close => "close",
    }
    .to_owned()
}
