//! Plans a stop on purpose: the process ends as in a removal, the pane stays, and `apply` leaves it
//! alone from then on. Works from the tags, and from the manifest if it can be read.

use std::collections::BTreeMap;

use crate::layout::{Address, Layout, Pattern, PatternError, StepId};
use crate::live::{LivePane, LiveProcess, LiveServer, Phase, Snapshot};
use crate::plan::change::{Action, Note, Noun, Plan, Reason, Step, Subject, applied_kind};
use crate::plan::matching::Ownership;
use crate::plan::safety::{self, Refusal};
use crate::plan::{order, removal};
use crate::tmux::id::PaneId;
use crate::tmux::script::Ref;

/// The request of `stop`.
#[derive(Debug, Clone, Copy)]
pub struct Halting<'a> {
    pub layout: &'a str,
    /// `None`: any manifest.
    pub manifest: Option<&'a str>,
    /// The resolved manifest, if it can be read.
    pub wanted: Option<&'a Layout>,
    pub patterns: &'a [Pattern],
    /// Stops dependents before the panes they need.
    pub with_dependents: bool,
}

impl Halting<'_> {
    /// Resolves the patterns against the live and the wanted panes.
    ///
    /// # Errors
    /// Returns all patterns that match nothing here.
    pub fn meant(&self, snapshot: &Snapshot) -> Result<Vec<Pattern>, Vec<PatternError>> {
        let live = self.live(snapshot).into_iter();
        let mut known: Vec<&Address> = live.filter_map(|pane| pane.address.as_ref()).collect();
        let wanted = self.wanted.into_iter().flat_map(Layout::panes);
        known.extend(wanted.map(|pane| &pane.address));
        let mut errors = Vec::new();
        let meant = self.patterns.iter().filter_map(|pattern| {
            let meant = pattern.among(&known);
            meant.map_err(|error| errors.push(error)).ok()
        });
        let meant = meant.collect();
        if errors.is_empty() {
            Ok(meant)
        } else {
            Err(errors)
        }
    }

    fn live<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s LivePane> {
        let whose = Ownership::made_by(self.layout, self.manifest, snapshot);
        let panes = snapshot.panes.iter();
        panes.filter(|pane| whose.has(pane)).collect()
    }

    fn selects(&self, address: &Address) -> bool {
        self.patterns.iter().any(|pattern| pattern.selects(address))
    }

    /// Returns the required needs of a live pane, as applied and as in the manifest.
    fn needs<'s>(&'s self, live: &'s LivePane) -> impl Iterator<Item = &'s Address> {
        let applied = live.applied.iter().flat_map(|applied| &applied.needs);
        let address = live.address.as_ref();
        let wanted = address.and_then(|address| self.wanted?.pane(address));
        let wanted = wanted.into_iter().flat_map(|pane| &pane.needs);
        let needs = applied.chain(wanted).filter(|need| !need.optional);
        needs.map(|need| &need.target)
    }

    /// Returns the running panes that need one of `stopped`, each with the pane it needs. Panes
    /// that are not running, such as finished tasks, are passed through.
    fn dependents<'s>(
        &self,
        live: &[&'s LivePane],
        stopped: &[Address],
    ) -> BTreeMap<Address, (&'s LivePane, Address)> {
        let mut found: BTreeMap<Address, (&LivePane, Address)> = BTreeMap::new();
        let mut idle: BTreeMap<Address, Address> = BTreeMap::new();
        loop {
            let is_known = |address: &Address| {
                stopped.contains(address)
                    || found.contains_key(address)
                    || idle.contains_key(address)
            };
            let next = live.iter().find_map(|pane| {
                let address = pane.address.clone().filter(|address| !is_known(address))?;
                let target = self.needs(pane).find(|target| is_known(target))?;
                Some((address, *pane, idle.get(target).unwrap_or(target).clone()))
            });
            let Some((address, pane, target)) = next else {
                return found;
            };
            if matches!(pane.process, LiveProcess::Running { .. }) {
                found.insert(address, (pane, target));
            } else {
                idle.insert(address, target);
            }
        }
    }
}

/// Plans the end of the requested panes; `patterns` are resolved already.
///
/// # Errors
/// Returns everything that is protected.
pub fn halting(
    asked: &Halting,
    snapshot: &Snapshot,
    own_pane: Option<PaneId>,
) -> Result<Plan, Vec<Refusal>> {
    let live = asked.live(snapshot);
    let selects = |pane: &&&LivePane| pane.address.as_ref().is_some_and(|it| asked.selects(it));
    let selected: Vec<&LivePane> = live.iter().filter(selects).copied().collect();
    let (mut unchanged, mut notes) = (Vec::new(), never_started(asked, &selected));
    let mut panes = Vec::new();
    for pane in selected {
        match standing(pane) {
            Standing::Stops => panes.push(pane),
            Standing::IsStopped => unchanged.extend(subject(pane)),
            Standing::NeverStarted => {
                let address = pane.address.clone();
                notes.extend(address.map(|address| Note::NeverStarted { address }));
            }
        }
    }
    let addresses = panes.iter().filter_map(|pane| pane.address.clone());
    let addresses: Vec<Address> = addresses.collect();
    let dependents = asked.dependents(&live, &addresses);
    if asked.with_dependents {
        panes.extend(dependents.values().map(|(pane, _)| *pane));
    } else {
        let dependents = dependents.iter();
        let direct = dependents.filter(|(_, (_, target))| addresses.contains(target));
        let panes: Vec<Address> = direct.map(|(address, _)| address.clone()).collect();
        notes.extend((!panes.is_empty()).then_some(Note::GoOn { panes }));
    }
    let mut steps = Vec::new();
    removal::stops(&panes, &Reason::Named, snapshot, own_pane, &mut steps);
    put_in_order(&mut steps, &dependents);
    notes.extend(removal::own_note(&steps));
    for step in &mut steps {
        halt(step, &dependents);
    }
    let refusals = safety::refused(&steps, asked.wanted, snapshot);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let known = panes.iter().filter_map(|pane| {
        let address = pane.address.clone()?;
        Some((Ref::Pane(address), pane.id.to_string()))
    });
    let server = snapshot.server.as_ref();
    Ok(Plan {
        layout: asked.layout.to_owned(),
        manifest: asked.manifest.unwrap_or_default().to_owned(),
        server_id: server.map(LiveServer::id),
        server: server.map(|server| server.version.clone()),
        known: known.collect(),
        steps: order::ordered(steps),
        wanted: Vec::new(),
        unchanged,
        notes,
        targets: Vec::new(),
        newest_pane: snapshot.newest_pane(),
    })
}

/// Whether a pane can be stopped.
enum Standing {
    Stops,
    /// Stopped already, or a finished task: `apply` starts neither.
    IsStopped,
    NeverStarted,
}

fn standing(pane: &LivePane) -> Standing {
    let is_waiting = matches!(pane.phase, Some(Phase::Placeholder | Phase::Pending));
    let has_ended = matches!(pane.process, LiveProcess::Ended(_));
    let is_done = has_ended && pane.is_done(applied_kind(pane.applied.as_ref()));
    if is_waiting || pane.process == LiveProcess::Empty {
        Standing::NeverStarted
    } else if pane.is_stopped() || is_done {
        Standing::IsStopped
    } else {
        Standing::Stops
    }
}

/// Returns a note for each wanted pane that matches and does not exist.
fn never_started(asked: &Halting, selected: &[&LivePane]) -> Vec<Note> {
    let is_live = |address: &Address| {
        let mut live = selected.iter();
        live.any(|pane| pane.address.as_ref() == Some(address))
    };
    let wanted = asked.wanted.into_iter().flat_map(Layout::panes);
    let wanted = wanted.map(|pane| pane.address.clone());
    let missing = wanted.filter(|address| asked.selects(address) && !is_live(address));
    missing
        .map(|address| Note::NeverStarted { address })
        .collect()
}

fn subject(pane: &LivePane) -> Option<Subject> {
    let address = pane.address.clone()?;
    let noun = Noun::Pane(applied_kind(pane.applied.as_ref()));
    Some(Subject { address, noun })
}

/// Orders dependents that reach a pane through one that is not running before it, too.
fn put_in_order(steps: &mut [Step], dependents: &BTreeMap<Address, (&LivePane, Address)>) {
    let of = |address: &Address| {
        let mut addresses = steps.iter().map(|step| &step.subject.address);
        addresses.position(|other| other == address)
    };
    let pairs = dependents.iter().filter_map(|(address, (_, target))| {
        let (before, after) = (of(address)?, of(target)?);
        Some((before, after))
    });
    for (before, after) in pairs.collect::<Vec<_>>() {
        steps[after].after.push(StepId(before));
    }
}

/// Turns the removal of a pane into a stop of its process.
fn halt(step: &mut Step, dependents: &BTreeMap<Address, (&LivePane, Address)>) {
    if let Action::Stop(stop) = &step.action {
        step.action = Action::Halt(stop.clone());
    }
    if let Some((_, target)) = dependents.get(&step.subject.address) {
        step.reason = Reason::Dependent(target.clone());
    }
}
