//! Looks at what is waited for, and tells the engine what became of it.

use std::collections::BTreeMap;
use std::time::Instant;

use super::follow::Followed;
use super::{Event, Goal, Wish};
use crate::execute;
use crate::layout::Address;
use crate::link::batch::{self, Destination};
use crate::live::{self, LiveServer, ObserveError, Snapshot};
use crate::machine::process;
use crate::readiness::engine::News;
use crate::readiness::printed::{self, Seen, Source};
use crate::readiness::watch::{Found, Watch};
use crate::status::{self, Clock, PaneStatus};
use crate::tmux::id::ServerId;
use crate::tmux::script::{Line, Ref, Script};
use crate::tmux::server::{self, Server};

/// What is waited for, and what is known of it.
pub struct Waiter<'a> {
    pub wish: &'a Wish<'a>,
    pub server: &'a Server,
    server_id: Option<ServerId>,
    pub begun: Instant,
    pub watch: Watch,
    pub panes: Vec<Followed>,
    notes: Vec<Line>,
    pub events: &'a mut dyn FnMut(Event),
}

impl<'a> Waiter<'a> {
    pub fn new(
        wish: &'a Wish<'a>,
        server: &'a Server,
        begun: Instant,
        events: &'a mut dyn FnMut(Event),
    ) -> Self {
        Waiter {
            wish,
            server,
            server_id: None,
            begun,
            watch: Watch::new(&[], wish.environment, server, &BTreeMap::new(), begun),
            panes: wish.panes.iter().map(Followed::new).collect(),
            notes: Vec::new(),
            events,
        }
    }

    /// Looks at processes and probes. True if tmux has to be asked what became of one.
    pub fn look(&mut self, now: Instant) -> bool {
        let mut is_gone = false;
        for found in self.watch.look(now) {
            match found {
                Found::Gone { .. } => is_gone = true,
                Found::News(news) => self.news(news),
            }
        }
        for pane in &mut self.panes {
            let pid = pane.running().filter(|pid| pane.seen_gone != Some(*pid));
            if let Some(pid) = pid.filter(|pid| !process::is_alive(*pid)) {
                pane.seen_gone = Some(pid);
                is_gone = true;
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
                    self.notes.push(execute::ready(&address, pid, &why));
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
            // What that means is judged by how the pane stands.
            News::Ended { .. } | News::Died { .. } => {}
        }
    }

    /// Writes down on panes that they were found to be ready, as an apply does.
    pub async fn note(&mut self) {
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
        // They are ready, whether that can be written down or not.
        let nonce = self.wish.nonce;
        let _ = batch::send(self.server, to, &script, nonce, &bindings.collect()).await;
    }

    fn pane(&mut self, address: &Address) -> Option<&mut Followed> {
        self.panes.iter_mut().find(|pane| pane.address == *address)
    }

    /// Asks the server, and has probed what is to be.
    pub async fn observe(&mut self) -> Result<(), ObserveError> {
        let asked = live::Asked::default();
        let snapshot = live::observe(self.server, self.wish.nonce, &asked).await?;
        let layouts = status::of_layout(self.wish.asked, &snapshot, &Clock::unread());
        let rows: Vec<PaneStatus> = layouts.into_iter().flat_map(|one| one.panes).collect();
        let server = snapshot.server.as_ref().map(LiveServer::id);
        let is_another = server.is_some() && self.server_id.is_some() && server != self.server_id;
        self.server_id = server.or(self.server_id);
        for pane in &mut self.panes {
            if is_another {
                // Its ids begin anew.
                pane.id = None;
            }
            pane.see(&rows, &snapshot);
        }
        self.remind(&snapshot);
        for index in 0..self.panes.len() {
            self.follow(index, &snapshot);
            self.read(index).await;
        }
        Ok(())
    }

    /// tmux can miss the end of a process.
    fn remind(&self, snapshot: &Snapshot) {
        let mut panes = self.panes.iter();
        let is_missed =
            panes.any(|pane| pane.running().is_some() && pane.running() == pane.seen_gone);
        if let Some(live) = snapshot.server.as_ref().filter(|_| is_missed) {
            server::remind(live.pid);
        }
    }

    /// Tells the engine what became of a pane.
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

    /// Reads what an ended program has printed, once.
    async fn read(&mut self, index: usize) {
        let pane = &self.panes[index];
        let Goal::Line(regex) = &self.wish.goal else {
            return;
        };
        if !pane.has_ended() || pane.was_read || pane.found.is_some() {
            return;
        }
        let id = pane.id.map(|id| id.to_string());
        let source = Source {
            server: self.server,
            pane: id.as_deref(),
            pid: None,
            seen: &Seen::default(),
        };
        let printed = printed::probe(source, regex).await;
        let took = self.begun.elapsed();
        let pane = &mut self.panes[index];
        pane.was_read = true;
        let found = printed.ok().map(|line| self.wish.veil.hide(&line));
        pane.found = found.map(|line| (None, line, took));
    }
}
