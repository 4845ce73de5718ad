//! The conditions of a plan, besides layout and snapshot.

use serde::{Deserialize, Serialize};

use crate::layout::Salt;
use crate::tmux::id::PaneId;

/// The conditions of a plan, besides layout and snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// The size of a new window, in cells, without status lines.
    pub width: u32,
    pub height: u32,
    /// The pane that triad is running in, on this server.
    pub own_pane: Option<PaneId>,
    /// The source of the keys for new sessions' secrets; `None` if the layout has none of their
    /// values.
    pub salt: Option<Salt>,
}
