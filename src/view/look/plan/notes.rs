//! What a plan says beside its steps: what is worth a line and changes nothing.

use crate::layout::Address;
use crate::plan::Plan;
use crate::plan::change::Note;
use crate::plan::fields::shell_word;
use crate::view::text::words;

/// What is worth a line and changes nothing.
pub fn notes(plan: &Plan) -> Vec<String> {
    plan.notes.iter().filter_map(note).collect()
}

/// What is said even where the plan is not shown: something other may have been meant.
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
    format!("note: the last apply was given `{flags}`; add that to give it again")
}

/// A note in words; `None` for what the tree says already.
fn note(note: &Note) -> Option<String> {
    Some(match note {
        Note::ForeignPanes { window, panes } => format!(
            "note: {} in `{window}` made by hand: kept, and the window's geometry is left alone",
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
            let kept = format!("note: `{name}` is not in the manifest, and stays: --no-prune");
            match window {
                Some(window) => format!("{kept}; the geometry of `{window}` is left alone"),
                None => kept,
            }
        }
        Note::SessionEnds { session, clients } => session_ends(session, *clients),
        Note::LeftOut { panes } => left_out(*panes),
        Note::PartialHook { window } => format!(
            "note: `{window}` nests a split in another of its own direction: its sizes are exact \
             when applied, and follow tmux's own scaling after that"
        ),
        Note::Hook { name, line } => format!("note: {name} runs `{line}`"),
        Note::Released { address, options } => format!(
            "note: `{address}` keeps {} as {}: the manifest does not say any more",
            words::quoted(options),
            if options.len() == 1 {
                "it is"
            } else {
                "they are"
            }
        ),
        Note::HookShadows { address, events } => format!(
            "note: hooks that are set for all ({}) do not run in `{address}`, which has its own",
            words::quoted(events)
        ),
        Note::HistoryLater { address } => {
            format!("note: `history` of `{address}` counts from when its pane is made anew")
        }
        Note::TypedLater { address } => format!(
            "note: what is typed into `{address}` counts from when its shell is started again"
        ),
        Note::OwnPane { address } => {
            format!("note: triad runs in `{address}`, which comes last")
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
            format!("note: `{address}` has ended with {exit}, and is left as it is")
        }
    })
}

fn floating(window: &Address, panes: usize) -> String {
    let float = if panes == 1 { "floats" } else { "float" };
    let panes = words::count(panes, "pane");
    format!("note: {panes} of `{window}` {float}: left so, and the window's geometry is left alone")
}

fn session_ends(session: &str, clients: u32) -> String {
    let clients = match clients {
        1 => "1 client is".to_owned(),
        clients => format!("{clients} clients are"),
    };
    format!("note: session `{session}` ends with its last window, and {clients} attached to it")
}

fn left_stopped(panes: &[Address], changed: &[Address]) -> String {
    let stay = if panes.len() == 1 { "stays" } else { "stay" };
    let text = format!("note: {} {stay} stopped until `triad start`", named(panes));
    if changed.is_empty() {
        return text;
    }
    format!("{text}; changes of {} count from then", named(changed))
}

fn go_on(panes: &[Address]) -> String {
    let (need, go, them) = match panes.len() {
        1 => ("needs", "goes", "it"),
        _ => ("need", "go", "them"),
    };
    format!(
        "note: {} {need} what is stopped, and {go} on: --with-dependents stops {them} too",
        named(panes)
    )
}

fn unseen(panes: &[Address]) -> String {
    let (run, were, them) = match panes.len() {
        1 => ("runs", "was", "it"),
        _ => ("run", "were", "them"),
    };
    format!(
        "note: {} {run} and {were} not seen ready yet: apply waits for {them}, unless --no-wait",
        named(panes)
    )
}

fn unended(panes: &[Address]) -> String {
    let (run, end) = match panes.len() {
        1 => ("runs", "its end"),
        _ => ("run", "their ends"),
    };
    format!(
        "note: {} still {run}: apply waits for {end}, unless --no-wait",
        named(panes)
    )
}

fn unstarted(panes: &[Address]) -> String {
    let (are, them) = match panes.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    format!(
        "note: {} {are} not started: `triad start` starts {them}",
        named(panes)
    )
}

fn former(layout: &str, now: &str) -> String {
    format!(
        "note: layout `{layout}` was applied from this manifest, too, and still runs: \
         `layout \"{now}\" was=\"{layout}\"` keeps what runs in it, and `triad down {layout}` ends it"
    )
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
        1 => "note: 1 pane is left as it is: --only".to_owned(),
        panes => format!("note: {panes} panes are left as they are: --only"),
    }
}
