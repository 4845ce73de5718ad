//! The attributes in which a wanted object differs from what was applied, with both values.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    AppliedPane, AppliedWindow, Command, Log, Need, Probe, Ready, SPEC_VERSION, Salt, SecretHash,
    Shape, Size, Titles,
};
use crate::plan::change::Change;
use crate::plan::conduct;

/// What a restart takes to change: command, directory, environment, shell. Empty: the process
/// that runs is the one that is wanted.
///
/// `spec` is the tag on the live pane. Where it is another, the fields of the applied body decide:
/// neither a tag of another version nor one edited by hand is a reason to end a process. `wanted`
/// has its secrets hashed with `salt`; those of another cannot be compared, and count as the same.
pub fn restart_changes(
    wanted: &AppliedPane,
    spec: &str,
    applied: Option<&AppliedPane>,
    salt: &Salt,
) -> Vec<Change> {
    if spec == wanted.spec() {
        return Vec::new();
    }
    let Some(applied) = applied else {
        return unreadable_body(wanted, spec);
    };
    let mut changes = Vec::new();
    add(
        &mut changes,
        "run",
        &shown(&applied.command),
        &shown(&wanted.command),
    );
    if let (Command::Line { shell: from, .. }, Command::Line { shell: to, .. }) =
        (&applied.command, &wanted.command)
    {
        add(&mut changes, "shell", from, to);
    }
    let directories = (applied.cwd.display(), wanted.cwd.display());
    add(
        &mut changes,
        "cwd",
        &directories.0.to_string(),
        &directories.1.to_string(),
    );
    environment_changes(applied, wanted, salt, &mut changes);
    changes
}

/// A hash of this version that nothing else speaks for: the applied body beside it is unreadable.
fn unreadable_body(wanted: &AppliedPane, spec: &str) -> Vec<Change> {
    let hash = spec.strip_prefix(SPEC_VERSION);
    let hash = hash.and_then(|hash| hash.strip_prefix(':'));
    if hash.is_none_or(|hash| hash.len() != SPEC_HASH_LEN) {
        return Vec::new();
    }
    vec![Change {
        field: "spec".to_owned(),
        from: Some(spec.to_owned()),
        to: Some(wanted.spec()),
    }]
}

/// The characters of a spec's hash.
const SPEC_HASH_LEN: usize = 22;

fn environment_changes(
    applied: &AppliedPane,
    wanted: &AppliedPane,
    salt: &Salt,
    changes: &mut Vec<Change>,
) {
    for key in variables(applied, wanted) {
        let (from, to) = (Value::of(applied, key), Value::of(wanted, key));
        let is_same = match (from, to) {
            (Value::Secret(a), Value::Secret(b)) => a == b || !salt.is_of(a),
            (Value::Plain(plain), Value::Secret(hash)) => salt.hash(key, plain) == *hash,
            (Value::Secret(hash), Value::Plain(plain)) => {
                salt.hash(key, plain) == *hash || !salt.is_of(hash)
            }
            (a, b) => a == b,
        };
        if !is_same {
            changes.push(from.change(to, key));
        }
    }
}

/// The variables of either, each once.
fn variables<'a>(applied: &'a AppliedPane, wanted: &'a AppliedPane) -> BTreeSet<&'a String> {
    let bodies = [applied, wanted].into_iter();
    bodies
        .flat_map(|body| body.env.keys().chain(body.secrets.keys()))
        .collect()
}

/// What is known of the value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value<'a> {
    NotSet,
    Plain(&'a str),
    Secret(&'a SecretHash),
}

impl<'a> Value<'a> {
    fn of(body: &'a AppliedPane, key: &str) -> Self {
        match (body.env.get(key), body.secrets.get(key)) {
            (Some(plain), _) => Value::Plain(plain),
            (None, Some(hash)) => Value::Secret(hash),
            (None, None) => Value::NotSet,
        }
    }

    /// The change from this value to another. A value that was or becomes secret is not in it.
    fn change(self, to: Value, key: &str) -> Change {
        let is_secret = |value: Value| matches!(value, Value::Secret(_));
        let either = is_secret(self) || is_secret(to);
        let shown = |value: Value| match value {
            Value::NotSet => None,
            Value::Secret(_) => Some("(secret)".to_owned()),
            Value::Plain(_) if either => Some("(not secret)".to_owned()),
            Value::Plain(plain) => Some(plain.to_owned()),
        };
        let is_other = is_secret(self) && is_secret(to);
        Change {
            field: format!("env {key}"),
            from: shown(self).filter(|_| !is_other),
            to: shown(to).filter(|_| !is_other),
        }
    }
}

/// What is only written on the pane: title, kind, needs, readiness, what is secret.
pub fn tag_changes(wanted: &AppliedPane, applied: &AppliedPane) -> Vec<Change> {
    let mut changes = Vec::new();
    for key in variables(applied, wanted) {
        let (from, to) = (Value::of(applied, key), Value::of(wanted, key));
        if std::mem::discriminant(&from) != std::mem::discriminant(&to) {
            changes.push(from.change(to, key));
        }
    }
    changes.extend(optional(
        "title",
        applied.title.as_deref(),
        wanted.title.as_deref(),
    ));
    add(
        &mut changes,
        "kind",
        applied.kind.as_str(),
        wanted.kind.as_str(),
    );
    add(
        &mut changes,
        "focus",
        yes_no(applied.focus),
        yes_no(wanted.focus),
    );
    add(
        &mut changes,
        "needs",
        &needs(&applied.needs),
        &needs(&wanted.needs),
    );
    let ready = (applied.ready.as_ref(), wanted.ready.as_ref());
    add(
        &mut changes,
        "ready",
        &readiness(ready.0),
        &readiness(ready.1),
    );
    changes.extend(protection(applied.protect, wanted.protect));
    let logs = (applied.log.as_ref(), wanted.log.as_ref());
    add(&mut changes, "log", &log(logs.0), &log(logs.1));
    let lines = |lines: Option<u32>| lines.map(|lines| lines.to_string());
    changes.extend(optional(
        "history",
        lines(applied.history).as_deref(),
        lines(wanted.history).as_deref(),
    ));
    changes.extend(conduct::changes(wanted, applied));
    changes
}

/// Whether a session or a pane may be stopped.
pub fn protection(from: bool, to: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    add(&mut changes, "protect", yes_no(from), yes_no(to));
    changes
}

fn log(log: Option<&Log>) -> String {
    log.map_or("off".to_owned(), |log| {
        format!("{} bytes, {} kept", log.max_size, log.keep)
    })
}

/// What is written on a window: splits, sizes, titles, who keeps the shares.
pub fn window_changes(wanted: &AppliedWindow, applied: &AppliedWindow) -> Vec<Change> {
    let mut changes = Vec::new();
    if is_same_structure(&wanted.shape, &applied.shape) {
        size_changes(&applied.shape, &wanted.shape, &mut changes);
    } else {
        add(
            &mut changes,
            "split",
            &outline(&applied.shape),
            &outline(&wanted.shape),
        );
    }
    let titles = |window: &AppliedWindow| window.titles.map(Titles::as_str);
    changes.extend(optional("titles", titles(applied), titles(wanted)));
    if applied.ratio != wanted.ratio {
        add(
            &mut changes,
            "ratio",
            &format!("{:?}", applied.ratio).to_lowercase(),
            &format!("{:?}", wanted.ratio).to_lowercase(),
        );
    }
    changes
}

/// The field of a window whose panes have other names than when it was laid out.
pub const NAMES: &str = "names";

/// The panes of a window that have other names, each with its old one.
pub fn new_names(names: &BTreeMap<String, String>) -> Change {
    let joined = |names: Vec<&String>| {
        let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
        Some(names.join(", "))
    };
    Change {
        field: NAMES.to_owned(),
        from: joined(names.keys().collect()),
        to: joined(names.values().collect()),
    }
}

fn is_same_structure(a: &Shape, b: &Shape) -> bool {
    match (a, b) {
        (Shape::Pane(a), Shape::Pane(b)) => a == b,
        (Shape::Split(direction, children), Shape::Split(other_direction, others)) => {
            direction == other_direction
                && children.len() == others.len()
                && std::iter::zip(children, others).all(|(a, b)| is_same_structure(&a.1, &b.1))
        }
        _ => false,
    }
}

/// The sizes that differ, each under the name of the first pane it holds.
fn size_changes(from: &Shape, to: &Shape, changes: &mut Vec<Change>) {
    let (Shape::Split(_, from), Shape::Split(_, to)) = (from, to) else {
        return;
    };
    for (from, to) in std::iter::zip(from, to) {
        let field = format!("size of {}", first_pane(&to.1));
        add(changes, &field, &size(from.0), &size(to.0));
        size_changes(&from.1, &to.1, changes);
    }
}

fn first_pane(shape: &Shape) -> &str {
    match shape {
        Shape::Pane(name) => name,
        Shape::Split(_, children) => children.first().map_or("", |child| first_pane(&child.1)),
    }
}

/// A size as a manifest writes it.
fn size(size: Size) -> String {
    match size {
        Size::Percent(share) => format!("{share}%"),
        Size::Cells(cells) => cells.to_string(),
        Size::Grow(weight) => format!("grow={weight}"),
    }
}

/// A window's splits on one line: `columns(a rows(b c))`.
fn outline(shape: &Shape) -> String {
    match shape {
        Shape::Pane(name) => name.clone(),
        Shape::Split(direction, children) => {
            let inner: Vec<String> = children.iter().map(|child| outline(&child.1)).collect();
            format!(
                "{}({})",
                format!("{direction:?}").to_lowercase(),
                inner.join(" ")
            )
        }
    }
}

fn add(changes: &mut Vec<Change>, field: &str, from: &str, to: &str) {
    changes.extend(optional(field, Some(from), Some(to)));
}

fn optional(field: &str, from: Option<&str>, to: Option<&str>) -> Option<Change> {
    (from != to).then(|| Change {
        field: field.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    })
}

/// A command on one line, as people write it.
pub fn shown(command: &Command) -> String {
    match command {
        Command::Shell(None) => "a login shell".to_owned(),
        Command::Shell(Some(shell)) => shell.clone(),
        Command::Line { line, .. } => line.clone(),
        Command::Argv(words) => {
            let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            quoted.join(" ")
        }
    }
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn needs(needs: &[Need]) -> String {
    let shown = needs.iter().map(|need| {
        let restart = if need.restart {
            ", restarts with it"
        } else {
            ""
        };
        let optional = if need.optional { ", optional" } else { "" };
        let until = need.until.as_str();
        format!("{} {until}{restart}{optional}", need.target)
    });
    or_none(&shown.collect::<Vec<_>>())
}

fn readiness(ready: Option<&Ready>) -> String {
    let probes = ready.map_or(&[][..], |ready| &ready.probes);
    let mut shown: Vec<String> = probes.iter().map(probe).collect();
    if let Some(ready) = ready {
        let deadline = ready
            .pace
            .deadline
            .map_or("none".to_owned(), |time| format!("{time:?}"));
        shown.push(format!(
            "every {:?}, timeout {:?}, deadline {deadline}",
            ready.pace.every, ready.pace.timeout
        ));
    }
    or_none(&shown)
}

fn or_none(shown: &[String]) -> String {
    if shown.is_empty() {
        return "none".to_owned();
    }
    shown.join(", ")
}

/// A probe as people read it.
pub fn probe(probe: &Probe) -> String {
    match probe {
        Probe::Port(port) => format!("port {port}"),
        Probe::Http(http) => http.to_string(),
        Probe::Exec(line) => format!("exec {line}"),
        Probe::Log(regex) => format!("log {regex}"),
        Probe::File(path) => format!("file {}", path.display()),
        Probe::Delay(time) => format!("delay {time:?}"),
        Probe::Notify => "notify".to_owned(),
    }
}
