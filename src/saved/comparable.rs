//! The comparison of two plans.

use crate::plan::Plan;
use crate::plan::change::{Action, Note, Target, TargetState, WindowPlace};

/// Returns a plan without the parts that depend only on where people look and how large their
/// windows are: it would be carried out in the same steps.
pub(super) fn comparable(mut plan: Plan) -> Plan {
    plan.newest_pane = None;
    for step in &mut plan.steps {
        match &mut step.action {
            Action::ArrangeWindow(build) if matches!(build.place, WindowPlace::Live(_)) => {
                (build.width, build.height) = (0, 0);
                (build.active, build.zoomed, build.room) = (None, false, None);
            }
            Action::OrderWindows(order) => order.current = None,
            _ => {}
        }
    }
    // A running pane may have become ready meanwhile, which changes no step.
    let runs = |target: &Target| matches!(target.state, TargetState::Running { .. });
    plan.targets
        .retain(|target| target.is_needed || !runs(target));
    for target in &mut plan.targets {
        target.is_known_ready = false;
    }
    plan.notes.retain(|note| {
        !matches!(
            note,
            Note::HookShadows { .. } | Note::Unseen { .. } | Note::Unended { .. }
        )
    });
    plan
}
