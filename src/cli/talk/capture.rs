//! `triad capture`: prints what panes show.

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Problem, What};
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::target::{self, Count, Targets};
use crate::layout::Address;
use crate::live;
use crate::status::PaneStatus;
use crate::talk::capture::{self, Capture, Extent};
use crate::tmux::id::PaneId;
use crate::tmux::styled::Row;
use crate::view::json;
use crate::view::talk::{capture as view, html};

/// Print the screen of a pane
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad capture [OPTIONS] [MANIFEST|NAME] <ADDRESS>...",
    before_help = "triad capture api --history",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Manifest or the name of a layout, unless the pane is found from here, then addresses:
    /// `session/window/pane`, a shorter one, `*` for any name, or a pane's name if it is unique
    #[arg(value_name = "ADDRESS", num_args = 1.., required = true)]
    words: Vec<String>,
    /// Print the scrollback, too
    #[arg(long)]
    history: bool,
    /// Keep the colours, as escape sequences
    #[arg(long)]
    ansi: bool,
    /// Print an HTML file with the colours
    #[arg(long, conflicts_with_all = ["ansi", "json"])]
    html: bool,
}

const DETAILS: &str = "\
Prints a line that tmux has wrapped as one line; `--html` and `--json` print the rows as they are \
on the screen. Everything that the screen shows is printed, secrets too.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let found = target::targets(&world, global, &own.words, Count::Any).await?;
    let ids: Vec<PaneId> = found.panes.iter().filter_map(|pane| pane.id).collect();
    let live = found.snapshot.server.as_ref();
    let extent = Extent {
        with_history: own.history,
        joins_lines: !own.html && !output.is_json,
    };
    let nonce = nonce();
    let captures = match live {
        Some(live) => capture::capture(&found.server, live.id(), &ids, extent, &nonce).await,
        None => Ok(Default::default()),
    };
    let captures = captures.map_err(live::ObserveError::from)?;
    let panes = found.panes.iter();
    let seen = panes.filter_map(|pane| {
        let id = pane.id?;
        Some((&pane.address, id, captures.get(&id)?))
    });
    let seen: Vec<(&Address, PaneId, &Capture)> = seen.collect();
    show(&seen, own, output);
    match missing(&found, &seen, &own.words) {
        None => Ok(Exit::Success),
        Some(failure) => Err(failure),
    }
}

fn show(seen: &[(&Address, PaneId, &Capture)], own: &Arguments, output: &Output) {
    let line = match own.ansi {
        true => view::colored,
        false => Row::text,
    };
    output.json(&json::capture::captures(seen, line));
    if own.html {
        let pages: Vec<_> = seen
            .iter()
            .map(|(name, _, capture)| (*name, *capture))
            .collect();
        output.data(&html::page(&pages));
        return;
    }
    for (at, (address, _, capture)) in seen.iter().enumerate() {
        if seen.len() > 1 {
            let between = if at > 0 { "\n" } else { "" };
            output.data(&format!("{between}==> {address} <==\n"));
        }
        match own.ansi {
            true => output.colored(&view::ansi(capture)),
            false => output.data(&view::text(capture)),
        }
        if capture.is_dead && capture.history > 0 && !own.history {
            output.warning(&view::scrolled(address));
        }
    }
}

/// Returns the failure for the panes that could not be read. One that does not exist is missed only if
/// it was named itself, or if there is no other.
fn missing(
    found: &Targets,
    seen: &[(&Address, PaneId, &Capture)],
    words: &[String],
) -> Option<Failure> {
    let is_named = |pane: &PaneStatus| {
        let address = pane.address.to_string();
        let rest = |word: &String| address.strip_suffix(word.as_str()).map(str::to_owned);
        let mut rests = words.iter().filter_map(rest);
        rests.any(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let is_seen = |id: Option<PaneId>| seen.iter().any(|(_, other, _)| Some(*other) == id);
    let missing = found.panes.iter().filter(|pane| !is_seen(pane.id));
    let missing = missing.filter(|pane| pane.id.is_some() || seen.is_empty() || is_named(pane));
    let problems: Vec<Problem> = missing
        .map(|pane| Problem {
            message: match pane.id {
                Some(_) => format!("the pane `{}` has closed meanwhile", pane.address),
                None => format!("the pane `{}` does not exist", pane.address),
            },
            help: Some(format!(
                "`{}` shows what runs",
                advice::command(&found.server, &["ps"])
            )),
        })
        .collect();
    (!problems.is_empty()).then_some(Failure {
        exit: Exit::Error,
        what: What::Problems(problems),
    })
}
