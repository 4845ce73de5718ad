//! The program in a pane, as it is seen from outside.

use crate::link::Link;
use crate::machine::tty::{self, Modes};
use crate::talk::capture::{self, Capture, Extent};
use crate::talk::look::{self, Sights};
use crate::tmux::delivery::Recipient;
use crate::tmux::server::ServerError;

/// The program that something is sent to.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    pub link: &'a Link,
    pub to: Recipient,
}

impl Program<'_> {
    /// Looks at its pane and at the persons who may be typing.
    ///
    /// # Errors
    /// Returns an error if tmux does not answer.
    pub async fn look(&self) -> Result<Sights, ServerError> {
        let (server, id) = (self.link.server(), self.to.server);
        look::look(server, id, &[self.to.pane], self.link.nonce()).await
    }

    /// Reads the modes of its terminal, if that can be told.
    pub async fn modes(&self) -> Option<Modes> {
        let sights = self.look().await.ok()?;
        tty::modes(&sights.panes.get(&self.to.pane)?.tty).ok()
    }

    /// Reads its screen; `None` if the pane is gone.
    ///
    /// # Errors
    /// Returns an error if tmux does not answer.
    pub async fn capture(&self) -> Result<Option<Capture>, ServerError> {
        let extent = Extent {
            with_history: false,
            joins_lines: false,
        };
        let (server, id, panes) = (self.link.server(), self.to.server, [self.to.pane]);
        let mut captures = capture::capture(server, id, &panes, extent, self.link.nonce()).await?;
        Ok(captures.remove(&self.to.pane))
    }

    /// Whether a signal asks triad to end.
    pub fn is_interrupted(&self) -> bool {
        self.link.interrupt().received().is_some()
    }
}
