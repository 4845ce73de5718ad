//! A window's inside: splits that nest, with panes at the leaves.

use serde::{Deserialize, Serialize};

use super::{Pane, Size};

/// A pane, or a split of several.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Pane(Box<Pane>),
    Split(Split),
}

/// Children in one direction; at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    pub direction: Direction,
    pub children: Vec<Child>,
}

/// A node with its share of the split it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Child {
    pub size: Size,
    pub node: Node,
}

/// Which way a split's children follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Side by side, left to right.
    Columns,
    /// Stacked, top to bottom.
    Rows,
}

impl Direction {
    pub fn across(self) -> Direction {
        match self {
            Direction::Columns => Direction::Rows,
            Direction::Rows => Direction::Columns,
        }
    }
}

impl Node {
    /// The panes, depth first: tmux's own order of pane indexes.
    pub fn panes(&self) -> Vec<&Pane> {
        let mut panes = Vec::new();
        self.collect(&mut panes);
        panes
    }

    fn collect<'a>(&'a self, panes: &mut Vec<&'a Pane>) {
        match self {
            Node::Pane(pane) => panes.push(pane),
            Node::Split(split) => {
                for child in &split.children {
                    child.node.collect(panes);
                }
            }
        }
    }
}

/// The split that tmux calls `tiled`: as many rows as columns, or one row more, the last row
/// taking what is left. Equal weights, so that the one rule for sizes serves it too.
///
/// # Panics
/// If there are no panes.
pub fn tiled(panes: Vec<Pane>) -> Node {
    assert!(!panes.is_empty(), "a window has at least one pane");
    let columns = (1..)
        .find(|columns| columns * (columns + 1) >= panes.len())
        .expect("some number of columns is large enough");
    let mut rows = Vec::new();
    let mut panes = panes.into_iter().peekable();
    while panes.peek().is_some() {
        let row = panes
            .by_ref()
            .take(columns)
            .map(|pane| Node::Pane(Box::new(pane)))
            .collect();
        rows.push(split_evenly(Direction::Columns, row));
    }
    split_evenly(Direction::Rows, rows)
}

fn split_evenly(direction: Direction, mut nodes: Vec<Node>) -> Node {
    if nodes.len() == 1 {
        return nodes.remove(0);
    }
    let children = nodes
        .into_iter()
        .map(|node| Child {
            size: Size::Grow(1),
            node,
        })
        .collect();
    Node::Split(Split {
        direction,
        children,
    })
}
