//! The restarts by tmux of a command that has ended: how often, after which pause, and when it
//! gives up. A hook on the pane does this without triad, and its counters are options of the pane.

use std::time::Duration;

use crate::layout::{OnExit, Pane, Restart, RestartWhen};
use crate::live::Phase;
use crate::pane_text::{FAILED_AFTER, PREFIX};
use crate::render::pane::{id, on, option};
use crate::tmux::script::{Command, Word};
use crate::tmux::tag;
use crate::tmux::version::DEAD_PANE_TEXT;

/// Resets the counters.
pub(super) fn afresh(pane: &Pane, restart: &Restart) -> Vec<Command> {
    vec![
        option(&pane.address, tag::RESTARTS, "0"),
        option(&pane.address, tag::PAUSE, &first_pause(restart)),
    ]
}

/// Returns the hook's commands: they restart the program after the pause, up to the limit; then it
/// has failed. `last` runs when it has ended for good.
pub(super) fn hook(pane: &Pane, restart: &Restart, last: Vec<Command>) -> Vec<Command> {
    let address = &pane.address;
    let mut commands = Vec::new();
    if let Some(is_sound) = is_sound(restart) {
        commands.push(on(address, &is_sound, &afresh(pane, restart), &[]));
    }
    let given_up = option(address, tag::PHASE, Phase::Failed.as_str());
    let given_up: Vec<Command> = [given_up].into_iter().chain(said(pane, restart)).collect();
    let mut otherwise = match is_due(restart) {
        None => given_up,
        Some(is_due) => vec![on(address, is_due, &given_up, &[])],
    };
    otherwise.extend(last);
    let again = [
        count(pane),
        option_of(pane, tag::PAUSE, &next_pause(restart)),
    ];
    let again: Vec<Command> = [later(pane)].into_iter().chain(again).collect();
    let restarts = format!("#{{{}}}", tag::RESTARTS);
    let is_again = is_started_again(restart, &restarts);
    commands.push(on(address, &is_again, &again, &otherwise));
    commands
}

/// Shows the failure on a page over the screen of a dead pane, which has no text of its own before
/// tmux 3.3; `q` and the next start remove it.
fn said(pane: &Pane, restart: &Restart) -> Option<Command> {
    let text = format!("{PREFIX}`{}` {}", pane.address.name(), failed(restart));
    let page = Command::new(["run-shell", "-b", "-t"]).word(id(&pane.address));
    // Nothing in a name or a number is code.
    let page = page.word(format!("echo '{text}'"));
    let stays = pane.exit() == OnExit::Hold;
    stays.then(|| on(&pane.address, DEAD_PANE_TEXT.format, &[], &[page]))
}

/// Returns the condition that it is restarted, after so many restarts.
pub(super) fn is_started_again(restart: &Restart, restarts: &str) -> String {
    let is_left = format!("#{{e|<:{restarts},{}}}", restart.max);
    match is_due(restart) {
        None => is_left,
        Some(is_due) => format!("#{{&&:{is_due},{is_left}}}"),
    }
}

/// Returns the condition that such an end leads to a restart; `None`: always.
pub(super) fn is_due(restart: &Restart) -> Option<&'static str> {
    match restart.when {
        RestartWhen::Always => None,
        RestartWhen::OnFailure => Some("#{!=:#{pane_dead_status},0}"),
    }
}

/// Returns the restarts counted so far, before the hook has handled this end.
pub(super) fn counted(restart: &Restart) -> String {
    or_afresh(restart, "0", tag::RESTARTS)
}

/// Returns the pause before the next start, in milliseconds, before the hook has handled this end.
pub(super) fn pause(restart: &Restart) -> String {
    or_afresh(restart, &first_pause(restart), tag::PAUSE)
}

/// Writes `failed after 5 restarts`.
pub(super) fn failed(restart: &Restart) -> String {
    match restart.max {
        1 => format!("{FAILED_AFTER} 1 restart"),
        max => format!("{FAILED_AFTER} {max} restarts"),
    }
}

fn or_afresh(restart: &Restart, afresh: &str, option: &str) -> String {
    match is_sound(restart) {
        Some(is_sound) => format!("#{{?{is_sound},{afresh},#{{{option}}}}}"),
        None => format!("#{{{option}}}"),
    }
}

/// Returns the condition that the program has run long enough to reset its counters. It has not if
/// its start is unknown or the clock was set back.
fn is_sound(restart: &Restart) -> Option<String> {
    let within = whole_seconds(restart.within?);
    let (since, clock) = (tag::SINCE, tag::CLOCK);
    let ran = format!("#{{e|-:#{{T:{clock}}},#{{{since}}}}}");
    Some(format!("#{{&&:#{{{since}}},#{{e|>=:{ran},{within}}}}}"))
}

/// Rounds up to seconds, the resolution of tmux's clock.
fn whole_seconds(time: Duration) -> u64 {
    let started = u64::from(time.subsec_nanos() > 0);
    (time.as_secs() + started).max(1)
}

fn count(pane: &Pane) -> Command {
    let one_more = format!("#{{e|+:#{{{}}},1}}", tag::RESTARTS);
    option_of(pane, tag::RESTARTS, &one_more)
}

/// Restarts it after the pause, whose length only the pane knows: so a format makes the waiting
/// command.
fn later(pane: &Pane) -> Command {
    let seconds = format!("#{{e|/|f|3:#{{{}}},1000}}", tag::PAUSE);
    let wait = Command::new(["run-shell", "-b", "-d", &seconds, "-t"]).word(id(&pane.address));
    // Not expanded yet: the command that has waited expands it.
    let wait = wait.word("-C").word(format!("##{{{}}}", tag::AGAIN));
    // Without `-b` the hook would wait for this, and tmux runs no hook of a pane that ends while
    // another hook resumes from such a wait.
    let now = Command::new(["run-shell", "-b", "-t"]).word(id(&pane.address));
    now.word("-C").word(Word::sequence(&[wait]))
}

fn first_pause(restart: &Restart) -> String {
    restart.delay.as_millis().to_string()
}

/// Doubles the last pause, up to the longest.
fn next_pause(restart: &Restart) -> String {
    let longest = restart.longest_delay().as_millis();
    let twice = format!("#{{e|*:#{{{}}},2}}", tag::PAUSE);
    format!("#{{?#{{e|<:{twice},{longest}}},{twice},{longest}}}")
}

/// Sets an option of the pane to the value of a format.
fn option_of(pane: &Pane, name: &str, format: &str) -> Command {
    let set = Command::new(["set-option", "-p", "-F", "-t"]).word(id(&pane.address));
    set.word(name).word(format)
}
