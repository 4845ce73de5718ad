//! What of the changes between two looks is news for somebody who watches a layout, each thing said
//! once.

use std::collections::BTreeSet;

use crate::layout::{Address, Layout, OnExit};
use crate::live::Exit;
use crate::plan::change::Subject;
use crate::status::{LayoutRef, State};
use crate::tmux::id::PaneId;
use crate::watcher::{Change, Of, Pace, Watcher};

/// What was seen of the panes so far.
#[derive(Debug)]
pub(super) struct Seen {
    pub watcher: Watcher,
    /// What has been said to have failed: the pane, and the process that it was.
    failed: BTreeSet<(Address, Option<i32>)>,
    /// What a round has just told of itself.
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

/// Something that has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// A program has ended and should not have.
    Died {
        address: Address,
        pane: PaneId,
        exit: Exit,
    },
    /// Panes are not there any more.
    Gone { panes: Vec<Address> },
    /// No server is there any more.
    NoServer,
}

/// The panes of a layout, as a watcher looks at them.
pub(super) fn of(layout: &Layout) -> Of<'_> {
    Of::Layout(LayoutRef {
        layout: &layout.name,
        manifest: Some(&layout.manifest),
        wanted: Some(layout),
    })
}

impl Seen {
    /// A round is over: what is there now is where the next look begins. It has told of `known`.
    pub(super) fn begin_again(&mut self, known: impl IntoIterator<Item = Address>) {
        self.watcher.begin_again();
        self.known = known.into_iter().collect();
    }

    /// What is new among the `wanted` panes.
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
