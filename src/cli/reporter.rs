//! Tells what happens while a verb is at work: lines for people, JSON lines for scripts, and the
//! region of a terminal that shows what is waited for.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::cli::output::Output;
use crate::event::Event;
use crate::layout::Address;
use crate::view::json::{self, JsonEvent};
use crate::view::run::events::Lines;
use crate::view::text::printable::Printable;

/// How often it is looked whether something is to be drawn.
const TICK: Duration = Duration::from_millis(100);

/// What an event is to each of those who are told.
pub(super) trait Wording {
    type Event;

    /// The line for people; `None` for what is only progress.
    fn line(&self, event: &Self::Event) -> Option<Printable>;

    fn json(&self, event: &Self::Event) -> JsonEvent;

    /// What the region takes in of it.
    fn progress<'e>(&self, event: &'e Self::Event) -> Option<Cow<'e, Event>>;

    /// Whether its line says nothing that the one to come does not say better.
    fn is_followed(&self, event: &Self::Event) -> bool;
}

/// Tells events as they come.
#[derive(Debug)]
pub(super) struct Reporter<'a, W> {
    output: &'a Output,
    wording: W,
}

impl<'a, W: Wording> Reporter<'a, W> {
    pub(super) fn new(wording: W, output: &'a Output) -> Self {
        Reporter { output, wording }
    }

    /// Carries out `work`, which tells its events here, and shows how time goes by meanwhile. The
    /// region has a line for each of `addresses`, in this order; of a plan, those of its steps.
    pub(super) async fn beside<T>(
        &self,
        addresses: Vec<Address>,
        work: impl Future<Output = T>,
    ) -> T {
        self.output.watch(addresses);
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(work);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                _ = tick.tick() => self.output.refresh(),
            }
        };
        self.output.unwatch();
        done
    }

    /// Tells one event.
    pub(super) fn tell(&self, event: &W::Event) {
        let output = self.output;
        let progress = self.wording.progress(event);
        // Waits are told over and over, and are not worth a line each time.
        if progress.as_ref().is_none_or(|event| output.is_told(event)) {
            output.json(&self.wording.json(event));
        }
        if let Some(event) = &progress {
            output.note(event);
        }
        match (self.wording.line(event), progress) {
            (Some(line), Some(held)) if self.wording.is_followed(event) => {
                output.hold(&held, &line);
            }
            (Some(line), _) => output.news(line),
            (None, _) => {}
        }
        output.refresh();
    }
}

/// The events of a plan.
impl Wording for Lines<'_> {
    type Event = Event;

    fn line(&self, event: &Event) -> Option<Printable> {
        self.event(event)
    }

    fn json(&self, event: &Event) -> JsonEvent {
        json::event(event)
    }

    fn progress<'e>(&self, event: &'e Event) -> Option<Cow<'e, Event>> {
        Some(Cow::Borrowed(event))
    }

    fn is_followed(&self, event: &Event) -> bool {
        Lines::is_followed(self, event)
    }
}
