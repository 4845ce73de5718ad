//! The stages of a verb that changes something, each made from the one before: [`Loaded`],
//! [`Planned`], [`Agreed`], [`Locked`], [`Ended`]. So none can be left out or called too early.
//!
//! No lock is held during a question. After the answer, and after a wait for a lock, the plan is
//! made again; if it differs from the one that was shown, it is shown and approved again.

use std::time::Duration;

use crate::cli::context::{World, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::pipeline::act::{Mandate, act, listen};
use crate::cli::pipeline::site::Site;
use crate::cli::pipeline::verb::{Done, Found, Verb};
use crate::machine::interrupt::Interrupt;
use crate::machine::lock::{Held, Lock, LockError};
use crate::plan::Plan;
use crate::tmux::server::Server;
use crate::view::json;
use crate::{execute, view};

/// The time that a verb with its own lock waits for other changes: stopping a pane takes as long as
/// its `stop` says.
const CHANGE_PATIENCE: Duration = Duration::from_secs(60);
/// The warning before a plan that is shown again.
const CHANGED: &str = "something has changed since the plan was shown; this is the new plan";

/// A verb with its layout and its server.
#[derive(Debug)]
pub(crate) struct Loaded<'a, V> {
    verb: V,
    site: Site<'a>,
}

/// A plan that was not shown yet.
#[derive(Debug)]
pub(crate) struct Planned<'a, V> {
    verb: V,
    site: Site<'a>,
    found: Found,
    /// The verb's lock, if it has one and it was free.
    lock: Option<Lock>,
}

/// A plan that was shown, and approved where needed.
#[derive(Debug)]
pub(crate) struct Agreed<'a, V> {
    verb: V,
    site: Site<'a>,
    found: Found,
    decision: Decision,
}

/// A plan that will be carried out, with the verb's lock held.
#[derive(Debug)]
pub(crate) struct Locked<'a, V> {
    verb: V,
    site: Site<'a>,
    found: Found,
    decision: Decision,
}

/// The result. All locks are free again.
#[derive(Debug)]
pub(crate) struct Ended<'a, V> {
    pub verb: V,
    pub site: Site<'a>,
    pub end: End,
}

/// The end of a verb.
#[derive(Debug)]
pub(crate) enum End {
    /// There was nothing to do.
    Nothing(Plan),
    /// The processes that it ends were not approved.
    Refused,
    Done(Done),
}

/// The decision about a plan.
#[derive(Debug)]
enum Decision {
    Nothing,
    Refused,
    /// Nothing has happened since the plan was made, and the verb's lock, if it has one, is held.
    Current(Option<Lock>),
    /// A person was asked, or another triad was at work: the plan must be made again.
    Outdated,
}

impl<'a, V: Verb> Loaded<'a, V> {
    pub(crate) fn new(verb: V, world: &'a World, server: Server, output: &'a Output) -> Self {
        let site = Site {
            world,
            server,
            output,
        };
        Loaded { verb, site }
    }

    /// Makes the plan. A free lock is taken first, which saves a second look.
    pub(crate) async fn plan(self) -> Result<Planned<'a, V>, Failure> {
        let Loaded { verb, site } = self;
        let lock = match take(&verb, &site, Duration::ZERO).await {
            Err(LockError::Held(_)) => None,
            lock => lock?,
        };
        let found = verb.plan(&site).await?;
        Ok(Planned {
            verb,
            site,
            found,
            lock,
        })
    }
}

impl<'a, V: Verb> Planned<'a, V> {
    /// Shows the plan, and asks where needed.
    pub(crate) async fn agree(self) -> Result<Agreed<'a, V>, Failure> {
        let Planned {
            mut verb,
            site,
            found,
            lock,
        } = self;
        verb.show(&found, &site);
        let decision = if verb.is_nothing(&found.plan) {
            Decision::Nothing
        } else if verb.is_agreed(&found) {
            let is_locked = lock.is_some() || verb.lock(&site.server.socket_path()).is_none();
            match is_locked {
                true => Decision::Current(lock),
                false => Decision::Outdated,
            }
        } else {
            drop(lock);
            match verb.ask(&found, &site).await? {
                true => Decision::Outdated,
                false => Decision::Refused,
            }
        };
        Ok(Agreed {
            verb,
            site,
            found,
            decision,
        })
    }
}

impl<'a, V: Verb> Agreed<'a, V> {
    /// Takes the lock of the verb, and makes sure that the plan is still the one that was approved.
    pub(crate) async fn lock(mut self) -> Result<Locked<'a, V>, Failure> {
        while let Decision::Outdated = self.decision {
            self = self.locked_anew().await?;
        }
        let Agreed {
            verb,
            site,
            found,
            decision,
        } = self;
        Ok(Locked {
            verb,
            site,
            found,
            decision,
        })
    }

    async fn locked_anew(self) -> Result<Self, Failure> {
        let (mut verb, site, shown) = (self.verb, self.site, self.found);
        let patience = verb.patience();
        let lock = take(&verb, &site, patience).await?;
        let found = verb.plan(&site).await?;
        let is_same = appearance(&found.plan) == appearance(&shown.plan);
        if !is_same {
            show_again(&mut verb, &found, &site);
        }
        let decision = if verb.is_nothing(&found.plan) {
            Decision::Nothing
        } else if is_same || verb.is_agreed(&found) {
            Decision::Current(lock)
        } else {
            drop(lock);
            match verb.ask(&found, &site).await? {
                true => Decision::Outdated,
                false => Decision::Refused,
            }
        };
        Ok(Agreed {
            verb,
            site,
            found,
            decision,
        })
    }
}

impl<'a, V: Verb> Locked<'a, V> {
    /// Returns the plan, if it will be carried out.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        matches!(self.decision, Decision::Current(_)).then_some(&self.found.plan)
    }

    /// Carries the plan out, until a signal comes.
    pub(crate) async fn carry_out(self) -> Result<Ended<'a, V>, Failure> {
        // Until here a signal may end triad like any program: nothing has been changed.
        let mut interrupt = listen()?;
        self.carry_out_until(&mut interrupt).await
    }

    /// Carries the plan out, until it is interrupted.
    pub(crate) async fn carry_out_until(
        self,
        interrupt: &mut Interrupt,
    ) -> Result<Ended<'a, V>, Failure> {
        let Locked {
            verb,
            site,
            found,
            decision,
        } = self;
        let end = match decision {
            Decision::Nothing => {
                execute::remove_left_behind(&site.server.socket_path());
                End::Nothing(found.plan)
            }
            Decision::Refused | Decision::Outdated => End::Refused,
            Decision::Current(lock) => {
                let mandate = Mandate {
                    manner: verb.manner(&found, &site),
                    environment: found.environment,
                    nonce: found.nonce,
                    purpose: verb.purpose(),
                    patience: match &lock {
                        Some(_) => CHANGE_PATIENCE,
                        None => verb.patience(),
                    },
                };
                let plan = found.plan;
                let done = Box::pin(act(&plan, mandate, &site, interrupt)).await;
                drop(lock);
                let (outcome, exit) = done?;
                End::Done(Done {
                    plan,
                    outcome,
                    exit,
                })
            }
        };
        Ok(Ended { verb, site, end })
    }
}

impl<V: Verb> Ended<'_, V> {
    /// Prints the result.
    pub(crate) fn report(&self) -> Exit {
        match &self.end {
            End::Nothing(_) => Exit::Success,
            End::Refused => Exit::Refused,
            End::Done(done) => {
                if let Some(text) = self.verb.result(done, &self.site) {
                    self.site.output.news(&text);
                }
                done.exit
            }
        }
    }
}

/// Takes the lock of a verb, if it has one, and reports who holds it.
async fn take<V: Verb>(
    verb: &V,
    site: &Site<'_>,
    patience: Duration,
) -> Result<Option<Lock>, LockError> {
    let Some(file) = verb.lock(&site.server.socket_path()) else {
        return Ok(None);
    };
    let mut tell = |held: &Held| site.output.held(held);
    let purpose = verb.purpose();
    let lock = file.take_telling(&purpose, patience, &mut tell);
    lock.await.map(Some)
}

fn show_again<V: Verb>(verb: &mut V, found: &Found, site: &Site<'_>) {
    let output = site.output;
    output.warning(CHANGED);
    if found.plan.is_empty() {
        verb.show(found, site);
        return;
    }
    output.json(&json::plan(&found.plan));
    let text = view::look::plan::text(&found.plan, &place(&site.server), output.look());
    output.news(text.trim_end());
}

/// Returns everything that is shown of a plan, except the names of processes: a shell has another
/// one with every line that it runs.
fn appearance(plan: &Plan) -> String {
    let mut plan = plan.clone();
    for ends in plan.steps.iter_mut().filter_map(|step| step.ends.as_mut()) {
        ends.program.clear();
    }
    json::line(&json::plan(&plan))
}
