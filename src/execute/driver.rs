//! Does the jobs of a [`run`](crate::execute::run): one loop with one `select!`, in which every
//! wait has a deadline and ends with a signal.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::event::{Event, LostServer, Outcome};
use crate::execute::Settings;
use crate::execute::critical_path::Times;
use crate::execute::jobs::Worker;
use crate::execute::last_lines::LastLines;
use crate::execute::reports::Reports;
use crate::execute::run::{self, Input, Output, Run};
use crate::execute::secret_pipes::{self, Pipes};
use crate::execute::sights::PaneSearches;
use crate::execute::stop::Manner;
use crate::layout::Veil;
use crate::link::Link;
use crate::link::batch::Destination;
use crate::machine::exits::Exits;
use crate::machine::interrupt::Interrupt;
use crate::machine::process;
use crate::plan::Plan;
use crate::plan::change::{Action, Object, Step};
use crate::readiness::prober::Prober;
use crate::readiness::report;
use crate::render::{Rendered, record};
use crate::tmux::server::Server;

/// The time that pending jobs have after a signal. Each call gives up by itself before that.
const GRACE: Duration = Duration::from_secs(5);

/// The time limit of the last check for processes that probes left running.
const LAST_LOOK: Duration = Duration::from_secs(1);

/// Executes a rendered plan, sending its events to `events`.
pub async fn execute(
    plan: &Plan,
    rendered: &Rendered,
    server: &Server,
    settings: &Settings,
    interrupt: &mut Interrupt,
    events: &mut dyn FnMut(Event),
) -> Outcome {
    secret_pipes::remove_old(&server.socket_path());
    let now = Instant::now();
    let pid = plan.server_id.map(|id| id.pid);
    let run = Run::new(
        plan,
        rendered,
        run::Settings {
            nonce: &settings.nonce,
            waits: settings.waits,
            is_hosted: pid.is_some_and(|server| process::lineage().contains(&server)),
            interrupted: interrupt.received(),
        },
        now,
    );
    let mut driver = Driver::new(plan, rendered, server, settings, interrupt);
    driver.events = Some(events);
    driver.drive(run).await
}

/// The effects of a run.
struct Driver<'a> {
    plan: &'a Plan,
    settings: &'a Settings,
    interrupt: &'a mut Interrupt,
    worker: Worker,
    jobs: JoinSet<(Input, Pipes)>,
    /// Made for the next wave.
    pipes: Pipes,
    prober: Prober,
    /// Watches the server itself.
    server: Exits,
    /// The holders of locks that jobs wait for.
    held: UnboundedReceiver<String>,
    last_lines: LastLines,
    reports: Reports,
    times: Times,
    veil: Veil,
    begun: Instant,
    events: Option<&'a mut dyn FnMut(Event)>,
}

impl<'a> Driver<'a> {
    fn new(
        plan: &'a Plan,
        rendered: &Rendered,
        server: &Server,
        settings: &'a Settings,
        interrupt: &'a mut Interrupt,
    ) -> Self {
        let destination = match plan.server_id {
            Some(id) => Destination::Running(id),
            None => Destination::New,
        };
        let link = Link::new(
            server.clone(),
            destination,
            rendered.bindings.clone(),
            settings.nonce.clone(),
            interrupt.clone(),
        );
        let link = link.to_version(plan.server.clone());
        let (waits_for, held) = unbounded_channel();
        let mut driver = Driver {
            plan,
            settings,
            interrupt,
            worker: Worker {
                link,
                locks: settings.locks.clone(),
                turn: Arc::default(),
                waits_for,
                manner: Manner {
                    environment: settings.environment.clone(),
                    timeout: settings.stop_timeout,
                },
                searches: PaneSearches::default(),
            },
            jobs: JoinSet::new(),
            pipes: Pipes::default(),
            prober: Prober::default(),
            server: Exits::new(),
            held,
            last_lines: LastLines::default(),
            reports: Reports::new(Instant::now()),
            times: Times::new(plan),
            veil: veil(plan),
            begun: Instant::now(),
            events: None,
        };
        if rendered.geometry.lines.is_empty() {
            driver.laid_out();
        }
        driver
    }

    async fn drive(mut self, mut run: Run<'a>) -> Outcome {
        let mut is_told = run.is_interrupted();
        let mut deadline = None;
        loop {
            while let Some(output) = run.next_output() {
                self.perform(output);
            }
            if run.is_over() {
                break;
            }
            let now = Instant::now();
            let due = [run.next(now), deadline].into_iter().flatten().min();
            let due = due.map(|due| due.saturating_duration_since(now));
            tokio::select! {
                biased;
                () = self.interrupt.wait(), if !is_told => {
                    is_told = true;
                    deadline = Some(Instant::now() + GRACE);
                    let signal = self.interrupt.received().unwrap_or_default();
                    run.take(Input::Signal(signal), Instant::now());
                }
                Some(done) = self.jobs.join_next() => {
                    // Only the end of the loop gives up a job.
                    let (input, pipes) = done.expect("a job neither panics nor is cancelled");
                    self.pipes = pipes;
                    self.learn(&input);
                    run.take(input, Instant::now());
                }
                inputs = self.prober.next() => {
                    for (address, input) in inputs {
                        run.take(Input::Pane(address, input), Instant::now());
                    }
                }
                Some(holder) = self.held.recv() => self.tell(Event::Held { holder }),
                _ = self.server.next() => run.take(Input::ServerGone, Instant::now()),
                () = tokio::time::sleep(due.unwrap_or(Duration::MAX)) => {
                    run.take(Input::Time, Instant::now());
                }
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                break;
            }
        }
        if !is_told {
            let rest = tokio::select! {
                biased;
                () = self.interrupt.wait() => Vec::new(),
                rest = timeout(LAST_LOOK, self.prober.rest()) => rest.unwrap_or_default(),
            };
            for (address, input) in rest {
                run.take(Input::Pane(address, input), Instant::now());
            }
        }
        run.settle();
        while let Some(output) = run.next_output() {
            self.perform(output);
        }
        self.outcome(run)
    }

    fn perform(&mut self, output: Output) {
        let worker = self.worker.clone();
        match output {
            Output::LayOut(lines) => {
                self.spawn(worker.lay_out(lines, is_of_server(self.plan)));
            }
            Output::Prepare(preparation) => {
                self.jobs.spawn(worker.prepare(preparation));
            }
            Output::Start(mut wave) => {
                for (step, address) in &wave.starts {
                    if let Some(strangers) = self.prober.before_start(address) {
                        let command = crate::render::start::strangers(address, strangers);
                        let mut lines = wave.lines.iter_mut();
                        let line = lines.find(|line| line.step == Some(*step));
                        line.expect("a wave has a line for each start")
                            .commands
                            .insert(0, command);
                    }
                }
                let pipes = std::mem::take(&mut self.pipes);
                self.spawn(worker.start(wave, pipes));
            }
            Output::Ask(addresses) => self.spawn(worker.ask(addresses)),
            Output::ReadLines(addresses) => self.spawn(worker.read_lines(addresses)),
            Output::LookAtPrompts(panes) => self.spawn(worker.look_at_prompts(panes)),
            Output::Type(lines) => self.spawn(worker.type_texts(lines)),
            Output::Note(lines) => self.spawn(worker.note(lines)),
            Output::NoteReady { address, pid, why } => {
                let line = report::ready(&address, pid, &self.veil.hide(&why));
                self.spawn(worker.note(vec![line]));
            }
            Output::NoteGivenUp(panes) => {
                let panes = panes.iter();
                let lines = panes.map(|(address, pid, why)| {
                    report::given_up(address, *pid, &self.veil.hide(why))
                });
                self.spawn(worker.note(lines.collect()));
            }
            Output::Stop(stopping) => self.spawn(worker.stop(stopping)),
            Output::Remove { lines, of } => self.spawn(worker.remove(lines, of)),
            Output::Zoom(lines) => self.spawn(worker.zoom(lines)),
            Output::EndOwn(own) => {
                let address = self.plan[own.step].subject.address.clone();
                self.spawn(worker.end_own(own, address));
            }
            Output::Probe { address, run } => self.prober.probe(address, run),
            Output::Watch { address, pid } => {
                let id = self.worker.link.pane(&address);
                self.prober.started(&address, id, pid, Instant::now());
            }
            Output::Deafen => self.interrupt.deafen(),
            Output::Tell(event) => self.tell(event),
        }
    }

    fn spawn(&mut self, job: impl Future<Output = Input> + Send + 'static) {
        self.jobs.spawn(async { (job.await, Pipes::default()) });
    }

    /// Records the ids that the geometry batch has created.
    fn learn(&mut self, input: &Input) {
        if let Input::LaidOut { report, .. } = input {
            let listed = record::listed(self.plan, &report.records);
            self.worker.link.bind(listed.server, listed.ids);
            self.laid_out();
        }
    }

    /// Starts watching panes, whose ids are known from here on.
    fn laid_out(&mut self) {
        let link = &self.worker.link;
        self.prober = Prober::new(
            &self.plan.targets,
            &self.settings.environment,
            link.server(),
            link.bindings(),
            Instant::now(),
        );
        if let Some(socket) = link.socket() {
            self.prober.listen(&self.plan.owner_key(), socket);
        }
        if let Some(pid) = link.server_pid() {
            self.server.watch(pid);
        }
    }

    fn tell(&mut self, mut event: Event) {
        if let Event::Waiting { on, .. } = &mut event {
            self.reports.fill(&self.worker.link, on);
        }
        if let Event::Waiting { on, .. } = &mut event
            && self.settings.is_watched
        {
            self.last_lines.fill(&self.worker.link, on);
            for on in on
                .iter_mut()
                .filter(|on| self.plan.unhidden(&on.address).is_some())
            {
                on.line = None;
            }
        }
        self.times.note(&event, self.begun.elapsed());
        if let Some(events) = &mut self.events {
            events(event.veiled(&self.veil));
        }
    }

    fn outcome(self, run: Run<'_>) -> Outcome {
        let end = run.end();
        let server = self.worker.link.server_pid().filter(|_| end.is_server_gone);
        let lost_server = server.map(|pid| match end.is_server_silent {
            true => LostServer::Silent(pid),
            false => LostServer::Exited(pid),
        });
        Outcome {
            interrupted: end.interrupted,
            is_touched: end.is_touched,
            is_locked_out: end.is_locked_out,
            steps: end.steps,
            unready: end.unready,
            strays: end.strays,
            too_old: end.too_old,
            lost_server,
            path: self.times.path(),
            took: self.begun.elapsed(),
        }
    }
}

/// Whether a plan starts a server, or creates or renames sessions.
fn is_of_server(plan: &Plan) -> bool {
    let is_of_session = |step: &Step| match &step.action {
        Action::CreateSession(_) | Action::RenameSession { .. } => true,
        Action::Readdress(readdress) => matches!(readdress.object, Object::Session(_)),
        _ => false,
    };
    plan.server_id.is_none() || plan.steps.iter().any(is_of_session)
}

/// Returns the veil over the secrets of all panes that are started or waited for.
fn veil(plan: &Plan) -> Veil {
    let starts = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Start(start) => Some(&start.pane),
        _ => None,
    });
    let targets = plan.targets.iter().map(|target| &target.pane);
    Veil::over(starts.chain(targets).flat_map(|pane| &pane.env))
}
