//! The order of an execution: geometry, starts as needs are met, removals.

use std::time::Instant;

use crate::event::{Event, Outcome, Path, StepOutcome};
use crate::execute::Conditions;
use crate::execute::critical_path::Times;
use crate::execute::own_pane;
use crate::execute::removals;
use crate::execute::secret_pipes;
use crate::execute::starts;
use crate::layout::{Address, Veil};
use crate::link::batch::{self, BatchError, Destination, Sent};
use crate::machine::interrupt::{CUT, Interrupt};
use crate::machine::process;
use crate::plan::Plan;
use crate::plan::change::{Action, WindowBuild};
use crate::render::{LISTING, Rendered};
use crate::tmux::id::{PaneId, ServerId};
use crate::tmux::script::{Bindings, Line, Ref, Script};
use crate::tmux::server::{Server, ServerError};
use crate::tmux::version::FLOOR;

/// Executes a rendered plan, telling `events` what happens.
pub async fn execute(
    plan: &Plan,
    rendered: &Rendered,
    server: &Server,
    conditions: &Conditions,
    interrupt: &mut Interrupt,
    events: &mut dyn FnMut(Event),
) -> Outcome {
    let veil = veil(plan);
    let begun = Instant::now();
    let mut times = Times::new(plan);
    let mut events = |event: Event| {
        times.note(&event, begun.elapsed());
        events(event.veiled(&veil));
    };
    let mut execution = Execution {
        veil: &veil,
        plan,
        server,
        conditions,
        bindings: rendered.bindings.clone(),
        steps: vec![StepOutcome::Pending; plan.steps.len()],
        unready: Vec::new(),
        strays: 0,
        too_old: None,
        gone_server: None,
        is_touched: false,
        destination: match plan.server_id {
            Some(id) => Destination::Running(id),
            None => Destination::New,
        },
        events: &mut events,
    };
    if interrupt.received().is_none() {
        execution.geometry(&rendered.geometry, begun).await;
    }
    if execution.too_old.is_none() {
        if interrupt.received().is_none() {
            starts::run(&mut execution, rendered, interrupt).await;
        }
        if interrupt.received().is_none() {
            removals::run(&mut execution, rendered, interrupt).await;
        }
        if interrupt.received().is_none() {
            execution.skip_blocked();
            execution.zooms(&rendered.zooms).await;
        }
        if interrupt.received().is_none() {
            own_pane::run(&mut execution, rendered, interrupt).await;
        }
    }
    execution.skip_blocked();
    if execution.gone_server.is_some() {
        execution.skip_all("the tmux server is gone");
    }
    if let Some(signal) = interrupt.received() {
        execution.skip_all(match signal {
            CUT => "the manifest has changed",
            _ => "triad was told to stop",
        });
    }
    let outcome = Outcome {
        interrupted: interrupt.received(),
        is_touched: execution.is_touched,
        steps: execution.steps,
        unready: execution.unready,
        strays: execution.strays,
        too_old: execution.too_old,
        gone_server: execution.gone_server,
        path: Path::default(),
        took: begun.elapsed(),
    };
    Outcome {
        path: times.path(),
        ..outcome
    }
}

/// Over the secrets of everything that is started or waited for.
fn veil(plan: &Plan) -> Veil {
    let starts = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Start(start) => Some(&start.pane),
        _ => None,
    });
    let targets = plan.targets.iter().map(|target| &target.pane);
    Veil::over(starts.chain(targets).flat_map(|pane| &pane.env))
}

/// Says that somebody else was at work, where tmux says that something is not there: it was when
/// the plan was made.
fn since(why: String) -> String {
    let is_gone = ["can't find", "no such pane", "no such window"];
    if is_gone.iter().any(|gone| why.contains(gone)) {
        return format!("{why} (it was there when triad looked)");
    }
    why
}

/// What tmux says of a pane that is not there.
const GONE: [&str; 5] = [
    "can't find",
    "no current target",
    "no server running",
    "error connecting to",
    "server exited",
];

/// What an execution has come to so far.
pub(super) struct Execution<'a> {
    pub plan: &'a Plan,
    pub server: &'a Server,
    pub conditions: &'a Conditions,
    pub bindings: Bindings,
    pub steps: Vec<StepOutcome>,
    pub unready: Vec<Address>,
    pub strays: usize,
    pub too_old: Option<String>,
    pub gone_server: Option<i32>,
    /// Something was done, or may have been: not even a failed step means that nothing changed.
    pub is_touched: bool,
    /// Over the secrets of all that it is about.
    pub veil: &'a Veil,
    destination: Destination,
    pub events: &'a mut dyn FnMut(Event),
}

impl Execution<'_> {
    async fn geometry(&mut self, script: &Script, begun: Instant) {
        secret_pipes::remove_old(&self.server.socket_path());
        if !script.lines.is_empty() {
            let sent = self.transmit(&script.lines).await;
            if let Ok(sent) = &sent {
                self.too_old = self.too_old(sent).await;
                if self.too_old.is_some() {
                    return;
                }
            }
            let Some(sent) = self.noted(&script.lines, sent) else {
                return;
            };
            self.bind(&sent);
        }
        self.finish_geometry_only();
        self.skip_blocked();
        let steps = std::iter::zip(&self.plan.steps, &self.steps);
        let builds = steps.filter_map(|(step, outcome)| match &step.action {
            Action::CreateWindow(build) if *outcome == StepOutcome::Pending => {
                Some(build.new_panes.len())
            }
            _ => None,
        });
        let panes: Vec<usize> = builds.filter(|panes| *panes > 0).collect();
        if !panes.is_empty() {
            (self.events)(Event::LaidOut {
                windows: panes.len(),
                panes: panes.iter().sum(),
                took: begun.elapsed(),
            });
        }
    }

    /// The version of a server that did nothing of the first batch because it is too old: as it
    /// says, or, if it does not even read the script, as its program says.
    async fn too_old(&self, sent: &Sent) -> Option<String> {
        if sent.too_old.is_some() || sent.has_done_something() || self.plan.server.is_some() {
            return sent.too_old.clone();
        }
        let version = self.server.client_version().await?;
        (!version.is_at_least(FLOOR)).then_some(version.text)
    }

    /// The process of the server that this is about, once it is known.
    pub fn server_pid(&self) -> Option<i32> {
        match self.destination {
            Destination::Running(id) => Some(id.pid),
            Destination::New => None,
        }
    }

    /// Whether the server is gone that this is about; one that does not answer is not.
    pub async fn is_server_gone(&self) -> bool {
        let Some(pid) = self.server_pid() else {
            return false;
        };
        let asked = self.server.query(&["display-message", "-p", "#{pid}"]);
        let answer = asked.await;
        !process::is_alive(pid) || answer.is_ok_and(|said| said.stdout.trim() != pid.to_string())
    }

    /// Sends lines as one batch and notes which steps failed by it. `None` if nothing is known of
    /// what it did: every step of it has failed then.
    pub async fn send(&mut self, lines: &[Line]) -> Option<Sent> {
        let sent = self.transmit(lines).await;
        self.noted(lines, sent)
    }

    /// Sends lines whose failure is no step's.
    pub async fn tell(&mut self, lines: &[Line]) {
        // What it was to bring about is looked at afterwards.
        let _ = self.transmit(lines).await;
    }

    async fn transmit(&mut self, lines: &[Line]) -> Result<Sent, BatchError> {
        let script = Script {
            lines: lines.to_vec(),
        };
        let nonce = &self.conditions.nonce;
        let sent = batch::send(
            self.server,
            self.destination,
            &script,
            nonce,
            &self.bindings,
        )
        .await;
        self.is_touched |= may_have_done_something(&sent);
        sent
    }

    fn noted(&mut self, lines: &[Line], sent: Result<Sent, BatchError>) -> Option<Sent> {
        match sent {
            Ok(sent) => {
                for (index, line) in lines.iter().enumerate() {
                    if !sent.is_done(index) {
                        let why = format!("cannot {}: {}", line.what, since(sent.why(index)));
                        self.fail(line.step, why);
                    }
                }
                Some(sent)
            }
            Err(error) => {
                let why = chain(&error);
                for line in lines {
                    self.fail(line.step, why.clone());
                }
                None
            }
        }
    }

    /// Sends removals: a pane, or a server, that is not there any more is what was wanted.
    pub async fn send_removals(&mut self, lines: &[Line]) {
        let sent = self.transmit(lines).await;
        for (index, line) in lines.iter().enumerate() {
            let why = match &sent {
                Ok(sent) if sent.is_done(index) => continue,
                Ok(sent) => sent.why(index),
                Err(error) => chain(error),
            };
            if !GONE.iter().any(|gone| why.contains(gone)) {
                self.fail(line.step, format!("cannot {}: {why}", line.what));
            }
        }
    }

    /// Zooms the windows in which everything is as it should be.
    async fn zooms(&mut self, lines: &[Line]) {
        let is_open = |line: &&Line| {
            self.steps[line.step] == StepOutcome::Pending
                && line.refs().iter().all(|id| self.bindings.contains_key(id))
        };
        let lines: Vec<Line> = lines.iter().filter(is_open).cloned().collect();
        if !lines.is_empty() && self.send(&lines).await.is_some() {
            for line in &lines {
                self.done(line.step);
            }
        }
    }

    /// Reads the listing of new ids.
    fn bind(&mut self, sent: &Sent) {
        for (index, step) in self.plan.steps.iter().enumerate() {
            let (address, build) = match &step.action {
                Action::CreateWindow(build) | Action::ArrangeWindow(build) => {
                    (&build.window.address, Some(build))
                }
                Action::MoveWindow(_) => (&step.subject.address, None),
                _ => continue,
            };
            let records = sent.records.iter().filter_map(|(kind, rest)| {
                let (step, fields) = rest.split_once('\t')?;
                let is_of_step = kind == LISTING && step.parse() == Ok(index);
                is_of_step.then(|| fields.split('\t').collect::<Vec<_>>())
            });
            let records: Vec<Vec<&str>> = records.collect();
            // From here on there is a server, and ids that only it knows.
            if let Some([pid, start_time, ..]) = records.first().map(Vec::as_slice)
                && let (Ok(pid), Ok(start_time)) = (pid.parse(), start_time.parse())
            {
                self.destination = Destination::Running(ServerId { pid, start_time });
            }
            bind_window(address, &records, &mut self.bindings);
            if let Some(build) = build {
                bind_panes(build, &records, self.plan.newest_pane, &mut self.bindings);
            }
        }
    }

    /// Steps that were done by the first batch alone.
    fn finish_geometry_only(&mut self) {
        for index in 0..self.plan.steps.len() {
            let is_only = matches!(
                self.plan.steps[index].action,
                Action::CreateSession(_)
                    | Action::RenameSession { .. }
                    | Action::RenameWindow { .. }
                    | Action::Readdress(_)
                    | Action::MoveWindow(_)
                    | Action::Adopt(_)
            ) || matches!(&self.plan.steps[index].action, Action::Configure(configure)
                    if configure.is_of_session());
            if is_only {
                self.done(index);
            }
        }
    }

    pub fn done(&mut self, step: usize) {
        if self.steps[step] == StepOutcome::Pending {
            self.steps[step] = StepOutcome::Done;
            let event = match self.plan.steps[step].action {
                Action::Start(_) => Event::Started { step },
                _ => Event::Done { step },
            };
            (self.events)(event);
        }
    }

    pub fn fail(&mut self, step: usize, why: String) {
        if self.steps[step] == StepOutcome::Pending {
            self.steps[step] = StepOutcome::Failed(why.clone());
            (self.events)(Event::Failed { step, why });
        }
    }

    pub fn skip(&mut self, step: usize, why: String) {
        if self.steps[step] == StepOutcome::Pending {
            self.steps[step] = StepOutcome::Skipped(why.clone());
            (self.events)(Event::Skipped { step, why });
        }
    }

    /// Skips what cannot be done any more because something before it failed.
    pub fn skip_blocked(&mut self) {
        for step in 0..self.steps.len() {
            if let Some(before) = self.blocker(step) {
                let before = &self.plan.steps[before].subject;
                let why = format!("{} `{}` failed", before.noun.as_str(), before.address);
                self.skip(step, why);
            }
        }
    }

    fn skip_all(&mut self, why: &str) {
        for step in 0..self.steps.len() {
            self.skip(step, why.to_owned());
        }
    }

    /// The step that keeps `step` from being done, if one of those before it failed.
    pub fn blocker(&self, step: usize) -> Option<usize> {
        let is_lost = |before: &usize| {
            let outcome = &self.steps[*before];
            matches!(outcome, StepOutcome::Failed(_) | StepOutcome::Skipped(_))
                && !self.is_only_after(step, *before)
        };
        let mut before = self.plan.steps[step].after.iter().copied();
        before.find(is_lost)
    }

    /// Whether a program only starts after another, and starts without it all the same.
    fn is_only_after(&self, step: usize, before: usize) -> bool {
        let steps = &self.plan.steps;
        let (Action::Start(start), Action::Start(other)) =
            (&steps[step].action, &steps[before].action)
        else {
            return false;
        };
        let mut needs = start.pane.needs.iter();
        needs.any(|need| need.optional && need.target == other.pane.address)
    }
}

/// Whether a batch did anything, or nobody can say that it did not.
fn may_have_done_something(sent: &Result<Sent, BatchError>) -> bool {
    match sent {
        Ok(sent) => sent.may_have_done_something(),
        Err(BatchError::Unbound(_) | BatchError::Server(ServerError::Start { .. })) => false,
        Err(BatchError::Server(_)) => true,
    }
}

fn bind_window(address: &Address, records: &[Vec<&str>], bindings: &mut Bindings) {
    for record in records {
        let [_, _, session, window, _, _, shell] = record[..] else {
            continue;
        };
        // Of a window that is linked into several sessions tmux names any: what is known stays.
        let known = bindings.entry(Ref::Session(address.session()));
        known.or_insert_with(|| session.to_owned());
        let known = bindings.entry(Ref::DefaultShell(address.session()));
        known.or_insert_with(|| shell.to_owned());
        bindings.insert(Ref::Window(address.clone()), window.to_owned());
    }
}

fn bind_panes(
    build: &WindowBuild,
    records: &[Vec<&str>],
    newest: Option<PaneId>,
    bindings: &mut Bindings,
) {
    let is_new = |pane: &str| {
        let id = pane.parse::<PaneId>();
        id.is_ok_and(|id| newest.is_none_or(|newest| id > newest))
    };
    let new = records.iter().filter_map(|record| match record[..] {
        [_, _, _, _, pane, "placeholder", _] if is_new(pane) => Some(pane),
        _ => None,
    });
    let new: Vec<&str> = new.collect();
    // A pane more or less than planned would give every program the wrong cell.
    if new.len() == build.new_panes.len() {
        for (address, id) in std::iter::zip(&build.new_panes, new) {
            bindings.insert(Ref::Pane(address.clone()), id.to_owned());
        }
    }
}

/// An error and all its causes, on one line.
fn chain(error: &BatchError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}
