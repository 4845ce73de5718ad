//! Fills in variables that are missing in the caller's environment, or in a file that does not exist,
//! and not needed by this command. Their applied values are used, so that their absence does not look
//! like a change.

use std::borrow::Cow;

use crate::layout::{FileSecret, Layout, Pane, SecretHashes, Variable};
use crate::live::{LivePane, LiveSession, Snapshot};

/// Returns the layout with the applied values or hashes of the missing variables.
pub fn filled<'a>(layout: &'a Layout, snapshot: &Snapshot) -> Cow<'a, Layout> {
    let is_whole = |pane: &Pane| pane.open_env.is_empty() && pane.unread.is_empty();
    if layout.panes().all(is_whole) {
        return Cow::Borrowed(layout);
    }
    let mut filled = layout.clone();
    for session in &mut filled.sessions {
        let mut sessions = snapshot.sessions.iter();
        let is_it = |live: &&LiveSession| {
            let owner = live.owner.as_ref();
            owner.is_some_and(|owner| owner.address.as_ref() == Some(&session.address))
        };
        let applied = sessions.find(is_it).map(|live| &live.settings.env);
        let open = session.open_env.iter();
        let known = open.filter_map(|name| Some((name.clone(), applied?.get(name)?.clone())));
        let known: Vec<_> = known.collect();
        session.env.extend(known);
    }
    let windows = filled.sessions.iter_mut();
    let windows = windows.flat_map(|session| &mut session.windows);
    for pane in windows.flat_map(|window| window.root.panes_mut()) {
        let mut panes = snapshot.panes.iter();
        if let Some(live) = panes.find(|live| live.address.as_ref() == Some(&pane.address)) {
            fill(pane, live);
        }
    }
    Cow::Owned(filled)
}

fn fill(pane: &mut Pane, live: &LivePane) {
    let Some(applied) = &live.applied else {
        return;
    };
    for name in pane.open_env.keys() {
        let secret = applied.secrets.get(name).cloned();
        let secret = secret.map(|hash| Variable::Hashed(SecretHashes::new(vec![hash])));
        let plain = applied.env.get(name).cloned().map(Variable::Plain);
        if let Some(value) = secret.or(plain) {
            pane.env.insert(name.clone(), value);
        }
    }
    if pane.unread.is_empty() {
        return;
    }
    // The values of a missing file stay as they were applied.
    for (name, hash) in &applied.secrets {
        if !pane.env.contains_key(name) {
            let hashes = SecretHashes::new(vec![hash.clone()]);
            let secret = Variable::OfFile(FileSecret::Hashed(hashes));
            pane.env.insert(name.clone(), secret);
        }
    }
}
