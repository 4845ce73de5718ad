//! Why a plan does it, down to the attribute with both its values.

use crate::layout::Address;
use crate::live::Exit;

/// Why a step is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    NotThere,
    /// It was made, and left to a person to start.
    Unstarted,
    /// An earlier run did not come to its end.
    HalfMade,
    /// An earlier run ended its program and was interrupted.
    Interrupted,
    /// The manifest says something else than was applied.
    Changed(Vec<Change>),
    /// The manifest says that it was another (`was`), or what it is in was.
    Renamed {
        from: Address,
        changes: Vec<Change>,
    },
    /// A service ended, or a task failed.
    Ended(Exit),
    /// It restarts with a pane that it needs.
    Follows(Address),
    /// The live object differs from what was applied.
    Drifted(Drift),
    NotInManifest,
    /// `--adopt`.
    Adopted(Adopted),
    /// `--replace`.
    Replaced,
    /// `down`.
    Query,
    /// `stop`, or `start`.
    Named,
    /// `restart`.
    Again,
    /// What `start` or `restart` starts needs it.
    Needed,
    /// It needs a pane that `stop` ends.
    Dependent(Address),
}

impl Reason {
    /// Whether a start for this reason takes the place of a program that was as wanted until now.
    pub fn is_restart(&self) -> bool {
        matches!(
            self,
            Reason::Changed(_) | Reason::Follows(_) | Reason::Replaced | Reason::Again
        )
    }
}

/// Why something is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adopted {
    /// A session or window that has the name of a wanted one.
    ByHand,
    /// What runs in a pane is what is wanted there.
    Runs { line: String, pid: i32 },
    /// Its program is the wanted one, started by another command.
    RunsOther { line: String, pid: i32 },
    /// The folder that it works in has moved with the manifest.
    With { directory: String },
    /// It was applied from a manifest that is not there any more.
    From { manifest: String },
    /// Its layout had another name when it was applied.
    Named { from: String },
}

/// What somebody or something changed on a live object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    Renamed {
        from: String,
    },
    Reordered,
    /// The splits are others.
    Rearranged(Vec<Change>),
    /// A pane of the window is elsewhere, or gone.
    PanesMissing,
    /// Its sizes are others, and `--relayout` puts them back.
    Resized(Vec<Change>),
    /// An empty pane of an earlier run is left over.
    PanesLeftOver,
    /// The tags on a pane do not read: edited by hand, or written by another version.
    TagsUnreadable,
    /// A session has no key for the hashes of its secrets.
    SaltMissing,
    /// Options have other values than were applied.
    SetOtherwise(Vec<Change>),
    /// tmux does not do any more what it is to do when the program ends.
    Disarmed,
    /// A `stop` was cut short, or somebody has started what was stopped.
    NotStopped,
    /// A pane is in another window than it is wanted in.
    Moved {
        from: String,
    },
}

/// One attribute with both its values; neither is there where they are not to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub field: String,
    pub from: Option<String>,
    pub to: Option<String>,
}
