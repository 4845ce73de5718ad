//! Finds the attributes in which a wanted object differs from the applied one, with both values.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{
    AppliedPane, AppliedWindow, SPEC_VERSION, Salt, SecretHash, Shape, Size, Titles,
};
use crate::plan::change::Change;
pub use crate::plan::fields::shown;
use crate::plan::fields::{self, Field, yes_no};

/// Returns the changes that need a restart: command, directory, environment, shell. Empty: the
/// running process is the wanted one.
///
/// `spec` is the tag on the live pane. If it differs, the fields of the applied body decide:
/// neither a tag of another version nor one edited by hand is a reason to end a process. The
/// secrets in `wanted` are hashed with `salt`; hashes made with another salt cannot be compared,
/// and count as unchanged.
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
    let changes = differing(fields::of_program(applied), fields::of_program(wanted));
    // A shell is only compared if both commands are a line.
    let is_told = |change: &Change| change.from.is_some() && change.to.is_some();
    let mut changes: Vec<Change> = changes.filter(is_told).collect();
    environment_changes(applied, wanted, salt, &mut changes);
    changes.extend(exec_changes(applied, wanted));
    changes
}

/// Reports a hash of this version as changed if the applied body beside it is unreadable.
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

/// The length of a spec's hash.
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

/// The lines that print secrets; they are no secrets themselves.
fn exec_changes(applied: &AppliedPane, wanted: &AppliedPane) -> Vec<Change> {
    let owned = |pane: &AppliedPane| -> BTreeMap<String, String> {
        let lines = pane.exec_lines().into_iter();
        lines
            .map(|(name, line)| (name.to_owned(), line.to_owned()))
            .collect()
    };
    value_changes("exec", &owned(applied), &owned(wanted))
}

/// Returns the variables of both, each once.
fn variables<'a>(applied: &'a AppliedPane, wanted: &'a AppliedPane) -> BTreeSet<&'a String> {
    let bodies = [applied, wanted].into_iter();
    bodies
        .flat_map(|body| body.env.keys().chain(body.secrets.keys()))
        .collect()
}

/// The known value of a variable.
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

    /// Returns the change from this value to another. Values that were or become secret are left
    /// out.
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

/// Returns the changes that only need new tags: title, kind, needs, readiness, which values are
/// secret.
pub fn tag_changes(wanted: &AppliedPane, applied: &AppliedPane) -> Vec<Change> {
    let mut changes = Vec::new();
    for key in variables(applied, wanted) {
        let (from, to) = (Value::of(applied, key), Value::of(wanted, key));
        if std::mem::discriminant(&from) != std::mem::discriminant(&to) {
            changes.push(from.change(to, key));
        }
    }
    changes.extend(differing(fields::of_tag(applied), fields::of_tag(wanted)));
    changes
}

/// Returns the fields whose values differ.
fn differing(
    from: impl IntoIterator<Item = Field>,
    to: impl IntoIterator<Item = Field>,
) -> impl Iterator<Item = Change> {
    let pairs = std::iter::zip(from, to);
    pairs.filter_map(|((field, from), (_, to))| optional(field, from.as_deref(), to.as_deref()))
}

/// Returns the change of `protect`.
pub fn protection(from: bool, to: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    add(&mut changes, "protect", yes_no(from), yes_no(to));
    changes
}

/// Returns the changes to a window: splits, sizes, titles, ratio.
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

/// The field of a window whose panes were renamed after it was laid out.
pub const NAMES: &str = "names";

/// Returns the change of pane names in a window.
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

/// Adds the sizes that differ, each under the name of the first pane in it.
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

/// Writes a size as in a manifest.
fn size(size: Size) -> String {
    match size {
        Size::Percent(share) => format!("{share}%"),
        Size::Cells(cells) => cells.to_string(),
        Size::Grow(weight) => format!("grow={weight}"),
    }
}

/// Writes a window's splits on one line: `columns(a rows(b c))`.
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

/// Returns the values that changed or were removed, each called `what` and its name.
pub(super) fn value_changes(
    what: &str,
    applied: &BTreeMap<String, String>,
    wanted: &BTreeMap<String, String>,
) -> Vec<Change> {
    let names: BTreeSet<&String> = applied.keys().chain(wanted.keys()).collect();
    let changes = names.into_iter().filter_map(|name| {
        let (from, to) = (applied.get(name), wanted.get(name));
        (from != to).then(|| Change {
            field: format!("{what} {name}"),
            from: from.cloned(),
            to: to.cloned(),
        })
    });
    changes.collect()
}
