//! The records of a listing: the requested fields and their parsers, side by side so that they
//! agree. Free text (a name that a person or a program chose) comes last.

use std::collections::BTreeSet;

use crate::layout::{Address, ReadyTag, Salt, decode_tag};
use crate::live::snapshot::{
    Exit, LiveClient, LivePane, LiveProcess, LiveServer, LiveSession, LiveWindow, Owner, Phase,
};
use crate::tmux::id::{SessionId, WindowId};
use crate::tmux::question::LAST_PID;
use crate::tmux::tag::{self, PaneTag};
use crate::tmux::version::Version;
use crate::tmux::{layout_json, layout_string};

pub(super) const SERVER: &[&str] = &["#{version}", "#{pid}", "#{start_time}"];
pub(super) const SESSIONS: &[&str] = &[
    "#{session_id}",
    "#{session_attached}",
    "#{@triad_layout}",
    "#{@triad_manifest}",
    "#{@triad_session}",
    "#{@triad_salt}",
    "#{@triad_protect}",
    "#{@triad_session_settings}",
    "#{default-shell}",
    tag::DEFAULT_COMMAND,
    "#{session_name}",
];
pub(super) const WINDOWS: &[&str] = &[
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
pub(super) const PANES: &[&str] = &[
    "#{pane_id}",
    "#{window_id}",
    "#{pane_index}",
    "#{pane_width}",
    "#{pane_height}",
    "#{pane_active}",
    "#{pane_floating_flag}",
    LAST_PID,
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
    "#{@triad_ready}",
    "#{@triad_status}",
    "#{@triad_restarts}",
    "#{@triad_done}",
    "#{@triad_ending}",
    "#{pane_dead_time}",
    "#{pane_current_command}",
];
pub(super) const CLIENTS: &[&str] = &[
    "#{session_id}",
    "#{client_width}",
    "#{client_height}",
    "#{client_activity}",
    "#{client_name}",
];

/// Splits a record into its fields, the last of which may contain tabs.
fn fields<const N: usize>(body: &str) -> Option<[&str; N]> {
    let fields: Vec<&str> = body.splitn(N, '\t').collect();
    fields.try_into().ok()
}

pub(super) fn server(body: &str) -> Option<LiveServer> {
    let [version, pid, start_time] = fields(body)?;
    Some(LiveServer {
        version: Version::parse(version),
        pid: pid.parse().ok()?,
        start_time: start_time.parse().ok()?,
        status_lines: 0,
    })
}

pub(super) fn status_lines(status: &str) -> u32 {
    match status {
        "off" => 0,
        "on" => 1,
        lines => lines.parse().unwrap_or(1),
    }
}

pub(super) fn session(body: &str) -> Option<LiveSession> {
    let fields: [&str; 11] = fields(body)?;
    let [id, attached, layout, manifest, address, salt, rest @ ..] = fields;
    let [protect, settings, default_shell, default_command, name] = rest;
    let owner = match (tag::parse_layout(layout), tag::decode(manifest)) {
        (Some(layout), Some(manifest)) if !layout.is_empty() => Some(Owner {
            layout,
            tagged: None,
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
        default_command: tag::decode(default_command).unwrap_or_default(),
        owner,
        salt: Salt::parse(salt),
        is_protected: protect == "1",
        settings: decode_tag(settings).unwrap_or_default(),
    })
}

fn decode_address(text: &str) -> Option<Address> {
    tag::decode(text)?.parse().ok()
}

pub(super) fn window(body: &str) -> Option<LiveWindow> {
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
        copies: Vec::new(),
        name: name.to_owned(),
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        is_active: active == "1",
        is_zoomed: zoomed == "1",
        cell: layout_string::parse(cell).or_else(|| layout_json::parse(cell)),
        address: decode_address(address),
        applied: decode_tag(geometry),
        settings: decode_tag(settings).unwrap_or_default(),
    })
}

pub(super) fn pane(body: &str) -> Option<LivePane> {
    let fields: [&str; 29] = fields(body)?;
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
        ready,
        said,
        restarts,
        done,
        ending,
        ended_at,
        program,
    ] = rest;
    let tag = of_0_1([address, owner, spec, applied]);
    let tag = PaneTag::split(address).unwrap_or(tag);
    let last: Option<i32> = pid.parse().ok().filter(|pid| *pid > 0);
    let of_last = |tag: Option<ReadyTag>| tag.filter(|tag| last.is_some_and(|pid| tag.is_of(pid)));
    Some(LivePane {
        id: id.parse().ok()?,
        window: window.parse::<WindowId>().ok()?,
        index: index.parse().ok()?,
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        is_active: active == "1",
        is_floating: floating == "1",
        process: process(pid, dead, status, signal, program)?,
        pid: last,
        // An address without an owner is none that triad has written.
        address: decode_address(tag.address).filter(|_| !tag.owner.is_empty()),
        owner: (!tag.owner.is_empty()).then(|| tag.owner.to_owned()),
        spec: tag.spec.to_owned(),
        applied: decode_tag(tag.body),
        phase: Phase::parse(phase),
        is_armed: armed == "1",
        left: self::left(left),
        has_succeeded: done == "1",
        ending: ending.parse().ok(),
        typed: typed.parse().ok(),
        follows: decode_address(follows).filter(|_| !follows.is_empty()),
        strangers: self::strangers(strangers),
        ready: of_last(ReadyTag::parse(ready)),
        given_up: of_last(ReadyTag::parse_given_up(ready)),
        status: said_status(of_last(ReadyTag::parse(said))),
        restarts: restarts.parse().unwrap_or(0),
        ended_at: ended_at.parse().ok().filter(|at| *at > 0),
        settings: decode_tag(settings).unwrap_or_default(),
    })
}

/// Returns the tag of a pane as version 0.1 wrote it, in four options.
fn of_0_1([address, owner, spec, body]: [&str; 4]) -> PaneTag<'_> {
    PaneTag {
        address,
        owner,
        spec,
        body,
    }
}

fn strangers(inodes: &str) -> BTreeSet<u64> {
    let inodes = inodes.split(':');
    inodes.filter_map(|inode| inode.parse().ok()).collect()
}

/// Returns the status text of a program.
fn said_status(tag: Option<ReadyTag>) -> Option<String> {
    tag.map(|tag| tag.why).filter(|status| !status.is_empty())
}

/// Reads the state of a pane's process. An empty pane has the pid 0 and counts as dead before tmux
/// 3.7; from 3.8 on it has no pid, and neither has a pane that died without triad knowing its
/// process.
fn process(
    pid: &str,
    dead: &str,
    status: &str,
    signal: &str,
    program: &str,
) -> Option<LiveProcess> {
    Some(match (pid, dead) {
        ("0", _) => LiveProcess::Empty,
        ("", dead) if dead != "1" => LiveProcess::Empty,
        (_, "1") => LiveProcess::Ended(exit(status, signal).unwrap_or(Exit::Unknown)),
        _ => LiveProcess::Running {
            pid: pid.parse().ok()?,
            program: program.to_owned(),
        },
    })
}

/// Returns how a process ended, from tmux's status and signal; `None` if tmux does not know yet.
pub fn exit(status: &str, signal: &str) -> Option<Exit> {
    match (signal.parse(), status.parse()) {
        (Ok(signal), _) if signal != 0 => Some(Exit::Signal(signal)),
        (_, Ok(status)) => Some(Exit::Status(status)),
        _ => None,
    }
}

/// Reads the same from the tag of a pane whose program was replaced by a shell.
pub fn left(text: &str) -> Option<Exit> {
    let (status, signal) = text.split_once(':')?;
    // Before 3.3, tmux does not report signals.
    Some(exit(status, signal).unwrap_or(Exit::Unknown))
}

pub(super) fn client(body: &str) -> Option<LiveClient> {
    let [session, width, height, activity, name] = fields(body)?;
    Some(LiveClient {
        name: name.to_owned(),
        session: session.parse().ok()?,
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        activity: activity.parse().ok()?,
    })
}
