//! Help for an unknown name: commands that work as they stand, for the server that was named.

use std::path::Path;

use crate::cli::context::{World, nonce};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Problem, What};
use crate::cli::global::Global;
use crate::cli::pipeline::selection;
use crate::layout::{PatternError, nearest};
use crate::live::{self, Snapshot};
use crate::plan::fields::shell_word;
use crate::status::{self, Clock, LayoutStatus};
use crate::tmux::server::Server;

/// The most commands that are advised at once.
const COMMANDS_MAX: usize = 5;

/// Returns a command of triad for this server.
pub(crate) fn command(server: &Server, words: &[&str]) -> String {
    let flags = server.flags();
    let words = flags
        .iter()
        .map(String::as_str)
        .chain(words.iter().copied());
    let words: Vec<String> = words.map(shell_word).collect();
    format!("triad {}", words.join(" "))
}

/// Returns the help for an unknown session or layout.
pub(crate) fn instead_of_session(
    name: &str,
    world: &World,
    server: &Server,
    snapshot: &Snapshot,
) -> String {
    let sessions = snapshot.sessions.iter();
    let mut names: Vec<&str> = sessions
        .clone()
        .map(|session| session.name.as_str())
        .collect();
    let layouts = sessions.filter_map(|session| Some(session.owner.as_ref()?.layout.as_str()));
    let near = nearest(name, names.iter().copied().chain(layouts));
    if let Some(near) = near {
        return format!("did you mean `{}`?", command(server, &["attach", near]));
    }
    names.truncate(COMMANDS_MAX);
    let commands = names.iter().map(|name| command(server, &["attach", name]));
    let up = command(server, &["up"]);
    match (alternatives(commands), world.load(None)) {
        (Some(commands), _) => format!("attach to a session that exists: {commands}"),
        (None, Ok(_)) => {
            format!("`{up}` starts the layout of the manifest here and attaches to it")
        }
        (None, Err(_)) => format!("`triad init` writes a manifest, and `{up}` starts its layout"),
    }
}

/// Returns the help for a layout of which no pane runs; `None` if no layout runs at all.
pub(crate) fn instead_of_layout(
    name: &str,
    server: &Server,
    snapshot: &Snapshot,
) -> Option<String> {
    let owned = snapshot.sessions.iter();
    let owned = owned.filter_map(|session| Some((&session.name, &session.owner.as_ref()?.layout)));
    let owned: Vec<(&String, &String)> = owned.collect();
    let of_session = owned.iter().find(|(session, _)| *session == name);
    let near = || nearest(name, owned.iter().map(|(_, layout)| layout.as_str()));
    if let Some((session, layout)) = of_session {
        let command = command(server, &["down", layout]);
        return Some(format!(
            "`{session}` is a session of the layout `{layout}`: `{command}`"
        ));
    }
    if let Some(near) = near() {
        return Some(format!(
            "did you mean `{}`?",
            command(server, &["down", near])
        ));
    }
    (!owned.is_empty()).then(|| lists(server))
}

/// The ways to name the layout of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// By name: the file is not needed.
    Name,
    Manifest,
}

/// Returns the failure for these words of a verb if there is no manifest, with commands that name
/// the layout.
pub(crate) async fn without_manifest(
    failure: Failure,
    (verb, words, whose): (&str, &[String], Whose),
    world: &World,
    global: &Global,
) -> Failure {
    if selection::split(world, words).0.is_some() {
        return failure;
    }
    let What::Problems(problems) = &failure.what else {
        return failure;
    };
    let message = problems.first().map(|problem| problem.message.clone());
    let (Some(message), Ok(server)) = (message, world.server(global, None)) else {
        return failure;
    };
    let observed = live::observe(&server, &nonce(), &live::Query::default()).await;
    let Ok(snapshot) = observed else {
        return failure;
    };
    let layouts = status::of_all(&snapshot, &Clock::unread());
    let commands = layouts.into_iter().filter_map(|layout| {
        let name = layout.layout.clone()?;
        let manifest = layout.manifest.clone()?;
        let panes = meant(words, &name, layout)?;
        let whose = match whose {
            Whose::Name => name,
            Whose::Manifest if Path::new(&manifest).is_file() => manifest,
            Whose::Manifest => return None,
        };
        Some(command(&server, &[&[verb, &whose], &panes[..]].concat()))
    });
    let help = match alternatives(commands.take(COMMANDS_MAX)) {
        Some(commands) => format!("name the layout: {commands}"),
        None => lists(&server),
    };
    Failure::new(failure.exit, message, help)
}

/// Returns the addresses that words mean in a layout: of its panes, or of all if they name only the
/// layout. `None` if they mean none.
fn meant<'w>(words: &'w [String], name: &str, layout: LayoutStatus) -> Option<Vec<&'w str>> {
    let rest = match words {
        [first, rest @ ..] if first == name => rest,
        _ => words,
    };
    if rest.is_empty() {
        return Some(vec!["*"]);
    }
    let patterns = selection::patterns(rest).ok()?;
    let part = status::part(vec![layout], &patterns).ok()?;
    let has_panes = part.iter().any(|layout| !layout.panes.is_empty());
    has_panes.then(|| rest.iter().map(String::as_str).collect())
}

/// Returns the failure for words that name no pane of `layout`. If they name a layout, the help
/// says so.
pub(crate) fn of_patterns(
    errors: &[PatternError],
    layout: &str,
    server: &Server,
    snapshot: &Snapshot,
) -> Failure {
    let owners = || {
        snapshot
            .sessions
            .iter()
            .filter_map(|session| session.owner.as_ref())
    };
    let help = |error: &PatternError| {
        let PatternError::Unknown { written, known, .. } = error else {
            return error.help();
        };
        if known.is_empty() {
            return lists(server);
        }
        if written == layout {
            return format!("`{written}` is the layout itself: `'*'` means all of its panes");
        }
        let other = owners().find(|owner| owner.layout == *written);
        other.map_or_else(
            || error.help(),
            |other| {
                let manifest = shell_word(&other.manifest);
                format!("`{written}` is another layout: name its manifest first, {manifest}")
            },
        )
    };
    let problems = errors.iter().map(|error| Problem {
        message: error.to_string(),
        help: Some(help(error)),
    });
    Failure {
        exit: Exit::Usage,
        what: What::Problems(problems.collect()),
    }
}

/// Returns the help that lists the running layouts.
fn lists(server: &Server) -> String {
    format!(
        "`{}` lists what runs here",
        command(server, &["ps", "--all"])
    )
}

/// Joins alternative commands, in backticks.
fn alternatives(commands: impl Iterator<Item = String>) -> Option<String> {
    let quoted: Vec<String> = commands.map(|command| format!("`{command}`")).collect();
    let (last, others) = quoted.split_last()?;
    Some(match others {
        [] => last.clone(),
        _ => format!("{} or {last}", others.join(", ")),
    })
}
