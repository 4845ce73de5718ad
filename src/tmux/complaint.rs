//! The error messages of tmux, recognised in one place.

use std::fmt;

use crate::tmux::option;

/// A message of tmux about something it did not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint(pub String);

/// The subject of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The server ended during the call.
    ServerEnding,
    /// No server listens on the socket.
    NoServer,
    /// The server has no session: it was just started, or is about to end.
    NoSession,
    /// The object of the command was not found.
    NotThere,
    /// The client cannot talk to the server.
    OutOfReach,
    Other,
}

impl Complaint {
    /// Returns the subject of the complaint, by the words of tmux 3.2 to 3.8.
    pub fn about(&self) -> About {
        let text = self.0.trim();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let is_absent = || says(&["(No such file or directory)", "(Connection refused)"]);
        if says(&["server exited", "lost server"]) {
            About::ServerEnding
        } else if says(&["no server running"]) || says(&["error connecting to"]) && is_absent() {
            About::NoServer
        } else if says(&["error connecting to"]) {
            About::OutOfReach
        } else if text == "no current target" {
            About::NoSession
        } else if says(&[
            "can't find",
            "no such pane",
            "no such window",
            "no such session",
        ]) {
            About::NotThere
        } else {
            About::Other
        }
    }

    /// Whether the object of the command was not found.
    pub fn is_not_there(&self) -> bool {
        self.about() == About::NotThere
    }

    /// Whether the object of the command is gone, or the server with everything.
    pub fn is_gone(&self) -> bool {
        !matches!(self.about(), About::Other)
    }
}

/// Shows the message, with the required release of an unknown option.
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        let unknown = self.0.trim().strip_prefix("invalid option: ");
        match unknown.and_then(option::since) {
            Some((major, minor)) => write!(f, ", which requires tmux {major}.{minor}"),
            None => Ok(()),
        }
    }
}

impl From<&str> for Complaint {
    fn from(text: &str) -> Self {
        Complaint(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, about: About) {
        assert_eq!(Complaint::from(text).about(), about, "{text}");
    }

    #[test]
    fn messages_of_tmux_are_recognised() {
        check("no server running on /tmp/tmux-0/x", About::NoServer);
        let connecting = "error connecting to /tmp/x";
        check(
            &format!("{connecting} (No such file or directory)"),
            About::NoServer,
        );
        check(
            &format!("{connecting} (Connection refused)"),
            About::NoServer,
        );
        check(
            &format!("{connecting} (Permission denied)"),
            About::OutOfReach,
        );
        check("server exited unexpectedly", About::ServerEnding);
        check("lost server", About::ServerEnding);
        check("no current target", About::NoSession);
        check("can't find pane: %9", About::NotThere);
        check("no such window: @2", About::NotThere);
        check("size missing", About::Other);
    }
}
