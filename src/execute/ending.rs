//! Ends what runs in panes: as each of them is to be asked, and by force at its deadline.

use std::collections::BTreeMap;
use std::path::Path;

use rustix::process::Signal;
use tokio::time::timeout;

use crate::event::Event;
use crate::execute::run::Execution;
use crate::layout::StopHow;
use crate::machine::process_tree::{self, Ended, Ending, Victims};
use crate::machine::shell;
use crate::plan::farewell::Farewell;
use crate::render::ending;
use crate::tmux::environment::Environment;
use crate::tmux::id::PaneId;
use crate::tmux::script::Line;

/// A process that is to end, by the step of the plan that wants it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaving<'a> {
    pub step: usize,
    pub pid: i32,
    /// It has ended by itself, and only what it left behind is to go.
    pub has_ended: bool,
    pub farewell: &'a Farewell,
}

/// Ends them side by side, and tells which had to be killed. What even that does not end is in the
/// answer.
pub(super) async fn end(execution: &mut Execution<'_>, leaving: &[Leaving<'_>]) -> Vec<Ended> {
    if leaving.is_empty() {
        return Vec::new();
    }
    execution.is_touched = true;
    (execution.events)(Event::Ending {
        count: leaving.len(),
    });
    // Nothing may be started again in the place of what ends, and keys go out with that.
    let lines = leaving.iter().filter_map(|leaving| {
        let commands = ending::before_end(leaving.farewell, leaving.has_ended);
        (!commands.is_empty()).then_some(Line {
            step: leaving.step,
            what: "ask the program to end",
            commands,
        })
    });
    let lines: Vec<Line> = lines.collect();
    if !lines.is_empty() {
        // A pane that is gone needs no asking; what still lives is killed at its deadline.
        execution.tell(&lines).await;
    }
    let endings = endings(execution, leaving).await;
    let environment = &execution.conditions.environment;
    let mut commands = tokio::task::JoinSet::new();
    for (leaving, ending) in std::iter::zip(leaving, &endings) {
        let StopHow::Run(line) = &leaving.farewell.stop.how else {
            continue;
        };
        if !leaving.has_ended {
            let (line, farewell) = (line.clone(), leaving.farewell.clone());
            let socket = execution.server.socket_path();
            let environment = of_command(environment, leaving, ending.pid, &socket);
            let limit = ending.timeout;
            commands.spawn(async move {
                // Whether it succeeded is told by what still lives.
                let _ = timeout(limit, shell::run(&line, &farewell.cwd, &environment)).await;
            });
        }
    }
    let ended = process_tree::end_all(&endings, execution.server_pid()).await;
    for (leaving, ended) in std::iter::zip(leaving, &ended) {
        if ended.is_killed && !leaving.has_ended && leaving.farewell.stop.how != kill() {
            (execution.events)(Event::Killed { step: leaving.step });
        }
    }
    ended
}

/// What is to end by now, and how: since the plan was made a pane may have got another process, or
/// be gone, and its process's id with it.
async fn endings(execution: &Execution<'_>, leaving: &[Leaving<'_>]) -> Vec<Ending> {
    let now = processes_now(execution).await;
    let ending = |leaving: &Leaving| {
        let pid = now.as_ref().map(|now| now.get(&leaving.farewell.pane));
        let own = leaving.farewell.stop.timeout;
        Ending {
            pid: pid.flatten().copied().unwrap_or(leaving.pid),
            is_gone: pid.is_some_and(|pid| pid.is_none()),
            signal: signal(leaving),
            timeout: execution.conditions.stop_timeout.unwrap_or(own),
        }
    };
    leaving.iter().map(ending).collect()
}

/// The process of each pane; `None` if tmux does not tell.
async fn processes_now(execution: &Execution<'_>) -> Option<BTreeMap<PaneId, i32>> {
    let query = ["list-panes", "-a", "-F", "#{pane_id} #{pane_pid}"];
    let output = execution.server.query(&query).await.ok()?;
    let panes = output.stdout.lines().filter_map(|line| {
        let (pane, pid) = line.split_once(' ')?;
        Some((pane.parse().ok()?, pid.parse().ok()?))
    });
    let panes: BTreeMap<PaneId, i32> = panes.collect();
    output.status.success().then_some(panes)
}

/// What runs in the pane of triad itself, remembered: tmux ends it by closing the pane, and what
/// does not mind that is ended afterwards.
#[derive(Debug)]
pub(super) struct OwnEnd {
    ending: Ending,
    victims: Victims,
}

impl OwnEnd {
    pub fn of(execution: &Execution<'_>, leaving: &Leaving<'_>) -> Self {
        let own = leaving.farewell.stop.timeout;
        let ending = Ending {
            pid: leaving.pid,
            is_gone: false,
            // Its terminal is gone by then, and with it what keys or a command would be for.
            signal: signal(leaving).or(Some(Signal::TERM)),
            timeout: execution.conditions.stop_timeout.unwrap_or(own),
        };
        let victims = Victims::of(&[ending], execution.server_pid());
        OwnEnd { ending, victims }
    }

    /// Ends what is left of it, but for triad itself.
    pub async fn end(self) -> Vec<i32> {
        let ended = self.victims.end(&[self.ending]).await;
        ended.into_iter().flat_map(|ended| ended.left).collect()
    }
}

fn kill() -> StopHow {
    StopHow::Signal("KILL".to_owned())
}

/// The signal that asks it; `None` where something else does.
fn signal(leaving: &Leaving) -> Option<Signal> {
    let default = if leaving.farewell.is_shell {
        Signal::HUP
    } else {
        Signal::TERM
    };
    if leaving.has_ended {
        return Some(default);
    }
    match &leaving.farewell.stop.how {
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
fn of_command(
    caller: &Environment,
    leaving: &Leaving,
    pid: i32,
    socket: &Path,
) -> BTreeMap<String, String> {
    let mut environment = caller.clone();
    if let Some(address) = &leaving.farewell.address {
        environment.insert("TRIAD_PANE".to_owned(), address.to_string());
    }
    environment.insert(
        "TRIAD_SOCKET".to_owned(),
        socket.to_string_lossy().into_owned(),
    );
    environment.insert("TRIAD_PID".to_owned(), pid.to_string());
    let own = leaving.farewell.env.iter();
    environment.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    environment
}
