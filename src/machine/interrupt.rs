//! Signals: the first asks execution to end in order, the second ends it at once. A file that would
//! become too large ends nothing.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// The number that a shell adds to a signal's to make an exit status.
const EXIT_BASE: i32 = 128;

/// The signals that triad has received.
#[derive(Debug, Clone)]
pub struct Interrupt {
    received: watch::Receiver<Option<i32>>,
    is_deaf: Arc<AtomicBool>,
    /// Whether triad itself wants the execution to end.
    cut: watch::Receiver<bool>,
}

/// The number in place of a signal when triad itself has cut an execution short.
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
    /// Listens to INT, TERM and HUP from now on, except those that the caller ignores (`nohup`).
    ///
    /// # Errors
    /// Returns an error if the system refuses the handlers.
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

    /// Returns a copy that can be cut short without a signal: [`CUT`] is received then.
    pub fn with_cut(&self) -> (Self, Cut) {
        let (sender, cut) = watch::channel(false);
        let interrupt = self.clone();
        (Interrupt { cut, ..interrupt }, Cut(sender))
    }

    /// Returns a copy that only a signal ends.
    pub fn of_signals(&self) -> Self {
        let cut = never();
        let interrupt = self.clone();
        Interrupt { cut, ..interrupt }
    }

    /// Ignores HUP and TERM from now on: a closing terminal sends them, and triad is closing its
    /// own.
    pub fn deafen(&self) {
        self.is_deaf.store(true, Ordering::Relaxed);
    }

    /// Returns the signal that came first, if there was one.
    pub fn received(&self) -> Option<i32> {
        let signal = *self.received.borrow();
        signal.or_else(|| self.cut.borrow().then_some(CUT))
    }

    /// Returns the result of `doing`; `None` if a signal comes first.
    pub async fn or<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        self.grace(Duration::ZERO, doing).await
    }

    /// Returns the result of `doing`; `None` if it still runs this long after a signal.
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
        // If one source is closed, wait for the other.
        let received = async { self.received.wait_for(Option::is_some).await.map(|_| ()) };
        let cut = async { self.cut.wait_for(|is_cut| *is_cut).await.map(|_| ()) };
        tokio::select! {
            Ok(()) = received => {}
            Ok(()) = cut => {}
            else => std::future::pending().await,
        }
    }
}

/// Makes a write beyond the file size limit (`ulimit -f`) fail instead of ending the process, so
/// that triad can clean up and report it. The signal is caught and not ignored, so that child
/// processes get it as usual. It must be used within a tokio runtime.
///
/// # Errors
/// Returns an error if the system refuses the handler.
pub fn outlive_size_limit() -> std::io::Result<()> {
    let kind = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    if !is_ignored(kind) {
        // The handler stays without a listener.
        drop(signal(kind)?);
    }
    Ok(())
}

/// Returns a source that never cuts.
fn never() -> watch::Receiver<bool> {
    watch::channel(false).1
}

/// Whether the signal is ignored, if the machine tells.
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
