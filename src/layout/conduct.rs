//! The treatment of a program while it runs and when it ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A text that triad types into a pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    pub text: String,
    /// Whether Enter follows the text.
    pub enter: bool,
    #[serde(default, skip_serializing_if = "TypeWhen::is_prompt")]
    pub when: TypeWhen,
}

/// When a text is typed, after the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypeWhen {
    /// At the prompt of the shell that runs in the pane.
    #[default]
    Prompt,
    /// Once the screen stands still, whatever runs there.
    Still,
    /// Once the program has printed a line that this regular expression matches.
    Line(String),
}

impl TypeWhen {
    pub fn is_prompt(&self) -> bool {
        *self == TypeWhen::Prompt
    }
}

/// Lines that a shell runs before a command. Each has to succeed; then the command replaces the shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub shell: String,
    /// Never empty.
    pub lines: Vec<String>,
}

impl Before {
    /// The code for `SHELL -c CODE`, which gets the command as arguments, after one for the shell's own
    /// name, which fish does not have.
    pub fn script(&self) -> String {
        let (open, and, exec) = match self.is_fish() {
            true => ("begin", "end; and ", "exec $argv"),
            false => ("{", "} && ", "exec \"$@\""),
        };
        // Each gets its own line, because it may end with a comment or with `&`.
        let blocks = self
            .lines
            .iter()
            .map(|line| format!("{open}\n{line}\n{and}"));
        blocks.chain([exec.to_owned()]).collect()
    }

    pub fn is_fish(&self) -> bool {
        self.program() == "fish"
    }

    /// Whether triad knows the shell's syntax for running one command after another.
    pub fn is_known_shell(&self) -> bool {
        self.is_fish() || POSIX.contains(&self.program())
    }

    fn program(&self) -> &str {
        self.shell.rsplit('/').next().unwrap_or(&self.shell)
    }
}

/// Shells with `{`, `&&` and `"$@"` as in POSIX.
const POSIX: [&str; 7] = ["sh", "ash", "bash", "dash", "ksh", "mksh", "zsh"];

/// The restart policy of a command, which tmux carries out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    pub when: RestartWhen,
    /// The number of restarts before it counts as failed.
    pub max: u32,
    /// The pause before the first restart, which doubles with each further one.
    pub delay: Duration,
    /// The length of a run that resets the count of restarts; `None`: it is never reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
    /// The limit up to which the pause doubles; `None`: all pauses are equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_delay: Option<Duration>,
}

impl Restart {
    /// The longest possible pause before a restart.
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

/// The way to stop a process, and the time until it is killed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub how: StopHow,
    pub timeout: Duration,
    /// The pause between two keys.
    #[serde(default = "pause", skip_serializing_if = "is_usual_pause")]
    pub pause: Duration,
    /// Whether the command also runs when the pane is removed after its program has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
}

/// The default pause between keys: programs that count interrupts, such as agents, take two at once
/// for one.
fn pause() -> Duration {
    Duration::from_millis(100)
}

fn is_usual_pause(other: &Duration) -> bool {
    *other == pause()
}

impl Stop {
    /// Whether it is killed at once.
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
    /// Keys by tmux's names.
    Keys(Vec<String>),
    /// `/bin/sh -c` of this, in the pane's directory with the pane's environment.
    Run(String),
}

impl Stop {
    /// Whether it equals the default.
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

/// The behaviour of a pane after its command has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExit {
    /// The pane stays on screen.
    Hold,
    /// An interactive shell takes its place.
    Shell,
    /// The pane closes.
    Close,
}

/// The amount of a pane's output to keep in files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// In bytes.
    pub max_size: u64,
    /// The number of rotated files.
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
