//! The changes on the server since a plan was saved, object by object.

use std::collections::BTreeSet;

use crate::layout::Layout;
use crate::live::{LivePane, LiveProcess, LiveServer, LiveSession, LiveWindow, Snapshot};
use crate::plan::change::{Action, Step};
use crate::plan::{Conditions, Plan};
use crate::saved::comparable::comparable;
use crate::saved::file::Saved;
use crate::tmux::script::Ref;

/// A change since the plan was saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{object}: {what}")]
pub struct Difference {
    /// Its address, else its name in tmux.
    pub object: String,
    pub what: String,
}

/// Returns the changes that make a saved plan out of date; none if it can be carried out as saved.
///
/// `planned` is the plan of the same layout for the current live state, and `own` has the
/// conditions that it was made under.
pub fn since(
    saved: &Saved,
    layout: &Layout,
    live: &Snapshot,
    planned: Option<&Plan>,
    own: &Conditions,
) -> Vec<Difference> {
    let server = server(saved.snapshot.server.as_ref(), live.server.as_ref());
    if !server.is_empty() {
        return server;
    }
    let before = saved.made(layout);
    let before = before.ok().map(comparable);
    let touched = before.as_ref().map(touched).unwrap_or_default();
    let all = objects(&saved.snapshot, live);
    let of_touched: Vec<Difference> = all
        .iter()
        .filter(|(id, _)| touched.contains(id))
        .map(|(_, difference)| difference.clone())
        .collect();
    let is_same = before.is_some() && before == planned.cloned().map(comparable);
    if is_same || !of_touched.is_empty() {
        return of_touched;
    }
    if !all.is_empty() {
        return all.into_iter().map(|(_, difference)| difference).collect();
    }
    let what = if own.own_pane == saved.conditions.own_pane {
        "the steps of the plan have changed"
    } else {
        "triad runs in another pane, which the plan changes"
    };
    vec![Difference {
        object: layout.name.clone(),
        what: what.to_owned(),
    }]
}

fn server(before: Option<&LiveServer>, now: Option<&LiveServer>) -> Vec<Difference> {
    let what = match (before, now) {
        (None, None) => return Vec::new(),
        (None, Some(now)) => format!("started since then, pid {}", now.pid),
        (Some(before), None) => format!("gone, pid {}", before.pid),
        (Some(before), Some(now)) if before.id() == now.id() => return Vec::new(),
        (Some(before), Some(now)) => {
            format!("restarted: pid {} → {}", before.pid, now.pid)
        }
    };
    vec![Difference {
        object: "the tmux server".to_owned(),
        what,
    }]
}

/// Returns the ids of the objects that a plan changes, and of the objects that contain them.
fn touched(plan: &Plan) -> BTreeSet<String> {
    let id = |object: &Ref| {
        let mut known = plan.known.iter();
        known
            .find(|(other, _)| other == object)
            .map(|(_, id)| id.clone())
    };
    let of_step = |step: &Step| {
        let address = &step.subject.address;
        let window = address.enclosing_window();
        let objects = [
            Some(Ref::Session(address.session())),
            window.map(Ref::Window),
            address.pane_name().map(|_| Ref::Pane(address.clone())),
        ];
        let stopped = match &step.action {
            Action::Stop(stop) | Action::Halt(stop) => Some(stop.pane.to_string()),
            _ => None,
        };
        let ids: Vec<String> = objects
            .iter()
            .flatten()
            .filter_map(id)
            .chain(stopped)
            .collect();
        ids
    };
    plan.steps.iter().flat_map(of_step).collect()
}

/// Returns the differences of all objects that a plan may have depended on, each with its id.
fn objects(before: &Snapshot, now: &Snapshot) -> Vec<(String, Difference)> {
    let mut found = Vec::new();
    for session in &before.sessions {
        let what = match now.session(session.id) {
            None => vec!["gone".to_owned()],
            Some(other) => of_session(session, other),
        };
        add(
            &mut found,
            &session.id.to_string(),
            &format!("session {}", session.name),
            what,
        );
    }
    for window in &before.windows {
        let what = match now.window(window.id) {
            None => vec!["gone".to_owned()],
            Some(other) => of_window(window, before, other, now),
        };
        let object = window.address.as_ref().map(ToString::to_string);
        let object = object.unwrap_or_else(|| window.name.clone());
        add(
            &mut found,
            &window.id.to_string(),
            &format!("window {object}"),
            what,
        );
    }
    for pane in &before.panes {
        let what = match now.panes.iter().find(|other| other.id == pane.id) {
            None => vec!["gone".to_owned()],
            Some(other) => of_pane(pane, before, other, now),
        };
        add(&mut found, &pane.id.to_string(), &name_of(pane), what);
    }
    found
}

fn add(found: &mut Vec<(String, Difference)>, id: &str, object: &str, what: Vec<String>) {
    found.extend(what.into_iter().map(|what| {
        let object = object.to_owned();
        (id.to_owned(), Difference { object, what })
    }));
}

/// Returns the name of a pane for messages.
fn name_of(pane: &LivePane) -> String {
    let address = pane.address.as_ref().map(ToString::to_string);
    address.unwrap_or_else(|| format!("pane {}", pane.id))
}

/// Returns both values, if they differ.
fn told<T: PartialEq>(name: &str, values: (T, T), shown: impl Fn(&T) -> String) -> Option<String> {
    let (before, now) = values;
    (before != now).then(|| format!("{name} {} → {}", shown(&before), shown(&now)))
}

fn of_session(before: &LiveSession, now: &LiveSession) -> Vec<String> {
    let yes_no = |is: &bool| if *is { "yes" } else { "no" }.to_owned();
    let tags = |live: &LiveSession| (live.owner.clone(), live.salt, live.settings.clone());
    [
        told("name", (&before.name, &now.name), |name| (*name).clone()),
        told("protect", (before.is_protected, now.is_protected), yes_no),
        (tags(before) != tags(now)).then(|| OTHER_TAGS.to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const OTHER_TAGS: &str = "its tags changed";

fn of_window(
    before: &LiveWindow,
    then: &Snapshot,
    now: &LiveWindow,
    current: &Snapshot,
) -> Vec<String> {
    let session = |id, snapshot: &Snapshot| {
        let name = snapshot.session(id).map(|live| live.name.clone());
        name.unwrap_or_else(|| format!("{id}"))
    };
    let sessions = (session(before.session, then), session(now.session, current));
    let is_moved = before.session != now.session;
    let mut what: Vec<String> = [
        told("name", (&before.name, &now.name), |name| (*name).clone()),
        told("session", sessions, Clone::clone).filter(|_| is_moved),
        told("index", (before.index, now.index), u32::to_string).filter(|_| !is_moved),
    ]
    .into_iter()
    .flatten()
    .collect();
    let tags = |live: &LiveWindow| {
        (
            live.address.clone(),
            live.applied.clone(),
            live.settings.clone(),
        )
    };
    if tags(before) != tags(now) {
        what.push(OTHER_TAGS.to_owned());
    }
    what.extend(panes(before, then, now, current));
    what
}

/// Returns the differences in the panes of a window: added, removed, or in another order.
fn panes(
    before: &LiveWindow,
    then: &Snapshot,
    now: &LiveWindow,
    current: &Snapshot,
) -> Vec<String> {
    let old: Vec<&LivePane> = then.panes_of(before.id).collect();
    let new: Vec<&LivePane> = current.panes_of(now.id).collect();
    let lacks =
        |panes: &[&LivePane], pane: &LivePane| panes.iter().all(|other| other.id != pane.id);
    let more = new.iter().filter(|pane| lacks(&old, pane));
    let more = more.map(|pane| format!("{} was added", name_of(pane)));
    let less = old.iter().filter(|pane| lacks(&new, pane));
    let less = less.map(|pane| format!("{} is gone", name_of(pane)));
    let mut what: Vec<String> = more.chain(less).collect();
    let ids = |panes: &[&LivePane]| panes.iter().map(|pane| pane.id).collect::<Vec<_>>();
    if what.is_empty() && ids(&old) != ids(&new) {
        what.push("the order of its panes changed".to_owned());
    }
    let shape = |window: &LiveWindow| window.cell.clone();
    if let (true, Some(old), Some(new)) = (what.is_empty(), shape(before), shape(now))
        && !old.is_shaped_like(&new)
    {
        what.push("its splits changed".to_owned());
    }
    what
}

fn of_pane(before: &LivePane, then: &Snapshot, now: &LivePane, current: &Snapshot) -> Vec<String> {
    let window = |pane: &LivePane, snapshot: &Snapshot| {
        let window = snapshot.window(pane.window);
        window.map_or_else(|| pane.window.to_string(), |window| window.name.clone())
    };
    let windows = (window(before, then), window(now, current));
    let address = |pane: &LivePane| pane.address.as_ref().map(ToString::to_string);
    let mut what: Vec<String> = [
        told("", (state(before), state(now)), Clone::clone)
            .map(|what| what.trim().replace("→ pid ", "→ ")),
        told("window", windows, Clone::clone).filter(|_| before.window != now.window),
        told("address", (address(before), address(now)), |address| {
            address.clone().unwrap_or_else(|| "none".to_owned())
        }),
        told("phase", (before.phase, now.phase), |phase| {
            phase.map_or("none", |phase| phase.as_str()).to_owned()
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    let tags = |live: &LivePane| {
        (
            live.spec.clone(),
            live.applied.clone(),
            live.settings.clone(),
        )
    };
    let work = |live: &LivePane| (live.typed, live.follows.clone(), live.is_armed);
    if tags(before) != tags(now) || work(before) != work(now) {
        what.push(OTHER_TAGS.to_owned());
    }
    what
}

/// Returns the state of a pane's process. Which program a shell runs at the moment does not matter
/// if the plan does not name it.
fn state(pane: &LivePane) -> String {
    match (&pane.process, pane.ended()) {
        (_, Some(exit)) => format!("ended with {exit}"),
        (LiveProcess::Running { pid, .. }, None) => format!("pid {pid}"),
        (LiveProcess::Empty | LiveProcess::Ended(_), None) => "empty".to_owned(),
    }
}
