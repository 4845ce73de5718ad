//! `triad wait`: waits until panes are ready, started, done, gone, stopped or failed, or have
//! printed a line.

use std::borrow::Cow;
use std::time::Duration;

use clap::ValueEnum;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::global::some_time;
use crate::cli::output::Output;
use crate::cli::pipeline::act::listen;
use crate::cli::pipeline::lookup::{self, Selected};
use crate::cli::reporter::{Reporter, Wording};
use crate::event::Event;
use crate::layout::{Layout, PatternError, Veil};
use crate::status::{self, Clock, LayoutRef, PaneStatus};
use crate::view;
use crate::view::json::{self, JsonEvent};
use crate::view::look::wait::Lines;
use crate::view::text::paint::wrapped;
use crate::view::text::printable::Printable;
use crate::watcher::wait::{self, Goal, Limit, WaitOutcome, WaitRequest};

/// Wait until panes are ready, or reach another state
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad wait [OPTIONS] [MANIFEST|NAME] [ADDRESS]...",
    before_help = "triad wait api --timeout 30s",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Manifest or the name of a layout, unless the manifest is found from here, then addresses:
    /// `session/window/pane`, a shorter one, `*` for any name, or a pane's name if it is unique
    #[arg(value_name = "ADDRESS")]
    words: Vec<String>,
    /// Wait for this state
    #[arg(long = "for", value_name = "STATE", default_value = "ready")]
    state: For,
    /// Wait for a line of output that matches this regular expression
    #[arg(long, value_name = "REGEX", conflicts_with = "state", value_parser = wait::regex)]
    line: Option<String>,
    /// Give up after this time, or `none` [default: the pane's `ready` deadline; 60s for a line, 10m
    /// for an exit]
    #[arg(long, value_name = "TIME", value_parser = limit)]
    timeout: Option<Limit>,
    /// Stop waiting when the first of the panes gets there
    #[arg(long)]
    any: bool,
}

const DETAILS: &str = "\
Runs the same probes as `apply`, and holds no lock. Exits with 8 when the time is over, and at \
once when a pane can no longer reach the state: it is dead, stopped or gone.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum For {
    /// Its probes succeed; without probes, it runs; a task has exited with status 0
    Ready,
    /// Its program was started
    Started,
    /// Its program exited with status 0
    Done,
    /// The pane no longer exists
    Gone,
    /// `triad stop` stopped its program
    Stopped,
    /// Its program exited when it should not, or with a status other than 0
    Failed,
}

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let whose = lookup::whose(&world, global, &own.words).await?;
    let goal = goal(own);
    let panes = chosen(&whose, &goal)?;
    if panes.is_empty() {
        return nothing(&whose, &goal, own.any, output);
    }
    let mut interrupt = listen()?;
    let wanted = whose.meant.wanted.as_ref();
    let wish = WaitRequest {
        asked: asked(&whose),
        panes: &panes,
        goal,
        any: own.any,
        limit: own.timeout.unwrap_or(Limit::Own),
        environment: &whose.meant.for_programs(&world, &whose.snapshot),
        veil: &wanted.map_or_else(Veil::default, Layout::veil),
        nonce: &nonce(),
    };
    let addresses = || panes.iter().map(|pane| &pane.address);
    output.json(&json::wait::wait(&wish.goal, wish.any, addresses()));
    let lines = Lines::new(&wish.goal, addresses(), output.look());
    let reporter = Reporter::new(lines, output);
    let mut tell = |event: Event| reporter.tell(&event);
    let waited = wait::wait(&wish, &whose.server, &mut interrupt, &mut tell);
    let outcome = reporter
        .beside(addresses().cloned().collect(), waited)
        .await?;
    let exit = exit(&outcome);
    output.json(&json::wait::end(&outcome, exit.code()));
    let width = output.look().width;
    output.news(view::look::wait::ended(&wish.goal, &outcome, width));
    Ok(exit)
}

/// The events of a wait.
impl Wording for Lines<'_> {
    type Event = Event;

    fn line(&self, event: &Event) -> Option<Printable> {
        self.event(event)
    }

    fn json(&self, event: &Event) -> JsonEvent {
        json::event(event)
    }

    fn progress<'e>(&self, event: &'e Event) -> Option<Cow<'e, Event>> {
        let is_progress = matches!(event, Event::Waiting { .. });
        is_progress.then_some(Cow::Borrowed(event))
    }

    fn is_followed(&self, _: &Event) -> bool {
        false
    }
}

fn goal(own: &Arguments) -> Goal {
    match (&own.line, own.state) {
        (Some(regex), _) => Goal::Line(regex.clone()),
        (None, For::Ready) => Goal::Ready,
        (None, For::Started) => Goal::Started,
        (None, For::Done) => Goal::Done,
        (None, For::Gone) => Goal::Gone,
        (None, For::Stopped) => Goal::Stopped,
        (None, For::Failed) => Goal::Failed,
    }
}

fn asked(whose: &Selected) -> LayoutRef<'_> {
    LayoutRef {
        layout: &whose.meant.layout,
        manifest: whose.meant.manifest.as_deref(),
        wanted: whose.meant.wanted.as_ref(),
    }
}

/// Returns the panes to wait for. Without a manifest, a pane that no longer exists may be waited
/// for with `--for gone`.
fn chosen(whose: &Selected, goal: &Goal) -> Result<Vec<PaneStatus>, Failure> {
    let layouts = status::of_layout(asked(whose), &whose.snapshot, &Clock::unread());
    let may_be_gone = *goal == Goal::Gone && whose.meant.wanted.is_none();
    let layouts = match status::part(layouts, &whose.patterns) {
        Ok(layouts) => layouts,
        Err(errors) => {
            let is_unknown = |error: &PatternError| matches!(error, PatternError::Unknown { .. });
            if may_be_gone && errors.iter().all(is_unknown) {
                return Ok(Vec::new());
            }
            return Err(errors.into());
        }
    };
    Ok(layouts
        .into_iter()
        .flat_map(|layout| layout.panes)
        .collect())
}

/// Ends a wait that has no panes: they are gone, or it is unknown which panes there will be.
fn nothing(whose: &Selected, goal: &Goal, any: bool, output: &Output) -> Result<Exit, Failure> {
    let layout = &whose.meant.layout;
    if *goal != Goal::Gone {
        let message = format!("no pane of `{layout}` runs here");
        let help = "name its manifest, which says which panes to wait for";
        return Err(Failure::new(Exit::Unhealthy, message, help));
    }
    output.json(&json::wait::wait(goal, any, std::iter::empty()));
    let outcome = WaitOutcome {
        reached: Vec::new(),
        lost: Vec::new(),
        late: Vec::new(),
        is_met: true,
        interrupted: None,
        took: Duration::ZERO,
    };
    output.json(&json::wait::end(&outcome, Exit::Success.code()));
    let text = format!("already gone: `{layout}` has no such pane");
    output.news(wrapped(&text, output.look().width, 0));
    Ok(Exit::Success)
}

fn exit(outcome: &WaitOutcome) -> Exit {
    match outcome.interrupted {
        Some(signal) => Exit::Signal(signal),
        None if outcome.is_met => Exit::Success,
        None => Exit::Unhealthy,
    }
}

/// Parses a time or `none`.
fn limit(text: &str) -> Result<Limit, String> {
    if text == "none" {
        return Ok(Limit::Endless);
    }
    let time = some_time(text).map_err(|error| format!("{error}, or `none`"))?;
    Ok(Limit::Within(time))
}
