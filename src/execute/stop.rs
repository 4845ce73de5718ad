//! Ends what runs in panes: as each of them is to be asked, and by force at its deadline. Knows the
//! server and no steps, and returns what came of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::timeout;

use crate::execute::run::Leaving;
use crate::layout::StopHow;
use crate::link::Link;
use crate::machine::process_tree::{self, Ended, Ending, ProcessTree};
use crate::machine::shell;
use crate::render::ending;
use crate::tmux::environment::Environment;
use crate::tmux::id::PaneId;
use crate::tmux::script::Line;
use crate::tmux::server;

/// How often tmux is asked whether it has seen the end of processes.
const LOOKS: u32 = 25;
/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// How processes are ended.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    /// What commands that end programs get of the caller's environment.
    pub environment: Environment,
    /// How long a process has to end when it is asked; `None`: as its pane says.
    pub timeout: Option<Duration>,
}

/// Ends processes side by side; one answer for each, in their order. `None` if a signal came before
/// all had ended: they have been asked then.
pub(super) async fn end(link: &Link, leaving: &[Leaving], manner: &Manner) -> Option<Vec<Ended>> {
    if leaving.is_empty() {
        return Some(Vec::new());
    }
    let interrupt = link.interrupt().clone();
    interrupt.or(end_all(link, leaving, manner)).await
}

async fn end_all(link: &Link, leaving: &[Leaving], manner: &Manner) -> Vec<Ended> {
    // Nothing may be started again in the place of what ends, and keys go out with that.
    let lines = leaving.iter().map(|leaving| Line {
        step: None,
        what: "ask the program to end",
        commands: ending::before_end(&leaving.stop_method, leaving.has_ended),
    });
    let lines: Vec<Line> = lines.filter(|line| !line.commands.is_empty()).collect();
    if !lines.is_empty() {
        // A pane that is gone needs no asking; what still lives is killed at its deadline.
        link.send(&lines).await;
    }
    let endings = endings(link, leaving, manner).await;
    let mut commands = tokio::task::JoinSet::new();
    for (leaving, ending) in std::iter::zip(leaving, &endings) {
        let StopHow::Run(line) = &leaving.stop_method.stop.how else {
            continue;
        };
        if !leaving.has_ended {
            let (line, cwd) = (line.clone(), leaving.stop_method.cwd.clone());
            let environment = of_command(manner, leaving, ending.pid, &link.socket_path());
            let limit = ending.timeout;
            commands.spawn(async move {
                // Whether it succeeded is told by what still lives.
                let _ = timeout(limit, shell::run(&line, &cwd, &environment)).await;
            });
        }
    }
    process_tree::end_all(&endings, link.server_pid()).await
}

/// What is to end by now, and how: since the plan was made a pane may have got another process, or
/// be gone, and its process's id with it.
async fn endings(link: &Link, leaving: &[Leaving], manner: &Manner) -> Vec<Ending> {
    let now = link.panes().await.ok();
    let now: Option<BTreeMap<PaneId, i32>> = now.map(|panes| {
        let panes = panes.into_iter();
        panes
            .filter_map(|pane| Some((pane.pane, pane.pid?)))
            .collect()
    });
    let ending = |leaving: &Leaving| {
        let pid = now.as_ref().map(|now| now.get(&leaving.stop_method.pane));
        let own = leaving.stop_method.stop.timeout;
        Ending {
            pid: pid.flatten().copied().unwrap_or(leaving.pid),
            is_gone: pid.is_some_and(|pid| pid.is_none()),
            signal: signal(leaving),
            timeout: manner.timeout.unwrap_or(own),
        }
    };
    leaving.iter().map(ending).collect()
}

/// Waits until tmux has seen the end in panes that stay: until then they show as running.
pub(super) async fn seen(link: &Link, panes: &[PaneId]) {
    let interrupt = link.interrupt().clone();
    // Somebody who interrupts that has not to wait for it.
    let _ = interrupt.or(all_seen(link, panes)).await;
}

async fn all_seen(link: &Link, panes: &[PaneId]) {
    let mut open = panes.to_vec();
    for _ in 0..LOOKS {
        if open.is_empty() {
            return;
        }
        let Ok(states) = link.panes().await else {
            return;
        };
        let is_open = |pane: &PaneId| {
            let mut states = states.iter();
            let state = states.find(|state| state.pane == *pane);
            // It has left a shell in its place, is gone, or tells how it ended.
            state.is_some_and(|state| {
                let is_known = !state.status.is_empty() || !state.signal.is_empty();
                state.left.is_empty() && !(state.is_dead && is_known)
            })
        };
        open.retain(is_open);
        if let Some(pid) = link.server_pid().filter(|_| !open.is_empty()) {
            server::remind(pid);
        }
        // tmux tells nobody when it has collected a process.
        tokio::time::sleep(LOOK).await;
    }
}

/// What runs in the pane of triad itself, remembered: tmux ends it by closing the pane, and what
/// does not mind that is ended afterwards.
#[derive(Debug)]
pub(super) struct OwnEnd {
    ending: Ending,
    tree: ProcessTree,
}

impl OwnEnd {
    pub(super) fn of(link: &Link, leaving: &Leaving, manner: &Manner) -> Self {
        let own = leaving.stop_method.stop.timeout;
        let ending = Ending {
            pid: leaving.pid,
            is_gone: false,
            // Its terminal is gone by then, and with it what keys or a command would be for.
            signal: signal(leaving).or(Some(Signal::TERM)),
            timeout: manner.timeout.unwrap_or(own),
        };
        let tree = ProcessTree::of(&[ending], link.server_pid());
        OwnEnd { ending, tree }
    }

    /// Ends what is left of it, but for triad itself.
    pub(super) async fn end(self) -> Vec<i32> {
        let ended = self.tree.end(&[self.ending]).await;
        ended.into_iter().flat_map(|ended| ended.left).collect()
    }
}

/// The signal that asks it; `None` where something else does.
fn signal(leaving: &Leaving) -> Option<Signal> {
    let default = if leaving.stop_method.is_shell {
        Signal::HUP
    } else {
        Signal::TERM
    };
    if leaving.has_ended {
        return Some(default);
    }
    match &leaving.stop_method.stop.how {
        StopHow::Default => Some(default),
        StopHow::Signal(name) => Some(match name.as_str() {
            "HUP" => Signal::HUP,
            "INT" => Signal::INT,
            "QUIT" => Signal::QUIT,
            "KILL" => Signal::KILL,
            "USR1" => Signal::USR1,
            "USR2" => Signal::USR2,
            _ => Signal::TERM,
        }),
        StopHow::Keys(_) | StopHow::Run(_) => None,
    }
}

/// The caller's environment, what every program is told, what the manifest set for the pane, and
/// the process that is to end.
fn of_command(manner: &Manner, leaving: &Leaving, pid: i32, socket: &Path) -> Environment {
    let mut environment = manner.environment.clone();
    if let Some(address) = &leaving.stop_method.address {
        environment.insert("TRIAD_PANE".to_owned(), address.to_string());
    }
    environment.insert(
        "TRIAD_SOCKET".to_owned(),
        socket.to_string_lossy().into_owned(),
    );
    environment.insert("TRIAD_PID".to_owned(), pid.to_string());
    let own = leaving.stop_method.env.iter();
    environment.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    environment
}
