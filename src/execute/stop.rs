//! Ends the processes in panes: as configured for each, and by force at its deadline. Knows the
//! server and no steps, and returns the results.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::time::{sleep_until, timeout};

use crate::execute::ledger::Asked;
use crate::execute::run::Leaving;
use crate::layout::{StepId, StopHow};
use crate::link::Link;
use crate::machine::process;
use crate::machine::process_tree::{self, Ended, Ending, ProcessTree, Server};
use crate::machine::shell;
use crate::plan::stop_method::StopMethod;
use crate::render::ending;
use crate::tmux::environment::Environment;
use crate::tmux::id::PaneId;
use crate::tmux::script::{Command, Line};
use crate::tmux::server;

/// The number of times tmux is asked whether it has noticed the end of processes.
const LOOKS: u32 = 25;
/// The number of times tmux is asked for the processes of its panes: it may not answer at once, and
/// a pane may get another process meanwhile.
const ASKS: u32 = 3;
/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// The way processes are ended.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    /// The caller's environment, for stop commands of programs whose own cannot be read.
    pub environment: Environment,
    /// The time that a process has to end; `None`: as configured for its pane.
    pub timeout: Option<Duration>,
}

/// A reason why not all processes have ended.
#[derive(Debug)]
pub(super) enum NotEnded {
    /// A signal came first. These are the states of the processes that were asked to end.
    CutShort(Vec<Asked>),
    /// tmux did not report the processes of the panes, so none was ended; the reason is for people.
    Unknown(String),
}

/// Ends processes in parallel; returns one result for each, in their order.
///
/// # Errors
/// Returns an error after a signal, or if the processes cannot be identified.
pub(super) async fn end(
    link: &Link,
    leaving: &[Leaving],
    manner: &Manner,
) -> Result<Vec<Ended>, NotEnded> {
    if leaving.is_empty() {
        return Ok(Vec::new());
    }
    let interrupt = link.interrupt().clone();
    match interrupt.or(end_all(link, leaving, manner)).await {
        None => {
            let asked = leaving.iter().filter(|leaving| !leaving.has_ended);
            let asked = asked.map(|leaving| Asked {
                step: leaving.step,
                has_ended: process::identity(leaving.pid).is_none(),
            });
            Err(NotEnded::CutShort(asked.collect()))
        }
        Some(Ok(ended)) => Ok(ended),
        Some(Err(why)) => Err(NotEnded::Unknown(format!(
            "tmux did not report the process in its pane, so nothing was stopped: {why}"
        ))),
    }
}

async fn end_all(link: &Link, leaving: &[Leaving], manner: &Manner) -> Result<Vec<Ended>, String> {
    // Nothing may start in place of an ended process, and the first keys are sent with that.
    let first = leaving
        .iter()
        .map(|leaving| ending::before_end(&leaving.stop_method, leaving.has_ended));
    let mut presses = BTreeMap::from([(Duration::ZERO, first.collect::<Vec<_>>())]);
    for leaving in leaving.iter().filter(|leaving| !leaving.has_ended) {
        let limit = manner.timeout.unwrap_or(leaving.stop_method.stop.timeout);
        for (after, commands) in ending::presses(&leaving.stop_method) {
            presses.entry(after.min(limit)).or_default().push(commands);
        }
    }
    let begun = Instant::now();
    for (after, commands) in presses {
        sleep_until((begun + after).into()).await;
        ask(link, commands).await;
    }
    let (endings, server) = endings(link, leaving, manner).await?;
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
                // The remaining processes show whether it succeeded.
                let _ = timeout(limit, shell::run(&line, &cwd, &environment)).await;
            });
        }
    }
    Ok(process_tree::end_all(&endings, server).await)
}

/// Runs the commands that clean up after programs, in parallel. Returns the failures with their
/// reasons.
pub(super) async fn after_end(
    link: &Link,
    methods: Vec<(StepId, StopMethod)>,
    manner: &Manner,
) -> Vec<(StepId, String)> {
    let mut open: BTreeSet<StepId> = methods.iter().map(|(step, _)| *step).collect();
    let mut commands = tokio::task::JoinSet::new();
    for (step, method) in methods {
        let environment = of_pane(manner, &method, &link.socket_path());
        let limit = manner.timeout.unwrap_or(method.stop.timeout);
        commands.spawn(async move {
            let line = method.after_end.unwrap_or_default();
            let ran = timeout(limit, shell::run(&line, &method.cwd, &environment)).await;
            let late = || Err(format!("`{line}` timed out after {limit:?}"));
            (step, ran.unwrap_or_else(|_| late()))
        });
    }
    let mut failed = Vec::new();
    let interrupt = link.interrupt().clone();
    while let Some(Some(done)) = interrupt.or(commands.join_next()).await {
        let (step, ran) = done.expect("a command neither panics nor is cancelled");
        open.remove(&step);
        failed.extend(ran.err().map(|why| (step, why)));
    }
    let cut = "triad was interrupted before its `stop` command ended";
    failed.extend(open.into_iter().map(|step| (step, cut.to_owned())));
    failed
}

/// Sends the commands that ask programs to end. A pane that is gone needs none; processes still
/// alive at their deadline are killed.
async fn ask(link: &Link, commands: Vec<Vec<Command>>) {
    let lines = commands.into_iter().map(|commands| Line {
        step: None,
        what: "ask the program to end",
        commands,
    });
    let lines: Vec<Line> = lines.filter(|line| !line.commands.is_empty()).collect();
    if !lines.is_empty() {
        link.send(&lines).await;
    }
}

/// Returns the processes to end now, and how. Since the plan was made a pane may have got another
/// process, or may be gone or dead, and then an unrelated process may have its pid.
///
/// The identity of a process is read before tmux confirms that the pane still has it: tmux has not
/// collected the process then, so no other can have its pid.
///
/// # Errors
/// Returns, for people, why tmux did not report the processes.
async fn endings(
    link: &Link,
    leaving: &[Leaving],
    manner: &Manner,
) -> Result<(Vec<Ending>, Server), String> {
    let mut pids: Vec<i32> = leaving.iter().map(|leaving| leaving.pid).collect();
    let mut asks = 0;
    loop {
        asks += 1;
        let identities: Vec<_> = pids.iter().map(|pid| process::identity(*pid)).collect();
        let states = match link.panes().await {
            Ok(states) => states,
            // All panes ended with the server.
            Err(_) if link.server_pid().is_some_and(|pid| !process::is_alive(pid)) => Vec::new(),
            Err(why) if asks >= ASKS => return Err(why),
            Err(_) => continue,
        };
        let mut live: BTreeMap<PaneId, i32> = states
            .into_iter()
            .filter(|state| !state.is_dead)
            .filter_map(|state| Some((state.pane, state.pid?)))
            .collect();
        let now = leaving.iter().map(|of| live.remove(&of.stop_method.pane));
        let now: Vec<Option<i32>> = now.collect();
        let is_same = |(now, pid): (&Option<i32>, &i32)| now.is_none_or(|now| now == *pid);
        let is_settled = std::iter::zip(&now, &pids).all(is_same);
        if !is_settled && asks < ASKS {
            let newest = std::iter::zip(&now, &pids);
            pids = newest.map(|(now, pid)| now.unwrap_or(*pid)).collect();
            continue;
        }
        let ending = |(at, leaving): (usize, &Leaving)| Ending {
            pid: pids[at],
            identity: identities[at].filter(|_| now[at] == Some(pids[at])),
            signal: signal(leaving),
            timeout: manner.timeout.unwrap_or(leaving.stop_method.stop.timeout),
        };
        let server = Server {
            pid: link.server_pid(),
            staying: live.into_values().collect(),
        };
        return Ok((leaving.iter().enumerate().map(ending).collect(), server));
    }
}

/// Waits until tmux has noticed the end in panes that stay: until then they show as running.
pub(super) async fn seen(link: &Link, panes: &[PaneId]) {
    let interrupt = link.interrupt().clone();
    // An interrupt ends the wait.
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
            // It was replaced by a shell, is gone, or has an exit status.
            state.is_some_and(|state| {
                let is_known = !state.status.is_empty() || !state.signal.is_empty();
                state.left.is_empty() && !(state.is_dead && is_known)
            })
        };
        open.retain(is_open);
        if let Some(pid) = link.server_pid().filter(|_| !open.is_empty()) {
            server::remind(pid);
        }
        // tmux sends no event when it has collected a process.
        tokio::time::sleep(LOOK).await;
    }
}

/// The processes in triad's own pane: tmux ends them by closing the pane, and those that survive it
/// are ended afterwards.
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
            identity: process::identity(leaving.pid),
            // Its terminal is gone by then, and keys or a command are of no use.
            signal: signal(leaving).or(Some(Signal::TERM)),
            timeout: manner.timeout.unwrap_or(own),
        };
        let server = Server {
            pid: link.server_pid(),
            ..Server::default()
        };
        let tree = ProcessTree::of(&[ending], server);
        OwnEnd { ending, tree }
    }

    /// Ends the rest of them, except triad itself.
    pub(super) async fn end(self) -> Vec<i32> {
        let ended = self.tree.end(&[self.ending]).await;
        ended.into_iter().flat_map(|ended| ended.left).collect()
    }
}

/// Returns the signal that asks it to end; `None` if something else does.
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

/// Returns the environment of the pane's program, as read from the machine; else the caller's, with
/// the pane's variables from the manifest. Adds triad's own variables and the pid to end.
fn of_command(manner: &Manner, leaving: &Leaving, pid: i32, socket: &Path) -> Environment {
    // Some programs overwrite their environment to change their displayed name.
    let is_whole = |environment: &Environment| environment.contains_key("TRIAD_PANE");
    let of_program = Some(process::environment(pid)).filter(is_whole);
    let mut environment = match of_program {
        Some(environment) => told(environment, &leaving.stop_method, socket),
        None => of_pane(manner, &leaving.stop_method, socket),
    };
    environment.insert("TRIAD_PID".to_owned(), pid.to_string());
    environment
}

/// Returns the caller's environment with the pane's variables from the manifest.
fn of_pane(manner: &Manner, method: &StopMethod, socket: &Path) -> Environment {
    let mut environment = told(manner.environment.clone(), method, socket);
    let own = method.env.iter();
    environment.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    environment
}

/// Adds the variables that triad sets for every program.
fn told(mut environment: Environment, method: &StopMethod, socket: &Path) -> Environment {
    if let Some(address) = &method.address {
        environment.insert("TRIAD_PANE".to_owned(), address.to_string());
    }
    environment.insert(
        "TRIAD_SOCKET".to_owned(),
        socket.to_string_lossy().into_owned(),
    );
    environment
}
