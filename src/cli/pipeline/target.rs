//! The live panes that the words of `capture`, `send`, `exec` and `attach` name, in any layout of the server.
//!
//! Nothing has to be named besides the pane: an address is looked up in the layout of the manifest
//! that is found from here if it runs, then in the layout of the pane that triad was called in, then
//! in all layouts of the server.

use crate::cli::context::{World, nonce, place};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::lookup::Meant;
use crate::cli::pipeline::selection;
use crate::cli::run::down;
use crate::layout::{Layout, Pattern, PatternError, is_name};
use crate::live::{self, Owner, Snapshot};
use crate::status::{self, Clock, LayoutRef, LayoutStatus, PaneStatus};
use crate::tmux::server::Server;

/// The panes that were found, and where.
#[derive(Debug)]
pub(crate) struct Targets {
    pub server: Server,
    /// The state of the server at the look that found them.
    pub snapshot: Snapshot,
    /// In the order of the words, each once.
    pub panes: Vec<PaneStatus>,
}

/// How many panes an address without `*` may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// A shorter address means all panes below it.
    Any,
    /// More than one only with `*`.
    OneUnlessGlob,
    /// One in all.
    One,
}

/// Finds the panes that `[MANIFEST|NAME] ADDRESS…` names.
pub(crate) async fn targets(
    world: &World,
    global: &Global,
    words: &[String],
    count: Count,
) -> Result<Targets, Failure> {
    let (manifest, rest) = match words {
        [first, rest @ ..] if is_manifest(world, first) => (Some(first.as_str()), rest),
        _ => (None, words),
    };
    let found = match manifest {
        Some(_) => Some(down::meant(world, global, manifest)?),
        None => found(world, global),
    };
    let seen = Seen::at(world, global, found, manifest.is_some()).await?;
    let (scopes, rest) = seen.scopes(world, rest);
    let panes = chosen(&scopes, &selection::patterns(rest)?, count)
        .map_err(|error| seen.failure(&error))?;
    Ok(Targets {
        panes,
        server: seen.server,
        snapshot: seen.snapshot,
    })
}

/// Whether a word is a manifest. A file whose name could be that of a pane is none: it is more
/// likely something that the pane works with.
fn is_manifest(world: &World, word: &str) -> bool {
    let is_file = is_name(word) && world.current.join(word).is_file();
    !is_file && selection::is_manifest(world, word)
}

/// Returns the layout of the manifest that is found from here. One that cannot be read is no reason
/// not to look at what runs: its panes are found by its path.
fn found(world: &World, global: &Global) -> Option<Meant> {
    if let Ok(meant) = down::meant(world, global, None) {
        return Some(meant);
    }
    let loaded = world.load(None).ok()?;
    Some(Meant {
        layout: String::new(),
        manifest: Some(loaded.path),
        wanted: None,
    })
}

/// A look at the server.
struct Seen {
    server: Server,
    snapshot: Snapshot,
    /// The layout of the manifest that was named, or that is found from here and runs.
    found: Option<Meant>,
    is_named: bool,
}

impl Seen {
    async fn at(
        world: &World,
        global: &Global,
        found: Option<Meant>,
        is_named: bool,
    ) -> Result<Self, Failure> {
        let wanted = found.as_ref().and_then(|meant| meant.wanted.as_ref());
        let server = world.server(global, wanted)?;
        let snapshot = live::observe(&server, &nonce(), &live::Query::default()).await?;
        let snapshot = snapshot.called_by(wanted);
        let owner = found.as_ref().and_then(|meant| owner(meant, &snapshot));
        if let Some(name) = owner.map(|owner| owner.layout.clone()) {
            let found = found.map(|meant| Meant {
                layout: name,
                ..meant
            });
            return Ok(Seen {
                server,
                snapshot,
                found,
                is_named,
            });
        }
        if is_named {
            return Ok(Seen {
                server,
                snapshot,
                found,
                is_named,
            });
        }
        // The manifest may name another server.
        let own = world.server(global, None)?;
        let snapshot = match own.socket_path() == server.socket_path() {
            true => snapshot,
            false => live::observe(&own, &nonce(), &live::Query::default()).await?,
        };
        Ok(Seen {
            server: own,
            snapshot,
            found: None,
            is_named,
        })
    }

    /// Returns the layouts in which addresses are looked up, in this order, and the words that are
    /// addresses: none for all panes.
    fn scopes<'w>(
        &self,
        world: &World,
        words: &'w [String],
    ) -> (Vec<Vec<LayoutStatus>>, &'w [String]) {
        let found = self.found.as_ref().map(|meant| {
            let manifest = meant.manifest.as_deref();
            self.status(&meant.layout, manifest, meant.wanted.as_ref())
        });
        if self.is_named {
            return (found.into_iter().collect(), words);
        }
        let around = world.own_owner(&self.server, &self.snapshot);
        let around = around.map(|owner| self.status(&owner.layout, Some(&owner.manifest), None));
        let all = status::of_all(&self.snapshot, &Clock::unread());
        let scopes: Vec<_> = found.into_iter().chain(around).chain([all]).collect();
        match words {
            [name, rest @ ..] if self.is_layout(name) && !is_object(name, &scopes) => {
                (vec![self.status(name, None, None)], rest)
            }
            _ => (scopes, words),
        }
    }

    fn status(
        &self,
        layout: &str,
        manifest: Option<&str>,
        wanted: Option<&Layout>,
    ) -> Vec<LayoutStatus> {
        let asked = LayoutRef {
            layout,
            manifest,
            wanted,
        };
        status::of_layout(asked, &self.snapshot, &Clock::unread())
    }

    /// Whether a layout of this name runs.
    fn is_layout(&self, name: &str) -> bool {
        let sessions = self.snapshot.sessions.iter();
        let mut owners = sessions.filter_map(|session| session.owner.as_ref());
        owners.any(|owner| owner.layout == name)
    }

    fn failure(&self, error: &PatternError) -> Failure {
        let is_empty = !self
            .snapshot
            .panes
            .iter()
            .any(|pane| pane.address.is_some());
        if is_empty && matches!(error, PatternError::Unknown { .. }) {
            let message = format!("no layout runs here ({})", place(&self.server));
            let up = advice::command(&self.server, &["up"]);
            let help =
                format!("`{up}` starts the layout of the manifest; `-L` chooses another server");
            return Failure::new(Exit::Error, message, help);
        }
        Failure::new(Exit::Usage, error.to_string(), error.help())
    }
}

/// Returns the panes that the patterns select, each in the first scope that has one.
fn chosen(
    scopes: &[Vec<LayoutStatus>],
    patterns: &[Pattern],
    count: Count,
) -> Result<Vec<PaneStatus>, PatternError> {
    let mut chosen: Vec<PaneStatus> = Vec::new();
    let mut add = |panes: Vec<PaneStatus>| {
        for pane in panes {
            let is_known =
                |known: &PaneStatus| (&known.address, known.id) == (&pane.address, pane.id);
            if !chosen.iter().any(is_known) {
                chosen.push(pane);
            }
        }
    };
    if patterns.is_empty() {
        let all = scopes.first().cloned().unwrap_or_default();
        let panes = panes(all);
        if count != Count::Any && panes.len() > 1 {
            let panes = panes.into_iter().map(|pane| pane.address).collect();
            return Err(PatternError::Unnamed { panes });
        }
        add(panes);
    }
    for pattern in patterns {
        let found = in_scopes(scopes, pattern)?;
        check(&found, &pattern.to_string(), count)?;
        add(found);
    }
    if count == Count::One {
        let written: Vec<String> = patterns.iter().map(Pattern::to_string).collect();
        check(&chosen, &written.join(" "), count)?;
    }
    Ok(chosen)
}

fn in_scopes(
    scopes: &[Vec<LayoutStatus>],
    pattern: &Pattern,
) -> Result<Vec<PaneStatus>, PatternError> {
    let mut unknown = PatternError::Unknown {
        written: pattern.to_string(),
        nearest: None,
        known: Vec::new(),
    };
    for scope in scopes {
        match status::part(scope.clone(), std::slice::from_ref(pattern)) {
            Ok(layouts) => return Ok(panes(layouts)),
            Err(errors) => match errors.into_iter().next() {
                // The last scope has all panes.
                Some(error @ PatternError::Unknown { .. }) => unknown = error,
                Some(error) => return Err(error),
                None => {}
            },
        }
    }
    Err(unknown)
}

fn panes(layouts: Vec<LayoutStatus>) -> Vec<PaneStatus> {
    layouts
        .into_iter()
        .flat_map(|layout| layout.panes)
        .collect()
}

/// Checks the number of panes that a pattern means.
fn check(panes: &[PaneStatus], written: &str, count: Count) -> Result<(), PatternError> {
    let is_free = match count {
        Count::Any => true,
        Count::OneUnlessGlob => written.contains('*'),
        Count::One => false,
    };
    if is_free || panes.len() < 2 {
        return Ok(());
    }
    Err(PatternError::Ambiguous {
        written: written.to_owned(),
        panes: panes.iter().map(|pane| pane.address.clone()).collect(),
    })
}

/// Whether a session or a pane has this name.
fn is_object(name: &str, scopes: &[Vec<LayoutStatus>]) -> bool {
    let layouts = scopes.iter().flatten();
    let mut panes = layouts.flat_map(|layout| &layout.panes);
    panes.any(|pane| pane.address.session_name() == name || pane.address.name() == name)
}

/// Returns the owner of a live session of this layout.
fn owner<'s>(meant: &Meant, snapshot: &'s Snapshot) -> Option<&'s Owner> {
    let sessions = snapshot.sessions.iter();
    let mut owners = sessions.filter_map(|session| session.owner.as_ref());
    owners.find(|owner| {
        let manifest = meant.manifest.as_ref();
        let is_same = manifest.is_none_or(|path| *path == owner.manifest);
        is_same && (meant.layout.is_empty() || meant.layout == owner.layout)
    })
}
