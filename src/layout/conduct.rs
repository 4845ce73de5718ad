//! How a program is treated while it runs and when it ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Text that is typed into a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    pub text: String,
    /// Whether Enter is pressed after it.
    pub enter: bool,
}

/// Lines that a shell runs before a command: each has to succeed, and the command then takes the shell's
/// place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub shell: String,
    /// Never empty.
    pub lines: Vec<String>,
}

impl Before {
    /// The code for `SHELL -c CODE`, to which the command is given as arguments: after one for the
    /// shell's own name, but for fish, which has none.
    pub fn script(&self) -> String {
        let (open, and, exec) = match self.is_fish() {
            true => ("begin", "end; and ", "exec $argv"),
            false => ("{", "} && ", "exec \"$@\""),
        };
        // Each has lines of its own: it may end with a comment, or with `&`.
        let blocks = self
            .lines
            .iter()
            .map(|line| format!("{open}\n{line}\n{and}"));
        blocks.chain([exec.to_owned()]).collect()
    }

    pub fn is_fish(&self) -> bool {
        self.program() == "fish"
    }

    /// Whether it is known how the shell runs one command after another.
    pub fn is_known_shell(&self) -> bool {
        self.is_fish() || POSIX.contains(&self.program())
    }

    fn program(&self) -> &str {
        self.shell.rsplit('/').next().unwrap_or(&self.shell)
    }
}

/// Shells that know `{`, `&&` and `"$@"` as POSIX has them.
const POSIX: [&str; 7] = ["sh", "ash", "bash", "dash", "ksh", "mksh", "zsh"];

/// When tmux starts a command again that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    pub when: RestartWhen,
    /// How often, before it counts as failed.
    pub max: u32,
    /// The pause before the first restart; each further one is twice as long.
    pub delay: Duration,
    /// The restarts before count no more once the program has run for so long; `None`: they always
    /// count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
    /// How long a pause grows; `None`: each is as long as the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_delay: Option<Duration>,
}

impl Restart {
    /// The longest pause that there can be before a restart.
    pub fn longest_delay(&self) -> Duration {
        self.max_delay.unwrap_or_default().max(self.delay)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestartWhen {
    OnFailure,
    Always,
}

/// How a process is asked to end, and how long it has until it is killed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub how: StopHow,
    pub timeout: Duration,
    /// Between one key and the next.
    #[serde(default = "pause", skip_serializing_if = "is_usual_pause")]
    pub pause: Duration,
    /// The command is run when the pane goes although its program has ended before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
}

/// The pause between keys where the manifest names none: programs that count interrupts, as agents
/// do, take two at once for one.
fn pause() -> Duration {
    Duration::from_millis(100)
}

fn is_usual_pause(other: &Duration) -> bool {
    *other == pause()
}

impl Stop {
    /// Whether it is killed without being asked.
    pub fn is_kill(&self) -> bool {
        matches!(&self.how, StopHow::Signal(name) if name == "KILL")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopHow {
    /// HUP for interactive shells, TERM for the rest.
    Default,
    /// A signal's name without `SIG`.
    Signal(String),
    /// tmux's names of keys.
    Keys(Vec<String>),
    /// `/bin/sh -c` of this, in the pane's directory with the pane's environment.
    Run(String),
}

impl Stop {
    /// Whether it says nothing that would not hold anyway.
    pub fn is_default(&self) -> bool {
        *self == Stop::default()
    }
}

impl Default for Stop {
    fn default() -> Self {
        Stop {
            how: StopHow::Default,
            timeout: Duration::from_secs(10),
            pause: pause(),
            always: false,
        }
    }
}

/// What becomes of a pane whose command has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExit {
    /// Kept on the screen.
    Hold,
    /// An interactive shell takes its place.
    Shell,
    /// The pane closes.
    Close,
}

/// How much of a pane's output is kept in files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// In bytes.
    pub max_size: u64,
    /// How many rotated files.
    pub keep: u32,
}

impl Default for Log {
    fn default() -> Self {
        Log {
            max_size: 10 << 20,
            keep: 3,
        }
    }
}
