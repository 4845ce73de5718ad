//! Waits until panes are what somebody wants them to be: by looks at the server, and for readiness
//! by the same engine and probes as a start. Holds no lock, and changes nothing but what is written
//! down of readiness.

mod follow;
mod goal;
mod judge;
mod waiter;

pub use goal::Goal;

use std::time::{Duration, Instant};

use crate::event::Waiting;
use crate::layout::{Address, Veil};
use crate::live::ObserveError;
use crate::machine::interrupt::Interrupt;
use crate::readiness::printed;
use crate::status::{Asked, PaneStatus};
use crate::tmux::environment::Environment;
use crate::tmux::server::Server;
use crate::watcher::wait::waiter::Waiter;

/// How often processes and probes are looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How often the server is asked, unless a process has ended; later the longer one.
const OBSERVE: Duration = Duration::from_millis(250);
const OBSERVE_LATER: Duration = Duration::from_secs(1);
/// When that is.
const LATER: Duration = Duration::from_secs(30);
/// How often progress is told.
const TELL: Duration = Duration::from_millis(200);

/// What is waited for.
#[derive(Debug)]
pub struct Wish<'a> {
    pub asked: Asked<'a>,
    /// As they stood when they were chosen.
    pub panes: &'a [PaneStatus],
    pub goal: Goal,
    /// One of them is enough.
    pub any: bool,
    pub limit: Limit,
    pub environment: &'a Environment,
    pub veil: &'a Veil,
    /// Frames what tmux prints.
    pub nonce: &'a str,
}

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// For readiness as each pane's probes say, once it runs; else [`END_DEADLINE`](crate::readiness::engine::END_DEADLINE).
    Own,
    Within(Duration),
    Endless,
}

/// What happens meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A pane is what it is waited for to be.
    Reached {
        address: Address,
        why: String,
        took: Duration,
    },
    /// It will not be any more.
    Lost {
        address: Address,
        why: String,
        lines: Vec<String>,
    },
    /// It was not in time.
    Late {
        address: Address,
        /// The last answer, or what it still had to do.
        answer: String,
        after: Duration,
        lines: Vec<String>,
    },
    /// tmux has started its program again.
    Restarted {
        address: Address,
    },
    Waiting {
        on: Vec<Waiting>,
        since: Duration,
    },
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub reached: Vec<Address>,
    pub lost: Vec<Address>,
    pub late: Vec<Address>,
    pub is_met: bool,
    /// The signal that cut it short.
    pub interrupted: Option<i32>,
    pub took: Duration,
}

/// A text that is a regular expression.
///
/// # Errors
/// A text for people: why it is none.
pub fn regex(text: &str) -> Result<String, String> {
    printed::pattern(text).map(|_| text.to_owned())
}

/// Waits until all of the panes, or any of them, are what is wished, until one cannot be any more,
/// or for as long as is allowed.
///
/// # Errors
/// When the server is out of reach. One that is gone is not: all its panes are gone then.
pub async fn wait(
    wish: &Wish<'_>,
    server: &Server,
    interrupt: &mut Interrupt,
    events: &mut dyn FnMut(Event),
) -> Result<Outcome, ObserveError> {
    let begun = Instant::now();
    let mut waiter = Waiter::new(wish, server, begun, events);
    let (mut observed, mut told): (Option<Instant>, Instant) = (None, begun);
    loop {
        let now = Instant::now();
        let pause = if now - begun < LATER {
            OBSERVE
        } else {
            OBSERVE_LATER
        };
        let is_due = observed.is_none_or(|observed| now - observed >= pause);
        if waiter.look(now) || is_due {
            observed = Some(now);
            waiter.observe().await?;
            waiter.look(Instant::now());
        }
        waiter.note().await;
        waiter.judge().await;
        if let Some(is_met) = waiter.verdict() {
            return Ok(waiter.outcome(is_met, None));
        }
        if told.elapsed() >= TELL {
            told = Instant::now();
            waiter.tell_waiting();
        }
        // Processes are tmux's children and probes are answers of others: both are looked at, and
        // every wait among them has its deadline, unless somebody asked for none.
        tokio::select! {
            () = interrupt.wait() => return Ok(waiter.outcome(false, interrupt.received())),
            () = tokio::time::sleep(LOOK) => {}
            () = waiter.watch.stirs() => {}
        }
    }
}
