//! `triad check`: the manifest alone.

use crate::cli::Global;
use crate::cli::context::World;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::view::json::{FORMAT, JsonCheck};
use crate::view::words;

/// Check a manifest; needs no tmux
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The manifest: a path, the name of a layout, or `-`
    manifest: Option<String>,
}

pub fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let layout = world.layout(global, own.manifest.as_deref())?;
    let (windows, panes) = (layout.windows().count(), layout.panes().count());
    if output.is_verbose {
        output.text(&format!(
            "{}: {}, {}, {}",
            layout.name,
            words::count(layout.sessions.len(), "session"),
            words::count(windows, "window"),
            words::count(panes, "pane")
        ));
    }
    output.json(&JsonCheck {
        format: FORMAT,
        layout: layout.name.clone(),
        sessions: layout.sessions.len(),
        windows,
        panes,
        diagnostics: Vec::new(),
    });
    Ok(Exit::Success)
}
