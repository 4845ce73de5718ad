//! The snapshot of an applied layout, and of later changes by hand: the live side of a case,
//! without a tmux.

use std::collections::BTreeSet;
use std::path::Path;

use triad::layout::{
    Address, AppliedPane, AppliedSettings, AppliedWindow, Command, Layout, Pane, ReadyTag, Salt,
    owner_key,
};
use triad::live::{
    Exit, LivePane, LiveProcess, LiveServer, LiveSession, LiveWindow, Owner, Phase, Snapshot,
};
use triad::plan::Machine;
use triad::tmux::id::{PaneId, SessionId, WindowId};
use triad::tmux::layout_string::{self, Cell};
use triad::tmux::version::Version;

/// The size of every window in a case.
pub const WIDTH: u32 = 120;
pub const HEIGHT: u32 = 40;
/// The first pid in a case.
const FIRST_PID: i32 = 4000;

/// The key of the secrets in every case.
pub const SALT: Salt = Salt::new([7; 32]);

/// Returns the layout after a successful apply.
pub fn applied(layout: &Layout) -> Snapshot {
    let mut snapshot = Snapshot {
        server: Some(LiveServer {
            version: Version::parse("3.3a"),
            pid: 100,
            start_time: 1_700_000_000,
            status_lines: 1,
        }),
        ..Snapshot::default()
    };
    for session in &layout.sessions {
        let id = SessionId(number(snapshot.sessions.len()));
        snapshot.sessions.push(LiveSession {
            id,
            name: session.address.name().to_owned(),
            attached: 0,
            default_shell: "/bin/bash".to_owned(),
            default_command: String::new(),
            owner: Some(Owner {
                tagged: None,
                layout: layout.name.clone(),
                manifest: layout.manifest.clone(),
                address: Some(session.address.clone()),
            }),
            salt: Some(SALT.of_session(&session.address)),
            is_protected: session.protect,
            settings: session.into(),
        });
        for (index, window) in session.windows.iter().enumerate() {
            let cell = Cell::of(&window.root, WIDTH, HEIGHT);
            let rects = cell.leaves();
            let live = LiveWindow {
                copies: Vec::new(),
                id: WindowId(number(snapshot.windows.len())),
                session: id,
                index: number(index),
                name: window.title.clone(),
                width: WIDTH,
                height: HEIGHT,
                is_active: index == 0,
                is_zoomed: false,
                cell: Some(cell),
                address: Some(window.address.clone()),
                applied: Some(AppliedWindow::from(window)),
                settings: window.into(),
            };
            for (index, pane) in window.root.panes().into_iter().enumerate() {
                let at = snapshot.panes.len();
                let mut pane = live_pane(pane, live.id, index, at);
                pane.owner = Some(owner_key(&layout.name, &layout.manifest));
                (pane.width, pane.height) = (rects[index].width, rects[index].height);
                snapshot.panes.push(pane);
            }
            snapshot.windows.push(live);
        }
    }
    snapshot
}

fn live_pane(pane: &Pane, window: WindowId, index: usize, at: usize) -> LivePane {
    let applied = AppliedPane::new(pane, &SALT.of_session(&pane.address));
    LivePane {
        is_armed: applied.is_armed(),
        id: PaneId(number(at)),
        window,
        index: number(index),
        width: 0,
        height: 0,
        is_active: index == 0,
        is_floating: false,
        process: LiveProcess::Running {
            pid: FIRST_PID + i32::try_from(at).unwrap(),
            program: program(&pane.command),
        },
        pid: Some(FIRST_PID + i32::try_from(at).unwrap()),
        address: Some(pane.address.clone()),
        owner: None,
        spec: applied.spec(),
        applied: Some(applied),
        phase: Some(Phase::Started),
        left: None,
        has_succeeded: false,
        ending: None,
        typed: (!pane.typed.is_empty()).then_some(pane.typed.len()),
        follows: None,
        strangers: BTreeSet::new(),
        ready: ready(pane, FIRST_PID + i32::try_from(at).unwrap()),
        given_up: None,
        status: None,
        restarts: 0,
        ended_at: None,
        settings: pane.into(),
    }
}

/// Returns the readiness that an apply has seen.
fn ready(pane: &Pane, pid: i32) -> Option<ReadyTag> {
    let ready = pane.ready.as_ref();
    ready.map(|_| ReadyTag::new(pid, 1_700_000_000, "seen"))
}

fn program(command: &Command) -> String {
    let words = match command {
        Command::Shell(_) => "bash",
        Command::Line { line, .. } => line.split(' ').next().unwrap_or("sh"),
        Command::Argv(words) => &words[0],
    };
    let name = Path::new(words).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap()
}

/// Changes the snapshot as a person or a program did, a line each:
///
/// `exit PANE STATUS`, `left PANE STATUS` (a shell took its place), `float PANE`, `give-up PANE`, `typed PANE COUNT`, `disarm PANE`,
/// `kill PANE`, `rename-window WINDOW NAME`, `rename-session SESSION NAME`,
/// `argv PANE WORDS` (of its process, then of each below it), `by-hand SESSION` (without any tag),
/// `gone MANIFEST`, `attach SESSION`, `resize WINDOW LAYOUT` (tmux's own), `zoom WINDOW`, `foreign-pane WINDOW`, `foreign-session NAME`, `placeholder WINDOW`, `pending PANE`,
/// `swap PANE PANE`, `move PANE WINDOW`, `copy PANE` (a second pane with its tags, whose program runs), `own SESSION LAYOUT MANIFEST`, `untag PANE`, `option OBJECT NAME VALUE` (as a
/// listing tells it), `secret PANE NAME VALUE` (what was applied).
pub fn drift(snapshot: &mut Snapshot, lines: &str) -> Machine {
    let mut machine = Machine::default();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["argv", pane, ref line @ ..] => {
                let pid = pane_of(snapshot, pane).pid.unwrap();
                let line = line.iter().copied().map(str::to_owned).collect();
                machine.programs.entry(pid).or_default().push(line);
            }
            ["gone", manifest] => drop(machine.gone.insert(manifest.to_owned())),
            ["attach", session] => {
                let mut sessions = snapshot.sessions.iter_mut();
                let session = sessions.find(|live| live.name == session).unwrap();
                session.attached += 1;
            }
            ["by-hand", session] => untag(snapshot, session),
            ["exit", pane, status] => {
                let exit = Exit::Status(status.parse().unwrap());
                pane_of(snapshot, pane).process = LiveProcess::Ended(exit);
            }
            ["float", pane] => pane_of(snapshot, pane).is_floating = true,
            ["give-up", pane] => pane_of(snapshot, pane).phase = Some(Phase::Failed),
            ["typed", pane, count] => {
                pane_of(snapshot, pane).typed = Some(count.parse().unwrap());
            }
            ["left", pane, status] => {
                let exit = Exit::Status(status.parse().unwrap());
                pane_of(snapshot, pane).left = Some(exit);
            }
            ["secret", pane, name, value] => hide(pane_of(snapshot, pane), name, value),
            ["unseen", pane] => pane_of(snapshot, pane).ready = None,
            ["disarm", pane] => pane_of(snapshot, pane).is_armed = false,
            ["kill", pane] => {
                let id = pane_of(snapshot, pane).id;
                snapshot.panes.retain(|pane| pane.id != id);
            }
            ["pending", pane] => {
                let pane = pane_of(snapshot, pane);
                pane.phase = Some(Phase::Pending);
                pane.process = LiveProcess::Empty;
                (pane.spec, pane.applied) = (String::new(), None);
            }
            ["untag", pane] => {
                let pane = pane_of(snapshot, pane);
                (pane.spec, pane.applied) = ("v9:x".to_owned(), None);
            }
            ["swap", a, b] => {
                let (a, b) = (pane_of(snapshot, a).id, pane_of(snapshot, b).id);
                swap(snapshot, a, b);
            }
            ["move", pane, window] => move_pane(snapshot, pane, window),
            ["copy", pane] => copy_pane(snapshot, pane),
            ["rename-session", session, name] => rename_session(snapshot, session, name),
            ["foreign-pane", window] => add_pane(snapshot, window, None),
            ["placeholder", window] => add_pane(snapshot, window, Some(Phase::Placeholder)),
            ["foreign-session", name] => add_session(snapshot, name),
            ["own", session, layout, manifest] => {
                own(snapshot, session, layout, manifest);
            }
            ["option", address, name, value] => {
                let id = id_of(snapshot, address);
                let values = snapshot.options.values.entry(id).or_default();
                values.insert(name.to_owned(), value.to_owned());
            }
            _ => drift_of_window(snapshot, &words),
        }
    }
    machine
}

/// Removes the tags of a session, as if it was made by hand.
fn untag(snapshot: &mut Snapshot, name: &str) {
    let mut sessions = snapshot.sessions.iter_mut();
    let session = sessions.find(|live| live.name == name).unwrap();
    (session.owner, session.salt) = (None, None);
    session.settings = AppliedSettings::default();
    let session = session.id;
    let windows = snapshot.windows.iter_mut();
    for window in windows.filter(|window| window.session == session) {
        (window.address, window.applied) = (None, None);
        window.settings = AppliedSettings::default();
        let panes = snapshot.panes.iter_mut();
        for pane in panes.filter(|pane| pane.window == window.id) {
            (pane.address, pane.applied, pane.phase) = (None, None, None);
            pane.owner = None;
            pane.spec = String::new();
            (pane.is_armed, pane.typed) = (false, None);
            pane.settings = AppliedSettings::default();
        }
    }
}

/// Gives a session, and everything in it, to another layout.
fn own(snapshot: &mut Snapshot, session: &str, layout: &str, manifest: &str) {
    let mut sessions = snapshot.sessions.iter_mut();
    let session = sessions.find(|live| live.name == session).unwrap();
    let owner = session.owner.as_mut().unwrap();
    (owner.layout, owner.manifest) = (layout.to_owned(), manifest.to_owned());
    let id = session.id;
    let windows = snapshot.windows.iter();
    let windows = windows.filter(|window| window.session == id);
    let windows: Vec<WindowId> = windows.map(|window| window.id).collect();
    let panes = snapshot.panes.iter_mut();
    for pane in panes.filter(|pane| windows.contains(&pane.window)) {
        pane.owner = Some(owner_key(layout, manifest));
    }
}

/// Changes a whole window.
fn drift_of_window(snapshot: &mut Snapshot, words: &[&str]) {
    let [what, window, rest @ ..] = words else {
        panic!("unknown words {words:?}");
    };
    let id = window_of(snapshot, window);
    let mut windows = snapshot.windows.iter_mut();
    let window = windows.find(|window| window.id == id).unwrap();
    match (*what, rest) {
        ("resize", [layout]) => window.cell = Some(layout_string::parse(layout).unwrap()),
        ("rename-window", [name]) => (*name).clone_into(&mut window.name),
        ("zoom", []) => window.is_zoomed = true,
        _ => panic!("unknown words {words:?}"),
    }
}

/// Sets the applied value of a secret of a pane.
fn hide(live: &mut LivePane, name: &str, value: &str) {
    let salt = SALT.of_session(live.address.as_ref().unwrap());
    let applied = live.applied.as_mut().unwrap();
    let hash = salt.hash(name, value);
    applied.secrets.insert(name.to_owned(), hash);
    live.spec = applied.spec();
}

fn rename_session(snapshot: &mut Snapshot, session: &str, name: &str) {
    let mut sessions = snapshot.sessions.iter_mut();
    sessions.find(|live| live.name == session).unwrap().name = name.to_owned();
}

fn move_pane(snapshot: &mut Snapshot, pane: &str, window: &str) {
    let id = pane_of(snapshot, pane).id;
    let at = snapshot.panes.iter().position(|pane| pane.id == id);
    let pane = snapshot.panes.remove(at.unwrap());
    put(snapshot, window_of(snapshot, window), pane);
}

fn copy_pane(snapshot: &mut Snapshot, pane: &str) {
    let id = newest(snapshot) + 1;
    let mut pane = pane_of(snapshot, pane).clone();
    (pane.id, pane.pid) = (PaneId(id), Some(9000));
    pane.process = LiveProcess::Running {
        pid: 9000,
        program: "copy".to_owned(),
    };
    put(snapshot, pane.window, pane);
}

fn swap(snapshot: &mut Snapshot, a: PaneId, b: PaneId) {
    let index = |id| {
        snapshot
            .panes
            .iter()
            .position(|pane| pane.id == id)
            .unwrap()
    };
    let (at_a, at_b) = (index(a), index(b));
    let (index_a, index_b) = (snapshot.panes[at_a].index, snapshot.panes[at_b].index);
    (snapshot.panes[at_a].index, snapshot.panes[at_b].index) = (index_b, index_a);
    snapshot.panes.swap(at_a, at_b);
}

fn pane_of<'a>(snapshot: &'a mut Snapshot, address: &str) -> &'a mut LivePane {
    let address: Address = address.parse().unwrap();
    let mut panes = snapshot.panes.iter_mut();
    panes
        .find(|pane| pane.address.as_ref() == Some(&address))
        .unwrap_or_else(|| panic!("no pane {address}"))
}

fn window_of(snapshot: &Snapshot, address: &str) -> WindowId {
    let address: Address = address.parse().unwrap();
    let mut windows = snapshot.windows.iter();
    let window = windows.find(|window| window.address.as_ref() == Some(&address));
    window.unwrap_or_else(|| panic!("no window {address}")).id
}

fn id_of(snapshot: &mut Snapshot, address: &str) -> String {
    let parsed: Address = address.parse().unwrap();
    if parsed.pane_name().is_some() {
        return pane_of(snapshot, address).id.to_string();
    }
    if parsed.window_name().is_some() {
        return window_of(snapshot, address).to_string();
    }
    let mut sessions = snapshot.sessions.iter();
    sessions
        .find(|live| live.name == address)
        .unwrap()
        .id
        .to_string()
}

fn add_pane(snapshot: &mut Snapshot, window: &str, phase: Option<Phase>) {
    let window = window_of(snapshot, window);
    let process = match phase {
        Some(_) => LiveProcess::Empty,
        None => LiveProcess::Running {
            pid: 9000,
            program: "vim".to_owned(),
        },
    };
    let pane = LivePane {
        id: PaneId(newest(snapshot) + 1),
        window,
        index: 0,
        width: 0,
        height: 1,
        is_active: false,
        is_floating: false,
        process,
        pid: None,
        address: None,
        owner: None,
        spec: String::new(),
        applied: None,
        phase,
        is_armed: false,
        left: None,
        has_succeeded: false,
        ending: None,
        typed: None,
        follows: None,
        strangers: BTreeSet::new(),
        ready: None,
        given_up: None,
        status: None,
        restarts: 0,
        ended_at: None,
        settings: AppliedSettings::default(),
    };
    put(snapshot, window, pane);
}

fn newest(snapshot: &Snapshot) -> u32 {
    snapshot.newest_pane().map_or(0, |id| id.0)
}

/// Puts a pane behind the last one of a window.
fn put(snapshot: &mut Snapshot, window: WindowId, pane: LivePane) {
    let mut panes = snapshot.panes.iter();
    let last = panes.rposition(|pane| pane.window == window).unwrap();
    let (index, width) = (snapshot.panes[last].index + 1, snapshot.panes[last].width);
    let pane = LivePane {
        window,
        index,
        width,
        ..pane
    };
    snapshot.panes.insert(last + 1, pane);
    let mut windows = snapshot.windows.iter_mut();
    // Its shape has changed; the cases do not need the new one.
    windows.find(|live| live.id == window).unwrap().cell = None;
}

fn add_session(snapshot: &mut Snapshot, name: &str) {
    let id = SessionId(number(snapshot.sessions.len()));
    snapshot.sessions.push(LiveSession {
        id,
        name: name.to_owned(),
        attached: 1,
        default_shell: "/bin/bash".to_owned(),
        default_command: String::new(),
        owner: None,
        salt: None,
        is_protected: false,
        settings: AppliedSettings::default(),
    });
}
