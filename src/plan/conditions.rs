//! What else a plan depends on.

use serde::{Deserialize, Serialize};

use crate::layout::Salt;
use crate::tmux::id::PaneId;

/// What else a plan depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// The size of a new window, in cells, status lines already taken off.
    pub width: u32,
    pub height: u32,
    /// The pane that triad itself runs in, on this server.
    pub own_pane: Option<PaneId>,
    /// What the keys of new sessions' secrets are made from; `None` where the layout has none of
    /// their values.
    pub salt: Option<Salt>,
}
