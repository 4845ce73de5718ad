//! A window that is wanted.

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::options::{Options, TmuxHooks};
use super::origin::Origin;
use super::tree::Node;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    pub address: Address,
    /// tmux's window name.
    pub title: String,
    /// `None`: the pane borders are left to the user's own settings.
    pub titles: Option<Titles>,
    pub focus: bool,
    /// Whether only the focused pane is shown when it is made.
    pub zoom: bool,
    /// `None`: as tmux has it.
    pub synchronize: Option<bool>,
    pub options: Options,
    /// Those of its session that tmux keeps on windows.
    pub hooks: TmuxHooks,
    /// Addresses that it may have had before, by its own `was` and those of what is around it.
    pub former: Vec<Address>,
    /// Whether shares are kept exact when the window changes size.
    pub ratio: Ratio,
    /// Whether the cells of the outermost split give way in a window that is too small for them:
    /// they are those of tmux's options for the main pane.
    pub gives_way: bool,
    /// Never empty: a window without panes has one bare shell.
    pub root: Node,
    pub origin: Origin,
}

/// Where pane titles are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Titles {
    Top,
    Bottom,
    Off,
}

impl Titles {
    /// tmux's word for it (`pane-border-status`).
    pub fn as_str(self) -> &'static str {
        match self {
            Titles::Top => "top",
            Titles::Bottom => "bottom",
            Titles::Off => "off",
        }
    }
}

/// Who keeps the shares of a window when the terminal changes size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ratio {
    /// A hook of ours restores them exactly.
    Keep,
    /// tmux, in its own way.
    Free,
}
