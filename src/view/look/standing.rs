//! The state of a pane, in colours and in words.

use crate::layout::{Address, Until};
use crate::status::{PaneStatus, Reason, State, Wanted};
use crate::view::text::paint::Tone;
use crate::view::text::words;

/// Returns the tone of a state.
pub fn tone(state: State) -> Tone {
    match state {
        State::Ready | State::Running => Tone::Good,
        State::Pending | State::Starting | State::Restarting => Tone::Change,
        State::Done => Tone::Move,
        State::Stopped => Tone::Faint,
        State::Failed | State::Absent => Tone::Bad,
    }
}

/// Returns the state and the reason, in the words of `ps`. For an absent pane, the state is enough.
pub fn text(pane: &PaneStatus) -> String {
    let state = pane.standing.state;
    match why(pane) {
        why if why.is_empty() || state == State::Absent => state.as_str().to_owned(),
        why => format!("{}, {why}", state.as_str()),
    }
}

/// Returns the reason for the state of a pane.
pub fn why(pane: &PaneStatus) -> String {
    let mut parts = Vec::new();
    match &pane.standing.reason {
        Reason::NotThere => parts.push("`triad apply` creates it".to_owned()),
        Reason::NotStarted => parts.push("not started yet".to_owned()),
        Reason::Needs(needs) => {
            let needs = needs.iter();
            let needs: Vec<String> = needs.map(|(target, until)| need(target, *until)).collect();
            parts.push(format!("waiting until {}", needs.join(", ")));
        }
        Reason::Probes(probes) => {
            let probes: Vec<String> = probes.iter().map(ToString::to_string).collect();
            parts.push(format!("waiting for {}", probes.join(", ")));
        }
        Reason::NotReady(answer) => parts.push(format!("not ready {answer}")),
        Reason::Answer(answer) => parts.push(answer.clone()),
        Reason::Runs => {}
        Reason::Ended(exit) => parts.push(exit.to_string()),
        Reason::GivenUp(exit) => {
            let times = words::count(to_usize(pane.restarts), "restart");
            parts.push(format!("given up after {times}: {exit}"));
        }
        Reason::Stopped(_) => parts.push("by `triad stop`".to_owned()),
        Reason::ByHand => parts.push("not started: `triad start` starts it".to_owned()),
        Reason::Interrupted => {
            parts.push("stopped by an interrupted run; `triad apply` starts it".to_owned());
        }
    }
    parts.extend(restarts(pane));
    parts.extend(pane.has_shell.then(|| "a shell took its place".to_owned()));
    let is_up = pane.standing.state.is_up();
    parts.extend(pane.says.as_ref().filter(|_| is_up).cloned());
    match &pane.wanted {
        Wanted::No => parts.push("not in the manifest".to_owned()),
        Wanted::At(address) => parts.push(format!("in the manifest at {address}")),
        Wanted::Unknown | Wanted::AsItIs => {}
    }
    parts.join("; ")
}

fn restarts(pane: &PaneStatus) -> Option<String> {
    match (pane.standing.state, &pane.standing.reason) {
        (State::Restarting, _) => {
            let max = pane.restarts_max?;
            Some(format!("restart {} of {max}", pane.restarts))
        }
        (State::Failed, Reason::GivenUp(_)) => None,
        (state, _) if pane.restarts > 0 && (state.is_running() || state == State::Failed) => {
            let times = words::count(to_usize(pane.restarts), "restart");
            Some(format!("after {times}"))
        }
        _ => None,
    }
}

fn to_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Returns the words for a need: `db is ready`.
fn need(target: &Address, until: Until) -> String {
    let name = target.name();
    match until {
        Until::Started => format!("{name} is started"),
        Until::Ready => format!("{name} is ready"),
        Until::ExitedOk => format!("{name} has succeeded"),
        Until::Exited => format!("{name} has exited"),
    }
}
