//! Looks at the panes that are waited for, and passes the results to the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::follow::Followed;
use super::goal::Goal;
use super::request::WaitRequest;
use crate::event::Event;
use crate::layout::Address;
use crate::link::batch::{self, Destination};
use crate::live::{LiveServer, ObserveError, Snapshot};
use crate::machine::exits::Exits;
use crate::machine::interrupt::Interrupt;
use crate::readiness::engine::{News, PROBES_MAX};
use crate::readiness::printed::{self, Bookmarks, Source};
use crate::readiness::report;
use crate::readiness::search::Searches;
use crate::readiness::watch::{Found, Watch};
use crate::status::PaneStatus;
use crate::tmux::id::ServerId;
use crate::tmux::script::{Line, Ref, Script};
use crate::tmux::server::{self, Server};
use crate::watcher::{Change, Look, Of, Pace, Watcher};

/// The interval at which panes are judged again without an event.
const JUDGE: Duration = Duration::from_millis(50);

/// The panes that are waited for, and the facts about them.
pub(super) struct Waiter<'a> {
    pub wish: &'a WaitRequest<'a>,
    pub server: &'a Server,
    server_id: Option<ServerId>,
    pub begun: Instant,
    watcher: Watcher,
    pub interrupt: Interrupt,
    pub watch: Watch,
    exits: Exits,
    /// The processes whose end is awaited, and those of them that have exited.
    running: BTreeSet<i32>,
    gone: Vec<i32>,
    pub panes: Vec<Followed>,
    notes: Vec<Line>,
    pub events: &'a mut dyn FnMut(Event),
}

impl<'a> Waiter<'a> {
    pub(super) fn new(
        wish: &'a WaitRequest<'a>,
        server: &'a Server,
        interrupt: Interrupt,
        begun: Instant,
        events: &'a mut dyn FnMut(Event),
    ) -> Self {
        Waiter {
            wish,
            server,
            server_id: None,
            begun,
            watcher: Watcher::new(Pace::WAIT),
            interrupt,
            watch: Watch::new(&[], wish.environment, server, &BTreeMap::new(), begun),
            exits: Exits::new(),
            running: BTreeSet::new(),
            gone: Vec::new(),
            panes: wish.panes.iter().map(Followed::new).collect(),
            notes: Vec::new(),
            events,
        }
    }

    /// Looks once; the result is judged later. May be cancelled at any moment.
    ///
    /// # Errors When the server cannot be reached.
    pub(super) async fn step(&mut self) -> Result<(), ObserveError> {
        let is_gone = self.look(Instant::now());
        if is_gone || self.panes.iter().any(Followed::is_overdue) {
            self.watcher.hurry();
        }
        if self.watcher.is_due() {
            self.observe().await?;
            self.look(Instant::now());
        }
        self.note().await;
        Ok(())
    }

    /// Waits until a look is needed. May be cancelled at any moment.
    pub(super) async fn stirs(&mut self) {
        tokio::select! {
            () = sleep(JUDGE) => {}
            () = self.watcher.due() => {}
            () = self.watch.stirs() => {}
            pid = self.exits.next() => self.gone.push(pid),
        }
    }

    /// Looks at processes and probes. Returns true if tmux has to be asked about the end of one.
    fn look(&mut self, now: Instant) -> bool {
        let mut is_gone = false;
        for found in self.watch.look(now) {
            match found {
                Found::Gone { .. } => is_gone = true,
                Found::News(news) => self.news(news),
            }
        }
        for pid in std::mem::take(&mut self.gone) {
            self.running.remove(&pid);
            for pane in &mut self.panes {
                if pane.running() == Some(pid) {
                    pane.seen_gone = Some(pid);
                    is_gone = true;
                }
            }
        }
        is_gone
    }

    fn news(&mut self, news: News) {
        let veil = self.wish.veil;
        match news {
            News::Ready { address, why, took } => {
                let pid = self.watch.last_pid(&address);
                let why = veil.hide(&why);
                if let (Some(pid), Goal::Ready) = (pid, &self.wish.goal) {
                    self.notes.push(report::ready(&address, pid, &why));
                }
                if let Some(pane) = self.pane(&address) {
                    pane.found = Some((pid, why, took));
                }
            }
            News::NotReady {
                address,
                answer,
                after,
            } => {
                if let Some(pane) = self.pane(&address) {
                    pane.given_up = Some((veil.hide(&answer), after));
                }
            }
            News::Restarted { address } => (self.events)(Event::Restarted { address }),
            News::LeftBehind { address, what } => {
                let what = veil.hide(&what);
                (self.events)(Event::LeftBehind { address, what });
            }
            // The status of the pane decides what that means.
            News::Ended { .. } | News::Died { .. } => {}
        }
    }

    /// Stores readiness on panes, as an apply does.
    async fn note(&mut self) {
        let lines = std::mem::take(&mut self.notes);
        let Some(id) = self.server_id.filter(|_| !lines.is_empty()) else {
            return;
        };
        let panes = self.panes.iter();
        let bindings = panes.filter_map(|pane| {
            let id = pane.id?.to_string();
            Some((Ref::Pane(pane.address.clone()), id))
        });
        let (script, to) = (Script { lines }, Destination::Running(id));
        // They are ready, even if that cannot be stored.
        let nonce = self.wish.nonce;
        let _ = batch::send(self.server, to, &script, nonce, &bindings.collect()).await;
    }

    fn pane(&mut self, address: &Address) -> Option<&mut Followed> {
        self.panes.iter_mut().find(|pane| pane.address == *address)
    }

    /// Asks the server, and starts the probes that are needed.
    async fn observe(&mut self) -> Result<(), ObserveError> {
        let (of, nonce) = (Of::Layout(self.wish.asked), self.wish.nonce);
        let look = self
            .watcher
            .look(self.server, of, nonce, &mut self.interrupt);
        let Some(look) = look.await? else {
            return Ok(());
        };
        let Look {
            snapshot,
            layouts,
            changes,
        } = look;
        let rows: Vec<PaneStatus> = layouts.into_iter().flat_map(|one| one.panes).collect();
        let server = snapshot.server.as_ref().map(LiveServer::id);
        self.server_id = server.or(self.server_id);
        let is_another = changes.contains(&Change::AnotherServer);
        for pane in &mut self.panes {
            if is_another {
                // Its ids start over.
                pane.id = None;
            }
            pane.see(&rows, &snapshot);
        }
        self.remind(&snapshot);
        self.listen();
        for index in 0..self.panes.len() {
            self.follow(index, &snapshot);
        }
        self.read().await;
        Ok(())
    }

    /// Waits for the exit of the processes that run now, and of no others.
    fn listen(&mut self) {
        let panes = self.panes.iter();
        let running =
            panes.filter_map(|pane| pane.running().filter(|pid| pane.seen_gone != Some(*pid)));
        let before = std::mem::replace(&mut self.running, running.collect());
        for pid in before.difference(&self.running) {
            self.exits.forget(*pid);
        }
        for pid in self.running.difference(&before) {
            self.exits.watch(*pid);
        }
    }

    /// Reminds tmux of the end of a process, which it can miss.
    fn remind(&self, snapshot: &Snapshot) {
        let mut panes = self.panes.iter();
        let is_missed =
            panes.any(|pane| pane.running().is_some() && pane.running() == pane.seen_gone);
        if let Some(live) = snapshot.server.as_ref().filter(|_| is_missed) {
            server::remind(live.pid);
        }
    }

    /// Passes the state of a pane to the engine.
    fn follow(&mut self, index: usize, snapshot: &Snapshot) {
        let pane = &mut self.panes[index];
        let live = pane.id.and_then(|id| snapshot.pane(id));
        let (Some(live), now) = (live, Instant::now()) else {
            return;
        };
        let last = self.watch.last_pid(&pane.address);
        if let (Some(pid), Some(target)) = (pane.running(), pane.target(self.wish, live)) {
            match last {
                Some(last) if last == pid => {}
                Some(_) => {
                    let id = live.id.to_string();
                    let news = self
                        .watch
                        .started(&target.pane.address, Some(&id), pid, now);
                    news.into_iter().for_each(|news| self.news(news));
                }
                None => {
                    let bindings = pane.bindings(live);
                    let environment = self.wish.environment;
                    let targets = std::slice::from_ref(&target);
                    let one = Watch::new(targets, environment, self.server, &bindings, now);
                    self.watch.join(one);
                }
            }
        } else if let (Some(exit), Some(_)) = (live.ended(), last) {
            let is_final = !pane.is_up();
            self.watch.ended(&pane.address, exit, is_final, now);
        }
    }

    /// Reads the output of programs that have exited, each once, side by side.
    async fn read(&mut self) {
        let Goal::Line(regex) = &self.wish.goal else {
            return;
        };
        let mut unread: Vec<usize> = (0..self.panes.len())
            .filter(|index| self.panes[*index].is_to_be_read())
            .collect();
        let mut reading = JoinSet::new();
        while !unread.is_empty() || !reading.is_empty() {
            while let Some(index) = unread.pop_if(|_| reading.len() < PROBES_MAX) {
                let id = self.panes[index].id.map(|id| id.to_string());
                let search = (index, self.panes[index].searches.clone());
                reading.spawn(read(self.server.clone(), id, regex.clone(), search));
            }
            let Some(Ok((index, printed))) = reading.join_next().await else {
                continue;
            };
            let took = self.begun.elapsed();
            let pane = &mut self.panes[index];
            pane.was_read = true;
            let found = printed.map(|line| self.wish.veil.hide(&line));
            pane.found = found.map(|line| (None, line, took));
        }
    }
}

/// Returns the line that a pane has printed, if one matches.
async fn read(
    server: Server,
    pane: Option<String>,
    regex: String,
    (index, searches): (usize, Searches),
) -> (usize, Option<String>) {
    let source = Source {
        server: &server,
        pane: pane.as_deref(),
        pid: None,
        seen: &Bookmarks::default(),
        searches: &searches,
        panes: None,
    };
    (index, printed::probe(source, &regex).await.ok())
}
