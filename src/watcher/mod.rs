//! The one loop that looks at what runs: a snapshot, how every pane stands by it, and what has
//! changed since the look before. Whoever shows that or waits for it is a client of a [`Watcher`].

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

/// How long one look may take, however often tmux has to be asked for it. It is longer than what a
/// single tmux process may take, which is told by its name.
const LOOK_DEADLINE: Duration = Duration::from_secs(45);

/// Looks at the panes of a server, again and again.
#[derive(Debug)]
pub struct Watcher {
    pace: Pace,
    begun: Instant,
    /// When the next look is due.
    due: Instant,
    memory: Memory,
    /// Somebody wants to know for how long panes have been as they are.
    is_timed: bool,
}

/// The panes that are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// All that triad has made on a server.
    All,
    Layout(LayoutRef<'a>),
}

/// What a look has shown.
#[derive(Debug)]
pub struct Look {
    pub snapshot: Snapshot,
    pub layouts: Vec<LayoutStatus>,
    /// Since the look before; in the first one everything that is there has appeared.
    pub changes: Vec<Change>,
}

impl Watcher {
    /// The first look is due at once.
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

    /// The same for somebody who wants to know since when panes are as they are.
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.is_timed = true;
        self
    }

    /// Waits until the next look is due. May be given up at any moment.
    pub async fn due(&self) {
        sleep(self.due.saturating_duration_since(Instant::now())).await;
    }

    pub fn is_due(&self) -> bool {
        Instant::now() >= self.due
    }

    /// Something has happened that a look will show.
    pub fn hurry(&mut self) {
        self.due = Instant::now();
    }

    /// The next look comes after a pause, whatever becomes of this one.
    pub fn put_off(&mut self) {
        self.due = Instant::now() + self.pace.every;
    }

    /// Asks the server how the panes stand; `None` if a signal comes before it has answered.
    ///
    /// `nonce` frames what tmux prints.
    ///
    /// # Errors
    /// When the server is out of reach. One that is gone is not: nothing is there then.
    pub async fn look(
        &mut self,
        server: &Server,
        of: Of<'_>,
        nonce: &str,
        interrupt: &mut Interrupt,
    ) -> Result<Option<Look>, ObserveError> {
        let begun = Instant::now();
        // One that fails is not tried again at once.
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

    /// The same of a snapshot that somebody else has taken. The next look comes after a pause.
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

    /// Begins anew: the next look is compared with none, and comes after a whole pause.
    pub fn begin_again(&mut self) {
        self.memory = Memory::default();
        self.put_off();
    }
}

/// What `doing` comes to; `None` if a signal comes before that.
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

/// The last lines that the programs of panes have printed, read together; none of a pane that
/// cannot be asked.
pub async fn last_lines(
    server: &Server,
    panes: &[PaneId],
    nonce: String,
    interrupt: Interrupt,
) -> BTreeMap<PaneId, Vec<String>> {
    if panes.is_empty() {
        return BTreeMap::new();
    }
    // What is only read goes to whatever server is there.
    let to = Destination::New;
    let link = Link::new(server.clone(), to, Bindings::new(), nonce, interrupt);
    link.last_lines(panes).await
}

/// For how long the processes of the panes have run.
fn ages(snapshot: &Snapshot) -> BTreeMap<i32, Duration> {
    let pids = snapshot.panes.iter().filter_map(|pane| match pane.process {
        LiveProcess::Running { pid, .. } => Some(pid),
        LiveProcess::Empty | LiveProcess::Ended(_) => None,
    });
    pids.filter_map(|pid| Some((pid, process::age(pid)?)))
        .collect()
}

/// Seconds since the epoch.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}
