//! The display of waits while a plan is carried out: when and where.
//! [`view::progress`](crate::view::run::progress) makes the texts.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::event::{Event, Waiting, Waits};
use crate::layout::Address;
use crate::view::run::progress::Progress;
use crate::view::run::region::{Drawing, Size};
use crate::view::text::paint::Paint;
use crate::view::text::printable::{Printable, printable};

/// The interval at which a long wait is repeated in JSON.
const JSON_BEAT: Duration = Duration::from_secs(10);

/// The ways to show waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// A line per pane, refreshed; `is_shared`: on the terminal that other output goes to, too.
    Lines {
        is_shared: bool,
    },
    /// A line from time to time.
    Heartbeat,
    Json,
    Nothing,
}

/// The waits, and the time at which the plan began.
#[derive(Debug)]
pub(super) struct Watched {
    shown: Shown,
    begun: Instant,
    progress: Progress,
    /// The address of each step of the plan.
    addresses: Vec<Address>,
    /// Lines that later lines will replace.
    held: BTreeMap<Address, Printable>,
    /// The waits that were last written as JSON, and when.
    told: Option<(Vec<Awaited>, Instant)>,
}

/// A wait without the parts that change all the time.
#[derive(Debug, PartialEq, Eq)]
struct Awaited {
    address: Address,
    state: Waits,
    needs: Option<String>,
}

impl Watched {
    /// `addresses` gives the order of the lines; for a plan, those of its steps.
    pub(super) fn new(addresses: Vec<Address>, shown: Shown) -> Self {
        Watched {
            shown,
            begun: Instant::now(),
            progress: Progress::new(addresses.clone()),
            addresses,
            held: BTreeMap::new(),
            told: None,
        }
    }

    pub(super) fn note(&mut self, event: &Event) {
        self.progress.note(event, self.begun.elapsed());
        if let Event::Ready { address, .. }
        | Event::Died { address, .. }
        | Event::NotReady { address, .. } = event
        {
            self.held.remove(address);
        }
    }

    /// Whether JSON gets this event: a wait only if the panes that are waited for have changed, or
    /// it has gone on for long.
    pub(super) fn is_told(&mut self, event: &Event) -> bool {
        let Event::Waiting { on, .. } = event else {
            return true;
        };
        // The answer of a probe changes with every attempt, but the wait stays the same.
        let awaited = |on: &Waiting| Awaited {
            address: on.address.clone(),
            state: on.state,
            needs: (on.state == Waits::Needs).then(|| on.what.clone()),
        };
        let now: Vec<Awaited> = on.iter().map(awaited).collect();
        let known = self.told.as_ref();
        if known.is_some_and(|(before, told)| *before == now && told.elapsed() < JSON_BEAT) {
            return false;
        }
        self.told = Some((now, Instant::now()));
        true
    }

    /// Keeps the line of a start if the pane's own line shows the same and stays visible.
    pub(super) fn hold(&mut self, event: &Event, line: &Printable) -> bool {
        let Event::Started { step } = event else {
            return false;
        };
        let is_held = self.shown == Shown::Lines { is_shared: true };
        if is_held && let Some(address) = self.addresses.get(step.0) {
            self.held.insert(address.clone(), line.clone());
        }
        is_held
    }

    /// Returns the lines that nothing has replaced.
    pub(super) fn held(self) -> impl Iterator<Item = Printable> {
        self.held.into_values()
    }

    /// Returns what must be drawn now.
    pub(super) fn refresh(&mut self, size: Size, width: usize, paint: Paint) -> Option<Drawing> {
        let at = self.begun.elapsed();
        match self.shown {
            Shown::Lines { .. } => self.progress.draw(at, size, paint),
            Shown::Heartbeat => {
                let line = self.progress.heartbeat(at, width)?;
                Some(printable!("{}\n", line).into())
            }
            Shown::Json | Shown::Nothing => None,
        }
    }

    /// Returns the drawing that clears the lines.
    pub(super) fn clear(&mut self, size: Size) -> Option<Drawing> {
        self.progress.clear(size)
    }
}
