//! What is to stop on purpose: its process ends as on a removal, its pane stays, and `apply` leaves
//! it alone from then on. From the tags, and from the manifest where it is there to be read.

use std::collections::BTreeMap;

use crate::layout::{Address, Layout, Pattern, PatternError, StepId};
use crate::live::{LivePane, LiveProcess, LiveServer, Phase, Snapshot};
use crate::plan::change::{Action, Note, Noun, Plan, Reason, Step, Subject, applied_kind};
use crate::plan::matching::Ownership;
use crate::plan::safety::{self, Refusal};
use crate::plan::{order, removal};
use crate::tmux::id::PaneId;
use crate::tmux::script::Ref;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Halting<'a> {
    pub layout: &'a str,
    /// `None`: whatever manifest it came from.
    pub manifest: Option<&'a str>,
    /// What the manifest spells out, where it can be read.
    pub wanted: Option<&'a Layout>,
    pub patterns: &'a [Pattern],
    /// What needs it is stopped before it.
    pub with_dependents: bool,
}

impl Halting<'_> {
    /// The patterns as they are meant among what is live and what is wanted.
    ///
    /// # Errors
    /// All patterns that mean nothing here.
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

    /// What a live pane cannot be without, as it was applied and as the manifest has it.
    fn needs<'s>(&'s self, live: &'s LivePane) -> impl Iterator<Item = &'s Address> {
        let applied = live.applied.iter().flat_map(|applied| &applied.needs);
        let address = live.address.as_ref();
        let wanted = address.and_then(|address| self.wanted?.pane(address));
        let wanted = wanted.into_iter().flat_map(|pane| &pane.needs);
        let needs = applied.chain(wanted).filter(|need| !need.optional);
        needs.map(|need| &need.target)
    }

    /// The panes that run and need one of `stopped`, themselves or by another, with what they need:
    /// by one that does not run, such as a task that is done, what that needs.
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

/// Plans the end of what is asked for; `patterns` are as they are meant.
///
/// # Errors
/// Everything that is protected.
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

/// What there is to stop in a pane.
enum Standing {
    Stops,
    /// Stopped already, or a task that is done: `apply` starts neither.
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

/// What is wanted, meant, and not there.
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

/// What needs another by one that does not run goes before it, too.
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

/// Makes the removal of a pane the end of what runs in it.
fn halt(step: &mut Step, dependents: &BTreeMap<Address, (&LivePane, Address)>) {
    if let Action::Stop(stop) = &step.action {
        step.action = Action::Halt(stop.clone());
    }
    if let Some((_, target)) = dependents.get(&step.subject.address) {
        step.reason = Reason::Dependent(target.clone());
    }
}
