//! `triad apply`: changes what runs to match the manifest.

use std::path::Path;
use std::time::Duration;

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::act::attach_command;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::approval;
use crate::cli::pipeline::hooks::Around;
use crate::cli::pipeline::planning::planned_on;
use crate::cli::pipeline::request::{LockFlags, RequestFlags};
use crate::cli::pipeline::saved;
use crate::cli::pipeline::site::Site;
use crate::cli::pipeline::stages::{End, Ended, Loaded};
use crate::cli::pipeline::verb::{Done, Found, Manner, Verb};
use crate::cli::talk::attach;
use crate::event::StepOutcome;
use crate::layout::{Layout, owner_key};
use crate::machine::lock::LockFile;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::readiness::engine::Extent;
use crate::saved::Saved;
use crate::tmux::server::Server;
use crate::view;
use crate::view::json;
use crate::view::run::events;
use crate::view::text::paint::wrapped;
use crate::view::text::printable::Printable;

/// Change what runs to match the manifest
#[derive(Debug, clap::Args)]
#[command(before_help = "triad apply --only web/api", after_long_help = DETAILS)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub own: Flags,
    /// Attach to the session afterwards
    #[arg(long)]
    pub attach: bool,
}

const DETAILS: &str = "\
Only panes whose command, directory, environment or shell changed are restarted, and triad asks \
before it ends a process. Panes start in the order of their `needs`; a failure is printed at once \
with the last lines of the pane, and the next apply starts only what is missing.

With a plan that `triad plan --out FILE` saved, apply carries out exactly that plan without a \
question, or refuses (exit 6) if something has changed since.";

/// The flags of `apply` and `up`.
#[derive(Debug, clap::Args)]
pub(crate) struct Flags {
    /// Manifest: a path, a folder, the name of a layout, or `-` for standard input; or a saved plan
    manifest: Option<String>,
    #[command(flatten)]
    wishes: RequestFlags,
    /// Do not ask before ending a process
    #[arg(short, long)]
    yes: bool,
    /// Wait for readiness, and for tasks to exit, only where another pane depends on it
    #[arg(long, help_heading = "Waiting")]
    no_wait: bool,
    #[command(flatten)]
    lock: LockFlags,
}

pub(crate) async fn run(
    global: &Global,
    own: &Flags,
    attaches: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let saved = saved::named(&world, global, own.manifest.as_deref(), &own.wishes.asked())?;
    let (layout, server) = match &saved {
        Some(saved) => {
            let layout = saved::layout(saved, &world)?;
            let server = saved::server(saved, &layout, &world, global)?;
            (layout, server)
        }
        None => {
            let layout = world.layout(global, own.manifest.as_deref())?;
            let server = world.server(global, Some(&layout))?;
            (layout, server)
        }
    };
    let to = Destination::of(&layout, &server);
    let apply = Apply { own, saved, layout };
    let ended = carried_out(Loaded::new(apply, &world, server, output)).await;
    let exit = match &ended {
        Ok(ended) => ended.report(),
        Err(failure) => {
            output.failure(failure);
            failure.exit
        }
    };
    if attaches && exit == Exit::Success {
        return attach::attach(&world, &to.server, &to.session, output).await;
    }
    let is_there = match &ended {
        Ok(ended) => leads_to(&ended.end, &ended.verb.layout),
        // A server that did not answer is not asked again, nor is anything after a signal.
        Err(failure) if matches!(failure.exit, Exit::NoTmux | Exit::Signal(_)) => false,
        // A session from before is still there.
        Err(_) => to.is_there().await,
    };
    let is_said = ended.as_ref().is_ok_and(|ended| says_where(&ended.end));
    if is_said || !is_there {
        return Ok(exit);
    }
    let way = format!("Go there: {}", to.command());
    output.news(wrapped(&way, output.look().width, 0));
    // A failure is seen best in the panes themselves.
    let is_changed = matches!(&ended, Ok(ended) if matches!(ended.end, End::Done(_)));
    let is_stopped = matches!(exit, Exit::Signal(_));
    if attaches && is_changed && !is_stopped && output.is_interactive() {
        attach::visit(&world, &to.server, &to.session, output).await?;
    }
    Ok(exit)
}

async fn carried_out<'a>(loaded: Loaded<'a, Apply<'a>>) -> Result<Ended<'a, Apply<'a>>, Failure> {
    let planned = loaded.plan().await?;
    let locked = planned.agree().await?.lock().await?;
    locked.carry_out().await
}

/// Whether the first session exists after this end.
fn leads_to(end: &End, layout: &Layout) -> bool {
    let End::Done(done) = end else {
        return true;
    };
    let session = layout.sessions.first().map(|session| &session.address);
    let mut steps = std::iter::zip(&done.plan.steps, &done.outcome.steps);
    steps.all(|(step, outcome)| {
        let is_creation = matches!(step.action, Action::CreateSession(_));
        let is_it = is_creation && Some(&step.subject.address) == session;
        !is_it || *outcome == StepOutcome::Done
    })
}

/// Whether the last line of the run names the session already.
fn says_where(end: &End) -> bool {
    matches!(end, End::Done(done) if done.exit == Exit::Success && !done.plan.is_empty())
}

/// The session that an apply leads to.
struct Destination {
    server: Server,
    /// The first session of the layout.
    session: String,
}

impl Destination {
    fn of(layout: &Layout, server: &Server) -> Self {
        let session = layout.sessions.first();
        let session = session.map_or(layout.name.as_str(), |session| session.address.name());
        Destination {
            server: server.clone(),
            session: session.to_owned(),
        }
    }

    /// Asks the server whether the session exists.
    async fn is_there(&self) -> bool {
        let target = format!("={}", self.session);
        let asked = self.server.query(&["has-session", "-t", &target]).await;
        asked.is_ok_and(|answer| answer.status.success())
    }

    /// Returns the command that attaches to the session.
    fn command(&self) -> String {
        advice::command(&self.server, &["attach", &self.session])
    }
}

/// The verb `apply` with its layout.
#[derive(Debug)]
struct Apply<'a> {
    own: &'a Flags,
    /// The saved plan, if one is carried out.
    saved: Option<Saved>,
    layout: Layout,
}

impl Verb for Apply<'_> {
    fn purpose(&self) -> String {
        format!("triad apply of {}", self.layout.manifest)
    }

    fn patience(&self) -> Duration {
        self.own.lock.lock_timeout
    }

    fn lock(&self, socket: &Path) -> Option<LockFile> {
        let key = owner_key(&self.layout.name, &self.layout.manifest);
        Some(LockFile::apply(socket, &key))
    }

    async fn plan(&self, site: &Site<'_>) -> Result<Found, Failure> {
        let (world, server, nonce) = (site.world, &site.server, nonce());
        let plan = match &self.saved {
            Some(saved) => saved::planned(saved, &self.layout, world, server, &nonce).await?,
            None => {
                let asked = self.own.wishes.asked();
                let planned = planned_on(&self.layout, world, server, &nonce, &asked);
                planned.await?.0
            }
        };
        Ok(Found {
            plan,
            nonce,
            named: Vec::new(),
            environment: world.for_programs(&self.layout.secret_names),
            advice: None,
        })
    }

    fn is_nothing(&self, plan: &Plan) -> bool {
        let is_waiting = plan.has_unseen() || plan.has_unended();
        plan.is_empty() && (self.own.no_wait || !is_waiting)
    }

    /// Shows the plan if it is empty or needs a decision, or with `--verbose`.
    fn show(&mut self, found: &Found, site: &Site<'_>) {
        let (plan, output) = (&found.plan, site.output);
        output.json(&json::plan(plan));
        if plan.is_empty() || plan.ends_processes() || output.is_verbose {
            let text = view::look::plan::text(plan, &place(&site.server), output.look());
            output.news(text.trim_end());
            return;
        }
        for note in view::look::plan::warnings(plan) {
            output.news(wrapped(&note, output.look().width, "note: ".len()));
        }
    }

    fn is_agreed(&self, found: &Found) -> bool {
        // A saved plan was approved when it was handed over.
        self.own.yes || self.saved.is_some() || !found.plan.ends_processes()
    }

    async fn ask(&mut self, found: &Found, site: &Site<'_>) -> Result<bool, Failure> {
        let help = "check `triad plan`, then use `--yes`";
        approval::ask(&found.plan, help, site.output)?;
        Ok(true)
    }

    fn manner(&self, found: &Found, site: &Site<'_>) -> Manner {
        Manner {
            hooks: Around::apply(&found.plan, &self.layout, site),
            waits: match self.own.no_wait {
                true => Extent::Needed,
                false => Extent::Everything,
            },
            stop_timeout: None,
            used: self.layout.used.clone(),
        }
    }

    fn result(&self, done: &Done, site: &Site<'_>) -> Option<Printable> {
        if done.plan.is_empty() && done.exit == Exit::Success {
            return None;
        }
        let attach = attach_command(&self.layout, &site.server);
        let width = site.output.look().width;
        Some(events::applied(&done.plan, &done.outcome, &attach, width))
    }
}
