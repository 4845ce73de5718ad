//! What a pane that stays says of its command's end, and what it has to remember for that.

use crate::layout::{OnExit, Pane, Restart};
use crate::render::ending::{self, on};
use crate::render::policy;
use crate::render::start::{id, option};
use crate::tmux::script::Command;
use crate::tmux::tag;

/// What tmux writes on the screen of a dead pane, from 3.3 on. Older ones say it in their own words.
const FORMAT: &str = "remain-on-exit-format";
/// What triad's own begin with.
const OURS: &str = "triad: ";
/// What tmux's own begins with, in every release.
const TMUXS: &str = "Pane is dead";

/// Whether the pane says so in triad's words.
fn is_told(pane: &Pane) -> bool {
    pane.exit() == OnExit::Hold || pane.restart.is_some()
}

/// What the pane says when its command has ended. A text that a person or the manifest has chosen
/// stays; what triad has said of a pane that tells it otherwise now goes.
pub fn told(pane: &Pane) -> Vec<Command> {
    let own = format!("#{{m/r:^({OURS}|{TMUXS}),#{{{FORMAT}}}}}");
    if is_told(pane) {
        let set = option(&pane.address, FORMAT, &text(pane));
        return vec![on(&pane.address, &own, &[set], &[])];
    }
    if pane.exit() != OnExit::Shell {
        return Vec::new();
    }
    let stale = format!("#{{m/r:^{OURS},#{{{FORMAT}}}}}");
    let unset = crate::render::start::unset(&pane.address, FORMAT);
    vec![on(&pane.address, &stale, &[unset], &[])]
}

fn text(pane: &Pane) -> String {
    let name = pane.address.name();
    let (how, after) = (ending::ENDED, after());
    let ended = format!("`{name}` has ended with {how}{after}");
    let Some(restart) = &pane.restart else {
        return format!("{OURS}{ended}");
    };
    let again = format!(
        "{ended}; restart #{{e|+:{},1}} of {} in {}",
        policy::counted(restart),
        restart.max,
        pause(restart)
    );
    let failed = format!("`{name}` {}: {how}{after}", policy::failed(restart));
    let is_again = policy::is_started_again(restart, &policy::counted(restart));
    let at_last = match policy::is_due(restart) {
        None => failed,
        Some(is_due) => format!("#{{?{is_due},{failed},{ended}}}"),
    };
    format!("{OURS}#{{?{is_again},{again},{at_last}}}")
}

/// How long it ran, where that is known.
fn after() -> String {
    let since = tag::SINCE;
    let ran = format!("#{{e|-:#{{pane_dead_time}},#{{{since}}}}}");
    let minutes = format!("#{{?#{{e|>=:{ran},60}},#{{e|/:{ran},60}} min ,}}");
    format!("#{{?#{{{since}}}, after {minutes}#{{e|m:{ran},60}} s,}}")
}

/// How long it is until the next start: seconds, or milliseconds where they are few.
fn pause(restart: &Restart) -> String {
    let pause = policy::pause(restart);
    format!("#{{?#{{e|>=:{pause},1000}},#{{e|/:{pause},1000}} s,{pause} ms}}")
}

/// Writes down when the program starts, where that counts later.
pub fn clock(pane: &Pane) -> Vec<Command> {
    if !is_told(pane) {
        return Vec::new();
    }
    let now = format!("#{{T:{}}}", tag::CLOCK);
    let set = Command::new(["set-option", "-p", "-F", "-t"]).word(id(&pane.address));
    vec![
        // A format tells the time only through an option that asks for it.
        option(&pane.address, tag::CLOCK, "%s"),
        set.word(tag::SINCE).word(now),
    ]
}
