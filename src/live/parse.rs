//! The commands that list a whole server, and the parser of their output. Pure.
//!
//! Every record is framed `NONCE kind TAB fields … TAB free text TAB NONCE`: free text (a name that
//! a person or a program chose) comes last, and no text can look like a frame.

use crate::layout::Address;
use crate::live::record::{self, CLIENTS, PANES, SERVER, SESSIONS, WINDOWS};
use crate::live::settings::Query;
use crate::live::snapshot::{LiveWindow, Snapshot};
use crate::tmux::{option, question, tag};

/// Returns the arguments of the one tmux process that lists everything, as one atomic sequence.
pub fn commands(nonce: &str, asked: &Query) -> Vec<String> {
    let format =
        |kind: &str, fields: &[&str]| format!("{nonce} {kind}\t{}\t{nonce}", fields.join("\t"));
    let sequence: [(&[&str], String); 5] = [
        (&["display-message", "-p"], format("server", SERVER)),
        (&["list-sessions", "-F"], format("session", SESSIONS)),
        (&["list-windows", "-a", "-F"], format("window", WINDOWS)),
        (&["list-panes", "-a", "-F"], format("pane", PANES)),
        (&["list-clients", "-F"], format("client", CLIENTS)),
    ];
    // The global option, which a new session will have: a format would give a session's own value.
    let mut words: Vec<String> = ["show-options", "-gv", "status"].map(str::to_owned).into();
    for (command, format) in sequence {
        words.push(";".to_owned());
        words.extend(command.iter().map(|word| (*word).to_owned()));
        words.push(format);
    }
    words.extend(values(nonce, asked));
    let mut ask: Vec<(&str, Vec<&[&str]>)> = vec![("globals", SHOW_GLOBALS.to_vec())];
    if asked.names {
        ask.push(("options", SHOW_OPTIONS.to_vec()));
        ask.push(("hooks", SHOW_HOOKS.to_vec()));
    }
    for (kind, commands) in ask {
        let mut add = |command: &[&str]| {
            words.push(";".to_owned());
            words.extend(command.iter().map(|word| (*word).to_owned()));
        };
        add(&["display-message", "-p", &format!("{nonce} {kind}\t")]);
        commands.iter().for_each(|command| add(command));
        add(&["display-message", "-p", &format!("\t{nonce}")]);
    }
    words
}

/// The line of a global setting that makes window sizes manual.
const MANUAL_SIZES: &str = "window-size manual";

/// Prints the mode of window sizes, and triad's tags that are set globally. With one of them, all
/// sessions, windows and panes would look like triad's.
const SHOW_GLOBALS: &[&[&str]] = &[
    &["show-options", "-gw", "window-size"],
    &["show-options", "-gq", tag::LAYOUT],
    &["show-options", "-gq", tag::MANIFEST],
    &["show-options", "-gq", tag::SESSION],
    &["show-options", "-gwq", tag::WINDOW],
    &["show-options", "-gwq", tag::PANE],
    &["show-options", "-gwq", tag::OWNER],
    &["show-options", "-sq", tag::LAYOUT],
    &["show-options", "-sq", tag::MANIFEST],
    &["show-options", "-sq", tag::SESSION],
    &["show-options", "-sq", tag::WINDOW],
    &["show-options", "-sq", tag::PANE],
    &["show-options", "-sq", tag::OWNER],
];

/// Prints the names that a server knows, between the frame's two ends.
const SHOW_OPTIONS: &[&[&str]] = &[
    &["show-options", "-s"],
    &["show-options", "-g"],
    &["show-options", "-gw"],
];
const SHOW_HOOKS: &[&[&str]] = &[&["show-hooks", "-g"], &["show-hooks", "-gw"]];

/// Returns the commands for the values of options that a layout owns: records of an id and a field
/// for each.
fn values(nonce: &str, asked: &Query) -> Vec<String> {
    let ask: [(&[&str], &str, &str, &[String]); 3] = [
        (
            &["list-sessions"],
            "session-options",
            "#{session_id}",
            &asked.sessions,
        ),
        (
            &["list-windows", "-a"],
            "window-options",
            "#{window_id}",
            &asked.windows,
        ),
        (
            &["list-panes", "-a"],
            "pane-options",
            "#{pane_id}",
            &asked.panes,
        ),
    ];
    let mut words = Vec::new();
    for (command, kind, id, names) in ask {
        if names.is_empty() {
            continue;
        }
        let fields: Vec<String> = names.iter().map(|name| option::format(name)).collect();
        words.push(";".to_owned());
        words.extend(command.iter().map(|word| (*word).to_owned()));
        words.push("-F".to_owned());
        words.push(format!(
            "{nonce} {kind}\t{id}\t{}\t{nonce}",
            fields.join("\t")
        ));
    }
    words
}

/// A listing with an invalid record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tmux's listing has a line that cannot be read: `{line}`")]
pub struct Malformed {
    /// The record, shortened.
    pub line: String,
}

/// Parses a listing. Tags that were edited by hand count as absent; anything else that is wrong is
/// an error, because a plan from half a listing would create existing objects again.
pub fn parse(listing: &str, nonce: &str, asked: &Query) -> Result<Snapshot, Malformed> {
    let mut snapshot = Snapshot::default();
    let end = format!("\t{nonce}\n");
    let (status, mut rest) = listing.split_once('\n').ok_or_else(|| malformed(listing))?;
    while !rest.is_empty() {
        let (record, after) = rest.split_once(&end).ok_or_else(|| malformed(rest))?;
        rest = after;
        let body = record.strip_prefix(nonce);
        let body = body.and_then(|body| body.strip_prefix(' '));
        let server = snapshot.server.as_ref();
        let escapes = server.is_some_and(|server| server.version.escapes_dollars());
        let read =
            body.and_then(|body| body.split_once('\t'))
                .and_then(|(kind, body)| match escapes {
                    true => read_record(kind, &question::unescaped(body), asked, &mut snapshot),
                    false => read_record(kind, body, asked, &mut snapshot),
                });
        read.ok_or_else(|| malformed(record))?;
    }
    match &mut snapshot.server {
        Some(server) => server.status_lines = record::status_lines(status),
        None => return Err(malformed("an empty listing")),
    }
    Ok(snapshot)
}

fn malformed(line: &str) -> Malformed {
    Malformed {
        line: line.chars().take(80).collect(),
    }
}

fn read_record(kind: &str, body: &str, asked: &Query, snapshot: &mut Snapshot) -> Option<()> {
    match kind {
        "server" => snapshot.server = Some(record::server(body)?),
        "session" => snapshot.sessions.push(record::session(body)?),
        "window" => {
            let window = record::window(body)?;
            let known = snapshot
                .windows
                .iter()
                .position(|other| other.id == window.id);
            let belongs = |window: &LiveWindow| belonging(window, asked, snapshot);
            match known {
                None => snapshot.windows.push(window),
                Some(at) if snapshot.windows[at].session == window.session => {
                    snapshot.windows[at].copies.push(window.index);
                }
                // A window of triad's that is linked elsewhere, or whose session is in a group, is
                // listed in the session it belongs to.
                Some(at) if belongs(&window) > belongs(&snapshot.windows[at]) => {
                    snapshot.windows[at] = window;
                }
                Some(_) => {}
            }
        }
        "pane" => {
            let pane = record::pane(body)?;
            if !snapshot.panes.iter().any(|other| other.id == pane.id) {
                snapshot.panes.push(pane);
            }
        }
        "client" => snapshot.clients.push(record::client(body)?),
        "session-options" => read_values(body, &asked.sessions, snapshot)?,
        "window-options" => read_values(body, &asked.windows, snapshot)?,
        "pane-options" => read_values(body, &asked.panes, snapshot)?,
        "globals" => {
            let names = body.lines().filter_map(|line| line.split(' ').next());
            let names = names.filter(|name| name.starts_with("@triad_"));
            snapshot.globals = names.map(str::to_owned).collect();
            snapshot.are_sizes_manual = body.lines().any(|line| line == MANUAL_SIZES);
        }
        "options" => snapshot.options.read_names(body),
        "hooks" => snapshot.options.read_hooks(body),
        _ => return None,
    }
    Some(())
}

/// Rates how much a window belongs to the session of a record: most to the one that it was created
/// for, then to any that triad created or takes over.
fn belonging(window: &LiveWindow, asked: &Query, snapshot: &Snapshot) -> u8 {
    let Some(session) = snapshot.session(window.session) else {
        return 0;
    };
    let home = window.address.as_ref().map(Address::session);
    match &session.owner {
        Some(owner) if home.is_some() && owner.address == home => 2,
        Some(_) => 1,
        None => u8::from(asked.claims.contains(&session.name)),
    }
}

/// Reads an id, and a value for each name.
fn read_values(body: &str, names: &[String], snapshot: &mut Snapshot) -> Option<()> {
    let (id, values) = body.split_once('\t')?;
    let values: Vec<&str> = values.split('\t').collect();
    if values.len() != names.len() {
        return None;
    }
    let values = values.into_iter().map(str::to_owned);
    let values = std::iter::zip(names.iter().cloned(), values).collect();
    snapshot.options.values.insert(id.to_owned(), values);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_requests_the_fields_that_are_read() {
        let words = commands("N", &Query::default());
        let formats: Vec<_> = words.iter().filter(|word| word.starts_with("N ")).collect();
        assert_eq!(formats.len(), 6);
    }

    #[test]
    fn names_cannot_look_like_records() {
        let listing =
            "on\nN server\t3.3a\t1\t2\tN\nN session\t$1\t0\t\t\t\t\t\t\t/bin/sh\t\ta\tN x\tb\tN\n";
        let snapshot = parse(listing, "N", &Query::default()).expect("a listing");
        assert_eq!(snapshot.sessions[0].name, "a\tN x\tb");
        assert_eq!(snapshot.sessions[0].owner, None);
    }

    #[test]
    fn half_a_listing_is_an_error() {
        for listing in [
            "",
            "x",
            "on\nN server\t3.3a\t1",
            "on\nN server\t3.3a\tx\t2\tN\n",
        ] {
            assert!(parse(listing, "N", &Query::default()).is_err(), "{listing}");
        }
    }
}
