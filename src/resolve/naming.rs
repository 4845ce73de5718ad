//! Names for unnamed panes, derived from their commands.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, Command, Pane, as_name, fingerprint};

/// The part of a long command that goes into a name, in characters.
const LENGTH_MAX: usize = 40;

/// Names the unnamed panes of a window. The name comes from the whole command. If two commands give the
/// same name, or a written name is the same, a hash distinguishes them; a number only distinguishes panes
/// with the same command.
///
/// Returns each temporary address with its replacement.
pub(super) fn name(panes: Vec<&mut Pane>) -> BTreeMap<Address, Address> {
    let (unnamed, named): (Vec<_>, Vec<_>) = panes.into_iter().partition(|pane| pane.unnamed);
    let mut taken: BTreeSet<String> = named
        .iter()
        .map(|pane| pane.address.name().to_owned())
        .collect();
    let texts: Vec<String> = unnamed.iter().map(|pane| text(pane)).collect();
    let mut by_name: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for text in &texts {
        by_name.entry(base(text)).or_default().insert(text);
    }
    let mut renamed = BTreeMap::new();
    for (pane, text) in unnamed.into_iter().zip(&texts) {
        let mut base = base(text);
        let is_written = named.iter().any(|pane| pane.address.name() == base);
        if is_written || by_name[&base].len() > 1 {
            base = format!("{base}-{}", fingerprint(text));
        }
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        let free = names.find(|name| !taken.contains(name));
        let name = free.expect("there are more numbers than panes");
        taken.insert(name.clone());
        let window = pane.address.enclosing_window();
        let address = window.expect("a pane stands in a window").pane(&name);
        renamed.insert(
            std::mem::replace(&mut pane.address, address.clone()),
            address,
        );
    }
    renamed
}

/// The command of a pane as one line; for a shell, the texts typed into it.
fn text(pane: &Pane) -> String {
    match &pane.command {
        Command::Line { line, .. } => line.clone(),
        Command::Argv(words) => words.join(" "),
        Command::Shell(_) if pane.typed.is_empty() => "shell".to_owned(),
        Command::Shell(_) => {
            let typed: Vec<&str> = pane.typed.iter().map(|typed| typed.text.as_str()).collect();
            typed.join(" ")
        }
    }
}

/// The name of a command, before avoiding conflicts.
fn base(text: &str) -> String {
    match as_name(text) {
        Some(name) if name.chars().count() <= LENGTH_MAX => name,
        _ => {
            let start: String = text.chars().take(LENGTH_MAX).collect();
            let start = as_name(&start).unwrap_or_else(|| "pane".to_owned());
            format!("{start}-{}", fingerprint(text))
        }
    }
}
