//! Waits until panes are what somebody wants them to be: by the looks of a [`Watcher`], and for
//! readiness by the same engine and probes as a start. Holds no lock, and changes nothing but what
//! is written down of readiness.
//!
//! [`Watcher`]: crate::watcher::Watcher

mod follow;
mod goal;
mod judge;
mod waiter;

pub use goal::Goal;

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::event::Event;
use crate::layout::{Address, Veil};
use crate::live::ObserveError;
use crate::machine::interrupt::Interrupt;
use crate::readiness::printed;
use crate::status::{LayoutRef, PaneStatus};
use crate::tmux::environment::Environment;
use crate::tmux::server::Server;
use crate::watcher::unless_told;
use crate::watcher::wait::waiter::Waiter;

/// How often progress is told.
const TELL: Duration = Duration::from_millis(200);
/// How long tmux may take for all that is asked of it at once.
const STEP_DEADLINE: Duration = Duration::from_secs(90);
/// How long tmux may take once the time is over that somebody has given.
const GRACE: Duration = Duration::from_secs(2);

/// What is waited for.
#[derive(Debug)]
pub struct WaitRequest<'a> {
    pub asked: LayoutRef<'a>,
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

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitOutcome {
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
    wish: &WaitRequest<'_>,
    server: &Server,
    interrupt: &mut Interrupt,
    events: &mut dyn FnMut(Event),
) -> Result<WaitOutcome, ObserveError> {
    let begun = Instant::now();
    let mut waiter = Waiter::new(wish, server, interrupt.clone(), begun, events);
    let mut told = begun;
    loop {
        let patience = wish.limit.patience(begun.elapsed());
        let step = unless_told(interrupt, timeout(patience, waiter.step())).await;
        match step {
            None => return Ok(waiter.outcome(false, interrupt.received())),
            Some(Err(_)) => waiter.give_up(),
            Some(Ok(stepped)) => stepped?,
        }
        if let Some(is_met) = waiter.verdict() {
            return Ok(waiter.outcome(is_met, None));
        }
        if told.elapsed() >= TELL {
            told = Instant::now();
            waiter.tell_waiting();
        }
        if unless_told(interrupt, waiter.stirs()).await.is_none() {
            return Ok(waiter.outcome(false, interrupt.received()));
        }
    }
}

impl Limit {
    /// How long tmux may take for what is asked of it now.
    fn patience(self, waited: Duration) -> Duration {
        match self {
            Limit::Within(limit) => (limit.saturating_sub(waited) + GRACE).min(STEP_DEADLINE),
            Limit::Own | Limit::Endless => STEP_DEADLINE,
        }
    }
}
