//! Panes: by address, by a former one, moved, and the only one that runs the same. Panes without a
//! written name are first found by their command, since their names change with their neighbours.

use crate::layout::{Address, AppliedPane, Layout, Pane, Salt};
use crate::live::{LivePane, LiveProcess, Phase};
use crate::plan::matching::found::{Matching, only};
use crate::plan::matching::owner::Ownership;
use crate::tmux::id::WindowId;

pub(super) fn matched<'a>(layout: &Layout, whose: &Ownership<'a>, matching: &mut Matching<'a>) {
    let ours = whose.snapshot.panes.iter().filter(|pane| whose.has(pane));
    let mut finder = Finder {
        layout,
        whose,
        left: ours.collect(),
        matching,
    };
    finder.each(Finder::of_address);
    finder.each(|finder, pane| finder.running_here(pane).filter(|_| pane.unnamed));
    finder.each(Finder::of_former_address);
    finder.each(Finder::of_renamed_home);
    finder.each(Finder::moved);
    finder.each(|finder, pane| finder.running_elsewhere(pane).filter(|_| pane.unnamed));
    // A pane that was named since.
    finder.each(Finder::running_here);
    finder.each(Finder::running_elsewhere);
    finder.each(Finder::alike);
    finder.each(Finder::of_old_name);
    finder.each(Finder::in_its_place);
    finder.each(Finder::placeholder);
    let Finder { left, matching, .. } = finder;
    // A pane whose address cannot be read may be wanted: it is left alone.
    let (nameless, unwanted): (Vec<_>, Vec<_>) =
        left.into_iter().partition(|pane| is_nameless(pane));
    matching.unwanted = unwanted;
    for pane in &whose.snapshot.panes {
        let is_left = nameless.iter().any(|nameless| nameless.id == pane.id);
        if is_left || whose.is_within(pane) && !whose.has(pane) {
            *matching.foreign.entry(pane.window).or_default() += 1;
        }
    }
}

/// Searches the panes that are not matched yet.
struct Finder<'f, 'a> {
    layout: &'f Layout,
    whose: &'f Ownership<'a>,
    left: Vec<&'a LivePane>,
    matching: &'f mut Matching<'a>,
}

impl<'a> Finder<'_, 'a> {
    /// Matches each missing pane to the one that `find` returns.
    fn each(&mut self, find: impl Fn(&Self, &Pane) -> Option<&'a LivePane>) {
        for pane in self.layout.panes() {
            if self.is_missing(pane)
                && let Some(live) = find(self, pane)
            {
                self.left.retain(|other| other.id != live.id);
                self.matching.panes.insert(pane.address.clone(), live);
            }
        }
    }

    fn is_missing(&self, pane: &Pane) -> bool {
        !self.matching.panes.contains_key(&pane.address)
    }

    /// Prefers, of several panes with one address, a running one, then the oldest: the others are
    /// copies, wherever they are. A derived name only matches where the command is the same.
    fn of_address(&self, pane: &Pane) -> Option<&'a LivePane> {
        let of_address = self.tagged(&pane.address);
        let is_derived = |live: &LivePane| pane.unnamed || is_unnamed(live);
        let of_address = of_address.filter(|live| !is_derived(live) || self.is_to_run(live, pane));
        of_address.min_by_key(|live| (!is_at_work(live), live.id))
    }

    /// Finds a pane of its window that runs the same command, if one of the two is unnamed.
    fn running_here(&self, pane: &Pane) -> Option<&'a LivePane> {
        let home = self.home_of(pane)?;
        let mut same = self.same_program(pane);
        same.find(|live| live.window == home)
    }

    /// Finds such a pane in another window of its session, or else anywhere.
    fn running_elsewhere(&self, pane: &Pane) -> Option<&'a LivePane> {
        let session = pane.address.session();
        let of_session = |live: &&LivePane| {
            let address = live.address.as_ref();
            address.is_some_and(|address| address.session() == session)
        };
        let same: Vec<&LivePane> = self.same_program(pane).collect();
        let own = same.iter().copied().find(of_session);
        own.or_else(|| same.first().copied())
    }

    /// Returns the free panes that run the same command, if one of the two is unnamed: two written
    /// names are two panes, even with one command.
    fn same_program<'s>(&'s self, pane: &'s Pane) -> impl Iterator<Item = &'a LivePane> + 's {
        let left = self.left.iter().copied();
        let free = left.filter(|live| is_unnamed(live) || pane.unnamed && self.is_lost(live));
        free.filter(|live| self.is_to_run(live, pane))
    }

    /// Finds the pane by a derived name that stayed although its command changed, as by `cwd`.
    fn of_old_name(&self, pane: &Pane) -> Option<&'a LivePane> {
        self.tagged(&pane.address).next()
    }

    /// Finds the next pane of the window whose command is gone: the new one takes its place.
    fn in_its_place(&self, pane: &Pane) -> Option<&'a LivePane> {
        let home = self.home_of(pane).filter(|_| pane.unnamed)?;
        let mut left = self.left.iter().copied();
        left.find(|live| live.window == home && is_unnamed(live))
    }

    /// Finds the pane by a former address (`was`).
    fn of_former_address(&self, pane: &Pane) -> Option<&'a LivePane> {
        let mut former = pane.former.iter();
        former.find_map(|former| self.tagged(former).next())
    }

    /// Finds a pane whose window or session was renamed.
    fn of_renamed_home(&self, pane: &Pane) -> Option<&'a LivePane> {
        let home = pane.address.enclosing_window()?;
        let former = self.matching.windows.get(&home)?.address.as_ref()?;
        let name = former.window_name()?;
        let same_name = self.tagged(&former.pane(pane.address.name())).next();
        // A window that is its only pane gives it its name.
        let is_window = pane.address.name() == home.name();
        same_name.or_else(|| self.tagged(&former.pane(name)).next().filter(|_| is_window))
    }

    /// Finds a pane that moved: the only one of its name that lost its place, in its session, or
    /// else in the layout.
    fn moved(&self, pane: &Pane) -> Option<&'a LivePane> {
        let lost = || {
            let lost = self.left.iter().copied().filter(|live| self.is_lost(live));
            let lost = lost.filter(|live| !pane.unnamed && !is_unnamed(live));
            lost.filter(|live| {
                let name = live.address.as_ref().and_then(Address::pane_name);
                name == pane.address.pane_name()
            })
        };
        let session = pane.address.session();
        let of_session = |live: &&LivePane| {
            let address = live.address.as_ref();
            address.is_some_and(|address| address.session() == session)
        };
        only(lost().filter(of_session)).or_else(|| only(lost()))
    }

    /// Finds a renamed pane: the only one left that runs this command, if only one missing pane
    /// wants it.
    fn alike(&self, pane: &Pane) -> Option<&'a LivePane> {
        let lost = || self.left.iter().copied().filter(|live| self.is_lost(live));
        let live = only(lost().filter(|live| self.is_to_run(live, pane)))?;
        let missing = self.layout.panes().filter(|other| self.is_missing(other));
        only(missing.filter(|other| self.is_to_run(live, other)))?;
        Some(live)
    }

    /// Whether a live pane was started as the wanted one would be. A finished task counts, too:
    /// under another name it is still finished.
    fn is_to_run(&self, live: &LivePane, pane: &Pane) -> bool {
        let was_started = !matches!(live.phase, None | Some(Phase::Placeholder | Phase::Pending));
        let Some(applied) = live.applied.as_ref().filter(|_| was_started) else {
            return false;
        };
        // A cheap check that rules most of them out.
        if applied.command != pane.command || applied.cwd != pane.cwd {
            return false;
        }
        let salt = applied.secrets.values().next().and_then(|hash| {
            let sessions = self.whose.snapshot.sessions.iter();
            sessions
                .filter_map(|session| session.salt)
                .find(|salt| salt.is_of(hash))
        });
        let salt = salt.unwrap_or(Salt::new([0; 32]));
        AppliedPane::new(pane, &salt).spec() == applied.spec()
    }

    /// Finds an empty pane that an earlier run created without an address: it is as good as a new
    /// one.
    fn placeholder(&self, pane: &Pane) -> Option<&'a LivePane> {
        let home = self.home_of(pane);
        let mut left = self.left.iter().copied();
        left.find(|live| {
            live.address.is_none()
                && live.phase == Some(Phase::Placeholder)
                && Some(live.window) == home
        })
    }

    fn tagged(&self, address: &Address) -> impl Iterator<Item = &'a LivePane> {
        let left = self.left.iter().copied();
        left.filter(move |live| live.address.as_ref() == Some(address))
    }

    /// Whether a pane was created for an address that the layout no longer has, or that cannot be
    /// read.
    fn is_lost(&self, live: &LivePane) -> bool {
        match &live.address {
            Some(address) => self.layout.pane(address).is_none(),
            None => is_nameless(live),
        }
    }

    fn home_of(&self, pane: &Pane) -> Option<WindowId> {
        let address = pane.address.enclosing_window()?;
        self.matching.windows.get(&address).map(|window| window.id)
    }
}

/// Whether a pane once had an address that is now missing or was edited by hand.
fn is_nameless(live: &LivePane) -> bool {
    live.address.is_none() && live.phase != Some(Phase::Placeholder)
}

/// Whether its name was derived when it was applied.
fn is_unnamed(live: &LivePane) -> bool {
    let applied = live.applied.as_ref();
    applied.is_some_and(|applied| applied.unnamed)
}

/// Whether its program was started and is running.
fn is_at_work(live: &LivePane) -> bool {
    live.phase == Some(Phase::Started)
        && live.left.is_none()
        && matches!(live.process, LiveProcess::Running { .. })
}
