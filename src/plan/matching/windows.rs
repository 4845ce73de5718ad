//! Windows: by address, by a former one, and the only one that was renamed; also those now in
//! another session, if everything in them moves with them.

use crate::layout::{Address, Layout, Pane, Window};
use crate::live::{LivePane, LiveWindow};
use crate::plan::matching::found::{Matching, only};
use crate::plan::matching::owner::Ownership;

pub(super) fn matched<'a>(layout: &Layout, whose: &Ownership<'a>, matching: &mut Matching<'a>) {
    let finder = Finder { layout, whose };
    finder.each(matching, |window, matching| {
        finder.at_home(&window.address, window, matching)
    });
    finder.each(matching, |window, matching| {
        let mut former = window.former.iter();
        former.find_map(|former| finder.at_home(former, window, matching))
    });
    // Its session has been renamed.
    finder.each(matching, |window, matching| {
        let session = matching.sessions.get(&window.address.session())?;
        let tagged = session.owner.as_ref()?.address.as_ref()?;
        let former = tagged.window(window.address.name());
        finder.at_home(&former, window, matching)
    });
    finder.each(matching, |window, matching| {
        finder.elsewhere(&window.address, matching)
    });
    finder.each(matching, |window, matching| {
        let mut former = window.former.iter();
        former.find_map(|former| finder.elsewhere(former, matching))
    });
    finder.each(matching, |window, matching| finder.moved(window, matching));
    finder.each(matching, |window, matching| {
        finder.renamed(window, matching)
    });
}

/// Whether a live pane runs the wanted command in the wanted directory.
fn runs_it(live: &LivePane, wanted: &Pane) -> bool {
    let applied = live.applied.as_ref();
    applied.is_some_and(|applied| applied.command == wanted.command && applied.cwd == wanted.cwd)
}

/// Searches the windows that are not matched yet.
struct Finder<'f, 'a> {
    layout: &'f Layout,
    whose: &'f Ownership<'a>,
}

impl<'a> Finder<'_, 'a> {
    /// Matches each missing window to the one that `find` returns.
    fn each(
        &self,
        matching: &mut Matching<'a>,
        find: impl Fn(&Window, &Matching<'a>) -> Option<&'a LiveWindow>,
    ) {
        for window in self.layout.windows() {
            if matching.windows.contains_key(&window.address) {
                continue;
            }
            if let Some(live) = find(window, matching) {
                matching.windows.insert(window.address.clone(), live);
            }
        }
    }

    fn free(&self, matching: &Matching<'a>) -> impl Iterator<Item = &'a LiveWindow> {
        let taken: Vec<_> = matching.windows.values().map(|live| live.id).collect();
        let windows = self.whose.snapshot.windows.iter();
        windows.filter(move |live| !taken.contains(&live.id))
    }

    /// Finds a window created for `address`, in the session that `wanted` is in.
    fn at_home(
        &self,
        address: &Address,
        wanted: &Window,
        matching: &Matching<'a>,
    ) -> Option<&'a LiveWindow> {
        let session = matching.sessions.get(&wanted.address.session())?;
        let mut free = self.free(matching);
        free.find(|live| live.session == session.id && live.address.as_ref() == Some(address))
    }

    /// Finds a window created for `address`, in any session: it moves whole, so all its panes must
    /// be the layout's.
    fn elsewhere(&self, address: &Address, matching: &Matching<'a>) -> Option<&'a LiveWindow> {
        let mut free = self.free(matching);
        free.find(|live| live.address.as_ref() == Some(address) && self.whose.has_all_of(live))
    }

    /// Finds a window that the manifest moved to another session: the only one of that name that is
    /// no longer wanted, if the name is missing only once.
    fn moved(&self, wanted: &Window, matching: &Matching<'a>) -> Option<&'a LiveWindow> {
        let name = wanted.address.name();
        let is_missing = |window: &&Window| {
            window.address.name() == name && !matching.windows.contains_key(&window.address)
        };
        only(self.layout.windows().filter(is_missing))?;
        only(self.free(matching).filter(|live| {
            let tagged = live.address.as_ref();
            tagged.is_some_and(|tagged| tagged.name() == name)
                && self.has_lost_its_place(live)
                && self.whose.has_all_of(live)
                && self.has_pane_of(wanted, live)
        }))
    }

    /// Finds a renamed window: the only one left over in a session where only one is missing.
    fn renamed(&self, wanted: &Window, matching: &Matching<'a>) -> Option<&'a LiveWindow> {
        let home = wanted.address.session();
        let session = matching.sessions.get(&home)?;
        let is_missing = |window: &&Window| {
            window.address.session() == home && !matching.windows.contains_key(&window.address)
        };
        only(self.layout.windows().filter(is_missing))?;
        let live = only(self.free(matching).filter(|live| {
            live.session == session.id && live.address.is_some() && self.has_lost_its_place(live)
        }))?;
        self.has_pane_of(wanted, live).then_some(live)
    }

    fn has_lost_its_place(&self, live: &LiveWindow) -> bool {
        let tagged = live.address.as_ref();
        tagged.is_none_or(|tagged| {
            let mut windows = self.layout.windows();
            windows.all(|window| window.address != *tagged)
        })
    }

    /// Whether it contains one of the panes wanted in it.
    fn has_pane_of(&self, wanted: &Window, live: &LiveWindow) -> bool {
        let names = wanted.root.panes();
        let mut panes = self.whose.snapshot.panes_of(live.id);
        panes.any(|pane| {
            let address = pane.address.as_ref().filter(|_| self.whose.has(pane));
            let Some(name) = address.and_then(Address::pane_name) else {
                return false;
            };
            names.iter().any(|wanted| {
                wanted.address.name() == name
                    || wanted.is_called_otherwise() && runs_it(pane, wanted)
            })
        })
    }
}
