//! The listing's format and its reader, side by side so that they agree. Pure.
//!
//! Every record is framed `NONCE kind TAB fields … TAB free text TAB NONCE`: free text (a name that
//! a person or a program chose) comes last, and no text can pass for a frame.

use crate::layout::{Address, Salt, decode_tag};
use crate::live::{
    Asked, Exit, LiveClient, LivePane, LiveProcess, LiveServer, LiveSession, LiveWindow, Owner,
    Phase, Snapshot,
};
use crate::tmux::id::{SessionId, WindowId};
use crate::tmux::layout_string;
use crate::tmux::option;
use crate::tmux::tag;
use crate::tmux::version::Version;

const SERVER: &[&str] = &["#{version}", "#{pid}", "#{start_time}"];
const SESSIONS: &[&str] = &[
    "#{session_id}",
    "#{session_attached}",
    "#{@triad_layout}",
    "#{@triad_manifest}",
    "#{@triad_session}",
    "#{@triad_salt}",
    "#{@triad_protect}",
    "#{@triad_session_settings}",
    "#{default-shell}",
    "#{session_name}",
];
const WINDOWS: &[&str] = &[
    "#{window_id}",
    "#{session_id}",
    "#{window_index}",
    "#{window_width}",
    "#{window_height}",
    "#{window_active}",
    "#{window_zoomed_flag}",
    "#{window_layout}",
    "#{@triad_window}",
    "#{@triad_geometry}",
    "#{@triad_window_settings}",
    "#{window_name}",
];
const PANES: &[&str] = &[
    "#{pane_id}",
    "#{window_id}",
    "#{pane_index}",
    "#{pane_width}",
    "#{pane_height}",
    "#{pane_active}",
    "#{pane_floating_flag}",
    "#{pane_pid}",
    "#{pane_dead}",
    "#{pane_dead_status}",
    "#{pane_dead_signal}",
    "#{@triad_pane}",
    "#{@triad_spec}",
    "#{@triad_applied}",
    "#{@triad_phase}",
    "#{@triad_strangers}",
    "#{@triad_pane_settings}",
    "#{!=:#{@triad_tick},}",
    "#{@triad_left}",
    "#{@triad_typed}",
    "#{@triad_follows}",
    "#{@triad_owner}",
    "#{pane_current_command}",
];
const CLIENTS: &[&str] = &[
    "#{session_id}",
    "#{client_width}",
    "#{client_height}",
    "#{client_activity}",
    "#{client_name}",
];

/// The arguments of the one tmux process that lists everything, as one atomic sequence.
pub fn commands(nonce: &str, asked: &Asked) -> Vec<String> {
    let format =
        |kind: &str, fields: &[&str]| format!("{nonce} {kind}\t{}\t{nonce}", fields.join("\t"));
    let sequence: [(&[&str], String); 5] = [
        (&["display-message", "-p"], format("server", SERVER)),
        (&["list-sessions", "-F"], format("session", SESSIONS)),
        (&["list-windows", "-a", "-F"], format("window", WINDOWS)),
        (&["list-panes", "-a", "-F"], format("pane", PANES)),
        (&["list-clients", "-F"], format("client", CLIENTS)),
    ];
    // The global option, which a new session will have: a format would tell some session's own.
    let mut words: Vec<String> = ["show-options", "-gv", "status"].map(str::to_owned).into();
    for (command, format) in sequence {
        words.push(";".to_owned());
        words.extend(command.iter().map(|word| (*word).to_owned()));
        words.push(format);
    }
    words.extend(values(nonce, asked));
    if asked.names {
        let ask: [(&str, &[&[&str]]); 2] = [("options", SHOW_OPTIONS), ("hooks", SHOW_HOOKS)];
        for (kind, commands) in ask {
            let mut add = |command: &[&str]| {
                words.push(";".to_owned());
                words.extend(command.iter().map(|word| (*word).to_owned()));
            };
            add(&["display-message", "-p", &format!("{nonce} {kind}\t")]);
            commands.iter().for_each(|command| add(command));
            add(&["display-message", "-p", &format!("\t{nonce}")]);
        }
    }
    words
}

/// What prints the names that a server knows. They stand between the frame's two ends.
const SHOW_OPTIONS: &[&[&str]] = &[
    &["show-options", "-s"],
    &["show-options", "-g"],
    &["show-options", "-gw"],
];
const SHOW_HOOKS: &[&[&str]] = &[&["show-hooks", "-g"], &["show-hooks", "-gw"]];

/// The values of options that a layout owns: records of an id and a field for each.
fn values(nonce: &str, asked: &Asked) -> Vec<String> {
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

/// A listing that is not what [`commands`] asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tmux's listing has a line that does not read: `{line}`")]
pub struct Malformed {
    /// The record, shortened.
    pub line: String,
}

/// Reads a listing. Tags that were edited by hand read as absent; anything else that is wrong is
/// an error, because a plan made from half a listing would repeat what exists.
pub fn parse(listing: &str, nonce: &str, asked: &Asked) -> Result<Snapshot, Malformed> {
    let mut snapshot = Snapshot::default();
    let end = format!("\t{nonce}\n");
    let (status, mut rest) = listing.split_once('\n').ok_or_else(|| malformed(listing))?;
    while !rest.is_empty() {
        let (record, after) = rest.split_once(&end).ok_or_else(|| malformed(rest))?;
        rest = after;
        let body = record.strip_prefix(nonce);
        let body = body.and_then(|body| body.strip_prefix(' '));
        let read = body
            .and_then(|body| body.split_once('\t'))
            .and_then(|(kind, body)| read_record(kind, body, asked, &mut snapshot));
        read.ok_or_else(|| malformed(record))?;
    }
    match &mut snapshot.server {
        Some(server) => server.status_lines = status_lines(status),
        None => return Err(malformed("an empty listing")),
    }
    Ok(snapshot)
}

fn malformed(line: &str) -> Malformed {
    Malformed {
        line: line.chars().take(80).collect(),
    }
}

fn read_record(kind: &str, body: &str, asked: &Asked, snapshot: &mut Snapshot) -> Option<()> {
    match kind {
        "server" => snapshot.server = Some(server(body)?),
        "session" => snapshot.sessions.push(session(body)?),
        "window" => {
            let window = window(body)?;
            let known = snapshot
                .windows
                .iter()
                .position(|other| other.id == window.id);
            let belongs = |window: &LiveWindow| belonging(window, asked, snapshot);
            match known {
                None => snapshot.windows.push(window),
                // A window of ours that somebody has linked, or whose session is in a group, is
                // seen where it belongs.
                Some(at) if belongs(&window) > belongs(&snapshot.windows[at]) => {
                    snapshot.windows[at] = window;
                }
                Some(_) => {}
            }
        }
        "pane" => {
            let pane = pane(body)?;
            if !snapshot.panes.iter().any(|other| other.id == pane.id) {
                snapshot.panes.push(pane);
            }
        }
        "client" => snapshot.clients.push(client(body)?),
        "session-options" => read_values(body, &asked.sessions, snapshot)?,
        "window-options" => read_values(body, &asked.windows, snapshot)?,
        "pane-options" => read_values(body, &asked.panes, snapshot)?,
        "options" => snapshot.options.read_names(body),
        "hooks" => snapshot.options.read_hooks(body),
        _ => return None,
    }
    Some(())
}

/// How much a window belongs to the session that a record shows it in: most to the one that it was
/// made for, then to any that triad made or is to take over.
fn belonging(window: &LiveWindow, asked: &Asked, snapshot: &Snapshot) -> u8 {
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

/// An id, and a value for each name.
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

/// The fields of a record, the last of which may hold tabs itself.
fn fields<const N: usize>(body: &str) -> Option<[&str; N]> {
    let fields: Vec<&str> = body.splitn(N, '\t').collect();
    fields.try_into().ok()
}

fn server(body: &str) -> Option<LiveServer> {
    let [version, pid, start_time] = fields(body)?;
    Some(LiveServer {
        version: Version::parse(version),
        pid: pid.parse().ok()?,
        start_time: start_time.parse().ok()?,
        status_lines: 0,
    })
}

fn status_lines(status: &str) -> u32 {
    match status {
        "off" => 0,
        "on" => 1,
        lines => lines.parse().unwrap_or(1),
    }
}

fn session(body: &str) -> Option<LiveSession> {
    let fields: [&str; 10] = fields(body)?;
    let [id, attached, layout, manifest, address, salt, rest @ ..] = fields;
    let [protect, settings, default_shell, name] = rest;
    let owner = match (tag::decode(layout), tag::decode(manifest)) {
        (Some(layout), Some(manifest)) if !layout.is_empty() => Some(Owner {
            layout,
            manifest,
            address: decode_address(address),
        }),
        _ => None,
    };
    Some(LiveSession {
        id: id.parse().ok()?,
        name: name.to_owned(),
        attached: attached.parse().ok()?,
        default_shell: default_shell.to_owned(),
        owner,
        salt: Salt::parse(salt),
        is_protected: protect == "1",
        settings: decode_tag(settings).unwrap_or_default(),
    })
}

fn decode_address(text: &str) -> Option<Address> {
    tag::decode(text)?.parse().ok()
}

fn window(body: &str) -> Option<LiveWindow> {
    let fields: [&str; 12] = fields(body)?;
    let [
        id,
        session,
        index,
        width,
        height,
        active,
        zoomed,
        cell,
        address,
        geometry,
        settings,
        name,
    ] = fields;
    Some(LiveWindow {
        id: id.parse().ok()?,
        session: session.parse::<SessionId>().ok()?,
        index: index.parse().ok()?,
        name: name.to_owned(),
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        is_active: active == "1",
        is_zoomed: zoomed == "1",
        cell: layout_string::parse(cell),
        address: decode_address(address),
        applied: decode_tag(geometry),
        settings: decode_tag(settings).unwrap_or_default(),
    })
}

fn pane(body: &str) -> Option<LivePane> {
    let fields: [&str; 23] = fields(body)?;
    let [
        id,
        window,
        index,
        width,
        height,
        active,
        floating,
        pid,
        dead,
        rest @ ..,
    ] = fields;
    let [
        status,
        signal,
        address,
        spec,
        applied,
        phase,
        strangers,
        settings,
        armed,
        left,
        typed,
        follows,
        owner,
        program,
    ] = rest;
    Some(LivePane {
        id: id.parse().ok()?,
        window: window.parse::<WindowId>().ok()?,
        index: index.parse().ok()?,
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        is_active: active == "1",
        is_floating: floating == "1",
        process: process(pid, dead, status, signal, program)?,
        pid: pid.parse().ok().filter(|pid| *pid > 0),
        address: decode_address(address),
        owner: (!owner.is_empty()).then(|| owner.to_owned()),
        spec: spec.to_owned(),
        applied: decode_tag(applied),
        phase: Phase::parse(phase),
        is_armed: armed == "1",
        left: self::left(left),
        typed: typed.parse().ok(),
        follows: decode_address(follows).filter(|_| !follows.is_empty()),
        strangers: strangers
            .split(':')
            .filter_map(|inode| inode.parse().ok())
            .collect(),
        settings: decode_tag(settings).unwrap_or_default(),
    })
}

/// An empty pane counts as dead for tmux, and has the pid 0.
fn process(
    pid: &str,
    dead: &str,
    status: &str,
    signal: &str,
    program: &str,
) -> Option<LiveProcess> {
    let pid: i32 = if pid.is_empty() { 0 } else { pid.parse().ok()? };
    Some(match (pid, dead) {
        (0, _) => LiveProcess::Empty,
        (_, "1") => LiveProcess::Ended(exit(status, signal).unwrap_or(Exit::Unknown)),
        _ => LiveProcess::Running {
            pid,
            program: program.to_owned(),
        },
    })
}

/// How a process ended, from what tmux tells of its status and signal; `None` if it does not know
/// yet.
pub fn exit(status: &str, signal: &str) -> Option<Exit> {
    match (signal.parse(), status.parse()) {
        (Ok(signal), _) if signal != 0 => Some(Exit::Signal(signal)),
        (_, Ok(status)) => Some(Exit::Status(status)),
        _ => None,
    }
}

/// The same from the tag of a pane whose program's place a shell has taken.
pub fn left(text: &str) -> Option<Exit> {
    let (status, signal) = text.split_once(':')?;
    // Before 3.3, tmux does not tell signals.
    Some(exit(status, signal).unwrap_or(Exit::Unknown))
}

fn client(body: &str) -> Option<LiveClient> {
    let [session, width, height, activity, name] = fields(body)?;
    Some(LiveClient {
        name: name.to_owned(),
        session: session.parse().ok()?,
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        activity: activity.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_asks_for_what_is_read() {
        let words = commands("N", &Asked::default());
        let formats: Vec<_> = words.iter().filter(|word| word.starts_with("N ")).collect();
        assert_eq!(formats.len(), 5);
    }

    #[test]
    fn names_cannot_pass_for_records() {
        let listing =
            "on\nN server\t3.3a\t1\t2\tN\nN session\t$1\t0\t\t\t\t\t\t\t/bin/sh\ta\tN x\tb\tN\n";
        let snapshot = parse(listing, "N", &Asked::default()).expect("a listing");
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
            assert!(parse(listing, "N", &Asked::default()).is_err(), "{listing}");
        }
    }
}
