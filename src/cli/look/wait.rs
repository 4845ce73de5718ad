//! `triad wait`: until panes are ready, started, done, gone, stopped or failed, or have printed a
//! line.

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

/// Wait until panes are ready, or what else they are to be
///
/// Exits with 8 at once if one can never be that any more: it is dead, stopped, or its pane is gone;
/// and with 8 when the time is over, saying what was still waited for. Holds no lock; that a pane
/// was found to be ready is written down on it, as apply does.
#[derive(Debug, clap::Args)]
#[command(override_usage = "triad wait [OPTIONS] [MANIFEST|NAME] [ADDRESS]...")]
pub(crate) struct Arguments {
    /// The manifest, or the name of a layout whose file is not needed, unless it is found from
    /// here; and then what is meant: `session`, `session/window`, `session/window/pane`, with `*`
    /// for any name, or the name of a pane that no other has
    #[arg(value_name = "ADDRESS")]
    words: Vec<String>,
    /// What they are to be
    #[arg(long = "for", value_name = "STATE", default_value = "ready")]
    state: For,
    /// A line of output that matches this regular expression, instead of a state
    #[arg(long, value_name = "REGEX", conflicts_with = "state", value_parser = wait::regex)]
    line: Option<String>,
    /// How long, or `none` [default: as each pane's `ready` says; 60s for a line, 10m for an end]
    #[arg(long, value_name = "TIME", value_parser = limit)]
    timeout: Option<Limit>,
    /// One of them is enough
    #[arg(long)]
    any: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum For {
    /// Its probes hold; a task has succeeded; without probes, it runs
    Ready,
    /// Its program was started
    Started,
    /// Its program has ended as it may: with 0
    Done,
    /// The pane is not there any more
    Gone,
    /// `triad stop` has ended its program
    Stopped,
    /// Its program has ended as it should not
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

/// The panes that are asked for. What is gone already may well be asked for as such, where no
/// manifest tells what there was.
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

/// Where no pane is there to be waited for: they are gone, or nobody knows which are to come.
fn nothing(whose: &Selected, goal: &Goal, any: bool, output: &Output) -> Result<Exit, Failure> {
    let layout = &whose.meant.layout;
    if *goal != Goal::Gone {
        let message = format!("nothing of `{layout}` runs here to wait for");
        let help = "name its manifest, which says what is to come";
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
    let text = format!("nothing of it is there in `{layout}`");
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

/// A time, or none.
fn limit(text: &str) -> Result<Limit, String> {
    if text == "none" {
        return Ok(Limit::Endless);
    }
    let time = some_time(text).map_err(|error| format!("{error}, or `none`"))?;
    Ok(Limit::Within(time))
}
