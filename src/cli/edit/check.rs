//! `triad check`: checks a manifest, and explains diagnostics.

use crate::cli::context::World;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::layout::nearest;
use crate::manifest::error;
use crate::manifest::explanation::Explanation;
use crate::preflight;
use crate::resolve;
use crate::view::json::{FORMAT, JsonCheck};
use crate::view::look::explain;
use crate::view::text::words;

/// Check a manifest, and report all mistakes at once
#[derive(Debug, clap::Args)]
#[command(before_help = "triad check layouts/webapp.kdl")]
pub(crate) struct Arguments {
    /// Manifest: a path, a folder, the name of a layout, or `-` for standard input
    manifest: Option<String>,
    /// Explain a diagnostic: the rule, the reason, and a wrong and a right example
    #[arg(
        long,
        value_name = "CODE",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with = "manifest"
    )]
    explain: Option<String>,
}

pub(crate) fn run(global: &Global, own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    if let Some(code) = &own.explain {
        return explained(code, output);
    }
    let world = World::read(global)?;
    // Whoever starts the layout may have the variables and files that are missing here.
    let layout = world.found_layout(global, own.manifest.as_deref())?;
    let warnings = preflight::bashisms(&layout, &world.environment);
    let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    warnings.iter().for_each(|text| output.warning(text));
    let (windows, panes) = (layout.windows().count(), layout.panes().count());
    if output.is_verbose {
        output.text(format!(
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
        warnings,
    });
    Ok(Exit::Success)
}

/// Explains a code. A short one may stand for two rules, one for the text and one for the result of
/// a template.
fn explained(code: &str, output: &Output) -> Result<Exit, Failure> {
    let all: Vec<Explanation> = error::explanations()
        .chain(resolve::explanations())
        .collect();
    let is_meant = |full: &str| {
        let rest = full.strip_suffix(code);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
    };
    let mut found = all
        .iter()
        .filter(|explanation| !code.is_empty() && is_meant(explanation.code))
        .peekable();
    if found.peek().is_none() {
        return Err(unknown(code, &all));
    }
    while let Some(explanation) = found.next() {
        let text = explain::text(explanation, output.look());
        let text = if found.peek().is_some() {
            text
        } else {
            text.trim_end()
        };
        output.text(text);
        output.json(&explain::json(explanation));
    }
    Ok(Exit::Success)
}

fn unknown(code: &str, all: &[Explanation]) -> Failure {
    let mut short: Vec<&str> = all
        .iter()
        .map(|explanation| explain::own_name(explanation.code))
        .collect();
    short.sort_unstable();
    short.dedup();
    let listed = short.join(", ");
    if code.is_empty() {
        let help = format!("use one of {listed}");
        return Failure::new(Exit::Usage, "`--explain` needs a code", help);
    }
    let message = format!("no diagnostic has the code `{code}`");
    let help = match nearest(explain::own_name(code), short.into_iter()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("use one of {listed}"),
    };
    Failure::new(Exit::Usage, message, help)
}
