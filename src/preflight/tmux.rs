//! The requests that the server would refuse: options and events that it does not know, sizes for
//! which a window has no room.

use std::collections::BTreeSet;

use crate::layout::{Address, Misfit, Origin, Size, misfit_in, nearest};
use crate::live::Snapshot;
use crate::plan::Plan;
use crate::plan::change::{Action, Configure, Step, WindowBuild};
use crate::tmux::option;
use crate::tmux::version::MAKES_WITH_MANUAL_SIZES;

/// A request in a manifest that tmux cannot fulfil.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("tmux {version} has no {what} `{name}`, which {object} uses")]
    Unknown {
        version: String,
        what: &'static str,
        name: String,
        object: String,
        place: String,
        nearest: Option<String>,
    },
    #[error(
        "tmux {version} has no option `{name}`, which {object} uses: it was added in tmux {}.{}",
        since.0,
        since.1
    )]
    Newer {
        version: String,
        name: String,
        object: String,
        place: String,
        since: (u32, u32),
    },
    #[error(
        "tmux {version} exits, with all of its sessions, when a session or window is created while \
         the global `window-size` is `manual`, as it is now"
    )]
    ManualSizes { version: String },
    #[error("in the window `{window}`, which has {width}x{height} cells, {misfit}")]
    NoRoom {
        window: Address,
        width: u32,
        height: u32,
        misfit: Misfit,
        place: String,
    },
}

impl Impossible {
    /// Returns the help: what to do next.
    pub fn help(&self) -> String {
        match self {
            Impossible::Unknown {
                place,
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`? See {place}"),
            Impossible::ManualSizes { .. } => {
                "set it to another value first: tmux set-option -g window-size latest".to_owned()
            }
            Impossible::Newer { place, since, .. } => format!(
                "remove it at {place}, or run the server with tmux {}.{} or newer",
                since.0, since.1
            ),
            Impossible::Unknown { place, .. } => {
                format!(
                    "remove it at {place}: it is misspelled, or belongs to another version of tmux"
                )
            }
            Impossible::NoRoom { place, .. } => format!(
                "make the terminal larger, or change the sizes in the window at {place}: use fewer \
                 cells, or shares, which can shrink"
            ),
        }
    }
}

/// Returns every request of the plan that tmux would refuse.
pub(super) fn impossible(plan: &Plan, snapshot: &Snapshot) -> Vec<Impossible> {
    let mut found = Vec::new();
    for step in &plan.steps {
        match &step.action {
            Action::Configure(configure) => {
                let object = format!("{} `{}`", step.subject.noun.as_str(), step.subject.address);
                found.extend(unknown(configure, &object, snapshot));
            }
            Action::CreateWindow(build) | Action::ArrangeWindow(build) => {
                found.extend(no_room(build));
            }
            _ => {}
        }
    }
    found.extend(manual_sizes(plan, snapshot));
    found
}

/// Refuses to create a session or window if that would end the server.
fn manual_sizes(plan: &Plan, snapshot: &Snapshot) -> Option<Impossible> {
    let mut steps = plan.steps.iter();
    let makes = |step: &Step| {
        matches!(
            step.action,
            Action::CreateSession(_) | Action::CreateWindow(_) | Action::MoveWindow(_)
        )
    };
    let server = snapshot.server.as_ref()?;
    let would_end = !server.version.has(MAKES_WITH_MANUAL_SIZES) && snapshot.are_sizes_manual;
    (would_end && steps.any(makes)).then(|| Impossible::ManualSizes {
        version: server.version.text.clone(),
    })
}

fn unknown(configure: &Configure, object: &str, snapshot: &Snapshot) -> Vec<Impossible> {
    let known = snapshot.options.names.as_ref();
    let version = snapshot
        .server
        .as_ref()
        .map(|server| server.version.text.as_str());
    let options = configure.set.iter().map(|(name, _)| ("option", name));
    let mut events: BTreeSet<&String> = BTreeSet::new();
    let hooks = configure
        .hooks
        .iter()
        .filter(|entry| entry.command.is_some());
    events.extend(hooks.map(|entry| &entry.event));
    let events = events.into_iter().map(|event| ("event", event));
    let mut found = Vec::new();
    for (what, name) in options.chain(events) {
        let base = option::base(name);
        let nearest = match known {
            _ if option::is_of_user(base) => continue,
            Some(known) if known.contains(base) => continue,
            Some(known) => match option::since(base).filter(|_| what == "option") {
                Some(since) => {
                    found.push(Impossible::Newer {
                        version: version.unwrap_or_default().to_owned(),
                        name: name.clone(),
                        object: object.to_owned(),
                        place: place(&configure.origin),
                        since,
                    });
                    continue;
                }
                None => nearest(base, known.iter().map(String::as_str)),
            },
            // For a server that does not run yet, only the table knows the options, and the server
            // may be newer.
            None if what == "event" || option::find(base).is_some() => continue,
            None => match nearest(base, option::names()) {
                Some(near) => Some(near),
                None => continue,
            },
        };
        found.push(Impossible::Unknown {
            version: version.unwrap_or("as it is known here").to_owned(),
            what,
            name: name.clone(),
            object: object.to_owned(),
            place: place(&configure.origin),
            nearest: nearest.map(str::to_owned),
        });
    }
    found
}

/// Checks the sizes in cells: those of the manifest cannot shrink, those that tmux gives a main
/// pane can.
fn no_room(build: &WindowBuild) -> Option<Impossible> {
    let window = &build.window;
    if !build.is_laid_out || window.gives_way {
        return None;
    }
    let misfit = misfit_in(&window.root, build.width, build.height)?;
    let has_cells = misfit
        .sizes
        .iter()
        .any(|size| matches!(size, Size::Cells(_)));
    has_cells.then(|| Impossible::NoRoom {
        window: window.address.clone(),
        width: build.width,
        height: build.height,
        misfit,
        place: place(&window.origin),
    })
}

fn place(origin: &Origin) -> String {
    format!("{}:{}", origin.file, origin.line)
}
