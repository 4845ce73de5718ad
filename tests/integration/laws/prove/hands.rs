//! A person's changes to a running layout by tmux's own commands.

use super::numbers::Numbers;
use crate::support::sandbox::Sandbox;
use crate::support::seen::signal;

/// A change by hand; the numbers choose its objects.
#[derive(Debug, Clone, Copy)]
pub struct Hand {
    what: What,
    a: usize,
    b: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    KillPane,
    KillWindow,
    KillSession,
    KillProcess,
    Split,
    NewWindow,
    RenameWindow,
    RenameSession,
    Join,
    Break,
    Swap,
    SwapWindows,
    MoveWindow,
    MoveToOther,
    Link,
    Group,
    UnsetTag,
    GarbleTag,
    CopyTags,
    Options,
    Zoom,
    Resize,
    ResizeWindow,
    Rearrange,
    Rotate,
    Respawn,
    CopyMode,
    Unhook,
}

const ALL: [What; 28] = [
    What::KillPane,
    What::KillWindow,
    What::KillSession,
    What::KillProcess,
    What::Split,
    What::NewWindow,
    What::RenameWindow,
    What::RenameSession,
    What::Join,
    What::Break,
    What::Swap,
    What::SwapWindows,
    What::MoveWindow,
    What::MoveToOther,
    What::Link,
    What::Group,
    What::UnsetTag,
    What::GarbleTag,
    What::CopyTags,
    What::Options,
    What::Zoom,
    What::Resize,
    What::ResizeWindow,
    What::Rearrange,
    What::Rotate,
    What::Respawn,
    What::CopyMode,
    What::Unhook,
];

/// The tags of triad: the flag of `set-option` for the level, and the names.
pub const TAGS: [(&str, &[&str]); 3] = [
    (
        "-p",
        &[
            "@triad_pane",
            "@triad_spec",
            "@triad_applied",
            "@triad_phase",
            "@triad_owner",
            "@triad_pane_settings",
            "@triad_title",
        ],
    ),
    (
        "-w",
        &["@triad_window", "@triad_geometry", "@triad_window_settings"],
    ),
    (
        "-q",
        &[
            "@triad_layout",
            "@triad_manifest",
            "@triad_session",
            "@triad_salt",
            "@triad_session_settings",
        ],
    ),
];

/// Malformed values, of another version, of another tag.
pub const RUBBISH: [&str; 9] = [
    "=zz",
    "x",
    "v9:AAAAAAAAAAAAAAAAAAAAAA",
    "v1:AAAAAAAAAAAAAAAAAAAAAA",
    "v1:%%",
    "e30",
    "bnVsbA",
    "a/b/c/d/e",
    "nowhere/at/all",
];

/// The command of panes made by hand, and of copies.
pub const BY_HAND: &str = "3002";
pub const COPY: &str = "3004";

pub fn hands(numbers: &mut Numbers) -> Vec<Hand> {
    let count = 1 + numbers.below(5);
    let hand = |numbers: &mut Numbers| Hand {
        what: numbers.one_of(&ALL),
        a: numbers.next() as usize,
        b: numbers.next() as usize,
    };
    (0..count).map(|_| hand(numbers)).collect()
}

impl Hand {
    /// Whether only tags change.
    pub fn is_about_tags(&self) -> bool {
        matches!(self.what, What::UnsetTag | What::GarbleTag)
    }

    /// Makes the change, as far as tmux allows; returns the commands, for people.
    pub fn act(&self, sandbox: &Sandbox) -> Vec<String> {
        // An empty pane has no process, and a dead one only remembers it.
        let running = "#{pane_id} #{?pane_dead,,#{pane_pid}}";
        let panes = listed(sandbox, "list-panes", running);
        let windows = listed(sandbox, "list-windows", "#{window_id}");
        let sessions = listed(sandbox, "list-sessions", "#{session_id}");
        if panes.is_empty() {
            return Vec::new();
        }
        let Hand { what, a, b } = *self;
        let of = |list: &[String], at: usize| list[at % list.len()].clone();
        let id = |line: String| line.split(' ').next().unwrap_or_default().to_owned();
        let (pane, other) = (id(of(&panes, a)), id(of(&panes, b)));
        let (window, far) = (of(&windows, a), of(&windows, b));
        let (session, mut away) = (of(&sessions, a), of(&sessions, b));
        let home = ["display-message", "-p", "-t", &window, "#{session_id}"];
        if what == What::Link && sandbox.try_tmux(&home).stdout.trim() == away {
            // Linked twice into one session, not even tmux distinguishes the two.
            away = "other".to_owned();
        }
        if what == What::KillProcess {
            let pid = of(&panes, a)
                .split(' ')
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            if pid.is_empty() || pid == "0" {
                return Vec::new();
            }
            signal("KILL", &pid);
            return vec![format!("(kill -9 {pid}, which runs in {pane})")];
        }
        let commands = match what {
            What::UnsetTag | What::GarbleTag => self.tags(&pane, &window, &session),
            What::CopyTags => copied(sandbox, &pane),
            _ => self.command(&[&pane, &other, &window, &far, &session, &away]),
        };
        for words in &commands {
            sandbox.try_tmux(words);
        }
        commands.iter().map(|words| words.join(" ")).collect()
    }

    fn command(&self, ids: &[&str; 6]) -> Vec<Vec<String>> {
        let [pane, other, window, far, session, away] = ids;
        let number = self.b % 90 + 5;
        let into = format!("{away}:");
        let line = match self.what {
            What::KillPane => format!("kill-pane -t {pane}"),
            What::KillWindow => format!("kill-window -t {window}"),
            What::KillSession => format!("kill-session -t {session}"),
            What::Split => format!("split-window -d -t {pane} -- sleep {BY_HAND}"),
            What::NewWindow => format!("new-window -d -t {session}: -n hand -- sleep {BY_HAND}"),
            What::RenameWindow => format!("rename-window -t {window} by-hand-{number}"),
            What::RenameSession => format!("rename-session -t {session} by-hand-{number}"),
            What::Join => format!("join-pane -d -s {pane} -t {other}"),
            What::Break => format!("break-pane -d -s {pane} -n by-hand"),
            What::Swap => format!("swap-pane -d -s {pane} -t {other}"),
            What::SwapWindows => format!("swap-window -d -s {window} -t {far}"),
            What::MoveWindow => format!("move-window -d -s {window} -t {into}"),
            What::MoveToOther => format!("move-window -d -s {window} -t other:"),
            What::Link if number.is_multiple_of(2) => {
                format!("link-window -d -s {window} -t {into}")
            }
            What::Link => format!("link-window -d -s {window} -t other:"),
            What::Group => format!("new-session -d -t {session} -s group-{number}"),
            What::Options => format!("set-option -t {session} status off"),
            What::Zoom => format!("resize-pane -Z -t {pane}"),
            What::Resize => format!("resize-pane -t {pane} -x {number} -y 7"),
            What::ResizeWindow => format!("resize-window -t {window} -x {} -y 60", 100 + number),
            What::Rearrange => format!("select-layout -t {window} even-vertical"),
            What::Rotate => format!("rotate-window -t {window}"),
            What::Respawn => format!("respawn-pane -k -t {pane} -- sleep 3003"),
            What::CopyMode => format!("copy-mode -t {pane}"),
            _ => format!("set-hook -uw -t {window} window-resized"),
        };
        vec![line.split(' ').map(str::to_owned).collect()]
    }

    fn tags(&self, pane: &str, window: &str, session: &str) -> Vec<Vec<String>> {
        // Tags of panes twice as often.
        let (level, names) = TAGS[[0, 0, 1, 2][self.b % 4]];
        let target = match level {
            "-p" => pane,
            "-w" => window,
            _ => session,
        };
        let name = names[self.b / 4 % names.len()];
        let words = if self.what == What::UnsetTag {
            vec!["set-option", level, "-u", "-t", target, name]
        } else {
            let rubbish = RUBBISH[self.a % RUBBISH.len()];
            vec!["set-option", level, "-t", target, name, rubbish]
        };
        vec![words.into_iter().map(str::to_owned).collect()]
    }
}

/// Creates a pane beside that one, with all its tags.
fn copied(sandbox: &Sandbox, pane: &str) -> Vec<Vec<String>> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let split = words(&format!(
        "split-window -d -P -F #{{pane_id}} -t {pane} -- sleep {COPY}"
    ));
    let made = sandbox.try_tmux(&split).stdout.trim().to_owned();
    let tags = sandbox.try_tmux(&["show-options", "-p", "-t", pane]).stdout;
    let set = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        let value = value.trim_matches('"').to_owned();
        let mut set = words(&format!("set-option -p -t {made} {name}"));
        set.push(value);
        Some(set)
    };
    tags.lines()
        .filter(|line| line.starts_with("@triad_"))
        .filter_map(set)
        .collect()
}

/// Returns a line for each object outside of the sessions made by hand.
fn listed(sandbox: &Sandbox, command: &str, format: &str) -> Vec<String> {
    let format = format!("#{{session_name}}\t{format}");
    let all = ["-a"];
    let all = if command == "list-sessions" {
        &[][..]
    } else {
        &all[..]
    };
    let words = [&[command][..], all, &["-F", &format][..]].concat();
    let listing = sandbox.try_tmux(&words).stdout;
    let lines = listing.lines().filter_map(|line| line.split_once('\t'));
    let lines = lines.filter(|(session, _)| !["foreign", "other"].contains(session));
    let mut lines: Vec<String> = lines.map(|(_, line)| line.to_owned()).collect();
    // Grouped and linked objects are listed more than once.
    lines.sort();
    lines.dedup();
    lines
}
