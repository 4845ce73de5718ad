//! One object from all sides: as wanted and where that is written, as live, as last applied, and
//! what `apply` would do about it.

mod facts;
mod side;

pub use side::{Fact, Side};

use crate::layout::{Address, Layout, Origin, owner_key};
use crate::live::{LivePane, LiveSession, LiveWindow, Snapshot};
use crate::plan::change::{Noun, Reason, Step, Subject, applied_kind};
use crate::plan::{Plan, Refusal};
use crate::status::{self, Clock, LayoutRef, PaneStatus};
use crate::tmux::script::Ref;
use crate::view::look::plan;
use crate::view::text::diagnostic::Look;
use crate::view::text::paint::{Paint, Tone, fitted, padded, width, wrapped};
use crate::view::text::printable::{Printable, printable};

/// One object from all sides.
#[derive(Debug, Clone, PartialEq)]
pub struct About<'a> {
    pub subject: Subject,
    pub wanted: Option<Side>,
    pub live: Option<Side>,
    pub applied: Option<Side>,
    pub plan: Result<&'a Plan, &'a [Refusal]>,
}

/// A live object.
#[derive(Debug, Clone, Copy)]
enum Live<'a> {
    Session(&'a LiveSession),
    Window(&'a LiveWindow),
    Pane(&'a LivePane),
}

/// Returns the addresses of everything that is wanted, or that the layout has created, each once.
pub fn known(layout: &Layout, snapshot: &Snapshot) -> Vec<Address> {
    let sessions = layout.sessions.iter().map(|session| &session.address);
    let windows = layout.windows().map(|window| &window.address);
    let panes = layout.panes().map(|pane| &pane.address);
    let wanted = sessions.chain(windows).chain(panes).cloned();
    let own = Own { layout, snapshot };
    let sessions = snapshot
        .sessions
        .iter()
        .filter_map(|live| own.session(live));
    let windows = snapshot.windows.iter().filter_map(|live| own.window(live));
    let panes = snapshot.panes.iter().filter_map(|live| own.pane(live));
    let live = sessions.chain(windows).chain(panes).cloned();
    let mut all: Vec<Address> = wanted.chain(live).collect();
    all.sort();
    all.dedup();
    all
}

/// Gathers everything about the object at this address.
pub fn about<'a>(
    address: &Address,
    layout: &Layout,
    snapshot: &Snapshot,
    plan: Result<&'a Plan, &'a [Refusal]>,
) -> About<'a> {
    let own = Own { layout, snapshot };
    let live = own.live(address, plan.ok());
    let (noun, wanted) = match wanted(address, layout) {
        Some((noun, side)) => (noun, Some(side)),
        None => (noun(address, live), None),
    };
    About {
        subject: Subject {
            address: address.clone(),
            noun,
        },
        wanted,
        live: live.map(|live| match live {
            Live::Session(live) => facts::of_live_session(live, snapshot),
            Live::Window(live) => facts::of_live_window(live, snapshot),
            Live::Pane(live) => {
                facts::of_live_pane(live, status(live, layout, snapshot).as_ref(), snapshot)
            }
        }),
        applied: live.and_then(|live| match live {
            Live::Session(live) => facts::of_applied_session(live),
            Live::Window(live) => facts::of_applied_window(live),
            Live::Pane(live) => facts::of_applied_pane(live),
        }),
        plan,
    }
}

/// Returns the status of a pane of the layout, as in `ps`.
fn status(live: &LivePane, layout: &Layout, snapshot: &Snapshot) -> Option<PaneStatus> {
    let asked = LayoutRef {
        layout: &layout.name,
        manifest: Some(&layout.manifest),
        wanted: Some(layout),
    };
    let layouts = status::of_layout(asked, snapshot, &Clock::unread());
    let mut panes = layouts.into_iter().flat_map(|layout| layout.panes);
    panes.find(|pane| pane.id == Some(live.id))
}

fn noun(address: &Address, live: Option<Live>) -> Noun {
    match (address.window_name(), address.pane_name(), live) {
        (None, ..) => Noun::Session,
        (Some(_), None, _) => Noun::Window,
        (_, _, Some(Live::Pane(live))) => Noun::Pane(applied_kind(live.applied.as_ref())),
        _ => Noun::Pane(applied_kind(None)),
    }
}

fn wanted(address: &Address, layout: &Layout) -> Option<(Noun, Side)> {
    let place = |origin: &Origin| format!("{}:{}", origin.file, origin.line);
    if let Some(pane) = layout.pane(address) {
        let facts = facts::of_pane(pane);
        let place = place(&pane.origin);
        return Some((Noun::Pane(pane.kind), Side { place, facts }));
    }
    if let Some(window) = layout.windows().find(|window| window.address == *address) {
        let side = Side {
            place: place(&window.origin),
            facts: facts::of_window(window),
        };
        return Some((Noun::Window, side));
    }
    let mut sessions = layout.sessions.iter();
    let session = sessions.find(|session| session.address == *address)?;
    let side = Side {
        place: place(&session.origin),
        facts: facts::of_session(session),
    };
    Some((Noun::Session, side))
}

/// The objects of a server that belong to a layout.
#[derive(Clone, Copy)]
struct Own<'a> {
    layout: &'a Layout,
    snapshot: &'a Snapshot,
}

impl<'a> Own<'a> {
    fn is_owned(self, live: &LiveSession) -> bool {
        let owner = live.owner.as_ref();
        owner.is_some_and(|owner| {
            owner.layout == self.layout.name && owner.manifest == self.layout.manifest
        })
    }

    fn session(self, live: &'a LiveSession) -> Option<&'a Address> {
        let owner = live.owner.as_ref().filter(|_| self.is_owned(live))?;
        owner.address.as_ref()
    }

    fn window(self, live: &'a LiveWindow) -> Option<&'a Address> {
        let session = self.snapshot.session(live.session)?;
        live.address.as_ref().filter(|_| self.is_owned(session))
    }

    fn pane(self, live: &'a LivePane) -> Option<&'a Address> {
        let key = owner_key(&self.layout.name, &self.layout.manifest);
        let window = self.snapshot.window(live.window)?;
        let session = self.snapshot.session(window.session)?;
        let is_owned = match &live.owner {
            Some(owner) => *owner == key,
            None => self.is_owned(session),
        };
        live.address.as_ref().filter(|_| is_owned)
    }

    /// Returns the live object that the plan uses for this address, else the one that was created
    /// for it.
    fn live(self, address: &Address, plan: Option<&Plan>) -> Option<Live<'a>> {
        let object = match (address.window_name(), address.pane_name()) {
            (None, _) => Ref::Session(address.clone()),
            (Some(_), None) => Ref::Window(address.clone()),
            (Some(_), Some(_)) => Ref::Pane(address.clone()),
        };
        let known = plan.and_then(|plan| plan.known.iter().find(|(other, _)| *other == object));
        let id = known.map(|(_, id)| id.as_str());
        let is_it = |live: String, tagged: Option<&Address>| match id {
            Some(id) => live == id,
            None => tagged == Some(address),
        };
        match object {
            Ref::Session(_) => {
                let mut all = self.snapshot.sessions.iter();
                all.find(|live| is_it(live.id.to_string(), self.session(live)))
                    .map(Live::Session)
            }
            Ref::Window(_) => {
                let mut all = self.snapshot.windows.iter();
                all.find(|live| is_it(live.id.to_string(), self.window(live)))
                    .map(Live::Window)
            }
            _ => {
                let mut all = self.snapshot.panes.iter();
                all.find(|live| is_it(live.id.to_string(), self.pane(live)))
                    .map(Live::Pane)
            }
        }
    }
}

impl About<'_> {
    /// Whether a step is about the object, its contents, or its former name.
    pub fn concerns(&self, step: &Step) -> bool {
        let address = &self.subject.address;
        let other = &step.subject.address;
        let is_in = match (address.window_name(), address.pane_name()) {
            (None, _) => other.session() == *address,
            (Some(_), None) => other.enclosing_window().as_ref() == Some(address),
            (Some(_), Some(_)) => other == address,
        };
        let was = matches!(&step.reason, Reason::Renamed { from, .. } if from == address);
        is_in || was
    }

    /// Returns the notes of the plan about the object.
    pub fn notes(&self) -> Vec<String> {
        let name = format!("`{}`", self.subject.address);
        let notes = self.plan.map(plan::notes).unwrap_or_default();
        notes
            .into_iter()
            .filter(|note| note.contains(&name))
            .collect()
    }

    /// Returns the applied attributes that differ from the wanted ones.
    fn other(&self, applied: &Side) -> Side {
        let wanted = self.wanted.as_ref().map_or(&[][..], |wanted| &wanted.facts);
        let facts = applied.facts.iter().filter(|fact| !wanted.contains(fact));
        let mut facts: Vec<Fact> = facts.cloned().collect();
        let is_new = |name: &str| applied.facts.iter().all(|(other, _)| other != name);
        let new = wanted.iter().map(|(name, _)| name.as_str());
        let new = new.filter(|name| !facts::NOT_APPLIED.contains(name) && is_new(name));
        let new: Vec<&str> = new.collect();
        if !new.is_empty() && self.subject.noun != Noun::Session {
            facts.push(("without".to_owned(), new.join(", ")));
        }
        let place = match facts[..] {
            [] => format!("{}, as wanted", applied.place),
            _ => applied.place.clone(),
        };
        Side { place, facts }
    }

    /// Returns everything, for people.
    pub fn text(&self, look: Look) -> Printable {
        let paint = Paint { color: look.color };
        let name = format!("{} {}", self.subject.noun.as_str(), self.subject.address);
        let name = paint.paint(Tone::Strong, fitted(&name, look.width));
        let mut out = printable!("{}\n", name);
        block(
            "wanted",
            self.wanted.as_ref(),
            "not in the manifest",
            look,
            &mut out,
        );
        block("live", self.live.as_ref(), "does not exist", look, &mut out);
        if self.live.is_some() {
            let other = self.applied.as_ref().map(|applied| self.other(applied));
            block(
                "applied",
                other.as_ref(),
                "nothing that can be read",
                look,
                &mut out,
            );
        }
        out.push(printable!("\n{}\n", paint.paint(Tone::Move, "apply")));
        match self.plan {
            Ok(plan) => {
                let tree = plan::tree_of(plan, look, &|step| self.concerns(step));
                match tree.is_empty() {
                    true => out.push(printable!("  nothing to do\n")),
                    false => out.push(tree),
                }
            }
            Err(refusals) => {
                for refusal in refusals {
                    let text = wrapped(&format!("refused: {refusal}"), look.width, 4);
                    out.push(printable!("  {}\n", paint.paint(Tone::Bad, text)));
                }
            }
        }
        for note in self.notes() {
            let note = wrapped(&note, look.width, "note: ".len());
            out.push(printable!("\n{}\n", paint.paint(Tone::Faint, note)));
        }
        out
    }
}

fn head(title: &str, paint: Paint) -> Printable {
    let title = padded(title, "applied".len());
    paint.paint(Tone::Move, &title)
}

fn block(title: &str, side: Option<&Side>, nothing: &str, look: Look, out: &mut Printable) {
    let paint = Paint { color: look.color };
    let Some(side) = side else {
        out.push(printable!("\n{}  {}\n", head(title, paint), nothing));
        return;
    };
    let place = fitted(&side.place, look.width.saturating_sub("applied  ".len()));
    let heading = printable!("\n{}  {}", head(title, paint), place);
    out.push(printable!("{}\n", heading.trim_end()));
    let shown = side.facts.iter();
    let shown = shown.filter(|(name, _)| !facts::NOT_FOR_PEOPLE.contains(&name.as_str()));
    let names = shown.clone().map(|(name, _)| width(name));
    let left = names.max().unwrap_or(0).min(look.width / 3);
    for (name, value) in shown {
        let room = look.width.saturating_sub(left + 4).max(10);
        let name = padded(&fitted(name, left.max(1)), left);
        let line = printable!("  {}  {}", name, fitted(value, room));
        out.push(printable!("{}\n", line.trim_end()));
    }
}
