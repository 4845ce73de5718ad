//! The contents of a window: nested splits with panes at the leaves.

use serde::{Deserialize, Serialize};

use super::{Pane, Size};

/// A pane, or a split of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Vec<Flat>", try_from = "Vec<Flat>")]
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

/// A node with its size in the split around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Child {
    pub size: Size,
    pub node: Node,
}

/// The direction in which a split's children follow each other.
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

    /// The same, mutable.
    pub fn panes_mut(&mut self) -> Vec<&mut Pane> {
        match self {
            Node::Pane(pane) => vec![pane],
            Node::Split(split) => {
                let children = split.children.iter_mut();
                children.flat_map(|child| child.node.panes_mut()).collect()
            }
        }
    }

    /// The minimum of columns and rows in which every pane of `node` has a cell.
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

/// The stored form of a node: the node, then its contents, depth first. It is flat because splits may
/// nest deeper than JSON readers allow.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Flat {
    Pane(Box<Pane>),
    /// With the size of each of its children.
    Split(Direction, Vec<Size>),
}

impl From<Node> for Vec<Flat> {
    fn from(node: Node) -> Self {
        match node {
            Node::Pane(pane) => vec![Flat::Pane(pane)],
            Node::Split(split) => {
                let sizes = split.children.iter().map(|child| child.size).collect();
                let mut flat = vec![Flat::Split(split.direction, sizes)];
                for child in split.children {
                    flat.extend(Vec::from(child.node));
                }
                flat
            }
        }
    }
}

impl TryFrom<Vec<Flat>> for Node {
    type Error = &'static str;

    fn try_from(flat: Vec<Flat>) -> Result<Self, Self::Error> {
        let mut flat = flat.into_iter();
        let node = read(&mut flat)?;
        match flat.next() {
            None => Ok(node),
            Some(_) => Err("a window has more panes than its splits can hold"),
        }
    }
}

fn read(flat: &mut impl Iterator<Item = Flat>) -> Result<Node, &'static str> {
    match flat.next() {
        None => Err("a split lacks some of its children"),
        Some(Flat::Pane(pane)) => Ok(Node::Pane(pane)),
        Some(Flat::Split(_, sizes)) if sizes.is_empty() => Err("a split has no children"),
        Some(Flat::Split(direction, sizes)) => {
            let children = sizes.into_iter().map(|size| {
                let node = read(flat)?;
                Ok(Child { size, node })
            });
            let children = children.collect::<Result<_, &'static str>>()?;
            Ok(Node::Split(Split {
                direction,
                children,
            }))
        }
    }
}
