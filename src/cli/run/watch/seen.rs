//! The changes between two looks that are news for a person who watches a layout, each reported
//! once.

use std::collections::BTreeSet;

use crate::layout::{Address, Layout, OnExit};
use crate::live::Exit;
use crate::plan::change::Subject;
use crate::status::{LayoutRef, State};
use crate::tmux::id::PaneId;
use crate::watcher::{Change, Of, Pace, Watcher};

/// The state of the panes as seen so far.
#[derive(Debug)]
pub(super) struct Seen {
    pub watcher: Watcher,
    /// The failures that were reported: the pane, and its process.
    failed: BTreeSet<(Address, Option<i32>)>,
    /// The panes that the last round reported itself.
    known: BTreeSet<Address>,
}

impl Default for Seen {
    fn default() -> Self {
        Seen {
            watcher: Watcher::new(Pace::PERSON),
            failed: BTreeSet::new(),
            known: BTreeSet::new(),
        }
    }
}

/// A change that is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// A program exited and should not have.
    Died {
        address: Address,
        pane: PaneId,
        exit: Exit,
    },
    /// Panes no longer exist.
    Gone { panes: Vec<Address> },
    /// The server has exited.
    NoServer,
}

/// Returns the panes of a layout for the watcher.
pub(super) fn of(layout: &Layout) -> Of<'_> {
    Of::Layout(LayoutRef {
        layout: &layout.name,
        manifest: Some(&layout.manifest),
        wanted: Some(layout),
    })
}

impl Seen {
    /// Notes that a round is over: the next look compares with the state after it. The round has
    /// reported `known`.
    pub(super) fn begin_again(&mut self, known: impl IntoIterator<Item = Address>) {
        self.watcher.begin_again();
        self.known = known.into_iter().collect();
    }

    /// Returns the news among the `wanted` panes.
    pub(super) fn news(
        &mut self,
        layout: &Layout,
        wanted: &[Subject],
        changes: Vec<Change>,
    ) -> Vec<News> {
        if changes.contains(&Change::NoServer) {
            return vec![News::NoServer];
        }
        let known = std::mem::take(&mut self.known);
        let wanted: BTreeSet<&Address> = wanted.iter().map(|subject| &subject.address).collect();
        let mut news = Vec::new();
        let mut gone = Vec::new();
        for change in changes {
            match change {
                Change::Appeared { pane } | Change::Changed { pane, .. }
                    if wanted.contains(&pane.address) =>
                {
                    if pane.standing.state == State::Failed
                        && let Some(exit) = pane.standing.exit()
                        && self.failed.insert((pane.address.clone(), pane.pid))
                        && !known.contains(&pane.address)
                    {
                        let (address, pane) = (pane.address, pane.id);
                        news.push(News::Died {
                            address,
                            pane,
                            exit,
                        });
                    }
                }
                Change::Gone { address } if wanted.contains(&address) => {
                    let pane = layout.pane(&address);
                    if pane.is_some_and(|pane| pane.exit() != OnExit::Close) {
                        gone.push(address);
                    }
                }
                _ => {}
            }
        }
        if !gone.is_empty() {
            news.push(News::Gone { panes: gone });
        }
        news
    }
}
