//! One round of a watch: an apply of its own.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::cli::context::{nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Output};
use crate::cli::pipeline::act::attach_command;
use crate::cli::pipeline::hooks::Around;
use crate::cli::pipeline::planning::planned_on;
use crate::cli::pipeline::site::Site;
use crate::cli::pipeline::stages::{End, Ended, Loaded};
use crate::cli::pipeline::verb::{Done, Found, Manner, Verb};
use crate::cli::run::watch::arguments::Arguments;
use crate::cli::run::watch::files::Files;
use crate::cli::run::watch::state::{Current, Watch, read};
use crate::layout::{Address, Layout, owner_key};
use crate::machine::interrupt::{CUT, Cut, Interrupt};
use crate::machine::lock::LockFile;
use crate::plan::change::Ends;
use crate::plan::{self, Plan};
use crate::readiness::engine::Extent;
use crate::tmux::server::Server;
use crate::view;
use crate::view::json::{self, round};
use crate::view::run::events;
use crate::view::text::printable::Printable;
use crate::view::text::words;

/// The cause of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    Start,
    /// These files have changed.
    Edit(Vec<PathBuf>),
    /// The running panes differ from the manifest.
    Drift,
}

impl Watch<'_> {
    /// Applies a layout, unless it ends a process without approval.
    pub(super) async fn bring_about(
        &mut self,
        layout: Layout,
        server: Server,
        why: Why,
    ) -> Result<(), Failure> {
        let is_drift = why == Why::Drift;
        let round = Round {
            own: self.own,
            wishes: self.wishes(),
            why,
            is_first: self.current.is_none(),
            is_begun: false,
            agreed: BTreeSet::new(),
            rounds: &mut self.rounds,
            refused: &mut self.refused,
            layout,
        };
        let loaded = Loaded::new(round, &self.world, server, self.output);
        let mut interrupt = self.interrupt.clone();
        let planned = unless_told(&mut interrupt, loaded.plan()).await??;
        let agreed = unless_told(&mut interrupt, planned.agree()).await??;
        let locked = match unless_told(&mut interrupt, agreed.lock()).await? {
            // A repair can wait.
            Err(failure) if is_drift && failure.exit == Exit::Locked => return Ok(()),
            locked => locked?,
        };
        let mended: Vec<Address> = locked
            .plan()
            .into_iter()
            .flat_map(subjects)
            .cloned()
            .collect();
        let (mut interrupt, cut) = self.interrupt.with_cut();
        let done = locked.carry_out_until(&mut interrupt);
        let read = || read(&self.place, self.is_found, &self.world, self.global).0;
        let done = noticing(done, &mut self.files, self.output, &cut, || read().is_ok()).await;
        if is_drift {
            // Whatever the result: a repair that fails is not repeated all the time.
            self.pauses.mended(&mended, Instant::now());
        }
        let ended = done?;
        ended.report();
        let Ended { verb, site, end } = ended;
        let (layout, server) = (verb.layout, site.server);
        match end {
            End::Refused => {}
            End::Nothing(plan) => self.keep(layout, server, plan),
            End::Done(done) => {
                self.keep(layout, server, done.plan);
                self.seen.begin_again(done.outcome.unready);
            }
        }
        Ok(())
    }

    fn keep(&mut self, layout: Layout, server: Server, plan: Plan) {
        self.seen.begin_again([]);
        self.current = Some(Rc::new(Current {
            layout,
            server,
            plan,
        }));
    }

    /// Whether this plan was refused.
    pub(super) fn is_refused(&self, plan: &Plan) -> bool {
        self.refused.as_ref() == Some(&steps(plan))
    }
}

/// One round of a watch.
#[derive(Debug)]
struct Round<'a> {
    own: &'a Arguments,
    wishes: plan::Request,
    why: Why,
    /// Nothing was applied before.
    is_first: bool,
    /// Whether its heading was printed.
    is_begun: bool,
    /// The pids of processes that may end.
    agreed: BTreeSet<i32>,
    /// The number of rounds so far.
    rounds: &'a mut usize,
    /// The steps that were refused.
    refused: &'a mut Option<String>,
    layout: Layout,
}

impl Verb for Round<'_> {
    fn purpose(&self) -> String {
        format!("triad watch of {}", self.layout.manifest)
    }

    /// A watch waits however long another triad works. A repair can wait for the next look.
    fn patience(&self) -> Duration {
        match self.why {
            Why::Drift => Duration::ZERO,
            Why::Start | Why::Edit(_) => Duration::MAX,
        }
    }

    fn lock(&self, socket: &Path) -> Option<LockFile> {
        let key = owner_key(&self.layout.name, &self.layout.manifest);
        Some(LockFile::apply(socket, &key))
    }

    async fn plan(&self, site: &Site<'_>) -> Result<Found, Failure> {
        let (world, server, nonce) = (site.world, &site.server, nonce());
        let planned = planned_on(&self.layout, world, server, &nonce, &self.wishes);
        let (plan, _) = planned.await?;
        Ok(Found {
            plan,
            nonce,
            named: Vec::new(),
            environment: world.for_programs(&self.layout.secret_names),
            advice: None,
        })
    }

    fn is_nothing(&self, plan: &Plan) -> bool {
        let waits = self.why != Why::Drift && !self.own.no_wait;
        plan.is_empty() && !(waits && plan.has_unseen())
    }

    /// Shows nothing if no repair is needed.
    fn show(&mut self, found: &Found, site: &Site<'_>) {
        let (plan, output) = (&found.plan, site.output);
        if self.why == Why::Drift && plan.is_empty() {
            return;
        }
        self.begin(plan, site);
        output.json(&json::plan(plan));
        if !self.is_agreed(found) {
            let text = view::look::plan::text(plan, &place(&site.server), output.look());
            output.news(text.trim_end());
        }
    }

    /// Whether every process that ends may end.
    fn is_agreed(&self, found: &Found) -> bool {
        self.own.yes || ends(&found.plan).all(|ends| self.agreed.contains(&ends.pid))
    }

    /// A refused plan is not offered again, unless an edit leads to it.
    async fn ask(&mut self, found: &Found, site: &Site<'_>) -> Result<bool, Failure> {
        let (plan, output) = (&found.plan, site.output);
        let ending = words::processes(ends(plan).count());
        if self.own.ask {
            let question = format!("This ends {ending}. Continue?");
            output.question(&question);
            // The answer may take long, and a signal must count meanwhile.
            let answer = tokio::task::spawn_blocking(output::is_yes).await;
            if answer.unwrap_or(false) {
                self.agreed.extend(ends(plan).map(|ends| ends.pid));
                return Ok(true);
            }
            let text = "nothing was changed; the next edit asks again";
            output.news(text);
        } else {
            let what = match self.why {
                Why::Drift => "healing this",
                Why::Start | Why::Edit(_) => "this",
            };
            let message = format!("{what} ends {ending}, so nothing was changed");
            let help = "use `triad apply`, which asks, or `triad watch` with `--ask` or `--yes`";
            let failure = Failure::new(Exit::Refused, message, help);
            output.failure(&failure);
        }
        *self.refused = Some(steps(plan));
        Ok(false)
    }

    fn manner(&self, found: &Found, site: &Site<'_>) -> Manner {
        Manner {
            hooks: Around::apply(&found.plan, &self.layout, site),
            // A task may run for long, and the other panes are watched meanwhile.
            waits: match self.own.no_wait {
                true => Extent::Needed,
                false => Extent::Ready,
            },
            stop_timeout: None,
            used: self.layout.used.clone(),
        }
    }

    fn result(&self, done: &Done, site: &Site<'_>) -> Option<Printable> {
        let Done {
            plan,
            outcome,
            exit,
        } = done;
        let is_cut = outcome.interrupted == Some(CUT);
        if plan.is_empty() && *exit == Exit::Success || is_cut {
            return None;
        }
        if !self.is_first {
            return Some(events::removed(plan, outcome));
        }
        let attach = attach_command(&self.layout, &site.server);
        let width = site.output.look().width;
        Some(events::applied(plan, outcome, &attach, width))
    }
}

impl Round<'_> {
    /// Prints the heading of the round, once.
    fn begin(&mut self, plan: &Plan, site: &Site<'_>) {
        if std::mem::replace(&mut self.is_begun, true) {
            return;
        }
        *self.rounds += 1;
        let (word, files) = match &self.why {
            Why::Start => ("start", &[][..]),
            Why::Edit(files) => ("edit", &files[..]),
            Why::Drift => ("heal", &[][..]),
        };
        let files: Vec<String> = files.iter().map(|path| site.world.name(path)).collect();
        let heading = match self.why {
            Why::Start => None,
            Why::Edit(_) => {
                let rest = if plan.is_empty() {
                    "; nothing to do"
                } else {
                    ""
                };
                Some(format!("{} changed{rest}", files.join(", ")))
            }
            Why::Drift => Some(format!("healing {}", mended(plan))),
        };
        site.output.json(&round::round(*self.rounds, word, files));
        if let Some(heading) = heading {
            site.output.news(&heading);
        }
    }
}

/// Awaits `doing`. An edit meanwhile belongs to the next round, which begins at once, because it
/// may fix the panes that are still waited for. An edit with mistakes counts when it is fixed, or
/// when this round is over.
async fn noticing<T>(
    doing: impl Future<Output = T>,
    files: &mut Files,
    output: &Output,
    cut: &Cut,
    reads: impl Fn() -> bool,
) -> T {
    tokio::pin!(doing);
    let mut told = false;
    loop {
        tokio::select! {
            biased;
            done = &mut doing => {
                if told {
                    files.recall();
                }
                return done;
            }
            _ = files.changed() => {}
        }
        if reads() {
            output.warning("the manifest has changed: the next round begins now");
            cut.now();
            let done = doing.await;
            files.recall();
            return done;
        }
        if !std::mem::replace(&mut told, true) {
            output.warning("the manifest has changed, but has mistakes: this round continues");
        }
    }
}

/// Awaits `doing`. A signal before its end is a failure that is not reported.
pub(super) async fn unless_told<T>(
    interrupt: &mut Interrupt,
    doing: impl Future<Output = T>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = interrupt.wait() => {
            let signal = interrupt.received().unwrap_or_default();
            Err(Failure::new(Exit::Signal(signal), "interrupted", ""))
        }
        done = doing => Ok(done),
    }
}

fn ends(plan: &Plan) -> impl Iterator<Item = &Ends> {
    plan.steps.iter().filter_map(|step| step.ends.as_ref())
}

/// Returns the addresses that a plan changes.
pub(super) fn subjects(plan: &Plan) -> impl Iterator<Item = &Address> {
    plan.steps.iter().map(|step| &step.subject.address)
}

/// Returns the steps of a plan as a text that is equal for equal steps.
fn steps(plan: &Plan) -> String {
    format!("{:?}", plan.steps)
}

/// Lists the panes that are repaired, and why.
fn mended(plan: &Plan) -> String {
    let steps = plan.steps.iter().filter(|step| !step.is_of_creation());
    let shown: Vec<String> = steps
        .map(|step| format!("{} ({})", step.subject.address.name(), words::why(step)))
        .collect();
    if shown.is_empty() {
        return "missing panes".to_owned();
    }
    shown.join(", ")
}
