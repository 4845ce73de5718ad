//! Matches live objects to wanted ones: by the tags that triad wrote, never by looks.
//!
//! Sessions first, then windows, then panes, each by the address it was created for, then by a
//! former one, and last, if only one is possible, by elimination.

mod found;
mod owner;
mod panes;
mod sessions;
mod windows;

pub(super) use found::Matching;
pub(super) use owner::{Ownership, owned_sessions};

use crate::layout::Layout;
use crate::live::Snapshot;

/// Matches everything that belongs to `layout`, wherever it is now.
pub(super) fn matched<'a>(layout: &Layout, snapshot: &'a Snapshot) -> Matching<'a> {
    let owned = owned_sessions(snapshot, &layout.name, &layout.manifest);
    let whose = Ownership::layout(layout, snapshot);
    let mut matching = Matching::default();
    sessions::matched(layout, &owned, &whose, &mut matching);
    windows::matched(layout, &whose, &mut matching);
    panes::matched(layout, &whose, &mut matching);
    matching
}
