//! Reports events while a verb works: lines for people, JSON lines for scripts, and the part of a
//! terminal that shows waits.

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

/// The interval at which the waits are refreshed.
const TICK: Duration = Duration::from_millis(100);

/// The texts for an event: for people, for scripts, and for the display of waits.
pub(super) trait Wording {
    type Event;

    /// Returns the line for people; `None` for mere progress.
    fn line(&self, event: &Self::Event) -> Option<Printable>;

    fn json(&self, event: &Self::Event) -> JsonEvent;

    /// Returns the event for the display of waits.
    fn progress<'e>(&self, event: &'e Self::Event) -> Option<Cow<'e, Event>>;

    /// Whether a later line will say the same, and more.
    fn is_followed(&self, event: &Self::Event) -> bool;
}

/// Reports events as they come.
#[derive(Debug)]
pub(super) struct Reporter<'a, W> {
    output: &'a Output,
    wording: W,
}

impl<'a, W: Wording> Reporter<'a, W> {
    pub(super) fn new(wording: W, output: &'a Output) -> Self {
        Reporter { output, wording }
    }

    /// Runs `work`, which reports its events here, and refreshes the waits meanwhile. There is a
    /// line for each of `addresses`, in this order; for a plan, those of its steps.
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

    /// Reports one event.
    pub(super) fn tell(&self, event: &W::Event) {
        let output = self.output;
        let progress = self.wording.progress(event);
        // Waits are repeated, and not worth a line each time.
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
