//! What a plan says beside its steps.

use crate::layout::Layout;
use crate::plan::change::Note;
use crate::plan::planner::Planner;
use crate::plan::scope::Scope;

/// What runs around the steps, as far as the manifest has it.
pub(super) fn of_hooks(hooks: [(&'static str, &Option<String>); 2]) -> impl Iterator<Item = Note> {
    let hooks = hooks.into_iter();
    hooks.filter_map(|(name, line)| {
        let line = line.clone()?;
        Some(Note::Hook { name, line })
    })
}

impl Planner<'_> {
    /// What an apply says beside its steps: of the part that it is about, what surrounds it.
    pub(super) fn note_rest(&mut self, all: &Layout, part: &Layout) {
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

    /// What is left as it is, in as few words as will do.
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
