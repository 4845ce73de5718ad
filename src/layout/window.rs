//! A wanted window.

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
    /// Whether the focused pane is zoomed when the window is created.
    pub zoom: bool,
    /// `None`: tmux's setting.
    pub synchronize: Option<bool>,
    pub options: Options,
    /// The hooks of its session that tmux keeps on windows.
    pub hooks: TmuxHooks,
    /// The possible former addresses, from its own `was` and that of its session.
    pub former: Vec<Address>,
    /// Whether shares are kept exact when the window changes size.
    pub ratio: Ratio,
    /// Whether the cells of the outermost split give way in a window that is too small for them,
    /// because they come from tmux's options for the main pane.
    pub gives_way: bool,
    /// Never empty: a window without panes has one bare shell.
    pub root: Node,
    pub origin: Origin,
}

/// The border that shows pane titles.
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

/// The way a window's shares are kept when the terminal changes size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ratio {
    /// A hook of triad restores them exactly.
    Keep,
    /// tmux, in its own way.
    Free,
}
