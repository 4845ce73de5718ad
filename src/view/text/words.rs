//! The words for reasons, counts and times that several views share.

use std::time::Duration;

use crate::layout::{Need, Until, meaning};
use crate::plan::Plan;
use crate::plan::change::{Action, Adopted, Drift, Reason, Step};

/// Why a step is done, in a few words.
pub fn why(step: &Step) -> String {
    match (&step.action, &step.reason) {
        (Action::MoveWindow(_), Reason::Drifted(Drift::Moved { from })) => {
            format!("it is in session {from}")
        }
        (_, why) => reason(why),
    }
}

/// What is said of processes that a probe leaves running, by their names.
pub fn left_behind(what: &str) -> String {
    format!("its `exec` probe leaves processes running: {what}")
}

/// The same, where the reason says it all.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::NotThere => "not there".to_owned(),
        Reason::Unstarted => "not started yet".to_owned(),
        Reason::HalfMade => "an earlier run did not finish it".to_owned(),
        Reason::Interrupted => "a run that was interrupted had ended it".to_owned(),
        Reason::Changed(changes) => {
            let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
            format!("{} changed", fields.join(", "))
        }
        Reason::Renamed { from, .. } => format!("it was `{from}`"),
        Reason::Ended(exit) => format!("it ended with {exit}"),
        Reason::Follows(target) => format!("needs {}, which restarts", target.name()),
        Reason::Drifted(drift) => match drift {
            Drift::Renamed { from } => format!("it is called `{from}`"),
            Drift::Reordered => "the order is another".to_owned(),
            Drift::Resized(_) => {
                "its sizes were changed by hand, and --relayout puts them back".to_owned()
            }
            Drift::Rearranged(_) => "its splits were changed by hand".to_owned(),
            Drift::PanesMissing => "panes are missing".to_owned(),
            Drift::PanesLeftOver => "panes are to go".to_owned(),
            Drift::TagsUnreadable => "its tags do not read".to_owned(),
            Drift::SaltMissing => "it has no key to compare secrets by".to_owned(),
            Drift::SetOtherwise(changes) => {
                let fields: Vec<&str> =
                    changes.iter().map(|change| change.field.as_str()).collect();
                format!("{} set otherwise by hand", fields.join(", "))
            }
            Drift::NotStopped => "it was to be stopped, and runs".to_owned(),
            Drift::Disarmed => "tmux does not look after its end any more".to_owned(),
            Drift::Moved { from } => format!("it is in window {from}"),
        },
        Reason::NotInManifest => "not in the manifest".to_owned(),
        Reason::Adopted(adopted) => match adopted {
            Adopted::ByHand => "made by hand".to_owned(),
            Adopted::Runs { line, pid } => format!("runs {line}, pid {pid}"),
            Adopted::RunsOther { line, pid } => {
                format!("runs {line}, pid {pid}, another command: the next plan offers a restart")
            }
            Adopted::With { directory } => format!("its directory was {directory}"),
            Adopted::From { manifest } => format!("it was applied from {manifest}"),
            Adopted::Named { from } => format!("its layout was called `{from}`"),
        },
        Reason::Replaced => "asked for by --replace".to_owned(),
        Reason::Named | Reason::Again => "asked for".to_owned(),
        Reason::Needed => "what was asked for needs it".to_owned(),
        Reason::Dependent(target) => format!("needs {}, which stops", target.name()),
        Reason::Query => "the layout goes down".to_owned(),
    }
}

/// What a pane waits for: `state is ready`.
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
        Until::Exited => format!("{name} has ended"),
        Until::Ready if target.pane.ready.is_some() => format!("{name} is ready"),
        Until::Ready | Until::Started => name.to_owned(),
    }
}

/// `a`, `b` and `c`.
pub fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// `1 pane`, `2 panes`.
pub fn count(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// `1 live process`, `2 live processes`.
pub fn processes(count: usize) -> String {
    let ending = if count == 1 { "" } else { "es" };
    format!("{count} live process{ending}")
}

/// A time as people say it: `18 ms`, `4.1 s`.
pub fn time(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..1_000 => format!("{millis} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
