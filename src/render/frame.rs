//! The frame of a window: its size, and the titles on the borders of its panes.

use crate::layout::Titles;
use crate::plan::change::WindowBuild;
use crate::tmux::script::Command;

/// The border of a pane: triad's title if it has one. `q/h` makes `#(…)` and `#[…]` in a title
/// plain text.
const BORDER_FORMAT: &str = "#{?#{!=:#{@triad_title},}, #{q/h:@triad_title} ,}";

pub(super) fn resize(target: &str, width: u32, height: u32) -> Command {
    let (width, height) = (width.to_string(), height.to_string());
    Command::new(["resize-window", "-t", target, "-x", &width, "-y", &height])
}

pub(super) fn titles(build: &WindowBuild, target: &str) -> Vec<Command> {
    let set =
        |option: &str, value: &str| Command::new(["set-option", "-w", "-t", target, option, value]);
    match build.window.titles {
        None if build.untitled => {
            let unset = |option: &str| Command::new(["set-option", "-wu", "-t", target, option]);
            vec![unset("pane-border-status"), unset("pane-border-format")]
        }
        None => Vec::new(),
        Some(Titles::Off) => vec![set("pane-border-status", "off")],
        Some(titles) => vec![
            set("pane-border-format", BORDER_FORMAT),
            set("pane-border-status", titles.as_str()),
        ],
    }
}
