//! Which live object is which wanted one: by the tags that triad wrote, never by looks.
//!
//! Sessions first, then windows, then panes, each by the address it was made for, then by one that
//! it may have had, and last, where only one can be meant, by what is left over.

mod found;
mod owner;
mod panes;
mod sessions;
mod windows;

pub(super) use found::Matching;
pub(super) use owner::{Ownership, owned_sessions};

use crate::layout::Layout;
use crate::live::Snapshot;

/// Matches everything that belongs to `layout`, wherever a person has put it.
pub(super) fn matched<'a>(layout: &Layout, snapshot: &'a Snapshot) -> Matching<'a> {
    let owned = owned_sessions(snapshot, &layout.name, &layout.manifest);
    let whose = Ownership::layout(layout, snapshot);
    let mut matching = Matching::default();
    sessions::matched(layout, &owned, &whose, &mut matching);
    windows::matched(layout, &whose, &mut matching);
    panes::matched(layout, &whose, &mut matching);
    matching
}
