//! tmux's hooks: the events there are, what a hook for each is kept on, and where in an event's
//! list ours stand.

use crate::tmux::option::OptionScope;

/// Our commands for an event stand from this index on, so that a person's own stay as they are.
pub const FIRST_INDEX: usize = 7400;

/// Events that concern clients and sessions: their hooks are kept on sessions.
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

/// Events that concern windows and panes: their hooks are kept on windows.
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

/// Commands that have a hook `after-…`, kept on sessions.
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

/// What a hook for this event is kept on; `None`: tmux has no such event.
pub fn scope(event: &str) -> Option<OptionScope> {
    if OF_WINDOWS.contains(&event) {
        return Some(OptionScope::Window);
    }
    let is_of_session = OF_SESSIONS.contains(&event) || AFTER.contains(&event);
    is_of_session.then_some(OptionScope::Session)
}

/// Why a session's own hook for this event never runs, if it does not.
pub fn why_never(event: &str) -> Option<&'static str> {
    match event {
        "after-new-session" | "session-created" => {
            Some("the session has no hooks yet when this happens")
        }
        "session-closed" => Some("the session has no hooks any more when this happens"),
        _ => None,
    }
}

/// Whether panes can have a hook of their own for this event, which then stands before that of their
/// window in what a format tells.
pub fn is_of_panes(event: &str) -> bool {
    event.starts_with("pane-")
}

/// All events.
pub fn events() -> impl Iterator<Item = &'static str> {
    [OF_SESSIONS, OF_WINDOWS, AFTER]
        .into_iter()
        .flatten()
        .copied()
}

/// The entry of an event's list that holds our command of that number.
pub fn entry(event: &str, number: usize) -> String {
    format!("{event}[{}]", FIRST_INDEX + number)
}
