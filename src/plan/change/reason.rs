//! The reasons of a plan, down to the attribute with both its values.

use crate::layout::Address;
use crate::live::Exit;

/// The reason for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    NotThere,
    /// It was created, and left to a person to start.
    Unstarted,
    /// An earlier run was left unfinished.
    HalfMade,
    /// An earlier run ended its program and was interrupted.
    Interrupted,
    /// The manifest differs from what was applied.
    Changed(Vec<Change>),
    /// It was renamed (`was`), or its window or session was.
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
    /// A pane that `start` or `restart` starts needs it.
    Needed,
    /// It needs a pane that `stop` ends.
    Dependent(Address),
}

impl Reason {
    /// Whether a start for this reason replaces a program that was as wanted until now.
    pub fn is_restart(&self) -> bool {
        matches!(
            self,
            Reason::Changed(_) | Reason::Follows(_) | Reason::Replaced | Reason::Again
        )
    }
}

/// The reason for taking something over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adopted {
    /// A session or window that has the name of a wanted one.
    ByHand,
    /// The program in a pane is the wanted one.
    Runs { line: String, pid: i32 },
    /// Its program is the wanted one, started by another command.
    RunsOther { line: String, pid: i32 },
    /// The folder that it works in has moved with the manifest.
    With { directory: String },
    /// It was applied from a manifest that no longer exists.
    From { manifest: String },
    /// Its layout had another name when it was applied.
    Named { from: String },
}

/// A change made to a live object outside of triad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    Renamed {
        from: String,
    },
    Reordered,
    /// The splits changed.
    Rearranged(Vec<Change>),
    /// A pane of the window moved away, or is gone.
    PanesMissing,
    /// Its sizes changed, and `--relayout` restores them.
    Resized(Vec<Change>),
    /// An empty pane of an earlier run is left over.
    PanesLeftOver,
    /// The tags on a pane cannot be read: edited by hand, or written by another version.
    TagsUnreadable,
    /// A session has no key for the hashes of its secrets.
    SaltMissing,
    /// Options have other values than those applied.
    SetOtherwise(Vec<Change>),
    /// Its exit hook is gone.
    Disarmed,
    /// A `stop` was interrupted, or a stopped pane was started by hand.
    NotStopped,
    /// A pane is in another window than it is wanted in.
    Moved {
        from: String,
    },
}

/// One attribute with both its values; secret values are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub field: String,
    pub from: Option<String>,
    pub to: Option<String>,
}
