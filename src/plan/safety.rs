//! What a plan refuses to touch, said before anything is changed.

use crate::layout::{Address, Layout};
use crate::live::{LiveSession, Owner, Snapshot};
use crate::plan::matching;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "the session `{session}` of layout `{layout}` ({manifest}) is not free: its name is held by {}",
        holder(owner.as_ref())
    )]
    SessionTaken {
        session: Address,
        layout: String,
        manifest: String,
        /// `None`: a session that triad did not make.
        owner: Option<Owner>,
    },
}

fn holder(owner: Option<&Owner>) -> String {
    match owner {
        None => "a session that triad did not make".to_owned(),
        Some(owner) => format!("layout `{}` ({})", owner.layout, owner.manifest),
    }
}

impl Refusal {
    /// What to do next.
    pub fn help(&self) -> String {
        let Refusal::SessionTaken { session, owner, .. } = self;
        match owner {
            None => format!(
                "rename it (`tmux rename-session -t '={session}' OTHER`), or give the session in the \
                 manifest another name"
            ),
            Some(owner) => format!(
                "take it down first (`triad down {}`), or give the session in the manifest another \
                 name",
                owner.layout
            ),
        }
    }
}

/// Every wanted session whose name somebody else's live session has.
pub fn refusals(layout: &Layout, snapshot: &Snapshot) -> Vec<Refusal> {
    let owned = matching::owned_sessions(snapshot, &layout.name, &layout.manifest);
    let is_foreign = |live: &&LiveSession| !owned.iter().any(|own| own.id == live.id);
    let mut refusals = Vec::new();
    for session in &layout.sessions {
        let name = session.address.name();
        let holder = snapshot
            .sessions
            .iter()
            .filter(is_foreign)
            .find(|live| live.name == name);
        if let Some(live) = holder {
            refusals.push(Refusal::SessionTaken {
                session: session.address.clone(),
                layout: layout.name.clone(),
                manifest: layout.manifest.clone(),
                owner: live.owner.clone(),
            });
        }
    }
    refusals
}
