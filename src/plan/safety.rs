//! Refuses unsafe plans before anything is changed.

use crate::layout::{Address, Layout, Origin, Pane, Session};
use crate::live::{LivePane, LiveSession, Owner, Snapshot};
use crate::plan::adopt::{self, Machine};
use crate::plan::change::{Action, Noun, Start, Step, Stop};
use crate::plan::matching::{self, Matching, Ownership};

/// A reason why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "session `{session}` of layout `{layout}` ({manifest}) cannot be created: its name is used by {}",
        holder(owner.as_ref())
    )]
    SessionTaken {
        session: Address,
        layout: String,
        manifest: String,
        /// `None`: triad did not create the session.
        owner: Option<Owner>,
    },
    #[error(
        "session `{session}` of layout `{layout}` ({manifest}) was applied from {from}, which \
         no longer exists"
    )]
    Moved {
        session: Address,
        layout: String,
        manifest: String,
        from: String,
    },
    #[error("{} `{pane}` is protected and would be {what}: {}", noun.as_str(), guard(by))]
    Protected {
        pane: Address,
        noun: Noun,
        /// The forbidden effect: `stopped` or `restarted`.
        what: &'static str,
        by: Guard,
    },
    #[error(
        "session `{session}`, which triad did not create, contains only {} of this layout and \
         would end without {}",
        counted(*panes),
        if *panes == 1 { "it" } else { "them" }
    )]
    WouldEmpty { session: String, panes: usize },
    #[error("`{pane}` needs secrets to start, but triad is running in it")]
    SecretsOfOwnPane { pane: Address },
}

fn counted(count: usize) -> String {
    match count {
        1 => "one pane".to_owned(),
        count => format!("{count} panes"),
    }
}

/// The source of a pane's protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// `protect` in the manifest, on the pane or its session.
    Manifest { object: Address, place: String },
    /// `protect` as applied, for an object that the manifest no longer has.
    Mark { object: Address },
}

fn guard(by: &Guard) -> String {
    match by {
        Guard::Manifest { object, place } => format!("`protect` is set on `{object}` at {place}"),
        Guard::Mark { object } => format!("`{object}` was applied with `protect`"),
    }
}

fn holder(owner: Option<&Owner>) -> String {
    match owner {
        None => "a session that triad did not create".to_owned(),
        Some(owner) => format!("layout `{}` ({})", owner.layout, owner.manifest),
    }
}

impl Refusal {
    /// Returns one thing to do next.
    pub fn help(&self) -> String {
        let (session, owner, layout, manifest) = match self {
            Refusal::SessionTaken {
                session,
                owner,
                layout,
                manifest,
            } => (session, owner, layout, manifest),
            Refusal::Moved { layout, .. } => {
                return format!(
                    "use `--adopt` to continue from here and keep every process, or run \
                     `triad down {layout}` first"
                );
            }
            Refusal::Protected {
                by: Guard::Manifest { .. },
                ..
            } => return "to allow this, remove `protect` there and try again".to_owned(),
            Refusal::Protected {
                by: Guard::Mark { object },
                ..
            } => {
                return format!(
                    "to allow this, add `{object}` to the manifest without `protect` and apply \
                     that first"
                );
            }
            Refusal::WouldEmpty { session, .. } => {
                return format!(
                    "open a window there (`tmux new-window -t '={session}:'`) or end the session, \
                     then try again"
                );
            }
            Refusal::SecretsOfOwnPane { .. } => {
                return "run triad from another pane: it passes the secrets, and would end with \
                        this one"
                    .to_owned();
            }
        };
        match owner {
            None => format!(
                "use `--adopt` to take it over and keep what runs in it, rename it \
                 (`tmux rename-session -t '={session}' OTHER`), or use another session name in the \
                 manifest"
            ),
            Some(owner) if owner.manifest == *manifest && owner.manifest != "-" => format!(
                "write `layout \"{layout}\" was=\"{}\"` in the manifest to keep what runs there, or \
                 end it with `triad down {}`",
                owner.layout, owner.layout
            ),
            Some(owner) => format!(
                "run `triad down {}` first, or use another session name in the \
                 manifest",
                owner.layout
            ),
        }
    }
}

/// Returns a refusal for each wanted session whose name is taken, or whose manifest has moved.
pub(super) fn refusals(layout: &Layout, snapshot: &Snapshot, machine: &Machine) -> Vec<Refusal> {
    let owned = matching::owned_sessions(snapshot, &layout.name, &layout.manifest);
    let is_foreign = |live: &&LiveSession| !owned.iter().any(|own| own.id == live.id);
    let mut refusals = Vec::new();
    for session in &layout.sessions {
        if let Some(owner) = adopt::moved_from(&session.address, layout, snapshot, machine) {
            refusals.push(Refusal::Moved {
                session: session.address.clone(),
                layout: layout.name.clone(),
                manifest: layout.manifest.clone(),
                from: owner.manifest.clone(),
            });
            continue;
        }
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

/// Returns a refusal for each session of others that contains only panes of this layout, moved
/// there by hand: taking them back would end it.
pub(super) fn emptied(layout: &Layout, matching: &Matching, snapshot: &Snapshot) -> Vec<Refusal> {
    let whose = Ownership::layout(layout, snapshot);
    let is_taken = |pane: &&LivePane| {
        let mut taken = matching.panes.values().chain(&matching.unwanted);
        taken.any(|other| other.id == pane.id)
    };
    let sessions = snapshot.sessions.iter();
    let foreign = sessions.filter(|session| !whose.owns(session));
    let emptied = foreign.filter_map(|session| {
        let windows = snapshot.windows_of(session.id);
        let panes: Vec<&LivePane> = windows.flat_map(|w| snapshot.panes_of(w.id)).collect();
        let is_emptied = !panes.is_empty() && panes.iter().all(is_taken);
        is_emptied.then(|| Refusal::WouldEmpty {
            session: session.name.clone(),
            panes: panes.len(),
        })
    });
    emptied.collect()
}

/// Returns what steps must not do: end protected panes, start panes with secrets they cannot get.
/// `wanted` is the resolved manifest; it overrides the marks of an earlier one.
pub(super) fn refused(
    steps: &[Step],
    wanted: Option<&Layout>,
    snapshot: &Snapshot,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for step in steps {
        let (what, by) = match &step.action {
            Action::Start(start) => {
                refusals.extend(secrets_of_own_pane(start));
                (
                    "restarted",
                    wanted.and_then(|layout| of_manifest(&start.pane, layout)),
                )
            }
            Action::Stop(stop) | Action::Halt(stop) => ("stopped", of_live(stop, wanted, snapshot)),
            _ => continue,
        };
        // A process that has already ended needs no protection.
        if let Some(by) = by.filter(|_| step.ends.is_some()) {
            refusals.push(Refusal::Protected {
                pane: step.subject.address.clone(),
                noun: step.subject.noun,
                what,
                by,
            });
        }
    }
    refusals
}

fn secrets_of_own_pane(start: &Start) -> Option<Refusal> {
    let pane = start.pane.address.clone();
    (start.is_own && start.pane.is_handed_secrets()).then_some(Refusal::SecretsOfOwnPane { pane })
}

fn of_manifest(pane: &Pane, layout: &Layout) -> Option<Guard> {
    let mut sessions = layout.sessions.iter();
    let session = sessions.find(|session| session.address == pane.address.session())?;
    if pane.protect {
        return Some(written(&pane.address, &pane.origin));
    }
    of_session(session)
}

fn of_session(session: &Session) -> Option<Guard> {
    let guard = || written(&session.address, &session.origin);
    session.protect.then(guard)
}

fn written(object: &Address, origin: &Origin) -> Guard {
    Guard::Manifest {
        object: object.clone(),
        place: format!("{}:{}", origin.file, origin.line),
    }
}

/// Returns the guard of a pane that has to go: `protect` in the manifest, on it or its session, or
/// the live mark if the manifest does not have it.
fn of_live(stop: &Stop, wanted: Option<&Layout>, snapshot: &Snapshot) -> Option<Guard> {
    let live = snapshot.panes.iter().find(|pane| pane.id == stop.pane)?;
    if let (Some(layout), Some(address)) = (wanted, &live.address)
        && let Some(pane) = layout.panes().find(|pane| is_or_was(pane, address))
    {
        return of_manifest(pane, layout);
    }
    own_mark(live).or_else(|| of_home(live, wanted, snapshot))
}

/// Returns the guard of the session that a pane was created for, wherever it is now, or of the one
/// it is in.
fn of_home(live: &LivePane, wanted: Option<&Layout>, snapshot: &Snapshot) -> Option<Guard> {
    let home = live.address.as_ref().map(Address::session);
    let is_home = |session: &&LiveSession| {
        session.owner.as_ref().is_some_and(|owner| {
            let is_ours = wanted.is_none_or(|layout| {
                (&owner.layout, &owner.manifest) == (&layout.name, &layout.manifest)
            });
            is_ours && owner.address.is_some() && owner.address == home
        })
    };
    let home = snapshot.sessions.iter().find(is_home);
    let guard = home.and_then(|session| of_live_session(session, wanted));
    guard.or_else(|| {
        let window = snapshot.window(live.window)?;
        of_live_session(snapshot.session(window.session)?, wanted)
    })
}

fn is_or_was(pane: &Pane, address: &Address) -> bool {
    pane.address == *address || pane.former.contains(address)
}

fn own_mark(live: &LivePane) -> Option<Guard> {
    let applied = live.applied.as_ref().filter(|applied| applied.protect);
    let object = applied.and(live.address.clone())?;
    Some(Guard::Mark { object })
}

fn of_live_session(live: &LiveSession, wanted: Option<&Layout>) -> Option<Guard> {
    let address = live.owner.as_ref()?.address.as_ref()?;
    let sessions = wanted.into_iter().flat_map(|layout| &layout.sessions);
    let mut sessions =
        sessions.filter(|session| session.address == *address || session.former.contains(address));
    if let Some(session) = sessions.next() {
        return of_session(session);
    }
    live.is_protected.then(|| Guard::Mark {
        object: address.clone(),
    })
}
