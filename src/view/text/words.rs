//! The words for reasons, counts and times that several views share.

use std::time::Duration;

pub use crate::event::ended;
use crate::layout::{Need, Until, meaning};
use crate::plan::Plan;
use crate::plan::change::{Action, Adopted, Drift, Reason, Step};

/// Returns the reason for a step, in a few words.
pub fn why(step: &Step) -> String {
    match (&step.action, &step.reason) {
        (Action::MoveWindow(_), Reason::Drifted(Drift::Moved { from })) => {
            format!("it is in session {from}")
        }
        (_, why) => reason(why),
    }
}

/// Returns the message for processes that a probe left running, by their names.
pub fn left_behind(what: &str) -> String {
    format!("its `exec` probe left processes running: {what}")
}

/// Returns the words for a reason.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::NotThere => "does not exist".to_owned(),
        Reason::Unstarted => "not started yet".to_owned(),
        Reason::HalfMade => "an earlier run did not finish it".to_owned(),
        Reason::Interrupted => "an interrupted run stopped it".to_owned(),
        Reason::Changed(changes) => {
            let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
            format!("{} changed", fields.join(", "))
        }
        Reason::Renamed { from, .. } => format!("was `{from}`"),
        Reason::Ended(exit) => ended(*exit),
        Reason::Follows(target) => format!("depends on {}, which restarts", target.name()),
        Reason::Drifted(drift) => match drift {
            Drift::Renamed { from } => format!("renamed to `{from}` by hand"),
            Drift::Reordered => "order changed".to_owned(),
            Drift::Resized(_) => "sizes changed by hand; --relayout restores them".to_owned(),
            Drift::Rearranged(_) => "splits changed by hand".to_owned(),
            Drift::PanesMissing => "panes are missing".to_owned(),
            Drift::PanesLeftOver => "has panes to remove".to_owned(),
            Drift::TagsUnreadable => "its tags cannot be read".to_owned(),
            Drift::SaltMissing => "its key for comparing secrets is missing".to_owned(),
            Drift::SetOtherwise(changes) => {
                let fields: Vec<&str> =
                    changes.iter().map(|change| change.field.as_str()).collect();
                format!("{} changed by hand", fields.join(", "))
            }
            Drift::NotStopped => "it is marked as stopped, but runs".to_owned(),
            Drift::Disarmed => "its exit hook is gone".to_owned(),
            Drift::Moved { from } => format!("it is in window {from}"),
        },
        Reason::NotInManifest => "not in the manifest".to_owned(),
        Reason::Adopted(adopted) => match adopted {
            Adopted::ByHand => "made by hand".to_owned(),
            Adopted::Runs { line, pid } => format!("runs {line}, pid {pid}"),
            Adopted::RunsOther { line, pid } => {
                format!(
                    "runs {line}, pid {pid}, a different command: the next plan offers a restart"
                )
            }
            Adopted::With { directory } => format!("its directory was {directory}"),
            Adopted::From { manifest } => format!("it was applied from {manifest}"),
            Adopted::Named { from } => format!("its layout was named `{from}`"),
        },
        Reason::Replaced => "requested by --replace".to_owned(),
        Reason::Named | Reason::Again => "requested".to_owned(),
        Reason::Needed => "a requested pane depends on it".to_owned(),
        Reason::Dependent(target) => format!("depends on {}, which stops", target.name()),
        Reason::Query => "the whole layout stops".to_owned(),
    }
}

/// Returns the words for a need: `state is ready`.
pub fn need(need: &Need, plan: &Plan) -> String {
    let name = need.target.name();
    let target = plan
        .targets
        .iter()
        .find(|target| target.pane.address == need.target);
    let Some(target) = target else {
        return name.to_owned();
    };
    match meaning(need.until, target.pane.kind) {
        Until::ExitedOk => format!("{name} has succeeded"),
        Until::Exited => format!("{name} has exited"),
        Until::Ready if target.pane.ready.is_some() => format!("{name} is ready"),
        Until::Ready | Until::Started => name.to_owned(),
    }
}

/// Joins names: `a`, `b` and `c`.
pub fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Returns a count with its noun: `1 pane`, `2 panes`.
pub fn count(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// Returns a count of processes: `1 live process`, `2 live processes`.
pub fn processes(count: usize) -> String {
    let ending = if count == 1 { "" } else { "es" };
    format!("{count} live process{ending}")
}

/// Returns a time in words: `18 ms`, `4.1 s`.
pub fn time(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..1_000 => format!("{millis} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
