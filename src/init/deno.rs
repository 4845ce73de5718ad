//! `deno.json`: its tasks.

use super::data::{self, Data};
use super::draft::{Draft, Findings, Role, Run, port_of};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["deno.json", "deno.jsonc"];

/// The task names of each role; the first existing one is used.
const TASKS: &[(Role, &[&str])] = &[
    (Role::Run, &["dev", "start", "serve"]),
    (Role::Migrate, &["migrate", "db:migrate"]),
    (Role::Test, &["test"]),
];

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let Some((file, text)) = found.file(FILES) else {
        return;
    };
    let config = match data::json(&without_comments(text)) {
        Ok(config) => config,
        Err(why) => return findings.skip(file, &why),
    };
    let tasks = config.at("tasks");
    for (role, names) in TASKS {
        if findings.has(*role) {
            continue;
        }
        let named = names
            .iter()
            .find_map(|name| Some((name, command(tasks.at(name))?)));
        let Some((name, command)) = named else {
            continue;
        };
        let run = Run::words(&["deno", "task", name]);
        let mut draft = Draft::new(file, "deno", name, *role, run);
        if draft.kind == PaneKind::Service {
            draft.port = port_of(command);
        }
        if *role == Role::Test && command.contains("--watch") {
            // It never ends, so nothing can wait for it.
            draft.kind = PaneKind::Pane;
        }
        findings.drafts.push(draft);
    }
}

/// The command of a task, which is a string or part of a table.
fn command(task: &Data) -> Option<&str> {
    task.text().or_else(|| task.at("command").text())
}

/// The JSON text without comments and trailing commas, which deno allows.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim_start_matches('\u{feff}').chars().peekable();
    let (mut in_text, mut is_escaped) = (false, false);
    while let Some(c) = rest.next() {
        if in_text {
            in_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            out.push(c);
            continue;
        }
        match (c, rest.peek()) {
            ('/', Some('/')) => while rest.next_if(|c| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                let mut last = ' ';
                rest.next();
                for c in rest.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            (']' | '}', _) => {
                if out.trim_end().ends_with(',') {
                    out.truncate(out.trim_end().len() - 1);
                }
                out.push(c);
            }
            _ => {
                in_text = c == '"';
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_part_of_it() {
        let text = "{ // one\n \"a\": \"x // y \\\" /* z */\", /* two\n*/ \"b\": [1, 2,],\n}";
        let read = data::json(&without_comments(text)).unwrap();
        assert_eq!(read.at("a").text(), Some("x // y \" /* z */"));
        assert_eq!(read.at("b").items().len(), 2);
    }
}
