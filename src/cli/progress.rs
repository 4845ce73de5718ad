//! How waits are shown while a plan is carried out: when and to whom. What they look like is
//! [`view::progress`](crate::view::run::progress)'s.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::event::{Event, Waiting, Waits};
use crate::layout::Address;
use crate::view::run::progress::Progress;
use crate::view::run::region::{Drawing, Size};
use crate::view::text::paint::Paint;
use crate::view::text::printable::{Printable, printable};

/// A wait that goes on is told this often in JSON.
const JSON_BEAT: Duration = Duration::from_secs(10);

/// In which way waits are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// A line a pane, drawn again and again; `is_shared`: on the terminal that all else is said on.
    Lines {
        is_shared: bool,
    },
    /// A line now and then.
    Heartbeat,
    Json,
    Nothing,
}

/// What is waited for, and since when a plan is carried out.
#[derive(Debug)]
pub(super) struct Watched {
    shown: Shown,
    begun: Instant,
    progress: Progress,
    /// Of each step of the plan.
    addresses: Vec<Address>,
    /// Lines that others are to take the place of.
    held: BTreeMap<Address, Printable>,
    /// What JSON was last told to be waited for, and when.
    told: Option<(Vec<Awaited>, Instant)>,
}

/// A wait, without what changes all the time.
#[derive(Debug, PartialEq, Eq)]
struct Awaited {
    address: Address,
    state: Waits,
    needs: Option<String>,
}

impl Watched {
    /// `addresses` is the order of the lines; of a plan, those of its steps.
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

    /// Whether JSON is to be told: of a wait when what is waited for is something else, or when it
    /// has gone on for long.
    pub(super) fn is_told(&mut self, event: &Event) -> bool {
        let Event::Waiting { on, .. } = event else {
            return true;
        };
        // The answers of probes change with every attempt; that they are awaited does not.
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

    /// Keeps the line of a start where the pane's own line shows the same and stays in sight.
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

    /// The lines that nothing took the place of.
    pub(super) fn held(self) -> impl Iterator<Item = Printable> {
        self.held.into_values()
    }

    /// What is to be drawn now.
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

    /// What takes away what stands.
    pub(super) fn clear(&mut self, size: Size) -> Option<Drawing> {
        self.progress.clear(size)
    }
}
