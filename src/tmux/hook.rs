//! tmux's hooks: the events, the kind of object that each hook is set on, and the place of triad's
//! commands in an event's list.

use crate::tmux::option::OptionScope;

/// The first index of triad's commands for an event, so that a person's own stay unchanged.
pub const FIRST_INDEX: usize = 7400;

/// Events that concern clients and sessions: their hooks are set on sessions.
const OF_SESSIONS: &[&str] = &[
    "alert-activity",
    "alert-bell",
    "alert-silence",
    "client-active",
    "client-attached",
    "client-dark-theme",
    "client-detached",
    "client-focus-in",
    "client-focus-out",
    "client-light-theme",
    "client-resized",
    "client-session-changed",
    "command-error",
    "session-closed",
    "session-created",
    "session-renamed",
    "session-window-changed",
    "window-linked",
    "window-unlinked",
];

/// Events that concern windows and panes: their hooks are set on windows.
const OF_WINDOWS: &[&str] = &[
    "pane-died",
    "pane-exited",
    "pane-focus-in",
    "pane-focus-out",
    "pane-mode-changed",
    "pane-set-clipboard",
    "pane-title-changed",
    "window-layout-changed",
    "window-pane-changed",
    "window-renamed",
    "window-resized",
];

/// Commands that have a hook `after-…`, set on sessions.
const AFTER: &[&str] = &[
    "after-bind-key",
    "after-capture-pane",
    "after-copy-mode",
    "after-display-message",
    "after-display-panes",
    "after-kill-pane",
    "after-list-buffers",
    "after-list-clients",
    "after-list-keys",
    "after-list-panes",
    "after-list-sessions",
    "after-list-windows",
    "after-load-buffer",
    "after-lock-server",
    "after-new-session",
    "after-new-window",
    "after-paste-buffer",
    "after-pipe-pane",
    "after-queue",
    "after-refresh-client",
    "after-rename-session",
    "after-rename-window",
    "after-resize-pane",
    "after-resize-window",
    "after-save-buffer",
    "after-select-layout",
    "after-select-pane",
    "after-select-window",
    "after-send-keys",
    "after-set-buffer",
    "after-set-environment",
    "after-set-hook",
    "after-set-option",
    "after-show-environment",
    "after-show-messages",
    "after-show-options",
    "after-split-window",
    "after-unbind-key",
];

/// Returns the kind of object that a hook for this event is set on; `None`: tmux has no such event.
pub fn scope(event: &str) -> Option<OptionScope> {
    if OF_WINDOWS.contains(&event) {
        return Some(OptionScope::Window);
    }
    let is_of_session = OF_SESSIONS.contains(&event) || AFTER.contains(&event);
    is_of_session.then_some(OptionScope::Session)
}

/// Returns why a session's own hook for this event never runs, if it does not.
pub fn why_never(event: &str) -> Option<&'static str> {
    match event {
        "after-new-session" | "session-created" => {
            Some("the session has no hooks yet when this happens")
        }
        "session-closed" => Some("the session no longer has hooks when this happens"),
        _ => None,
    }
}

/// Whether panes can have their own hook for this event, which formats then show before that of the
/// window.
pub fn is_of_panes(event: &str) -> bool {
    event.starts_with("pane-")
}

/// Returns all events.
pub fn events() -> impl Iterator<Item = &'static str> {
    [OF_SESSIONS, OF_WINDOWS, AFTER]
        .into_iter()
        .flatten()
        .copied()
}

/// Returns the entry of an event's list for triad's command with that number.
pub fn entry(event: &str, number: usize) -> String {
    format!("{event}[{}]", FIRST_INDEX + number)
}
