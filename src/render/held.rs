//! The text that a dead pane shows about its command's end, and the values it needs.
//!
//! tmux reads its input byte by byte, so text that all panes of a window share is set once, on the
//! window. The session would not do: tmux does not look there when a pane dies.

use crate::layout::{Address, OnExit, Pane, Restart, Window};
use crate::pane_text::{DEAD as TMUXS, HAS_ENDED, PREFIX as OURS};
use crate::render::pane::{ENDED, id, on, option, unset};
use crate::render::restart;
use crate::tmux::script::{Command, Ref, Word};
use crate::tmux::{quote, tag};

/// The text on the screen of a dead pane, from tmux 3.3 on. Older versions use their own words.
const FORMAT: &str = "remain-on-exit-format";
/// Whether the pane shows triad's text.
fn is_told(pane: &Pane) -> bool {
    pane.exit() == OnExit::Hold || pane.restart.is_some()
}

/// Sets the text of a pane whose command has ended, if that of its window is not enough: it knows no
/// restarts. A text from a person or the manifest stays; a stale text of triad's is removed.
pub(super) fn told(pane: &Pane, is_new: bool) -> Vec<Command> {
    if let Some(restart) = &pane.restart {
        let set = option(&pane.address, FORMAT, &text(pane, restart));
        return vec![on(&pane.address, &own(), &[set], &[])];
    }
    if is_new || !is_told(pane) && pane.exit() != OnExit::Shell {
        return Vec::new();
    }
    let stale = format!("#{{m:{OURS}*,#{{{FORMAT}}}}}");
    let forget = unset(&pane.address, FORMAT);
    vec![on(&pane.address, &stale, &[forget], &[])]
}

/// Sets another text for a pane in which nothing runs. A text from a person or the manifest stays.
pub(super) fn instead(pane: &Pane, text: &str) -> Vec<Command> {
    let set = option(&pane.address, FORMAT, &quote::in_format(text));
    vec![on(&pane.address, &own(), &[set], &[])]
}

/// Returns the condition that a dead pane shows a text of tmux or triad.
fn own() -> String {
    format!("#{{||:#{{m:{TMUXS}*,#{{{FORMAT}}}}},#{{m:*{OURS}*,#{{{FORMAT}}}}}}}")
}

/// Sets the shared text on a window, if its panes need it.
pub(super) fn of_window(window: &Window) -> Vec<Command> {
    let panes = window.root.panes();
    if panes.into_iter().any(is_told) {
        shared(&window.address)
    } else {
        Vec::new()
    }
}

/// Does the same for a pane whose window this plan does not change.
pub(super) fn of_window_of(pane: &Pane) -> Vec<Command> {
    let window = pane.address.enclosing_window();
    match window.filter(|_| is_told(pane)) {
        Some(window) => shared(&window),
        None => Vec::new(),
    }
}

fn shared(window: &Address) -> Vec<Command> {
    let set = |name: &str, value: &str| {
        let set = Command::new(["set-option", "-w", "-t"]);
        let set = set.word(Ref::Window(window.clone()));
        set.word(name).word(value)
    };
    let told = Command::new(["if-shell", "-F", "-t"]).word(Ref::Window(window.clone()));
    let told = told.word(own());
    vec![
        set(tag::CLOCK, CLOCK),
        told.word(Word::sequence(&[set(FORMAT, &of_any())])),
    ]
}

/// Returns the text of any pane of a window: tmux's own for one that a person has opened, or that a
/// shell takes over.
fn of_any() -> String {
    let (pane, over) = (tag::PANE, tag::OVER);
    let is_ours = format!("#{{&&:#{{{pane}}},#{{==:#{{{over}}},}}}}");
    let name = format!("#{{s|.*/||:#{{s/ .*//:{pane}}}}}");
    let text = format!("{OURS}`{name}` {HAS_ENDED} {ENDED}{}", after());
    format!("#{{?{is_ours},{text},{TMUXS_TEXT}}}")
}

/// The default of [`FORMAT`] in tmux 3.3 to 3.8, as a branch of a condition.
const TMUXS_TEXT: &str = "Pane is dead (\
    #{?#{!=:#{pane_dead_status},},status #{pane_dead_status},}\
    #{?#{!=:#{pane_dead_signal},},signal #{pane_dead_signal},}#, \
    #{t:pane_dead_time})";

/// Records on a window that the programs of its panes start now. A pane that starts later has a time
/// of its own.
pub(super) fn begun(window: &Address) -> Command {
    let set = Command::new(["set-option", "-w", "-F", "-t"]).word(Ref::Window(window.clone()));
    set.word(tag::SINCE).word(format!("#{{T:{}}}", tag::CLOCK))
}

/// Returns the text of a pane with a restart policy.
fn text(pane: &Pane, restart: &Restart) -> String {
    let name = pane.address.name();
    let (how, after) = (ENDED, after());
    let ended = format!("`{name}` {HAS_ENDED} {how}{after}");
    let again = format!(
        "{ended}; restart #{{e|+:{},1}} of {} in {}",
        restart::counted(restart),
        restart.max,
        pause(restart)
    );
    let failed = format!("`{name}` {}: {how}{after}", restart::failed(restart));
    let is_again = restart::is_started_again(restart, &restart::counted(restart));
    let at_last = match restart::is_due(restart) {
        None => failed,
        Some(is_due) => format!("#{{?{is_due},{failed},{ended}}}"),
    };
    format!("{OURS}#{{?{is_again},{again},{at_last}}}")
}

/// Returns the format of its run time, if it is known.
fn after() -> String {
    let since = tag::SINCE;
    let ran = format!("#{{e|-:#{{pane_dead_time}},#{{{since}}}}}");
    let minutes = format!("#{{?#{{e|>=:{ran},60}},#{{e|/:{ran},60}} min ,}}");
    format!("#{{?#{{{since}}}, after {minutes}#{{e|m:{ran},60}} s,}}")
}

/// Returns the format of the time until the next start: seconds, or milliseconds if they are few.
fn pause(restart: &Restart) -> String {
    let pause = restart::pause(restart);
    format!("#{{?#{{e|>=:{pause},1000}},#{{e|/:{pause},1000}} s,{pause} ms}}")
}

/// The seconds since the epoch. A format can only get the time from an option like this.
const CLOCK: &str = "%s";

/// Records when the program starts, if that is needed later. A restart policy must work wherever
/// its pane is moved, so such a pane has a clock of its own.
pub(super) fn clock(pane: &Pane) -> Vec<Command> {
    if !is_told(pane) {
        return Vec::new();
    }
    let now = format!("#{{T:{}}}", tag::CLOCK);
    let set = Command::new(["set-option", "-p", "-F", "-t"]).word(id(&pane.address));
    let own = pane.restart.as_ref();
    let mut commands: Vec<Command> = own
        .map(|_| option(&pane.address, tag::CLOCK, CLOCK))
        .into_iter()
        .collect();
    commands.push(set.word(tag::SINCE).word(now));
    commands
}
