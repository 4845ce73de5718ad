//! Signals: the first asks execution to come to an orderly end, the second ends it. A file that
//! would become too large ends nothing.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// What a shell adds to a signal's number to make an exit status.
const EXIT_BASE: i32 = 128;

/// Whether a signal came.
#[derive(Debug, Clone)]
pub struct Interrupt {
    received: watch::Receiver<Option<i32>>,
    is_deaf: Arc<AtomicBool>,
    /// Whether somebody within triad wants the execution to end.
    cut: watch::Receiver<bool>,
}

/// Stands for the signal where triad itself has cut an execution short.
pub const CUT: i32 = 0;

/// Cuts an execution short, as a signal does.
#[derive(Debug)]
pub struct Cut(watch::Sender<bool>);

impl Cut {
    pub fn now(&self) {
        self.0.send_replace(true);
    }
}

impl Interrupt {
    /// Listens to INT, TERM and HUP from now on, but not to what the caller had us ignore (`nohup`).
    ///
    /// # Errors
    /// When the system refuses the handlers.
    pub fn listen() -> std::io::Result<Self> {
        let (sender, received) = watch::channel(None);
        let is_deaf = Arc::new(AtomicBool::new(false));
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        for kind in kinds.into_iter().filter(|kind| !is_ignored(*kind)) {
            let mut signals = signal(kind)?;
            let sender = sender.clone();
            let is_deaf = Arc::clone(&is_deaf);
            let is_of_person = kind == SignalKind::interrupt();
            tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    if is_deaf.load(Ordering::Relaxed) && !is_of_person {
                        continue;
                    }
                    let number = kind.as_raw_value();
                    let is_second = sender.borrow().is_some();
                    if is_second {
                        std::process::exit(EXIT_BASE + number);
                    }
                    sender.send_replace(Some(number));
                }
            });
        }
        Ok(Interrupt {
            received,
            is_deaf,
            cut: never(),
        })
    }

    /// The same for an execution that can be cut short without a signal: [`CUT`] is received then.
    pub fn with_cut(&self) -> (Self, Cut) {
        let (sender, cut) = watch::channel(false);
        let interrupt = self.clone();
        (Interrupt { cut, ..interrupt }, Cut(sender))
    }

    /// The same for what only a signal ends.
    pub fn of_signals(&self) -> Self {
        let cut = never();
        let interrupt = self.clone();
        Interrupt { cut, ..interrupt }
    }

    /// From now on only INT counts: HUP and TERM are what a terminal sends that is taken away, and
    /// triad itself is taking its own away.
    pub fn deafen(&self) {
        self.is_deaf.store(true, Ordering::Relaxed);
    }

    /// The signal that came first, if one did.
    pub fn received(&self) -> Option<i32> {
        let signal = *self.received.borrow();
        signal.or_else(|| self.cut.borrow().then_some(CUT))
    }

    /// What `doing` comes to; `None` if a signal comes before that.
    pub async fn or<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        self.grace(Duration::ZERO, doing).await
    }

    /// What `doing` comes to; `None` if it is still under way so long after a signal.
    pub async fn grace<T>(&self, grace: Duration, doing: impl Future<Output = T>) -> Option<T> {
        let mut interrupt = self.clone();
        let over = async {
            interrupt.wait().await;
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            biased;
            done = doing => Some(done),
            () = over => None,
        }
    }

    /// Waits for a signal; for ever if none comes.
    pub async fn wait(&mut self) {
        // Where nobody is left who could say so, the wait is for the other.
        let received = async { self.received.wait_for(Option::is_some).await.map(|_| ()) };
        let cut = async { self.cut.wait_for(|is_cut| *is_cut).await.map(|_| ()) };
        tokio::select! {
            Ok(()) = received => {}
            Ok(()) = cut => {}
            else => std::future::pending().await,
        }
    }
}

/// From now on a write beyond the limit on the size of a file (`ulimit -f`) fails, and does not end
/// the process: what was begun can be removed, and told. The signal is caught and not ignored, so that
/// programs which are started get it as usual. It must be used within a tokio runtime.
///
/// # Errors
/// When the system refuses the handler.
pub fn outlive_size_limit() -> std::io::Result<()> {
    let kind = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    if !is_ignored(kind) {
        // The handler stays when nobody listens any more.
        drop(signal(kind)?);
    }
    Ok(())
}

/// Nobody cuts it short.
fn never() -> watch::Receiver<bool> {
    watch::channel(false).1
}

/// Whether the signal is ignored, where the machine tells.
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
