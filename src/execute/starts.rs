//! Starts programs, wave by wave, as what they need comes up; one batch a wave.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::event::{Event, StepOutcome, Waiting, Waits};
use crate::execute::attend;
use crate::execute::ending::{self, Leaving};
use crate::execute::run::Execution;
use crate::execute::screens::Screens;
use crate::execute::secret_pipes;
use crate::execute::typing::Typing;
use crate::layout::{Address, Need, Until};
use crate::live::Exit;
use crate::machine::interrupt::Interrupt;
use crate::machine::process;
use crate::plan::change::{Action, Start, TargetState};
use crate::readiness::engine::Verdict;
use crate::readiness::prober::Watch;
use crate::render::{Piped, Rendered, STARTED, Starting, placeholder, start};
use crate::tmux::script::{Line, Ref};

/// How often processes and probes are looked at while something is waited for.
const LOOK: Duration = Duration::from_millis(20);
/// How often progress is told.
const TELL: Duration = Duration::from_millis(200);

pub(super) async fn run(
    execution: &mut Execution<'_>,
    rendered: &Rendered,
    interrupt: &mut Interrupt,
) {
    let environment = &execution.conditions.environment;
    let now = Instant::now();
    let mut starts = Starts {
        watch: Watch::new(
            &execution.plan.targets,
            environment,
            execution.server,
            &execution.bindings,
            now,
        ),
        rendered,
        typing: Typing::new(execution),
        screens: Screens::default(),
        tags_sent: false,
        given_up: Vec::new(),
    };
    if let Some(socket) = execution.bindings.get(&Ref::Socket) {
        let owner = execution.plan.owner_key();
        starts.watch.listen(&owner, socket);
    }
    let mut told = now;
    loop {
        starts.give_up_lost(execution);
        let wave = starts.wave(execution);
        let is_told = interrupt.received().is_some();
        if !is_told && (!wave.is_empty() || !starts.tags_sent) {
            starts.send(execution, &wave, interrupt).await;
            continue;
        }
        let mut waiting = starts
            .watch
            .waiting(execution.conditions.waits, Instant::now());
        waiting.extend(starts.typing.waiting());
        let is_waiting = !waiting.is_empty();
        if !is_waiting || is_told {
            break;
        }
        if told.elapsed() >= TELL {
            told = Instant::now();
            waiting.extend(starts.in_turn(execution, now.elapsed()));
            starts.screens.fill(execution, &mut waiting);
            (execution.events)(Event::Waiting {
                on: waiting,
                since: now.elapsed(),
            });
        }
        // Processes are tmux's children and probes are answers of others: both are looked at, and
        // every wait among them has its deadline.
        tokio::select! {
            () = interrupt.wait() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = starts.watch.stirs() => {}
        }
        // Programs that do not care for the end of their terminal outlive it.
        let server = execution.server_pid();
        execution.gone_server = server.filter(|pid| !process::is_alive(*pid));
        attend::look(&mut starts.watch, execution).await;
        if execution.gone_server.is_some() {
            starts.lose_all(execution);
            return;
        }
        starts.typing.look(execution).await;
    }
    // What has ended meanwhile and nobody waited for is worth a word.
    attend::look(&mut starts.watch, execution).await;
    if interrupt.received().is_none() {
        starts.give_up_rest(execution);
    }
    starts.say_given_up(execution).await;
}

struct Starts<'a> {
    watch: Watch,
    rendered: &'a Rendered,
    typing: Typing,
    screens: Screens,
    /// Tags, and what waiting panes show, go with the first wave.
    tags_sent: bool,
    /// What panes show whose turn will not come in this run.
    given_up: Vec<Line>,
}

impl<'a> Starts<'a> {
    /// The starts whose needs are met, or will be by those that stand before them.
    fn wave(&self, execution: &Execution) -> Vec<usize> {
        let mut wave = Vec::new();
        let mut starting: BTreeSet<&Address> = BTreeSet::new();
        for (position, starting_pane) in self.rendered.starts.iter().enumerate() {
            let step = starting_pane.step;
            let start = start_of(execution, step);
            let is_free = execution.steps[step] == StepOutcome::Pending
                && !start.is_own
                && execution.blocker(step).is_none();
            let is_met = |need: &Need| match self.watch.verdict(&need.target, need.until) {
                Verdict::Met => true,
                Verdict::MetByStart => starting.contains(&need.target),
                Verdict::NotYet => false,
                Verdict::Lost => need.optional,
            };
            if is_free && start.pane.needs.iter().all(is_met) {
                starting.insert(&self.pane(execution, step).address);
                wave.push(position);
            }
        }
        wave
    }

    /// The panes whose turn has not come, and what they need first.
    fn in_turn(&self, execution: &Execution, since: Duration) -> Vec<Waiting> {
        let starts = self.rendered.starts.iter().map(|starting| starting.step);
        let pending = starts.filter(|step| execution.steps[*step] == StepOutcome::Pending);
        let waiting = pending.filter_map(|step| {
            let pane = self.pane(execution, step);
            let is_open = |target: &Address, until: Until| {
                let verdict = self.watch.verdict(target, until);
                matches!(verdict, Verdict::NotYet | Verdict::MetByStart)
            };
            let needs = pane.needs.iter();
            let needs = needs.filter(|need| is_open(&need.target, need.until));
            let names: Vec<&str> = needs.map(|need| need.target.name()).collect();
            (!names.is_empty()).then(|| Waiting {
                address: pane.address.clone(),
                state: Waits::Needs,
                what: names.join(", "),
                since,
                line: None,
            })
        });
        waiting.collect()
    }

    fn pane<'e>(&self, execution: &Execution<'e>, step: usize) -> &'e crate::layout::Pane {
        &start_of(execution, step).pane
    }

    /// Skips what waits for something that cannot come any more.
    fn give_up_lost(&mut self, execution: &mut Execution) {
        execution.skip_blocked();
        for starting in &self.rendered.starts {
            let step = starting.step;
            if execution.steps[step] != StepOutcome::Pending {
                self.note_lost(execution, step);
                continue;
            }
            let start = start_of(execution, step);
            let mut needs = start.pane.needs.iter().filter(|need| !need.optional);
            let lost = needs.find(|need| self.is_lost(need));
            let why = lost.map(|need| self.why_lost(execution, need));
            if let Some(why) = why {
                let owner = execution.plan.owner_key();
                let line = placeholder::given_up(step, start, &owner, &why);
                self.given_up.push(line);
                execution.skip(step, why);
                self.watch
                    .never_started(&start.pane.address, Instant::now());
            }
        }
    }

    fn is_lost(&self, need: &Need) -> bool {
        self.watch.verdict(&need.target, need.until) == Verdict::Lost
    }

    fn why_lost(&self, execution: &Execution, need: &Need) -> String {
        match self.watch.exit(&need.target) {
            Some(Exit::Unknown) => format!("`{}` ended", need.target),
            Some(exit) => format!("`{}` ended with {exit}", need.target),
            None if is_so(execution, &need.target, TargetState::Stopped) => {
                format!("`{}` is stopped, until `triad start`", need.target)
            }
            None if is_so(execution, &need.target, TargetState::Absent) => {
                format!("`{}` does not run, and is no part of this", need.target)
            }
            None if was_not_started(execution, &need.target) => {
                format!("`{}` was not started", need.target)
            }
            None => format!("`{}` is not {}", need.target, need.until.as_str()),
        }
    }

    /// Says of a program that has started what it was to come after and did not wait for.
    fn tell_without(&self, execution: &mut Execution, step: usize) {
        let pane = self.pane(execution, step);
        for need in pane.needs.iter().filter(|need| need.optional) {
            if execution.steps[step] == StepOutcome::Done && self.is_lost(need) {
                let why = self.why_lost(execution, need);
                let (address, target) = (pane.address.clone(), need.target.clone());
                (execution.events)(Event::Without {
                    address,
                    target,
                    why,
                });
            }
        }
    }

    /// The server is gone, and what was waited for with it.
    fn lose_all(&self, execution: &mut Execution) {
        let waiting = self.watch.waiting(true, Instant::now());
        let addresses = waiting.into_iter().map(|waiting| waiting.address);
        execution.unready.extend(addresses);
    }

    /// Nothing is waited for any more: what has not started by now has lost what it needs.
    fn give_up_rest(&mut self, execution: &mut Execution) {
        for starting in &self.rendered.starts {
            let start = start_of(execution, starting.step);
            if execution.steps[starting.step] == StepOutcome::Pending && !start.is_own {
                let why = match self.needs_own(execution, starting.step) {
                    true => "triad's own pane, which it needs, comes last: apply again",
                    false => "what it needs did not come",
                };
                let owner = execution.plan.owner_key();
                let line = placeholder::given_up(starting.step, start, &owner, why);
                self.given_up.push(line);
                execution.skip(starting.step, why.to_owned());
            }
        }
    }

    /// Whether a pane waits for the one that triad itself runs in.
    fn needs_own(&self, execution: &Execution, step: usize) -> bool {
        let before = execution.plan.steps[step].after.iter();
        let mut before = before.map(|step| &execution.plan.steps[*step].action);
        before.any(|action| matches!(action, Action::Start(start) if start.is_own))
    }

    fn note_lost(&mut self, execution: &Execution, step: usize) {
        if matches!(
            execution.steps[step],
            StepOutcome::Failed(_) | StepOutcome::Skipped(_)
        ) {
            let address = &start_of(execution, step).pane.address;
            self.watch.never_started(address, Instant::now());
        }
    }

    /// Ends what is replaced, then starts the wave in one batch.
    async fn send(
        &mut self,
        execution: &mut Execution<'_>,
        wave: &[usize],
        interrupt: &mut Interrupt,
    ) {
        // Who cannot be started anew is not ended.
        let piped = self.piped(execution, wave);
        let _pipes = secret_pipes::made(execution, &piped).await;
        tokio::select! {
            () = self.end_replaced(execution, wave) => {}
            // They have been asked, and the next run starts what is wanted in their place.
            () = interrupt.wait() => return,
        }
        let mut lines: Vec<Line> = Vec::new();
        let first = !self.tags_sent;
        self.tags_sent = true;
        if first {
            let blocked = |line: &&Line| {
                execution.steps[line.step] == StepOutcome::Pending
                    && execution.blocker(line.step).is_none()
            };
            lines.extend(self.rendered.tags.iter().filter(blocked).cloned());
            for (position, starting) in self.rendered.starts.iter().enumerate() {
                let is_pending = execution.steps[starting.step] == StepOutcome::Pending;
                let waits = !wave.contains(&position) && !starting.wait.commands.is_empty();
                if is_pending && waits && execution.blocker(starting.step).is_none() {
                    lines.push(starting.wait.clone());
                }
            }
        }
        for &position in wave {
            let starting: &Starting = &self.rendered.starts[position];
            let address = &self.pane(execution, starting.step).address;
            let piped = starting.piped.as_ref().map(|piped| &piped.line);
            let mut line = piped.unwrap_or(&starting.start).clone();
            if let Some(strangers) = self.watch.before_start(address) {
                line.commands
                    .insert(0, start::strangers(address, strangers));
            }
            lines.push(line);
        }
        lines.retain(|line| !matches!(execution.steps[line.step], StepOutcome::Failed(_)));
        self.unbound(execution, &mut lines);
        if lines.is_empty() {
            return;
        }
        let Some(sent) = execution.send(&lines).await else {
            return;
        };
        secret_pipes::deliver(execution, &piped).await;
        let now = Instant::now();
        for (kind, rest) in &sent.records {
            let Some((step, pid)) = rest.split_once('\t').filter(|_| kind == STARTED) else {
                continue;
            };
            if let (Ok(step), Ok(pid)) = (step.parse::<usize>(), pid.parse::<i32>()) {
                let pane = self.pane(execution, step);
                let id = execution.bindings.get(&Ref::Pane(pane.address.clone()));
                self.watch.started(&pane.address, id, pid, now);
                self.typing.add(step, &pane.address, &pane.typed, 0);
            }
        }
        if first {
            for line in &self.rendered.tags {
                execution.done(line.step);
            }
        }
        for &position in wave {
            let step = self.rendered.starts[position].step;
            execution.done(step);
            self.tell_without(execution, step);
        }
    }

    /// The panes of a wave that wait for secrets.
    fn piped(&self, execution: &Execution, wave: &[usize]) -> Vec<&'a Piped> {
        let rendered = self.rendered;
        let piped = wave.iter().map(|&at| &rendered.starts[at]);
        let piped = piped.filter(|starting| execution.steps[starting.step] == StepOutcome::Pending);
        piped
            .filter_map(|starting| starting.piped.as_ref())
            .collect()
    }

    /// Fails the lines of panes that the geometry batch gave no id.
    fn unbound(&self, execution: &mut Execution, lines: &mut Vec<Line>) {
        lines.retain(|line| {
            let missing = line
                .refs()
                .into_iter()
                .find(|id| !execution.bindings.contains_key(id));
            let Some(missing) = missing else { return true };
            execution.fail(line.step, unbound(&missing));
            false
        });
    }

    /// Asks the processes to end that the wave's programs replace.
    async fn end_replaced(&self, execution: &mut Execution<'_>, wave: &[usize]) {
        let starts = wave.iter().map(|&position| {
            let step = self.rendered.starts[position].step;
            (step, start_of(execution, step))
        });
        let leaving: Vec<Leaving> = starts
            .filter(|(step, _)| execution.steps[*step] == StepOutcome::Pending)
            .filter_map(|(step, start)| {
                Some(Leaving {
                    step,
                    pid: start.replaces.or(start.clears)?,
                    has_ended: start.replaces.is_none(),
                    farewell: start.farewell.as_ref()?,
                })
            })
            .collect();
        // What even KILL does not end is stuck in the kernel; its pane is taken all the same.
        ending::end(execution, &leaving).await;
    }

    /// Tells in the panes themselves that they were not started, and why.
    async fn say_given_up(&self, execution: &mut Execution<'_>) {
        let known = |id: &Ref| execution.bindings.contains_key(id);
        let lines = self
            .given_up
            .iter()
            .filter(|line| !line.commands.is_empty() && line.refs().iter().all(known));
        let lines: Vec<Line> = lines.cloned().collect();
        if !lines.is_empty() {
            // The steps are told as skipped already; whether the pane says so changes nothing.
            execution.send(&lines).await;
        }
    }
}

/// How a target stood before the first step.
fn is_so(execution: &Execution, address: &Address, state: TargetState) -> bool {
    let mut targets = execution.plan.targets.iter();
    targets.any(|target| target.pane.address == *address && target.state == state)
}

/// Whether its start failed, or was given up.
fn was_not_started(execution: &Execution, address: &Address) -> bool {
    let mut steps = std::iter::zip(&execution.plan.steps, &execution.steps);
    steps.any(|(step, outcome)| {
        let is_lost = matches!(outcome, StepOutcome::Failed(_) | StepOutcome::Skipped(_));
        is_lost && step.subject.address == *address && matches!(step.action, Action::Start(_))
    })
}

fn unbound(missing: &Ref) -> String {
    match missing {
        Ref::Pane(address) | Ref::Window(address) | Ref::Session(address) => {
            format!("tmux made nothing that could be `{address}`")
        }
        Ref::DefaultShell(_) => "tmux did not tell its default shell".to_owned(),
        Ref::Socket | Ref::Server => "tmux did not tell which server it is".to_owned(),
    }
}

pub(super) fn start_of<'e>(execution: &Execution<'e>, step: usize) -> &'e Start {
    match &execution.plan.steps[step].action {
        Action::Start(start) => start,
        _ => unreachable!("only starts are rendered as starting panes"),
    }
}
