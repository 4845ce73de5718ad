//! The graph of dependencies, as nodes, edges and waves: panes by their needs, the steps of a plan
//! by their order, and the panes that `down` stops by their order. Pure; views draw it.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Address, Layout, Need, Pattern, PatternError, StepId, Until, meaning};
use crate::live::Snapshot;
use crate::plan::Plan;
use crate::plan::change::{Action, Noun, Step, Subject};
use crate::status::{self, Clock, LayoutRef, PaneStatus, Wanted};

/// A graph without cycles.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    pub layout: String,
    pub of: Of,
    /// The nodes: panes in the order of the manifest, steps in the order of execution.
    pub nodes: Vec<Node>,
}

/// The subject of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Needs,
    Plan,
    Removal,
}

impl Of {
    pub fn as_str(self) -> &'static str {
        match self {
            Of::Needs => "needs",
            Of::Plan => "plan",
            Of::Removal => "removal",
        }
    }
}

/// A pane or a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub subject: Subject,
    pub step: Option<Numbered>,
    /// The wave, counted from 1: everything that it waits for is in earlier ones.
    pub wave: usize,
    /// The edges to the nodes that it waits for.
    pub after: Vec<Edge>,
    /// The status of the pane; `None` if it was not asked for, or the node is no pane.
    pub status: Option<PaneStatus>,
}

/// A step of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// Its number in the plan, as in the JSON.
    pub number: usize,
    /// Its action, in a word.
    pub verb: &'static str,
}

/// An edge: one node waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The index of the node that is waited for.
    pub to: usize,
    /// The condition of a need; `None` between steps, which wait until the other is done.
    pub until: Option<Until>,
    /// Whether the node restarts with the other.
    pub restart: bool,
    /// Whether the node starts anyway if the other cannot reach the condition.
    pub optional: bool,
}

/// Returns the graph of the panes of a layout and their needs; with a snapshot, also their states.
pub fn of_needs(layout: &Layout, live: Option<&Snapshot>) -> Graph {
    let panes: Vec<_> = layout.panes().collect();
    let addresses = panes.iter().enumerate();
    let index: BTreeMap<&Address, usize> =
        addresses.map(|(at, pane)| (&pane.address, at)).collect();
    let statuses = statuses((&layout.name, &layout.manifest), Some(layout), live);
    let edge = |need: &Need| {
        let to = *index.get(&need.target)?;
        let until = match meaning(need.until, panes[to].kind) {
            // A pane without probes is ready as soon as it is started.
            Until::Ready if panes[to].ready.is_none() => Until::Started,
            until => until,
        };
        Some(Edge {
            to,
            until: Some(until),
            restart: need.restart,
            optional: need.optional,
        })
    };
    let nodes = panes.iter().map(|pane| Node {
        subject: Subject::pane(pane),
        step: None,
        wave: 1,
        after: pane.needs.iter().filter_map(edge).collect(),
        status: of_wanted(&pane.address, &statuses),
    });
    let nodes = in_waves(nodes.collect());
    Graph {
        layout: layout.name.clone(),
        of: Of::Needs,
        nodes,
    }
}

/// Returns the graph of the steps of a plan for `layout`; with a snapshot, also the states of the
/// panes. `verb` returns the word for a step's action.
pub fn of_plan(
    plan: &Plan,
    layout: &Layout,
    live: Option<&Snapshot>,
    verb: fn(&Step) -> &'static str,
) -> Graph {
    let statuses = statuses((&plan.layout, &plan.manifest), Some(layout), live);
    of_steps(plan, Of::Plan, &statuses, verb)
}

/// Returns the graph of a plan of removal; with a snapshot, also the states of the panes.
pub fn of_removal(plan: &Plan, live: Option<&Snapshot>, verb: fn(&Step) -> &'static str) -> Graph {
    let statuses = statuses((&plan.layout, &plan.manifest), None, live);
    of_steps(plan, Of::Removal, &statuses, verb)
}

/// Returns the status of all panes of a layout, if there is a snapshot.
fn statuses(
    (layout, manifest): (&str, &str),
    wanted: Option<&Layout>,
    live: Option<&Snapshot>,
) -> Vec<PaneStatus> {
    let Some(snapshot) = live else {
        return Vec::new();
    };
    let asked = LayoutRef {
        layout,
        manifest: Some(manifest).filter(|manifest| !manifest.is_empty()),
        wanted,
    };
    let layouts = status::of_layout(asked, snapshot, &Clock::unread());
    layouts
        .into_iter()
        .flat_map(|layout| layout.panes)
        .collect()
}

/// Returns the status of the pane that is wanted at this address.
fn of_wanted(address: &Address, statuses: &[PaneStatus]) -> Option<PaneStatus> {
    let is_it = |pane: &&PaneStatus| match &pane.wanted {
        Wanted::At(wanted) => wanted == address,
        Wanted::Unknown | Wanted::AsItIs | Wanted::No => pane.address == *address,
    };
    statuses.iter().find(is_it).cloned()
}

/// Returns the status of the pane of a step: the one that it stops, or the one that is wanted.
fn of_step(step: &Step, statuses: &[PaneStatus]) -> Option<PaneStatus> {
    match (&step.action, step.subject.noun) {
        (_, Noun::Session | Noun::Window) => None,
        (Action::Stop(stop), _) => {
            let mut statuses = statuses.iter();
            statuses.find(|pane| pane.id == Some(stop.pane)).cloned()
        }
        _ => of_wanted(&step.subject.address, statuses),
    }
}

fn of_steps(
    plan: &Plan,
    of: Of,
    statuses: &[PaneStatus],
    verb: fn(&Step) -> &'static str,
) -> Graph {
    let edge = |to: &StepId| Edge {
        to: to.0,
        until: None,
        restart: false,
        optional: false,
    };
    let nodes = plan.steps.iter().enumerate().map(|(number, step)| Node {
        subject: step.subject.clone(),
        step: Some(Numbered {
            number,
            verb: verb(step),
        }),
        wave: 1,
        after: step.after.iter().map(edge).collect(),
        status: of_step(step, statuses),
    });
    Graph {
        layout: plan.layout.clone(),
        of,
        nodes: in_waves(nodes.collect()),
    }
}

/// Puts each node into the first wave after all nodes that it waits for.
fn in_waves(mut nodes: Vec<Node>) -> Vec<Node> {
    let mut waiting: Vec<usize> = nodes.iter().map(|node| node.after.len()).collect();
    let mut dependents = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        for edge in &node.after {
            dependents[edge.to].push(index);
        }
    }
    let mut free: Vec<usize> = (0..nodes.len())
        .filter(|&index| waiting[index] == 0)
        .collect();
    while let Some(index) = free.pop() {
        let next = nodes[index].wave + 1;
        for &dependent in &dependents[index] {
            nodes[dependent].wave = nodes[dependent].wave.max(next);
            waiting[dependent] -= 1;
            if waiting[dependent] == 0 {
                free.push(dependent);
            }
        }
    }
    nodes
}

impl Graph {
    /// Returns the nodes that the patterns select and all nodes that they wait for, directly or
    /// indirectly; everything without a pattern. `others` are known addresses that are not in the
    /// graph.
    ///
    /// # Errors All patterns that select nothing here.
    pub fn part(self, asked: &[Pattern], others: &[&Address]) -> Result<Self, Vec<PatternError>> {
        if asked.is_empty() {
            return Ok(self);
        }
        let own = self.nodes.iter().map(|node| &node.subject.address);
        let known: Vec<&Address> = own.chain(others.iter().copied()).collect();
        let mut errors = Vec::new();
        let mut patterns = Vec::new();
        for pattern in asked {
            match pattern.among(&known) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let is_meant = |address: &Address| patterns.iter().any(|part| part.selects(address));
        let mut kept = BTreeSet::new();
        let mut next: Vec<usize> = (0..self.nodes.len())
            .filter(|&index| is_meant(&self.nodes[index].subject.address))
            .collect();
        while let Some(index) = next.pop() {
            if kept.insert(index) {
                next.extend(self.nodes[index].after.iter().map(|edge| edge.to));
            }
        }
        Ok(self.only(&kept))
    }

    /// Returns the nodes with these indexes, which include all nodes that they wait for.
    fn only(self, kept: &BTreeSet<usize>) -> Self {
        let new: BTreeMap<usize, usize> =
            kept.iter().enumerate().map(|(to, &at)| (at, to)).collect();
        let nodes = self.nodes.into_iter().enumerate();
        let nodes = nodes.filter(|(index, _)| kept.contains(index));
        let nodes = nodes.map(|(_, mut node)| {
            for edge in &mut node.after {
                edge.to = new[&edge.to];
            }
            node
        });
        Graph {
            layout: self.layout,
            of: self.of,
            nodes: nodes.collect(),
        }
    }

    pub fn waves(&self) -> usize {
        self.nodes.iter().map(|node| node.wave).max().unwrap_or(0)
    }

    /// Returns all edges, each with the node that waits.
    pub fn edges(&self) -> impl Iterator<Item = (&Node, Edge)> {
        let nodes = self.nodes.iter();
        nodes.flat_map(|node| node.after.iter().map(move |&edge| (node, edge)))
    }
}

impl Node {
    /// Returns the label: `service web/main/db`, `start service web/main/db`.
    pub fn label(&self) -> String {
        let subject = format!("{} {}", self.subject.noun.as_str(), self.subject.address);
        match self.step {
            Some(Numbered { verb, .. }) => format!("{verb} {subject}"),
            None => subject,
        }
    }

    /// Returns the key: the address of a pane; the number of a step, because an address may have
    /// several.
    pub fn key(&self) -> String {
        match self.step {
            Some(Numbered { number, .. }) => format!("step {number}"),
            None => self.subject.address.to_string(),
        }
    }
}
