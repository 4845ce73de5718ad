//! Ends what runs in panes: as each of them is to be asked, and by force at its deadline.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::timeout;

use crate::execute::event::Event;
use crate::execute::processes::{self, Ended, Ending};
use crate::execute::run::Execution;
use crate::execute::shell;
use crate::layout::StopHow;
use crate::plan::farewell::Farewell;
use crate::render::ending;
use crate::tmux::environment::Environment;
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
    let timeouts = leaving.iter().map(|leaving| {
        let own = leaving.farewell.stop.timeout;
        execution.conditions.stop_timeout.unwrap_or(own)
    });
    let timeouts: Vec<Duration> = timeouts.collect();
    let endings: Vec<Ending> = std::iter::zip(leaving, &timeouts)
        .map(|(leaving, timeout)| Ending {
            pid: leaving.pid,
            signal: signal(leaving),
            timeout: *timeout,
        })
        .collect();
    let environment = &execution.conditions.environment;
    let mut commands = tokio::task::JoinSet::new();
    for (leaving, limit) in std::iter::zip(leaving, timeouts) {
        let StopHow::Run(line) = &leaving.farewell.stop.how else {
            continue;
        };
        if !leaving.has_ended {
            let (line, farewell) = (line.clone(), leaving.farewell.clone());
            let environment = of_command(environment, leaving, &execution.server.socket_path());
            commands.spawn(async move {
                // Whether it succeeded is told by what still lives.
                let _ = timeout(limit, shell::run(&line, &farewell.cwd, &environment)).await;
            });
        }
    }
    let ended = processes::end_all(&endings, execution.server_pid()).await;
    for (leaving, ended) in std::iter::zip(leaving, &ended) {
        if ended.is_killed && !leaving.has_ended && leaving.farewell.stop.how != kill() {
            (execution.events)(Event::Killed { step: leaving.step });
        }
    }
    ended
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
fn of_command(caller: &Environment, leaving: &Leaving, socket: &Path) -> BTreeMap<String, String> {
    let mut environment = caller.clone();
    if let Some(address) = &leaving.farewell.address {
        environment.insert("TRIAD_PANE".to_owned(), address.to_string());
    }
    environment.insert(
        "TRIAD_SOCKET".to_owned(),
        socket.to_string_lossy().into_owned(),
    );
    environment.insert("TRIAD_PID".to_owned(), leaving.pid.to_string());
    let own = leaving.farewell.env.iter();
    environment.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    environment
}
