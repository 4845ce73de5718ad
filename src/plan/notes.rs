//! Adds notes to a plan.

use std::collections::BTreeSet;

use crate::layout::Layout;
use crate::live::Owner;
use crate::plan::change::Note;
use crate::plan::planner::Planner;
use crate::plan::scope::Scope;

/// Returns a note for each hook that the manifest runs around the steps.
pub(super) fn of_hooks(hooks: [(&'static str, &Option<String>); 2]) -> impl Iterator<Item = Note> {
    let hooks = hooks.into_iter();
    hooks.filter_map(|(name, line)| {
        let line = line.clone()?;
        Some(Note::Hook { name, line })
    })
}

/// Whether a session was made from the same manifest under another layout name. Standard input has
/// no path to compare.
pub(super) fn is_former(owner: &Owner, layout: &Layout) -> bool {
    owner.manifest == layout.manifest && owner.layout != layout.name && layout.manifest != "-"
}

impl Planner<'_> {
    /// Adds the notes of an apply: hooks, former names, and what it leaves alone.
    pub(super) fn note_rest(&mut self, all: &Layout, part: &Layout) {
        self.note_former(all);
        self.note_spared(all);
        self.note_ends();
        if !self.steps.is_empty() {
            let hooks = &part.hooks;
            self.notes.extend(of_hooks([
                ("before-apply", &hooks.before_apply),
                ("after-apply", &hooks.after_apply),
            ]));
        }
    }

    /// Notes the former layout names of the manifest.
    fn note_former(&mut self, layout: &Layout) {
        let owners = self.snapshot.sessions.iter();
        let owners = owners.filter_map(|session| session.owner.as_ref());
        let former = owners.filter(|owner| is_former(owner, layout));
        let names: BTreeSet<&String> = former.map(|owner| &owner.layout).collect();
        self.notes
            .extend(names.into_iter().map(|name| Note::Former {
                layout: name.clone(),
                now: layout.name.clone(),
            }));
    }

    /// Notes what is left as it is, in few words.
    fn note_spared(&mut self, layout: &Layout) {
        let kept = &self.matching.kept;
        if *self.scope != Scope::All {
            let outside = layout.panes().filter(|pane| !self.scope.has(&pane.address));
            let panes = outside.count() + kept.len();
            if panes > 0 {
                self.notes.push(Note::LeftOut { panes });
            }
            return;
        }
        let notes = kept.iter().map(|pane| {
            let mut windows = self.matching.windows.iter();
            let window = windows.find(|(_, window)| window.id == pane.window);
            Note::NotPruned {
                address: pane.address.clone(),
                pane: pane.id,
                window: window.map(|(address, _)| address.clone()),
            }
        });
        self.notes.extend(notes.collect::<Vec<_>>());
    }
}
