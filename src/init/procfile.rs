//! `Procfile`: one program per line, as in foreman and similar tools.

use super::draft::{Draft, Findings, Role, Run};
use super::env_file::{self, Variables};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["Procfile.dev", "Procfile"];

/// The port that foreman gives the first program; each further one gets a hundred more.
const PORT_FIRST: usize = 5_000;
const PORT_STEP: usize = 100;
/// The program that prepares a release; the others wait for it.
const RELEASE: &str = "release";
/// The number of wrong lines that are reported one by one.
const TOLD_MAX: usize = 5;

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    let env = found.file(env_file::FILES);
    let env = env.map(|_| env_file::variables(found));
    let odd = env.as_ref().and_then(Variables::odd_line);
    if let Some(line) = odd {
        let why = format!("all variables: a shell and {file} tools read line {line} differently");
        findings.skip(".env", &why);
    }
    let env = env.as_ref().filter(|_| odd.is_none());
    let mut drafts = Vec::new();
    let mut wrong = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line) {
            Some((name, command)) => drafts.push(draft(file, (name, command), drafts.len(), env)),
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

/// A program with the variables of `.env`, if there is one, as foreman starts it.
fn draft(
    file: &'static str,
    (name, command): (&str, &str),
    place: usize,
    env: Option<&Variables>,
) -> Draft {
    let run = Run::Line(command.to_owned());
    let mut draft = Draft::new(file, "procfile", name, Role::Run, run);
    let mut own_port = None;
    if name == RELEASE {
        draft.kind = PaneKind::Task;
    } else if let Some(default) = port_default(command) {
        let of_file = env.and_then(Variables::port);
        let first = of_file.map_or(PORT_FIRST, usize::from);
        let given = u16::try_from(first + place * PORT_STEP).ok();
        draft.port = match of_file {
            Some(_) => given,
            None => default.or(given),
        };
        own_port = draft.port;
    } else {
        draft.port = super::draft::port_of(command);
    }
    match (env, own_port) {
        (Some(_), Some(port)) => {
            draft.run = Run::Line(format!("{READ_ENV}; PORT={port}; set +a; {command}"));
        }
        (Some(_), None) => draft.run = Run::Line(format!("{READ_ENV}; set +a; {command}")),
        (None, Some(port)) => draft.env.push(("PORT".to_owned(), port.to_string())),
        (None, None) => {}
    }
    draft
}

/// Reads the variables when the program starts, because they may be secrets and are stored nowhere.
const READ_ENV: &str = "set -a; . ./.env";

/// Whether a command uses `$PORT`, and its default.
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
