//! Variables given by the caller: kept on the first session, so that an apply without them can
//! report which are missing. They change nothing by themselves.

use crate::layout::{AppliedSettings, Layout, Session};
use crate::plan::change::{Action, Change, Configure, Note, Reason, Subject};
use crate::plan::diff::value_changes;
use crate::plan::planner::Planner;
use crate::plan::scope::Scope;
use crate::tmux::script::Ref;

impl Planner<'_> {
    /// Writes the given variables if there is anything to do, and notes those given last time.
    pub(super) fn keep_vars(&mut self, layout: &Layout) {
        let is_whole = self.wishes.purpose.is_apply() && *self.scope == Scope::All;
        let Some(session) = layout.sessions.first().filter(|_| is_whole) else {
            return;
        };
        if self.steps.is_empty() {
            return;
        }
        let live = self.matching.sessions.get(&session.address);
        let kept = live.map(|live| live.settings.vars.clone());
        let kept = kept.unwrap_or_default();
        let (given, values) = (&layout.vars.given, &layout.vars.values);
        let missing = kept.iter().filter(|(name, value)| {
            let is_other = values.get(*name).is_some_and(|now| now != *value);
            is_other && !given.contains_key(*name)
        });
        let vars: Vec<(String, String)> = missing
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !vars.is_empty() {
            self.notes.push(Note::VarsMissing { vars });
        }
        let changes = value_changes("var", &kept, given);
        if !changes.is_empty() {
            self.write_vars(session, layout, changes);
        }
    }

    fn write_vars(&mut self, session: &Session, layout: &Layout, changes: Vec<Change>) {
        let given = layout.vars.given.clone();
        let configurer = self.configurers.get(&session.address).copied();
        let step = configurer.map(|step| &mut self.steps[step.0].action);
        if let Some(Action::Configure(configure)) = step {
            configure.applied.vars = given;
            return;
        }
        let created = self.steps.iter().position(|step| {
            let is_it = step.subject.address == session.address;
            is_it && matches!(step.action, Action::CreateSession(_))
        });
        let action = Action::Configure(Box::new(Configure {
            object: Ref::Session(session.address.clone()),
            origin: session.origin.clone(),
            set: Vec::new(),
            hooks: Vec::new(),
            env: Vec::new(),
            clears: Vec::new(),
            applied: AppliedSettings {
                vars: given,
                ..AppliedSettings::from(session)
            },
        }));
        let reason = match created {
            Some(_) => Reason::NotThere,
            None => Reason::Changed(changes),
        };
        let after = created.map(crate::layout::StepId).into_iter().collect();
        self.step(Subject::session(&session.address), action, reason, after);
    }
}
