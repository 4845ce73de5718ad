//! The jobs of a run: each talks to tmux or the machine, holds the layout's change lock while it
//! changes anything, and returns its result.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::execute::run::{
    Expected, Input, OwnPane, Preparation, Prepared, Recipient, Started, Stopped, Stopping, Stray,
    Wave,
};
use crate::execute::secret_pipes::{self, Pipes};
use crate::execute::sights::{self, PaneSearches};
use crate::execute::stop::{self, Manner, NotEnded, OwnEnd};
use crate::layout::{Address, Command, Pane, StepId};
use crate::link::{Failure, Link, Look, Report};
use crate::live::{self, Phase};
use crate::machine::lock::{Held, Lock, LockFile, Locks};
use crate::machine::process_tree::{self, Strays};
use crate::preflight;
use crate::readiness::engine::Found;
use crate::render::Piped;
use crate::tmux::id::PaneId;
use crate::tmux::question::PaneState;
use crate::tmux::script::{Line, Ref};
use crate::tmux::server;
use crate::tmux::version::FLOOR;

/// The minimum time to wait for a lock.
const PATIENCE: Duration = Duration::from_secs(2);
/// The reason why a job was not done after a signal.
const CUT_SHORT: &str = "interrupted before its turn";

/// The data that all jobs share.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub link: Link,
    pub locks: Locks,
    /// Makes the jobs of one run take turns, without reporting that they wait for each other.
    pub turn: Arc<Mutex<()>>,
    /// Reports the holders of locks that are not free.
    pub waits_for: UnboundedSender<String>,
    pub manner: Manner,
    /// Of the lines that texts wait for.
    pub searches: PaneSearches,
}

impl Worker {
    /// Takes the change lock, in turn. `Err`: the reason why it could not be taken.
    async fn locked(&self) -> Result<(OwnedMutexGuard<()>, Lock), String> {
        let turn = Arc::clone(&self.turn).lock_owned();
        let turn = self.link.interrupt().or(turn).await.ok_or(CUT_SHORT)?;
        Ok((turn, self.taken(&self.locks.change).await?))
    }

    async fn taken(&self, file: &LockFile) -> Result<Lock, String> {
        let Locks {
            purpose, patience, ..
        } = &self.locks;
        let mut tell = |held: &Held| {
            // After the end of the run nobody receives it.
            let _ = self.waits_for.send(held.holder.clone());
        };
        // The batch of another triad is short, and no reason to give up.
        let taken = file.take_telling(purpose, PATIENCE.max(*patience), &mut tell);
        match self.link.interrupt().or(taken).await {
            Some(taken) => taken.map_err(|error| error.to_string()),
            None => Err(CUT_SHORT.to_owned()),
        }
    }

    /// Sends lines under the change lock.
    async fn send(&self, lines: &[Line]) -> Report {
        match self.locked().await {
            Ok(_lock) => self.link.send(lines).await,
            Err(why) => Report::locked_out(lines.len(), &why),
        }
    }

    /// Sends the geometry batch; `is_of_server`: it starts a server, or creates or renames
    /// sessions.
    pub(super) async fn lay_out(self, lines: Vec<Line>, is_of_server: bool) -> Input {
        let held = async {
            let server = match is_of_server {
                true => Some(self.taken(&self.locks.server).await?),
                false => None,
            };
            Ok::<_, String>((server, self.locked().await?))
        };
        let report = match held.await {
            Ok(_locks) if is_of_server => self.link.send_making_sessions(&lines).await,
            Ok(_locks) => self.link.send(&lines).await,
            Err(why) => Report::locked_out(lines.len(), &why),
        };
        let mut too_old = report.too_old.clone();
        if too_old.is_none() && !report.has_done_something && self.link.server_pid().is_none() {
            // A server that cannot even read the script is as old as its program.
            let version = self.link.client_version().await;
            let version = version.filter(|version| !version.has(FLOOR));
            too_old = version.map(|version| version.text);
        }
        Input::LaidOut { report, too_old }
    }

    /// Checks that the panes of a wave are unchanged, makes the wave's pipes, and ends the
    /// processes it replaces. A process whose successor cannot start is not ended.
    pub(super) async fn prepare(self, preparation: Preparation) -> (Input, Pipes) {
        let mut prepared = Prepared::default();
        let _lock = match self.locked().await {
            Ok(lock) => lock,
            Err(why) => {
                let steps = preparation.leaving.iter().map(|leaving| leaving.step);
                let steps = steps.chain(preparation.piped.iter().map(|(step, _)| *step));
                let steps = steps.chain(preparation.unseen.iter().map(|(step, _)| *step));
                prepared.failed = steps.map(|step| (step, why.clone())).collect();
                prepared.is_locked_out = true;
                return (Input::Prepared(prepared), Pipes::default());
            }
        };
        if !preparation.expected.is_empty() {
            let panes = match self.link.panes().await {
                Ok(panes) => panes,
                Err(why) => {
                    let why = format!("tmux did not report the state of its pane: {why}");
                    let steps = preparation.expected.iter().map(|(step, ..)| *step);
                    prepared.failed = steps.map(|step| (step, why.clone())).collect();
                    return (Input::Prepared(prepared), Pipes::default());
                }
            };
            let changed = preparation.expected.iter().filter_map(|expected| {
                let (step, address, expected) = expected;
                let id = self.link.pane_id(address)?;
                let state = panes.iter().find(|state| state.pane == id);
                let why = changed(state, expected)?;
                Some((*step, format!("{why} while triad waited; apply again")))
            });
            prepared.changed = changed.collect();
        }
        let unseen = preparation.unseen.iter();
        let missing = unseen.filter_map(|(step, pane)| Some((*step, self.missing_for(pane)?)));
        prepared.failed = missing.collect();
        let piped = preparation.piped.into_iter();
        let piped: Vec<_> = piped
            .filter(|(step, _)| !prepared.gives_up(*step))
            .collect();
        let made = Pipes::make(&piped, &self.manner.environment);
        let pipes = self.link.interrupt().or(made).await;
        let (pipes, no_pipes) = match pipes {
            None => (Pipes::default(), Vec::new()),
            Some(Ok(pipes)) => (pipes, Vec::new()),
            Some(Err(why)) => {
                let failed = piped.iter().map(|(step, _)| (*step, why.clone()));
                (Pipes::default(), failed.collect())
            }
        };
        prepared.failed.extend(no_pipes);
        let leaving = preparation.leaving.into_iter();
        let leaving: Vec<_> = leaving.filter(|of| !prepared.gives_up(of.step)).collect();
        match stop::end(&self.link, &leaving, &self.manner).await {
            Err(NotEnded::CutShort(asked)) => prepared.cut_short = Some(asked),
            Err(NotEnded::Unknown(why)) => {
                let steps = leaving.iter().map(|leaving| (leaving.step, why.clone()));
                prepared.failed.extend(steps);
            }
            // A process that survives KILL is stuck in the kernel; its pane is used all the same.
            Ok(ended) => {
                let ended = std::iter::zip(&leaving, ended);
                let killed = ended.filter(|(leaving, ended)| {
                    let is_asked_so = leaving.stop_method.stop.is_kill();
                    ended.is_killed && !leaving.has_ended && !is_asked_so
                });
                prepared.killed = killed.map(|(leaving, _)| leaving.step).collect();
            }
        }
        (Input::Prepared(prepared), pipes)
    }

    /// Returns what a pane lacks to start: something on the machine, or a usable shell of tmux's.
    fn missing_for(&self, pane: &Pane) -> Option<String> {
        if pane.command == Command::Shell(None) {
            let shell = Ref::DefaultShell(pane.address.session());
            let shell = self.link.bindings().get(&shell);
            if let Some(shell) = shell.filter(|shell| preflight::lets_nobody_in(shell)) {
                return Some(format!(
                    "`{shell}`, tmux's default-shell, allows no login: set another one in \
                     tmux.conf, or set `shell` in the manifest"
                ));
            }
        }
        let missing = preflight::missing_for(pane, &self.manner.environment);
        missing.map(|missing| missing.told())
    }

    /// Starts the programs of a wave, and passes their secrets.
    pub(super) async fn start(self, wave: Wave, pipes: Pipes) -> Input {
        let lines = wave.lines;
        let _lock = match self.locked().await {
            Ok(lock) => lock,
            Err(why) => {
                let report = Report::locked_out(lines.len(), &why);
                return Input::Started(Started::nothing(lines, report));
            }
        };
        let report = self.link.send(&lines).await;
        let is_sent = |step: &StepId| {
            let mut lines = std::iter::zip(&lines, &report.lines);
            lines.any(|(line, result)| line.step == Some(*step) && result.is_ok())
        };
        let piped = wave.piped.into_iter();
        let piped = piped.filter(|(step, _)| is_sent(step)).collect();
        let (delivered, failed) = self.deliver(piped).await;
        drop(pipes);
        let noted = match delivered.is_empty() {
            true => None,
            false => {
                let report = self.link.send(&delivered).await;
                Some((delivered, report))
            }
        };
        Input::Started(Started {
            lines,
            report,
            failed,
            noted,
        })
    }

    /// Passes secrets to panes in parallel: returns the lines that record it, and the failures.
    async fn deliver(&self, piped: Vec<(StepId, Piped)>) -> (Vec<Line>, Vec<(StepId, String)>) {
        let mut waiting: BTreeSet<StepId> = piped.iter().map(|(step, _)| *step).collect();
        let (mut delivered, mut failed) = (Vec::new(), Vec::new());
        // One deadline for all: they were started together, and may have ended together.
        let deadline = secret_pipes::deadline();
        let mut deliveries = tokio::task::JoinSet::new();
        for (step, piped) in piped {
            deliveries.spawn(async move {
                let delivered = secret_pipes::deliver(&piped, deadline).await;
                (step, piped, delivered)
            });
        }
        let interrupt = self.link.interrupt();
        while let Some(Some(delivery)) = interrupt.or(deliveries.join_next()).await {
            let (step, piped, done) = delivery.expect("a delivery neither panics nor is cancelled");
            waiting.remove(&step);
            match done {
                Ok(()) => delivered.push(piped.started),
                Err(why) => failed.push((step, why)),
            }
        }
        let cut = "interrupted before it read its secrets";
        failed.extend(waiting.into_iter().map(|step| (step, cut.to_owned())));
        delivered.sort_by_key(|line: &Line| line.step);
        (delivered, failed)
    }

    /// Asks tmux for the state of panes, all in one call. `None`: another server answers.
    pub(super) async fn ask(self, addresses: Vec<Address>) -> Input {
        let of = |address: &Address| Some((self.link.pane_id(address)?, address.clone()));
        let panes: BTreeMap<PaneId, Address> = addresses.iter().filter_map(of).collect();
        let ids: Vec<PaneId> = panes.keys().copied().collect();
        let Ok(looks) = self.link.looks(&ids).await else {
            return Input::Unanswered(addresses);
        };
        let mut found = BTreeMap::new();
        for address in addresses {
            let look = self.link.pane_id(&address).and_then(|id| looks.get(&id));
            let of_pane = match look {
                Some(look) => (found_in(look), look.lines.clone()),
                None => (Found::Closed, Vec::new()),
            };
            found.insert(address, of_pane);
        }
        let is_open = |found: &Found| matches!(found, Found::There { exit: None, .. });
        if let Some(pid) = self.link.server_pid()
            && found.values().any(|(found, _)| is_open(found))
        {
            // tmux can miss the end of a process.
            server::remind(pid);
        }
        Input::Looked(found)
    }

    /// Reads the last lines of panes, all in one call.
    pub(super) async fn read_lines(self, addresses: Vec<Address>) -> Input {
        let ids = addresses.iter().filter_map(|of| self.link.pane_id(of));
        let ids: Vec<PaneId> = ids.collect();
        let mut lines = self.link.last_lines(&ids).await;
        let of = |address: Address| {
            let id = self.link.pane_id(&address);
            let lines = id.and_then(|id| lines.remove(&id)).unwrap_or_default();
            (address, lines)
        };
        Input::Lines(addresses.into_iter().map(of).collect())
    }

    /// Whether what texts wait for is there. A pane that is not there has no answer.
    pub(super) async fn look_at_prompts(self, recipients: Vec<Recipient>) -> Input {
        Input::Prompts(sights::look(&self.link, recipients, &self.searches).await)
    }

    /// Types texts.
    pub(super) async fn type_texts(self, lines: Vec<Line>) -> Input {
        let report = self.send(&lines).await;
        Input::Typed { lines, report }
    }

    /// Writes onto panes.
    pub(super) async fn note(self, lines: Vec<Line>) -> Input {
        if !lines.is_empty() {
            self.send(&lines).await;
        }
        Input::Noted
    }

    /// Marks panes as stopped, and ends their processes.
    pub(super) async fn stop(self, stopping: Stopping) -> Input {
        let marks = stopping.marks;
        let mut stopped = Stopped {
            report: Report::empty(),
            marks,
            ended: Vec::new(),
            failed: Vec::new(),
            cut_short: None,
        };
        let _lock = match self.locked().await {
            Ok(lock) => lock,
            Err(why) => {
                stopped.report = Report::locked_out(stopped.marks.len(), &why);
                let failed = stopping.leaving.into_iter();
                let failed = failed.map(|leaving| (leaving.step, why.clone()));
                stopped.failed = failed.collect();
                return Input::Stopped(stopped);
            }
        };
        stopped.report = self.link.send(&stopped.marks).await;
        // An unmarked program keeps running: it would be restarted.
        let unmarked = |step: &StepId| {
            let mut lines = std::iter::zip(&stopped.marks, &stopped.report.lines);
            lines.any(|(line, result)| line.step == Some(*step) && result.is_err())
        };
        let failed = stop::after_end(&self.link, stopping.after_end, &self.manner).await;
        let has_failed = |step: &StepId| failed.iter().any(|(failed, _)| failed == step);
        let leaving = stopping.leaving.into_iter();
        let leaving = leaving.filter(|of| !unmarked(&of.step) && !has_failed(&of.step));
        let leaving: Vec<_> = leaving.collect();
        stopped.failed = failed;
        let ended = match stop::end(&self.link, &leaving, &self.manner).await {
            Ok(ended) => ended,
            Err(NotEnded::CutShort(asked)) => {
                stopped.cut_short = Some(asked);
                return Input::Stopped(stopped);
            }
            Err(NotEnded::Unknown(why)) => {
                let steps = leaving.iter().map(|leaving| (leaving.step, why.clone()));
                stopped.failed.extend(steps);
                return Input::Stopped(stopped);
            }
        };
        let ended = std::iter::zip(&leaving, ended).map(|(leaving, ended)| {
            let left = (!ended.left.is_empty()).then(|| process_tree::named(&ended.left));
            (leaving.step, ended, left)
        });
        let ended = ended.collect();
        let staying = stopping.staying.iter().filter(|(step, _)| !unmarked(step));
        let staying: Vec<PaneId> = staying.map(|(_, pane)| *pane).collect();
        stopped.ended = ended;
        stop::seen(&self.link, &staying).await;
        Input::Stopped(stopped)
    }

    /// Removes panes, and finds their strays.
    pub(super) async fn remove(self, lines: Vec<Line>, of: Vec<(StepId, Address)>) -> Input {
        let report = match lines.is_empty() {
            true => Report::empty(),
            false => self.send(&lines).await,
        };
        let found = self.strays();
        let strays = of
            .iter()
            .filter_map(|(step, address)| stray(&found, *step, address));
        let strays = strays.collect();
        Input::Removed {
            lines,
            report,
            strays,
        }
    }

    /// Finds the processes that left panes of this server and are still running.
    fn strays(&self) -> Strays {
        let socket = self.link.socket_path();
        Strays::find(&socket.to_string_lossy(), self.link.server_pid())
    }

    /// Zooms windows.
    pub(super) async fn zoom(self, lines: Vec<Line>) -> Input {
        let report = self.send(&lines).await;
        Input::Zoomed { lines, report }
    }

    /// Releases triad's own pane. Without a lock: triad may be ended before it could free it.
    pub(super) async fn end_own(self, own: OwnPane, address: Address) -> Input {
        let missing = own.unseen.as_ref().and_then(|pane| self.missing_for(pane));
        if let Some(why) = missing {
            return Input::OwnEnded {
                step: own.step,
                report: Report::not_sent(1, &why),
                stray: None,
                left: None,
            };
        }
        let leaving = own.leaving.as_ref();
        let end = leaving.map(|leaving| OwnEnd::of(&self.link, leaving, &self.manner));
        let report = self.link.send(std::slice::from_ref(&own.line)).await;
        let is_done = report.lines.iter().all(|result| match result {
            Err(failure) => own.is_removal && Failure::is_gone(failure),
            Ok(()) => true,
        });
        let left = match end.filter(|_| is_done) {
            Some(end) => end.end().await,
            None => Vec::new(),
        };
        let is_over = is_done && left.is_empty() && own.is_removal;
        Input::OwnEnded {
            step: own.step,
            report,
            stray: match is_over {
                true => stray(&self.strays(), own.step, &address),
                false => None,
            },
            left: (!left.is_empty()).then(|| process_tree::named(&left)),
        }
    }
}

/// Returns the strays of a step's pane.
fn stray(strays: &Strays, step: StepId, address: &Address) -> Option<Stray> {
    let strays = strays.of(&address.to_string());
    (!strays.is_empty()).then(|| Stray {
        step,
        count: strays.len(),
        what: process_tree::named(&strays),
    })
}

fn found_in(look: &Look) -> Found {
    let state = &look.state;
    Found::There {
        pid: state.pid,
        is_dead: state.is_dead,
        exit: live::exit(&state.status, &state.signal),
        left: live::left(&state.left),
        is_armed: state.phase == Phase::Started.as_str(),
    }
}

/// Returns what others have done to a pane, if it is not in the expected state.
fn changed(state: Option<&PaneState>, expected: &Expected) -> Option<&'static str> {
    let Some(state) = state else {
        return Some("the pane was closed");
    };
    let is_phase = |phase: Phase| state.phase == phase.as_str();
    match expected {
        _ if is_phase(Phase::Stopped) => Some("`triad stop` stopped the pane"),
        Expected::Process(pid) if state.pid != Some(*pid) => {
            Some("another program was started in the pane")
        }
        Expected::Empty if is_phase(Phase::Started) && !state.is_dead => {
            Some("a program was started in the pane")
        }
        Expected::Ended if is_phase(Phase::Started) && !state.is_dead => {
            Some("the pane's program was started")
        }
        _ => None,
    }
}

impl Started {
    fn nothing(lines: Vec<Line>, report: Report) -> Self {
        Started {
            lines,
            report,
            failed: Vec::new(),
            noted: None,
        }
    }
}
