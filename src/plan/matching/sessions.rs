//! Sessions: by address, by a former one, by the name, and the only one that was renamed.

use crate::layout::{Address, Layout, Session};
use crate::live::{LivePane, LiveSession};
use crate::plan::matching::found::{Matching, only};
use crate::plan::matching::owner::Ownership;

pub(super) fn matched<'a>(
    layout: &Layout,
    owned: &[&'a LiveSession],
    whose: &Ownership<'a>,
    matching: &mut Matching<'a>,
) {
    for session in &layout.sessions {
        let of_address = owned
            .iter()
            .filter(|live| is_made_for(live, &session.address));
        // A copy of a session may have the same tags; prefer the one with the right name.
        let live = of_address.min_by_key(|live| live.name != session.address.name());
        if let Some(live) = live {
            matching.sessions.insert(session.address.clone(), live);
        }
    }
    for session in missing(layout, matching) {
        let mut former = session.former.iter();
        let live = former.find_map(|former| {
            let mut free = owned.iter().filter(|live| is_free(live, matching));
            free.find(|live| is_made_for(live, former))
        });
        if let Some(live) = live {
            matching.sessions.insert(session.address.clone(), live);
        }
    }
    for session in missing(layout, matching) {
        // Whatever its tag says now: no other session can be created with that name.
        let mut free = owned.iter().filter(|live| is_free(live, matching));
        if let Some(live) = free.find(|live| live.name == session.address.name()) {
            matching.sessions.insert(session.address.clone(), live);
        }
    }
    match_only(layout, owned, whose, matching);
}

fn missing<'l>(layout: &'l Layout, matching: &Matching) -> Vec<&'l Session> {
    let sessions = layout.sessions.iter();
    let missing = sessions.filter(|session| !matching.sessions.contains_key(&session.address));
    missing.collect()
}

fn is_made_for(live: &LiveSession, address: &Address) -> bool {
    let owner = live.owner.as_ref();
    owner.and_then(|owner| owner.address.as_ref()) == Some(address)
}

fn is_free(live: &LiveSession, matching: &Matching) -> bool {
    let mut taken = matching.sessions.values();
    taken.all(|other| other.id != live.id)
}

/// Matches a renamed session: one is missing, one is left over, and they have a pane in common. A
/// new session would disconnect everybody attached to the old one.
fn match_only<'a>(
    layout: &Layout,
    owned: &[&'a LiveSession],
    whose: &Ownership<'a>,
    matching: &mut Matching<'a>,
) {
    let missing = only(missing(layout, matching).into_iter());
    let left = only(owned.iter().filter(|live| is_free(live, matching)));
    let (Some(session), Some(live)) = (missing, left) else {
        return;
    };
    let has_pane = |pane: &LivePane| {
        let Some(address) = pane.address.as_ref().filter(|_| whose.has(pane)) else {
            return false;
        };
        let mut panes = session
            .windows
            .iter()
            .flat_map(|window| window.root.panes());
        panes.any(|pane| is_alike(&pane.address, address))
    };
    let mut windows = whose.snapshot.windows_of(live.id);
    if windows.any(|window| whose.snapshot.panes_of(window.id).any(has_pane)) {
        matching.sessions.insert(session.address.clone(), live);
    }
}

/// Whether both are the same pane of the same window, in any session.
fn is_alike(a: &Address, b: &Address) -> bool {
    (a.window_name(), a.pane_name()) == (b.window_name(), b.pane_name())
}
