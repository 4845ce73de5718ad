//! Sessions: creates them, or gives live ones their name, address, key and protection.

use crate::layout::{Address, AppliedPane, Pane, Salt, Session, StepId};
use crate::live::{LiveSession, LiveWindow};
use crate::plan::change::{
    Action, Drift, NewSession, Note, Object, Readdress, Reason, SessionTags, Subject,
};
use crate::plan::diff;
use crate::plan::planner::Planner;
use crate::tmux::id::{PaneId, WindowId};

impl Planner<'_> {
    pub(super) fn create_session(&mut self, session: &Session) -> StepId {
        let (width, height) = self.size(None);
        let new = NewSession {
            session: session.clone(),
            first: {
                let mut windows = session.windows.iter();
                let made = windows.find(|w| !self.matching.windows.contains_key(&w.address));
                made.map(|window| window.address.clone())
            },
            salt: self.conditions.salt.map(|_| self.salt(&session.address)),
            width,
            height,
        };
        self.step(
            Subject::session(&session.address),
            Action::CreateSession(Box::new(new)),
            Reason::NotThere,
            Vec::new(),
        )
    }

    /// Updates the tags of a live session.
    fn session_tags(&mut self, session: &Session, live: &LiveSession) {
        let mut panes = session
            .windows
            .iter()
            .flat_map(|window| window.root.panes());
        let needs_salt = live.salt.is_none() && panes.any(Pane::has_secrets);
        let is_protect_new = live.is_protected != session.protect;
        let is_meant = is_protect_new && self.scope.is_whole(&session.address);
        let protect = is_meant.then_some(session.protect);
        let reason = match protect {
            Some(_) => Reason::Changed(diff::protection(live.is_protected, session.protect)),
            None if needs_salt => Reason::Drifted(Drift::SaltMissing),
            None => return,
        };
        let tags = SessionTags {
            id: live.id,
            salt: needs_salt.then(|| self.salt(&session.address)),
            protect,
        };
        let subject = Subject::session(&session.address);
        self.step(subject, Action::TagSession(tags), reason, Vec::new());
    }

    pub(super) fn live_session(&mut self, session: &Session, live: &LiveSession) {
        let before = self.steps.len();
        let name = session.address.name();
        let tagged = live.owner.as_ref().and_then(|owner| owner.address.as_ref());
        if let Some(from) = tagged.filter(|tagged| **tagged != session.address) {
            let readdress = Readdress {
                object: Object::Session(live.id),
                name: (live.name != name).then(|| name.to_owned()),
                is_aside: self.is_aside(live),
            };
            self.readdress(Subject::session(&session.address), readdress, from);
        } else if live.name != name {
            let action = Action::RenameSession {
                id: live.id,
                name: name.to_owned(),
                is_aside: self.is_aside(live),
            };
            let reason = Reason::Drifted(Drift::Renamed {
                from: live.name.clone(),
            });
            let subject = Subject::session(&session.address);
            self.step(subject, action, reason, Vec::new());
        }
        self.session_tags(session, live);
        if self.steps.len() == before {
            self.unchanged.push(Subject::session(&session.address));
        }
    }

    /// Adds a note for each attached session that tmux ends because nothing stays in it.
    pub(super) fn note_ends(&mut self) {
        let sessions = self.snapshot.sessions.iter();
        let ends = sessions.filter(|session| session.attached > 0 && self.is_left(session));
        let notes = ends.map(|session| Note::SessionEnds {
            session: session.name.clone(),
            clients: session.attached,
        });
        let notes: Vec<Note> = notes.collect();
        self.notes.extend(notes);
    }

    /// Whether everything in a session moves elsewhere or ends.
    fn is_left(&self, session: &LiveSession) -> bool {
        let mut wanted = self.matching.sessions.values();
        let is_wanted = wanted.any(|wanted| wanted.id == session.id);
        let goes = |window: &LiveWindow| {
            let mut panes = self.snapshot.panes_of(window.id);
            self.moves(window.id)
                || panes.all(|pane| !self.scene.stays(pane.id, window.id) || self.stops(pane.id))
        };
        // A session with only linked windows has none here.
        let mut windows = self.snapshot.windows_of(session.id).peekable();
        !is_wanted && windows.peek().is_some() && windows.all(goes)
    }

    fn moves(&self, window: WindowId) -> bool {
        let mut actions = self.steps.iter().map(|step| &step.action);
        actions.any(|action| matches!(action, Action::MoveWindow(moved) if moved.id == window))
    }

    fn stops(&self, pane: PaneId) -> bool {
        let mut actions = self.steps.iter().map(|step| &step.action);
        actions.any(|action| matches!(action, Action::Stop(stop) if stop.pane == pane))
    }

    /// Whether another live session needs the present name of this one.
    fn is_aside(&self, live: &LiveSession) -> bool {
        let mut sessions = self.matching.sessions.iter();
        sessions.any(|(address, other)| other.id != live.id && address.name() == live.name)
    }

    /// Returns the key of the secrets in an object's session, its own or its new one.
    pub(super) fn salt(&self, address: &Address) -> Salt {
        let live = self.matching.sessions.get(&address.session());
        let own = live.and_then(|live| live.salt);
        let new = self.conditions.salt.unwrap_or(Salt::new([0; 32]));
        own.unwrap_or_else(|| new.of_session(address))
    }

    /// Returns a pane's body as its tags will hold it.
    pub(super) fn applied(&self, pane: &Pane) -> AppliedPane {
        AppliedPane::new(pane, &self.salt(&pane.address))
    }
}
