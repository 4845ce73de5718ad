//! What happens to the panes of a layout between two looks, each thing said once. Pure: snapshots go
//! in, news come out.

use std::collections::BTreeSet;

use crate::layout::{Address, Layout, OnExit};
use crate::live::{Exit, Snapshot};
use crate::plan::change::Subject;
use crate::plan::{self};
use crate::status::{Clock, Standing, State};
use crate::tmux::id::PaneId;

/// What was seen of the panes so far.
#[derive(Debug, Default)]
pub struct Seen {
    /// Those that were there at the last look.
    present: BTreeSet<Address>,
    /// What has been said to have failed: the pane, and the process that it was.
    failed: BTreeSet<(Address, Option<i32>)>,
    /// What a round has just told of itself.
    known: BTreeSet<Address>,
}

/// Something that has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
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

impl Seen {
    /// A round is over: what is there now is where the next look begins. It has told of `known`.
    pub fn begin_again(&mut self, known: impl IntoIterator<Item = Address>) {
        self.present.clear();
        self.known = known.into_iter().collect();
    }

    /// What is new among the `wanted` panes.
    pub fn look(&mut self, layout: &Layout, wanted: &[Subject], snapshot: &Snapshot) -> Vec<News> {
        let before = std::mem::take(&mut self.present);
        if snapshot.server.is_none() {
            let is_news = !before.is_empty();
            return if is_news {
                vec![News::NoServer]
            } else {
                Vec::new()
            };
        }
        let known = std::mem::take(&mut self.known);
        let found = plan::found(layout, snapshot);
        let wanted: BTreeSet<&Address> = wanted.iter().map(|subject| &subject.address).collect();
        let mut news = Vec::new();
        let mut gone = Vec::new();
        for pane in layout.panes().filter(|pane| wanted.contains(&pane.address)) {
            let address = &pane.address;
            let Some(live) = found.get(address).copied() else {
                if before.contains(address) && pane.exit() != OnExit::Close {
                    gone.push(address.clone());
                }
                continue;
            };
            self.present.insert(address.clone());
            let standing = Standing::of(Some(live), Some(pane), &Clock::unread());
            if standing.state == State::Failed
                && let Some(exit) = standing.exit()
                && self.failed.insert((address.clone(), live.pid))
                && !known.contains(address)
            {
                let (address, pane) = (address.clone(), live.id);
                news.push(News::Died {
                    address,
                    pane,
                    exit,
                });
            }
        }
        if !gone.is_empty() {
            news.push(News::Gone { panes: gone });
        }
        news
    }
}
