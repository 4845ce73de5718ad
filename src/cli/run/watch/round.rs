//! One round: plan, agree, lock, plan again, carry out.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::cli::context::{nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Output};
use crate::cli::pipeline::act::{Towards, attach_command, carry_out, planned};
use crate::cli::run::watch::files::Files;
use crate::cli::run::watch::{Current, Watch, read};
use crate::layout::{Address, Layout};
use crate::machine::interrupt::CUT;
use crate::machine::interrupt::Cut;
use crate::machine::interrupt::Interrupt;
use crate::machine::lock::{Lock, LockError, LockFile};
use crate::plan::Plan;
use crate::plan::change::Ends;
use crate::tmux::server::Server;
use crate::view;
use crate::view::json::{self, round};
use crate::view::run::events;
use crate::view::text::words;

/// How long a held lock is waited for until it is said who holds it; then it is waited for again.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// What a round is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    Start,
    /// These files have changed.
    Edit(Vec<PathBuf>),
    /// What runs is not what the manifest says.
    Drift,
}

impl Watch<'_> {
    /// Brings a layout about, if nothing ends by it that nobody agreed to.
    pub(super) async fn bring_about(
        &mut self,
        layout: Layout,
        server: Server,
        why: Why,
    ) -> Result<(), Failure> {
        let mut is_begun = false;
        // Pids that may end.
        let mut agreed = BTreeSet::new();
        loop {
            let (plan, _) = self.planned(&layout, &server).await?;
            if self.is_nothing(&plan, &why) {
                self.begin(&why, &plan, &mut is_begun);
                self.keep(layout, server, plan);
                return Ok(());
            }
            if !self.is_agreed(&plan, &agreed) {
                self.begin(&why, &plan, &mut is_begun);
                if !self.agrees(&plan, &server, &why).await? {
                    return Ok(());
                }
                agreed.extend(ends(&plan).map(|ends| ends.pid));
            }
            let Some(_lock) = self.lock(&layout, &server, &why).await? else {
                return Ok(());
            };
            // Somebody may have been at work since.
            let (plan, nonce) = self.planned(&layout, &server).await?;
            if self.is_nothing(&plan, &why) || !self.is_agreed(&plan, &agreed) {
                continue;
            }
            self.begin(&why, &plan, &mut is_begun);
            self.output.json(&json::plan(&plan));
            return self.act(layout, server, plan, nonce, &why).await;
        }
    }

    /// Whether there is nothing to do, nor to wait for.
    fn is_nothing(&self, plan: &Plan, why: &Why) -> bool {
        let waits = *why != Why::Drift && !self.own.no_wait;
        plan.is_empty() && !(waits && plan.has_unseen())
    }

    async fn act(
        &mut self,
        layout: Layout,
        server: Server,
        plan: Plan,
        nonce: String,
        why: &Why,
    ) -> Result<(), Failure> {
        let towards = Towards {
            layout: &layout,
            world: &self.world,
            server: &server,
            waits: !self.own.no_wait,
        };
        let (mut interrupt, cut) = self.interrupt.with_cut();
        let done = carry_out(&plan, &towards, nonce, &mut interrupt, self.output);
        let read = || read(&self.place, self.is_found, &self.world, self.global).0;
        let done = noticing(done, &mut self.files, self.output, &cut, || read().is_ok()).await;
        if *why == Why::Drift {
            // However it ended: what cannot be mended is not tried all the time.
            self.pauses.mended(subjects(&plan), Instant::now());
        }
        let (outcome, exit) = done?;
        let is_cut = outcome.interrupted == Some(CUT);
        let text = if plan.is_empty() && exit == Exit::Success || is_cut {
            String::new()
        } else if self.current.is_none() {
            let attach = attach_command(&layout, &server);
            events::applied(&plan, &outcome, &attach, self.output.look().width)
        } else {
            events::removed(&plan, &outcome)
        };
        if !text.is_empty() {
            self.output.news(&text);
        }
        self.keep(layout, server, plan);
        self.seen.begin_again(outcome.unready);
        Ok(())
    }

    fn keep(&mut self, layout: Layout, server: Server, plan: Plan) {
        self.seen.begin_again([]);
        self.ticks.reset();
        self.current = Some(Rc::new(Current {
            layout,
            server,
            plan,
        }));
    }

    /// The plan, and the word that frames what tmux prints for it.
    pub(super) async fn planned(
        &mut self,
        layout: &Layout,
        server: &Server,
    ) -> Result<(Plan, String), Failure> {
        let (nonce, wishes) = (nonce(), self.wishes());
        let planned = planned(layout, &self.world, server, &nonce, &wishes);
        let plan = unless_told(&mut self.interrupt, planned).await??;
        Ok((plan, nonce))
    }

    /// Says what a round is about, unless that was said. That all is as it should be is no news
    /// where nobody has asked.
    fn begin(&mut self, why: &Why, plan: &Plan, is_begun: &mut bool) {
        let is_said = std::mem::replace(is_begun, true);
        if is_said || *why == Why::Drift && plan.is_empty() {
            return;
        }
        self.rounds += 1;
        let (word, files) = match why {
            Why::Start => ("start", &[][..]),
            Why::Edit(files) => ("edit", &files[..]),
            Why::Drift => ("heal", &[][..]),
        };
        let files: Vec<String> = files.iter().map(|path| self.name(path)).collect();
        let heading = match why {
            Why::Start => None,
            Why::Edit(_) => {
                let rest = if plan.is_empty() {
                    "; nothing to do"
                } else {
                    ""
                };
                Some(format!("{} changed{rest}", files.join(", ")))
            }
            Why::Drift => Some(format!("mending {}", mended(plan))),
        };
        self.output.json(&round::round(self.rounds, word, files));
        if self.is_nothing(plan, why) {
            self.output.json(&json::plan(plan));
        }
        if let Some(heading) = heading {
            self.output.news(&heading);
        }
    }

    /// Whether all that ends may end.
    fn is_agreed(&self, plan: &Plan, agreed: &BTreeSet<i32>) -> bool {
        self.own.yes || ends(plan).all(|ends| agreed.contains(&ends.pid))
    }

    /// Whether somebody agrees to what ends. A plan that nobody agreed to is not offered again,
    /// unless an edit leads to it.
    async fn agrees(&mut self, plan: &Plan, server: &Server, why: &Why) -> Result<bool, Failure> {
        self.output.json(&json::plan(plan));
        let text = view::look::plan::text(plan, &place(server), self.output.look());
        self.output.news(text.trim_end());
        let ending = words::processes(ends(plan).count());
        if self.own.ask {
            let question = format!("This ends {ending}. Go on?");
            self.output.question(&question);
            // Somebody may think for long, and a signal counts meanwhile.
            let answer = tokio::task::spawn_blocking(output::is_yes);
            let answer = unless_told(&mut self.interrupt, answer).await?;
            if answer.unwrap_or(false) {
                return Ok(true);
            }
            let text = "nothing was changed; the next edit asks again";
            self.output.news(text);
        } else {
            let what = match why {
                Why::Drift => "mending this",
                Why::Start | Why::Edit(_) => "this",
            };
            let message = format!("{what} ends {ending}, so nothing was changed");
            let help = "`triad apply` asks, `triad watch` takes `--ask` or `--yes`";
            let failure = Failure::new(Exit::Refused, message, help);
            self.output.failure(&failure);
        }
        self.refused = Some(steps(plan));
        Ok(false)
    }

    /// Whether this is what nobody agreed to.
    pub(super) fn is_refused(&self, plan: &Plan) -> bool {
        self.refused.as_ref() == Some(&steps(plan))
    }

    /// Takes the lock, however long somebody else has it: the watch is there to stay. What is
    /// mended can wait: `None` if somebody is at work.
    async fn lock(
        &mut self,
        layout: &Layout,
        server: &Server,
        why: &Why,
    ) -> Result<Option<Lock>, Failure> {
        let purpose = format!("triad watch of {}", layout.manifest);
        let file = LockFile::server(&server.socket_path());
        let mut is_told = false;
        loop {
            let lock = file.take(&purpose, LOCK_PATIENCE);
            match unless_told(&mut self.interrupt, lock).await? {
                Err(LockError::Held { .. }) if *why == Why::Drift => return Ok(None),
                Err(LockError::Held { holder, .. }) => {
                    if !std::mem::replace(&mut is_told, true) {
                        let text = format!("waiting for another triad on this server: {holder}");
                        self.output.warning(&text);
                    }
                }
                taken => return Ok(Some(taken?)),
            }
        }
    }
}

/// What `doing` comes to. An edit meanwhile is the next round's, which begins at once: what is still
/// waited for may be what was mended. One that `reads` not counts when it does, or this is over.
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
            output.warning("the manifest has changed: what is not there yet is looked at anew");
            cut.now();
            let done = doing.await;
            files.recall();
            return done;
        }
        if !std::mem::replace(&mut told, true) {
            output.warning("the manifest has changed, and is not right: this round goes on");
        }
    }
}

/// What `doing` comes to, unless a signal comes before that: a failure that nobody is told of.
pub(super) async fn unless_told<T>(
    interrupt: &mut Interrupt,
    doing: impl Future<Output = T>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = interrupt.wait() => {
            let signal = interrupt.received().unwrap_or_default();
            Err(Failure::new(Exit::Signal(signal), "told to stop", ""))
        }
        done = doing => Ok(done),
    }
}

fn ends(plan: &Plan) -> impl Iterator<Item = &Ends> {
    plan.steps.iter().filter_map(|step| step.ends.as_ref())
}

/// What a plan is about.
pub(super) fn subjects(plan: &Plan) -> impl Iterator<Item = &Address> {
    plan.steps.iter().map(|step| &step.subject.address)
}

/// The steps of a plan as a text that another with the same steps has, too.
fn steps(plan: &Plan) -> String {
    format!("{:?}", plan.steps)
}

/// What is mended, and why.
fn mended(plan: &Plan) -> String {
    let steps = plan.steps.iter().filter(|step| !step.is_of_creation());
    let shown: Vec<String> = steps
        .map(|step| format!("{} ({})", step.subject.address.name(), words::why(step)))
        .collect();
    if shown.is_empty() {
        return "what is not there".to_owned();
    }
    shown.join(", ")
}
