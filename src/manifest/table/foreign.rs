//! Words of other tools, and their counterparts in triad.

use super::nodes::{BODIES, SCOPES};
use super::spec::Place;

/// A word that people know from other tools.
#[derive(Debug, PartialEq)]
pub struct Foreign {
    pub words: &'static [&'static str],
    pub places: &'static [Place],
    /// The equivalent node.
    pub node: &'static str,
    /// An example of its spelling.
    pub usage: &'static str,
    /// Whether the contents after the word can be read as those of that node.
    pub is_alike: bool,
}

/// The words in project files of other tools.
pub(super) const FOREIGN: &[Foreign] = &[
    Foreign {
        words: &["command", "cmd", "entrypoint", "script", "shell_command"],
        places: BODIES,
        node: "run",
        usage: "run \"command\"",
        is_alike: true,
    },
    Foreign {
        words: &["depends_on", "depends-on", "requires"],
        places: BODIES,
        node: "needs",
        usage: "needs \"other-pane\"",
        is_alike: true,
    },
    Foreign {
        words: &["healthcheck", "readiness_probe", "readiness-probe"],
        places: BODIES,
        node: "ready",
        usage: "ready { http \"http://127.0.0.1:8080/\" }",
        is_alike: false,
    },
    Foreign {
        words: &["signal", "stop_signal", "kill_signal"],
        places: BODIES,
        node: "stop",
        usage: "stop signal=\"INT\"",
        is_alike: false,
    },
    Foreign {
        words: &["environment", "environ"],
        places: SCOPES,
        node: "env",
        usage: "env { KEY \"value\" }",
        is_alike: true,
    },
    Foreign {
        words: &["pre", "pre_window", "shell_command_before", "on_start"],
        places: SCOPES,
        node: "before",
        usage: "before \"line\"",
        is_alike: true,
    },
    Foreign {
        words: &[
            "dir",
            "directory",
            "workdir",
            "working_dir",
            "working-dir",
            "start_directory",
        ],
        places: &[
            Place::Session,
            Place::Window,
            Place::Split,
            Place::Pane,
            Place::Template,
        ],
        node: "cwd",
        usage: "cwd \"folder\"",
        is_alike: true,
    },
    Foreign {
        words: &["vsplit", "vertical"],
        places: &[Place::Window, Place::Split],
        node: "columns",
        usage: "columns { … }",
        is_alike: true,
    },
    Foreign {
        words: &["hsplit", "horizontal"],
        places: &[Place::Window, Place::Split],
        node: "rows",
        usage: "rows { … }",
        is_alike: true,
    },
    Foreign {
        words: &["tcp", "tcp_socket", "tcpSocket"],
        places: &[Place::Ready],
        node: "port",
        usage: "port 5432",
        is_alike: true,
    },
    Foreign {
        words: &["httpGet", "http_get", "url"],
        places: &[Place::Ready],
        node: "http",
        usage: "http \"http://127.0.0.1:8080/\"",
        is_alike: true,
    },
];

/// The meaning of another tool's word in a block.
pub fn foreign(place: Place, word: &str) -> Option<&'static Foreign> {
    FOREIGN
        .iter()
        .find(|foreign| foreign.places.contains(&place) && foreign.words.contains(&word))
}
