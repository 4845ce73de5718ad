//! The attributes of objects, wanted, live and applied, in the words of plans. An attribute with
//! its default value has no line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::layout::{
    AppliedPane, AppliedSettings, AppliedWindow, Command, Pane, PaneBody, PaneKind, Ratio, Salt,
    Session, Shape, Size, Window,
};
use crate::live::{LivePane, LiveProcess, LiveSession, LiveWindow, Snapshot};
use crate::plan::change::Change;
use crate::plan::diff;
use crate::plan::fields::{self, Field};
use crate::status::PaneStatus;
use crate::view::look::about::side::{Fact, Side};
use crate::view::look::standing::why;
use crate::view::text::words;

/// Wanted attributes that are never stored on the object.
pub(super) const NOT_APPLIED: [&str; 2] = ["name", "was"];

/// Attributes that the state already shows.
pub(super) const NOT_FOR_PEOPLE: [&str; 1] = ["phase"];

/// Returns the new values of changes.
fn facts(changes: Vec<Change>) -> impl Iterator<Item = Fact> {
    changes.into_iter().filter_map(|change| {
        let value = change.to?;
        Some((change.field, value))
    })
}

fn fact(name: &str, value: impl Into<String>) -> Fact {
    (name.to_owned(), value.into())
}

pub(super) fn of_pane(pane: &Pane) -> Vec<Fact> {
    // Any key will do: only the fact that a variable is secret is shown.
    let mut facts = of_body(&AppliedPane::new(pane, &Salt::new([0; 32])));
    facts.extend(of_settings(&pane.into()));
    facts.extend(former(&pane.former));
    facts
}

/// Returns a pane without attributes.
fn blank(kind: PaneKind) -> AppliedPane {
    AppliedPane {
        kind,
        command: Command::Shell(None),
        cwd: PathBuf::new(),
        env: BTreeMap::new(),
        secrets: BTreeMap::new(),
        body: PaneBody::default(),
    }
}

/// Returns the attributes of a pane. A field of its tag with the default value is left out.
fn of_body(pane: &AppliedPane) -> Vec<Fact> {
    let [run, shell, cwd, before] = fields::of_program(pane);
    let mut all: Vec<Fact> = said([run, cwd, shell]).collect();
    all.extend(pane.before.iter().flat_map(|_| said(vec![before.clone()])));
    let env = pane.env.iter();
    all.extend(env.map(|(key, value)| fact(&format!("env {key}"), value)));
    let secrets = pane.secrets.keys();
    all.extend(secrets.map(|key| fact(&format!("env {key}"), "(secret)")));
    let lines = pane.exec_lines().into_iter();
    all.extend(lines.map(|(key, line)| {
        fact(
            &format!("env {key}"),
            format!("(secret, printed by {line})"),
        )
    }));
    let blank = fields::of_tag(&blank(pane.kind));
    let own = fields::of_tag(pane).into_iter();
    all.extend(said(own.filter(|field| !blank.contains(field))));
    all
}

/// Returns the fields that have a value.
fn said(fields: impl IntoIterator<Item = Field>) -> impl Iterator<Item = Fact> {
    let fields = fields.into_iter();
    fields.filter_map(|(name, value)| Some(fact(name, value?)))
}

fn of_settings(settings: &AppliedSettings) -> Vec<Fact> {
    let options = settings.options.iter();
    let options = options.map(|(name, value)| fact(&format!("option {name}"), value));
    let hooks = settings.hooks.iter();
    let hooks = hooks.map(|(event, lines)| fact(&format!("tmux-hook {event}"), lines.join(" ; ")));
    let zoom = settings.zoom.then(|| fact("zoom", "yes"));
    let env = settings.env.iter();
    let env = env.map(|(name, value)| fact(&format!("env {name}"), value));
    options.chain(hooks).chain(env).chain(zoom).collect()
}

fn former(former: &[crate::layout::Address]) -> Option<Fact> {
    let shown: Vec<String> = former.iter().map(ToString::to_string).collect();
    (!shown.is_empty()).then(|| fact("was", shown.join(", ")))
}

pub(super) fn of_window(window: &Window) -> Vec<Fact> {
    let mut all = vec![fact("name", &window.title)];
    all.extend(of_geometry(&window.into()));
    all.extend(of_settings(&window.into()));
    all.extend(former(&window.former));
    all
}

/// Returns the splits and sizes of a window.
fn of_geometry(window: &AppliedWindow) -> Vec<Fact> {
    let nothing = |shape| AppliedWindow {
        shape,
        titles: None,
        ratio: Ratio::Free,
        focus: false,
    };
    let mut all: Vec<Fact> = facts(diff::window_changes(
        window,
        &nothing(Shape::Pane(String::new())),
    ))
    .collect();
    let sizes = nothing(unsized_(&window.shape));
    let sizes = facts(diff::window_changes(window, &sizes));
    all.extend(sizes.filter(|(name, _)| name.starts_with("size of ")));
    if window.focus {
        all.push(fact("focus", "yes"));
    }
    all
}

/// Returns the same splits with every size changed.
fn unsized_(shape: &Shape) -> Shape {
    match shape {
        Shape::Pane(name) => Shape::Pane(name.clone()),
        Shape::Split(direction, children) => {
            let children = children.iter();
            let children = children.map(|(_, child)| (Size::Cells(u32::MAX), unsized_(child)));
            Shape::Split(*direction, children.collect())
        }
    }
}

pub(super) fn of_session(session: &Session) -> Vec<Fact> {
    let windows = session.windows.iter().map(|window| window.address.name());
    let windows: Vec<&str> = windows.collect();
    let mut all = vec![
        fact("windows", windows.join(", ")),
        fact("cwd", session.cwd.display().to_string()),
    ];
    all.extend(session.protect.then(|| fact("protect", "yes")));
    all.extend(of_settings(&session.into()));
    all.extend(former(&session.former));
    all
}

pub(super) fn of_live_session(live: &LiveSession, snapshot: &Snapshot) -> Side {
    let windows = snapshot.windows_of(live.id);
    let windows: Vec<&str> = windows.map(|window| window.name.as_str()).collect();
    Side {
        place: live.id.to_string(),
        facts: vec![
            fact("name", &live.name),
            fact("windows", windows.join(", ")),
            fact("seen by", words::count(live.attached as usize, "terminal")),
        ],
    }
}

pub(super) fn of_live_window(live: &LiveWindow, snapshot: &Snapshot) -> Side {
    let panes = snapshot.panes_of(live.id).map(|pane| match &pane.address {
        Some(address) => address.name().to_owned(),
        None => pane.id.to_string(),
    });
    let panes: Vec<String> = panes.collect();
    let session = snapshot.session(live.session);
    let mut facts = vec![
        fact("name", &live.name),
        fact(
            "session",
            session.map_or("", |session| session.name.as_str()),
        ),
        fact("index", live.index.to_string()),
        fact("size", format!("{}x{}", live.width, live.height)),
        fact("panes", panes.join(", ")),
    ];
    facts.extend(live.is_zoomed.then(|| fact("zoom", "yes")));
    facts.extend(live.is_active.then(|| fact("looked at", "yes")));
    Side {
        place: live.id.to_string(),
        facts,
    }
}

pub(super) fn of_live_pane(
    live: &LivePane,
    status: Option<&PaneStatus>,
    snapshot: &Snapshot,
) -> Side {
    let window = snapshot.window(live.window);
    let session = window.and_then(|window| snapshot.session(window.session));
    let mut facts = Vec::new();
    if let Some(status) = status {
        facts.push(fact("state", status.standing.state.as_str()));
        let why = why(status);
        facts.extend((!why.is_empty()).then(|| fact("why", why)));
    }
    match &live.process {
        LiveProcess::Empty => facts.push(fact("runs", "nothing yet")),
        LiveProcess::Running { pid, program } => {
            facts.push(fact("runs", format!("{program}, pid {pid}")));
        }
        LiveProcess::Ended(_) => {}
    }
    if let Some(exit) = live.ended() {
        let pid = live.pid.filter(|_| live.left.is_none());
        let pid = pid.map_or_else(String::new, |pid| format!(", pid {pid}"));
        facts.push(fact("ended", format!("with {exit}{pid}")));
    }
    if let Some(phase) = live.phase {
        facts.push(fact("phase", phase.as_str()));
    }
    facts.extend([
        fact(
            "session",
            session.map_or("", |session| session.name.as_str()),
        ),
        fact("window", window.map_or("", |window| window.name.as_str())),
        fact("index", live.index.to_string()),
        fact("size", format!("{}x{}", live.width, live.height)),
    ]);
    Side {
        place: live.id.to_string(),
        facts,
    }
}

pub(super) fn of_applied_session(live: &LiveSession) -> Option<Side> {
    let owner = live.owner.as_ref()?;
    let mut facts = vec![
        fact("layout", &owner.layout),
        fact("manifest", &owner.manifest),
    ];
    facts.extend(live.is_protected.then(|| fact("protect", "yes")));
    facts.extend(of_settings(&live.settings));
    let place = owner.address.as_ref().map(ToString::to_string);
    Some(Side {
        place: place.unwrap_or_default(),
        facts,
    })
}

pub(super) fn of_applied_window(live: &LiveWindow) -> Option<Side> {
    let mut facts = live.applied.as_ref().map(of_geometry)?;
    facts.extend(of_settings(&live.settings));
    let place = live.address.as_ref().map(ToString::to_string);
    Some(Side {
        place: place.unwrap_or_default(),
        facts,
    })
}

pub(super) fn of_applied_pane(live: &LivePane) -> Option<Side> {
    let body = live.applied.as_ref()?;
    let mut facts = of_body(body);
    facts.extend(of_settings(&live.settings));
    let address = live.address.as_ref().map(ToString::to_string);
    let place = format!("{} {}", body.kind.as_str(), address.unwrap_or_default());
    Some(Side { place, facts })
}
