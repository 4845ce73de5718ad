//! The loop that looks at the running panes: a snapshot, the status of every pane, and the changes
//! since the look before. Displays and waits are clients of a [`Watcher`].

mod changes;
mod pace;
pub mod wait;

pub use changes::{Change, Seen};
pub use pace::Pace;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::time::{sleep, timeout};

use crate::link::Link;
use crate::link::batch::Destination;
use crate::live::{self, LiveProcess, ObserveError, Snapshot};
use crate::machine::interrupt::Interrupt;
use crate::machine::process;
use crate::status::{self, Clock, LayoutRef, LayoutStatus};
use crate::tmux::id::PaneId;
use crate::tmux::script::Bindings;
use crate::tmux::server::Server;
use crate::watcher::changes::Memory;

/// The time limit of one look, however often tmux has to be asked. It is longer than the limit of a
/// single tmux process, whose error names the process.
const LOOK_DEADLINE: Duration = Duration::from_secs(45);

/// Looks at the panes of a server repeatedly.
#[derive(Debug)]
pub struct Watcher {
    pace: Pace,
    begun: Instant,
    /// The time of the next look.
    due: Instant,
    memory: Memory,
    /// Whether the times of states are needed.
    is_timed: bool,
}

/// The panes that are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// All panes that triad has created on a server.
    All,
    Layout(LayoutRef<'a>),
}

/// The result of a look.
#[derive(Debug)]
pub struct Look {
    pub snapshot: Snapshot,
    pub layouts: Vec<LayoutStatus>,
    /// The changes since the look before; in the first look every pane has appeared.
    pub changes: Vec<Change>,
}

impl Watcher {
    /// Returns a watcher whose first look is due at once.
    pub fn new(pace: Pace) -> Self {
        let now = Instant::now();
        Watcher {
            pace,
            begun: now,
            due: now,
            memory: Memory::default(),
            is_timed: false,
        }
    }

    /// Also measures the times of states.
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.is_timed = true;
        self
    }

    /// Waits until the next look is due. May be cancelled at any moment.
    pub async fn due(&self) {
        sleep(self.due.saturating_duration_since(Instant::now())).await;
    }

    pub fn is_due(&self) -> bool {
        Instant::now() >= self.due
    }

    /// Makes the next look due now.
    pub fn hurry(&mut self) {
        self.due = Instant::now();
    }

    /// Puts off the next look by a pause.
    pub fn put_off(&mut self) {
        self.due = Instant::now() + self.pace.every;
    }

    /// Asks the server for the status of the panes; `None` if a signal comes first.
    ///
    /// `nonce` frames tmux's output.
    ///
    /// # Errors When the server cannot be reached. A server that is gone is no error: there are no
    /// panes then.
    pub async fn look(
        &mut self,
        server: &Server,
        of: Of<'_>,
        nonce: &str,
        interrupt: &mut Interrupt,
    ) -> Result<Option<Look>, ObserveError> {
        let begun = Instant::now();
        // A failed look is not repeated at once.
        self.put_off();
        let asked = live::Query::default();
        let observed = timeout(LOOK_DEADLINE, live::observe(server, nonce, &asked));
        let Some(observed) = unless_told(interrupt, observed).await else {
            return Ok(None);
        };
        let late = |_| ObserveError::OutOfReach {
            said: format!("no listing within {} s", LOOK_DEADLINE.as_secs()),
        };
        let snapshot = observed.map_err(late)??;
        let now = Instant::now();
        let look = self.take(snapshot, of);
        self.due = now + self.pace.pause(now - self.begun, now - begun);
        Ok(Some(look))
    }

    /// Takes a snapshot that was made elsewhere. The next look comes after a pause.
    pub fn take(&mut self, snapshot: Snapshot, of: Of<'_>) -> Look {
        let snapshot = match of {
            Of::All => snapshot,
            Of::Layout(asked) => snapshot.called_by(asked.wanted),
        };
        let ages = match self.is_timed {
            true => ages(&snapshot),
            false => BTreeMap::new(),
        };
        let clock = Clock {
            now: if self.is_timed { now() } else { 0 },
            ages: &ages,
        };
        let layouts = match of {
            Of::All => status::of_all(&snapshot, &clock),
            Of::Layout(asked) => status::of_layout(asked, &snapshot, &clock),
        };
        let changes = self.memory.look(&layouts, &snapshot);
        self.put_off();
        Look {
            snapshot,
            layouts,
            changes,
        }
    }

    /// Starts over: the next look is compared with nothing, and comes after a whole pause.
    pub fn begin_again(&mut self) {
        self.memory = Memory::default();
        self.put_off();
    }
}

/// Awaits `doing`; `None` if a signal comes first.
pub async fn unless_told<T>(
    interrupt: &mut Interrupt,
    doing: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        () = interrupt.wait() => None,
        done = doing => Some(done),
    }
}

/// Returns the last lines of panes, read together; none for a pane that cannot be read.
pub async fn last_lines(
    server: &Server,
    panes: &[PaneId],
    nonce: String,
    interrupt: Interrupt,
) -> BTreeMap<PaneId, Vec<String>> {
    if panes.is_empty() {
        return BTreeMap::new();
    }
    // Reading may go to any server that is there.
    let to = Destination::New;
    let link = Link::new(server.clone(), to, Bindings::new(), nonce, interrupt);
    link.last_lines(panes).await
}

/// Returns the ages of the processes in the panes.
fn ages(snapshot: &Snapshot) -> BTreeMap<i32, Duration> {
    let pids = snapshot.panes.iter().filter_map(|pane| match pane.process {
        LiveProcess::Running { pid, .. } => Some(pid),
        LiveProcess::Empty | LiveProcess::Ended(_) => None,
    });
    pids.filter_map(|pid| Some((pid, process::age(pid)?)))
        .collect()
}

/// Returns the seconds since the epoch.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}
