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

    /// The fewest columns and rows in which every pane of `node` has a cell.
    pub fn least(&self) -> (u32, u32) {
        let Node::Split(split) = self else {
            return (1, 1);
        };
        let children: Vec<_> = split
            .children
            .iter()
            .map(|child| child.node.least())
            .collect();
        let borders = u32::try_from(children.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let widths = children.iter().map(|child| child.0);
        let heights = children.iter().map(|child| child.1);
        let widest = widths.clone().max().unwrap_or(1);
        let tallest = heights.clone().max().unwrap_or(1);
        match split.direction {
            Direction::Columns => (widths.sum::<u32>() + borders, tallest),
            Direction::Rows => (widest, heights.sum::<u32>() + borders),
        }
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
