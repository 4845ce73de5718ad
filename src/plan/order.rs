//! Sorts steps so that each comes after its dependencies, always in the same order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::Direction;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};

use crate::layout::StepId;
use crate::plan::change::Step;

/// Orders `steps`, whose `after` are indexes into them; of the steps that may come next, the one
/// added first does. Edges that would close a cycle are dropped: manifests have no cycles, but tags
/// edited by hand may.
pub(super) fn ordered(steps: Vec<Step>) -> Vec<Step> {
    let mut graph: StableDiGraph<usize, ()> = StableDiGraph::new();
    let nodes: Vec<NodeIndex> = (0..steps.len())
        .map(|index| graph.add_node(index))
        .collect();
    for (index, step) in steps.iter().enumerate() {
        for &before in &step.after {
            graph.update_edge(nodes[before.0], nodes[index], ());
        }
    }
    let order = topological(&mut graph);
    let mut position = vec![0; steps.len()];
    for (at, &index) in order.iter().enumerate() {
        position[index] = at;
    }
    let mut slots: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(slots.len());
    for &index in &order {
        let mut step = slots[index].take().expect("each index occurs once");
        step.after = step
            .after
            .iter()
            .map(|before| StepId(position[before.0]))
            .collect();
        step.after.retain(|before| before.0 < ordered.len());
        step.after.sort_unstable();
        step.after.dedup();
        ordered.push(step);
    }
    ordered
}

/// Kahn's algorithm with a heap, so that the order is the smallest of the possible ones.
fn topological(graph: &mut StableDiGraph<usize, ()>) -> Vec<usize> {
    let mut order = Vec::with_capacity(graph.node_count());
    let mut waiting: Vec<usize> = graph
        .node_indices()
        .map(|node| graph.neighbors_directed(node, Direction::Incoming).count())
        .collect();
    let is_free = |waiting: &[usize], index: usize| waiting[index] == 0;
    let mut free: BinaryHeap<Reverse<usize>> = (0..waiting.len())
        .filter(|&index| is_free(&waiting, index))
        .map(Reverse)
        .collect();
    let mut done = vec![false; waiting.len()];
    while order.len() < waiting.len() {
        let next = free.pop().map(|Reverse(index)| index);
        let next = next.or_else(|| done.iter().position(|done| !done));
        let index = next.expect("some step is not ordered yet");
        if std::mem::replace(&mut done[index], true) {
            continue;
        }
        order.push(index);
        for after in graph.neighbors(NodeIndex::new(index)) {
            let after = after.index();
            waiting[after] = waiting[after].saturating_sub(1);
            if waiting[after] == 0 && !done[after] {
                free.push(Reverse(after));
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Address;
    use crate::plan::change::{Action, Reason, Subject};
    use crate::tmux::id::SessionId;

    #[track_caller]
    fn check(edges: &[&[usize]], expected: &[u32]) {
        let steps = edges.iter().enumerate().map(|(index, after)| Step {
            subject: Subject::session(&Address::of_session("s")),
            action: Action::RenameSession {
                id: SessionId(u32::try_from(index).unwrap()),
                name: String::new(),
                is_aside: false,
            },
            reason: Reason::NotThere,
            ends: None,
            after: after.iter().copied().map(StepId).collect(),
        });
        let order: Vec<u32> = ordered(steps.collect())
            .into_iter()
            .map(|step| match step.action {
                Action::RenameSession { id, .. } => id.0,
                _ => unreachable!("made above"),
            })
            .collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn steps_come_after_their_dependencies() {
        check(&[&[], &[], &[]], &[0, 1, 2]);
        check(&[&[2], &[], &[1]], &[1, 2, 0]);
        check(&[&[3], &[], &[], &[]], &[1, 2, 3, 0]);
        check(&[&[1], &[0], &[]], &[2, 0, 1]);
    }
}
