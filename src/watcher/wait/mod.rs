//! Waits until panes reach a state: by the looks of a [`Watcher`], and for readiness by the same
//! engine and probes as a start. Holds no lock, and changes nothing but the stored readiness.
//!
//! [`Watcher`]: crate::watcher::Watcher

mod follow;
mod goal;
mod judge;
mod request;
mod waiter;

pub use goal::Goal;
pub use request::{Limit, WaitOutcome, WaitRequest};

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::event::Event;
use crate::layout::expression;
use crate::live::ObserveError;
use crate::machine::interrupt::Interrupt;
use crate::tmux::server::Server;
use crate::watcher::unless_told;
use crate::watcher::wait::waiter::Waiter;

/// The interval at which progress is reported.
const TELL: Duration = Duration::from_millis(200);
/// Checks that a text is a regular expression, and returns it.
///
/// # Errors The reason why it is not, for people.
pub fn regex(text: &str) -> Result<String, String> {
    expression(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("`{text}`: {error}"))
}

/// Waits until all of the panes, or any of them, reach the goal, until one no longer can, or until
/// the time is over.
///
/// # Errors When the server cannot be reached. A server that is gone is no error: all of its panes
/// are gone then.
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
        let step = async {
            waiter.step().await?;
            waiter.judge().await;
            Ok::<_, ObserveError>(())
        };
        let step = unless_told(interrupt, timeout(patience, step)).await;
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
