//! Which live object is which wanted one: by the tags that triad wrote, never by looks.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, Layout, Pane};
use crate::live::{LivePane, LiveSession, LiveWindow, Phase, Snapshot};
use crate::tmux::id::{PaneId, SessionId, WindowId};

/// The live objects of a layout, matched.
#[derive(Debug, Default)]
pub struct Matching<'a> {
    pub sessions: BTreeMap<Address, &'a LiveSession>,
    pub windows: BTreeMap<Address, &'a LiveWindow>,
    pub panes: BTreeMap<Address, &'a LivePane>,
    /// Made by this layout and no longer wanted, in the order of the listing.
    pub unwanted: Vec<&'a LivePane>,
    /// How many panes in each window of this layout's sessions somebody else made.
    pub foreign: BTreeMap<WindowId, usize>,
}

/// The sessions that belong to a layout: its name *and* its manifest are on them.
pub fn owned_sessions<'a>(
    snapshot: &'a Snapshot,
    layout: &str,
    manifest: &str,
) -> Vec<&'a LiveSession> {
    let is_owned = |session: &&LiveSession| {
        let owner = session.owner.as_ref();
        owner.is_some_and(|owner| owner.layout == layout && owner.manifest == manifest)
    };
    snapshot.sessions.iter().filter(is_owned).collect()
}

/// Matches everything in the sessions that belong to `layout`.
pub fn matched<'a>(layout: &Layout, snapshot: &'a Snapshot) -> Matching<'a> {
    let owned = owned_sessions(snapshot, &layout.name, &layout.manifest);
    let ids: BTreeSet<SessionId> = owned.iter().map(|session| session.id).collect();
    let mut matching = Matching::default();
    match_sessions(layout, &owned, &mut matching);
    match_windows(layout, snapshot, &mut matching);
    match_panes(layout, snapshot, &ids, &mut matching);
    matching
}

/// By the address that each was made for; what then is missing may be one of a former address.
fn match_sessions<'a>(layout: &Layout, owned: &[&'a LiveSession], matching: &mut Matching<'a>) {
    let has = |live: &LiveSession, address: &Address| {
        let owner = live.owner.as_ref();
        owner.and_then(|owner| owner.address.as_ref()) == Some(address)
    };
    for session in &layout.sessions {
        let of_address = owned.iter().filter(|live| has(live, &session.address));
        // A copy of a session can carry the same tags; the one of the right name is meant.
        let live = of_address.min_by_key(|live| live.name != session.address.name());
        if let Some(live) = live {
            matching.sessions.insert(session.address.clone(), live);
        }
    }
    for session in &layout.sessions {
        if matching.sessions.contains_key(&session.address) {
            continue;
        }
        let is_free = |live: &&&LiveSession| {
            let mut taken = matching.sessions.values();
            taken.all(|other| other.id != live.id)
        };
        let mut former = session.former.iter();
        let live = former.find_map(|former| {
            let mut of_address = owned.iter().filter(|live| has(live, former));
            of_address.find(is_free)
        });
        if let Some(live) = live.copied() {
            matching.sessions.insert(session.address.clone(), live);
        }
    }
}

/// The same for windows, within the sessions that were found: one that is elsewhere is made anew,
/// and its panes move.
fn match_windows<'a>(layout: &Layout, snapshot: &'a Snapshot, matching: &mut Matching<'a>) {
    let find = |address: &Address, of: &Address, matching: &Matching<'a>| {
        let session = matching.sessions.get(&of.session())?;
        let is_free = |live: &LiveWindow| {
            let mut taken = matching.windows.values();
            taken.all(|other| other.id != live.id)
        };
        let mut windows = snapshot.windows_of(session.id);
        windows.find(|live| live.address.as_ref() == Some(address) && is_free(live))
    };
    for window in layout.windows() {
        if let Some(live) = find(&window.address, &window.address, matching) {
            matching.windows.insert(window.address.clone(), live);
        }
    }
    for window in layout.windows() {
        if matching.windows.contains_key(&window.address) {
            continue;
        }
        let mut former = window.former.iter();
        let live = former.find_map(|former| find(former, &window.address, matching));
        if let Some(live) = live {
            matching.windows.insert(window.address.clone(), live);
        }
    }
}

fn match_panes<'a>(
    layout: &Layout,
    snapshot: &'a Snapshot,
    sessions: &BTreeSet<SessionId>,
    matching: &mut Matching<'a>,
) {
    let is_ours = |pane: &&LivePane| {
        let window = snapshot.window(pane.window);
        window.is_some_and(|window| sessions.contains(&window.session))
    };
    let mut left: Vec<&LivePane> = snapshot.panes.iter().filter(is_ours).collect();
    let mut missing: Vec<&Pane> = Vec::new();
    for pane in layout.panes() {
        let home = home_of(pane, matching);
        let of_address = left
            .iter()
            .filter(|live| live.address.as_ref() == Some(&pane.address));
        match of_address
            .min_by_key(|live| Some(live.window) != home)
            .copied()
        {
            Some(live) => take(pane, live, &mut left, matching),
            None => missing.push(pane),
        }
    }
    match_renamed(&mut missing, &mut left, matching);
    match_moved(&mut missing, layout, &mut left, matching);
    match_placeholders(&missing, &mut left, matching);
    for pane in left {
        if pane.address.is_some() || pane.phase.is_some() {
            matching.unwanted.push(pane);
        } else {
            *matching.foreign.entry(pane.window).or_default() += 1;
        }
    }
}

/// A pane that says what it was is that pane.
fn match_renamed<'a>(
    missing: &mut Vec<&Pane>,
    left: &mut Vec<&'a LivePane>,
    matching: &mut Matching<'a>,
) {
    missing.retain(|pane| {
        let live = pane.former.iter().find_map(|former| {
            let mut left = left.iter();
            left.find(|live| live.address.as_ref() == Some(former))
        });
        let Some(live) = live.copied() else {
            return true;
        };
        take(pane, live, left, matching);
        false
    });
}

/// A pane under another address is the same pane, moved: within its session, where its name is
/// unique, and else where it is the only one of its name that lost its place.
fn match_moved<'a>(
    missing: &mut Vec<&Pane>,
    layout: &Layout,
    left: &mut Vec<&'a LivePane>,
    matching: &mut Matching<'a>,
) {
    missing.retain(|pane| {
        let lost_its_place = |live: &&&LivePane| {
            live.address.as_ref().is_some_and(|address| {
                address.pane_name() == pane.address.pane_name() && layout.pane(address).is_none()
            })
        };
        let session_of = |live: &&LivePane| {
            let address = live.address.as_ref();
            address.map(|address| address.session_name().to_owned())
        };
        let candidates: Vec<&LivePane> = left.iter().filter(lost_its_place).copied().collect();
        let own = Some(pane.address.session_name().to_owned());
        let of_session = candidates.iter().find(|live| session_of(live) == own);
        let live = match (of_session, &candidates[..]) {
            (Some(live), _) | (None, [live]) => *live,
            _ => return true,
        };
        take(pane, live, left, matching);
        false
    });
}

/// Empty panes that an earlier run made and could not give an address are as good as new ones.
fn match_placeholders<'a>(
    missing: &[&Pane],
    left: &mut Vec<&'a LivePane>,
    matching: &mut Matching<'a>,
) {
    for pane in missing {
        let home = home_of(pane, matching);
        let placeholder = left.iter().find(|live| {
            live.address.is_none()
                && live.phase == Some(Phase::Placeholder)
                && Some(live.window) == home
        });
        if let Some(live) = placeholder.copied() {
            take(pane, live, left, matching);
        }
    }
}

fn home_of(pane: &Pane, matching: &Matching) -> Option<WindowId> {
    let address = pane.address.enclosing_window()?;
    matching.windows.get(&address).map(|window| window.id)
}

fn take<'a>(
    pane: &Pane,
    live: &'a LivePane,
    left: &mut Vec<&'a LivePane>,
    matching: &mut Matching<'a>,
) {
    let id: PaneId = live.id;
    left.retain(|other| other.id != id);
    matching.panes.insert(pane.address.clone(), live);
}
