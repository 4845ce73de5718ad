//! `Procfile`: a line a program, as foreman and its kin have it.

use super::draft::{Draft, Findings, Role, Run};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["Procfile.dev", "Procfile"];

/// foreman gives the first program this port, and each other one a hundred more.
const PORT_FIRST: usize = 5_000;
const PORT_STEP: usize = 100;
/// The program that others wait for, where there is one: it prepares a release.
const RELEASE: &str = "release";
/// Wrong lines are told one by one up to here.
const TOLD_MAX: usize = 5;

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    let mut drafts = Vec::new();
    let mut wrong = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line) {
            Some((name, command)) => drafts.push(draft(file, name, command, drafts.len())),
            None => wrong.push(index + 1),
        }
    }
    for line in wrong.iter().take(TOLD_MAX) {
        findings.skip(file, &format!("line {line} is not `name: command`"));
    }
    if wrong.len() > TOLD_MAX {
        let more = wrong.len() - TOLD_MAX;
        findings.skip(file, &format!("{more} more lines are not `name: command`"));
    }
    if drafts.iter().any(|draft| draft.name == RELEASE) {
        for draft in drafts.iter_mut().filter(|draft| draft.name != RELEASE) {
            draft.needs.push((RELEASE.to_owned(), false));
        }
    }
    findings.drafts.extend(drafts);
}

fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, command) = line.split_once(':')?;
    let command = command.trim();
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (is_name && !command.is_empty()).then_some((name, command))
}

fn draft(file: &'static str, name: &str, command: &str, place: usize) -> Draft {
    let run = Run::Line(command.to_owned());
    let mut draft = Draft::new(file, "procfile", name, Role::Run, run);
    if name == RELEASE {
        draft.kind = PaneKind::Task;
    } else if let Some(default) = port_default(command) {
        let given = u16::try_from(PORT_FIRST + place * PORT_STEP).ok();
        draft.port = default.or(given);
        let port = draft.port.map(|port| ("PORT".to_owned(), port.to_string()));
        draft.env.extend(port);
    } else {
        draft.port = super::draft::port_of(command);
    }
    draft
}

/// Whether a command asks for `$PORT`, and what it takes where there is none.
fn port_default(command: &str) -> Option<Option<u16>> {
    let (_, rest) = command.split_once("${PORT").unwrap_or_default();
    if let Some((default, _)) = rest
        .strip_prefix(":-")
        .and_then(|rest| rest.split_once('}'))
    {
        return Some(default.parse().ok().filter(|port| *port > 0));
    }
    let is_plain = command.match_indices("$PORT").any(|(at, found)| {
        let next = command[at + found.len()..].chars().next();
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    (rest.starts_with('}') || is_plain).then_some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_asked_for_in_three_ways() {
        assert_eq!(port_default("serve -p $PORT"), Some(None));
        assert_eq!(port_default("serve -p ${PORT}"), Some(None));
        assert_eq!(port_default("serve -p ${PORT:-3000} x"), Some(Some(3000)));
        assert_eq!(port_default("serve -p $PORTAL"), None);
        assert_eq!(port_default("serve"), None);
    }

    #[test]
    fn lines_have_a_name_and_a_command() {
        assert_eq!(entry("web: run : this"), Some(("web", "run : this")));
        for line in ["web", ": x", "web:", "a b: c"] {
            assert_eq!(entry(line), None, "{line}");
        }
    }
}
