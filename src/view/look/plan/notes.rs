//! The notes of a plan beside its steps: worth a line, but no change.

use crate::layout::Address;
use crate::plan::Plan;
use crate::plan::change::Note;
use crate::plan::fields::shell_word;
use crate::view::text::words;

/// Returns the notes of a plan.
pub fn notes(plan: &Plan) -> Vec<String> {
    plan.notes.iter().filter_map(note).collect()
}

/// Returns the notes that are shown even if the plan is not: something else may have been meant.
pub fn warnings(plan: &Plan) -> Vec<String> {
    let warnings = plan.notes.iter();
    let warnings =
        warnings.filter(|note| matches!(note, Note::VarsMissing { .. } | Note::Former { .. }));
    warnings.filter_map(note).collect()
}

fn missing_vars(vars: &[(String, String)]) -> String {
    let flags = vars
        .iter()
        .map(|(name, value)| format!("--var {}", shell_word(&format!("{name}={value}"))));
    let flags = flags.collect::<Vec<_>>().join(" ");
    format!("note: the last apply used `{flags}`; add it to keep it")
}

/// Returns a note in words; `None` if the tree shows it already.
fn note(note: &Note) -> Option<String> {
    Some(match note {
        Note::ForeignPanes { window, panes } => format!(
            "note: `{window}` has {} made by hand, so its geometry is left alone",
            words::count(*panes, "pane")
        ),
        Note::Floating { window, panes } => floating(window, *panes),
        Note::Kept { address, foreign } => format!(
            "note: `{address}` stays, because of {} made by hand",
            words::count(*foreign, "pane")
        ),
        Note::NotPruned {
            address,
            pane,
            window,
        } => {
            let name = address
                .as_ref()
                .map_or(pane.to_string(), Address::to_string);
            let kept = format!("note: `{name}` is not in the manifest, and is kept (--no-prune)");
            match window {
                Some(window) => format!("{kept}; the geometry of `{window}` is left alone"),
                None => kept,
            }
        }
        Note::SessionEnds { session, clients } => session_ends(session, *clients),
        Note::LeftOut { panes } => left_out(*panes),
        Note::PartialHook { window } => format!(
            "note: `{window}` nests a split in one of the same direction: its sizes are exact when \
             applied, and tmux scales them in its own way after that"
        ),
        Note::Hook { name, line } => format!("note: {name} runs `{line}`"),
        Note::Released { address, options } => format!(
            "note: `{address}` keeps {} as {}: no longer in the manifest",
            words::quoted(options),
            if options.len() == 1 {
                "it is"
            } else {
                "they are"
            }
        ),
        Note::HookShadows { address, events } => format!(
            "note: `{address}` has its own hooks for {}, so the global ones do not run in it",
            words::quoted(events)
        ),
        Note::HistoryLater { address } => {
            format!("note: `history` of `{address}` takes effect when its pane is created again")
        }
        Note::TypedLater { address } => {
            format!("note: `type` of `{address}` takes effect when it is started again")
        }
        Note::OwnPane { address } => {
            format!("note: triad runs in `{address}`, so it comes last")
        }
        Note::LeftStopped { panes, changed } => left_stopped(panes, changed),
        Note::Unstarted { panes } => unstarted(panes),
        Note::GoOn { panes } => go_on(panes),
        Note::Unseen { panes } => unseen(panes),
        Note::Unended { panes } => unended(panes),
        Note::Former { layout, now } => former(layout, now),
        Note::NeverStarted { address } => never_started(address),
        Note::VarsMissing { vars } => missing_vars(vars),
        Note::LeftEnded { address, exit } => {
            let ended = words::ended(*exit);
            format!("note: `{address}` {ended}, and is left as it is")
        }
    })
}

fn floating(window: &Address, panes: usize) -> String {
    let panes = words::count(panes, "floating pane");
    format!("note: `{window}` has {panes}, so its geometry is left alone")
}

fn session_ends(session: &str, clients: u32) -> String {
    let clients = match clients {
        1 => "1 client is".to_owned(),
        clients => format!("{clients} clients are"),
    };
    format!("note: session `{session}` closes with its last window, and {clients} attached to it")
}

fn left_stopped(panes: &[Address], changed: &[Address]) -> String {
    let stay = if panes.len() == 1 { "stays" } else { "stay" };
    let text = format!("note: {} {stay} stopped until `triad start`", named(panes));
    if changed.is_empty() {
        return text;
    }
    format!("{text}; changes to {} take effect then", named(changed))
}

fn go_on(panes: &[Address]) -> String {
    let (depend, keep, them) = match panes.len() {
        1 => ("depends", "keeps", "it"),
        _ => ("depend", "keep", "them"),
    };
    format!(
        "note: {} {depend} on a stopped pane and {keep} running: --with-dependents stops {them}, too",
        named(panes)
    )
}

fn unseen(panes: &[Address]) -> String {
    let (are, them) = are(panes);
    format!(
        "note: {} {are} running, but not known to be ready: apply waits for {them}, unless --no-wait",
        named(panes)
    )
}

fn unended(panes: &[Address]) -> String {
    let (are, them) = are(panes);
    format!(
        "note: {} {are} still running: apply waits for {them} to exit, unless --no-wait",
        named(panes)
    )
}

fn unstarted(panes: &[Address]) -> String {
    let (are, them) = are(panes);
    format!(
        "note: {} {are} not started: `triad start` starts {them}",
        named(panes)
    )
}

fn former(layout: &str, now: &str) -> String {
    format!(
        "note: layout `{layout}` was applied from this manifest, too, and still runs: \
         `layout \"{now}\" was=\"{layout}\"` keeps it running, and `triad down {layout}` stops it"
    )
}

/// Returns the verb and the pronoun for these panes.
fn are(panes: &[Address]) -> (&'static str, &'static str) {
    match panes.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    }
}

fn never_started(address: &Address) -> String {
    format!("note: `{address}` has not been started: there is nothing to stop")
}

fn named(panes: &[Address]) -> String {
    let panes: Vec<String> = panes.iter().map(Address::to_string).collect();
    words::quoted(&panes)
}

fn left_out(panes: usize) -> String {
    match panes {
        1 => "note: 1 pane is left alone (--only)".to_owned(),
        panes => format!("note: {panes} panes are left alone (--only)"),
    }
}
