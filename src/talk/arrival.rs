//! Whether a program has taken what was sent to it: it has read everything from its terminal, and its
//! screen has changed.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::machine::tty;
use crate::talk::capture::Capture;
use crate::talk::look::Sight;
use crate::talk::program::Program;
use crate::talk::request::Taken;

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How long it may take to read a text before Enter is pressed.
const READ_LIMIT: Duration = Duration::from_secs(10);
/// After this time without reading a byte it is busy with something else.
const BUSY_AFTER: Duration = Duration::from_millis(500);
/// The pause between two looks; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LAST_PAUSE: Duration = Duration::from_millis(100);
/// How many looks in a row must find everything read: tmux hands a long text over in parts.
const LOOKS: u32 = 2;

/// Looks at what has become of something that was sent.
pub(super) struct Arrival<'a> {
    program: Program<'a>,
}

/// A look at the terminal.
enum Reading {
    /// The program has ended, or its pane is gone.
    Ended,
    /// So many bytes are unread; `None` if that cannot be told.
    Unread(Option<u64>),
}

impl<'a> Arrival<'a> {
    pub(super) fn of(program: Program<'a>) -> Self {
        Arrival { program }
    }

    /// Waits until the program has read the text, or does not read.
    pub(super) async fn settle(&self) {
        let begun = Instant::now();
        let mut looks = Looks::default();
        let mut last = None;
        let mut since = begun;
        while begun.elapsed() < READ_LIMIT && !self.program.is_interrupted() {
            let Reading::Unread(Some(unread)) = self.reading().await else {
                return;
            };
            if looks.is_read(unread) {
                return;
            }
            if last != Some(unread) {
                (last, since) = (Some(unread), Instant::now());
            }
            if since.elapsed() >= BUSY_AFTER {
                return;
            }
            looks.pause().await;
        }
    }

    /// Waits until the program has read everything.
    pub(super) async fn is_read(&self) -> Taken {
        let begun = Instant::now();
        let mut looks = Looks::default();
        while begun.elapsed() < LIMIT && !self.program.is_interrupted() {
            match self.reading().await {
                Reading::Ended => return Err(ENDED.to_owned()),
                Reading::Unread(None) => return Err(UNTOLD.to_owned()),
                Reading::Unread(Some(unread)) if looks.is_read(unread) => return Ok(()),
                Reading::Unread(Some(_)) => looks.pause().await,
            }
        }
        Err(self.given_up(UNREAD))
    }

    /// Waits until the program has read everything, and its screen differs from the one before.
    pub(super) async fn is_answered(&self, before: &Capture) -> Taken {
        let begun = Instant::now();
        let mut looks = Looks::default();
        let mut is_read = false;
        while begun.elapsed() < LIMIT && !self.program.is_interrupted() {
            let reading = self.reading().await;
            is_read = match reading {
                Reading::Ended => return Err(ENDED.to_owned()),
                Reading::Unread(None) => true,
                Reading::Unread(Some(unread)) => looks.is_read(unread),
            };
            let screen = self.program.capture().await.ok().flatten();
            if is_read && screen.is_some_and(|screen| screen != *before) {
                return Ok(());
            }
            looks.pause().await;
        }
        Err(self.given_up(if is_read { UNANSWERED } else { UNREAD }))
    }

    fn given_up(&self, why: &str) -> String {
        match self.program.is_interrupted() {
            true => "interrupted".to_owned(),
            false => why.to_owned(),
        }
    }

    async fn reading(&self) -> Reading {
        let to = self.program.to;
        let Ok(mut sights) = self.program.look().await else {
            return Reading::Unread(None);
        };
        match sights.panes.remove(&to.pane) {
            Some(sight) if !sight.is_dead && sight.pid == to.pid => unread(&sight),
            _ => Reading::Ended,
        }
    }
}

fn unread(sight: &Sight) -> Reading {
    let modes = tty::modes(&sight.tty);
    Reading::Unread(modes.ok().map(|modes| modes.unread))
}

/// The looks so far.
struct Looks {
    /// How many in a row have found everything read.
    read: u32,
    pause: Duration,
}

impl Default for Looks {
    fn default() -> Self {
        Looks {
            read: 0,
            pause: FIRST_PAUSE,
        }
    }
}

impl Looks {
    /// Whether everything was read in this look and in those before.
    fn is_read(&mut self, unread: u64) -> bool {
        self.read = if unread == 0 { self.read + 1 } else { 0 };
        self.read >= LOOKS
    }

    async fn pause(&mut self) {
        // There is no event for a read of others.
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LAST_PAUSE);
    }
}

const ENDED: &str = "its program has exited meanwhile";
const UNTOLD: &str = "its terminal cannot be read";
const UNREAD: &str = "its program has not read it yet";
const UNANSWERED: &str = "its program has read it, but its screen has not changed";
