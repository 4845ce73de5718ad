//! tmux's named layouts as triad's splits, so that the same size rule and the same hook serve them on
//! every version. The result equals that of `select-layout` to the cell, except for an incomplete last
//! row of `tiled`: there tmux gives all remaining cells to the last pane, and triad shares them.

use super::{Child, Direction, Node, Pane, Size, Split};

/// The arrangement of panes without a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrangement {
    #[default]
    Tiled,
    EvenHorizontal,
    EvenVertical,
    MainHorizontal,
    MainHorizontalMirrored,
    MainVertical,
    MainVerticalMirrored,
}

impl Arrangement {
    /// The arrangement with this tmux name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "tiled" => Arrangement::Tiled,
            "even-horizontal" => Arrangement::EvenHorizontal,
            "even-vertical" => Arrangement::EvenVertical,
            "main-horizontal" => Arrangement::MainHorizontal,
            "main-horizontal-mirrored" => Arrangement::MainHorizontalMirrored,
            "main-vertical" => Arrangement::MainVertical,
            "main-vertical-mirrored" => Arrangement::MainVerticalMirrored,
            _ => return None,
        })
    }

    /// The direction in which the main pane has a size of its own; `None`: there is none.
    pub fn main_direction(self) -> Option<Direction> {
        match self {
            Arrangement::MainHorizontal | Arrangement::MainHorizontalMirrored => {
                Some(Direction::Rows)
            }
            Arrangement::MainVertical | Arrangement::MainVerticalMirrored => {
                Some(Direction::Columns)
            }
            Arrangement::Tiled | Arrangement::EvenHorizontal | Arrangement::EvenVertical => None,
        }
    }
}

/// The panes as a tree. `main` is the size of the first pane where the arrangement has a main one.
///
/// # Panics
/// If there are no panes.
pub fn arranged(panes: Vec<Pane>, arrangement: Arrangement, main: Size) -> Node {
    assert!(!panes.is_empty(), "a window has at least one pane");
    let direction = match arrangement {
        Arrangement::Tiled => return tiled(panes),
        Arrangement::EvenHorizontal => return split_evenly(Direction::Columns, leaves(panes)),
        Arrangement::EvenVertical => return split_evenly(Direction::Rows, leaves(panes)),
        Arrangement::MainHorizontal | Arrangement::MainHorizontalMirrored => Direction::Rows,
        Arrangement::MainVertical | Arrangement::MainVerticalMirrored => Direction::Columns,
    };
    let mut panes = leaves(panes);
    let rest = panes.split_off(1);
    let first = panes.remove(0);
    if rest.is_empty() {
        return first;
    }
    let first = Child {
        size: main,
        node: first,
    };
    let rest = Child {
        size: Size::Grow(1),
        node: split_evenly(direction.across(), rest),
    };
    let is_mirrored = matches!(
        arrangement,
        Arrangement::MainHorizontalMirrored | Arrangement::MainVerticalMirrored
    );
    let children = if is_mirrored {
        vec![rest, first]
    } else {
        vec![first, rest]
    };
    Node::Split(Split {
        direction,
        children,
    })
}

/// Arranges panes in as many rows as columns, or one row more; the last row takes the rest.
fn tiled(panes: Vec<Pane>) -> Node {
    let columns = (1..)
        .find(|columns| columns * (columns + 1) >= panes.len())
        .expect("some number of columns is large enough");
    let mut rows = Vec::new();
    let mut panes = leaves(panes).into_iter().peekable();
    while panes.peek().is_some() {
        let row = panes.by_ref().take(columns).collect();
        rows.push(split_evenly(Direction::Columns, row));
    }
    split_evenly(Direction::Rows, rows)
}

fn leaves(panes: Vec<Pane>) -> Vec<Node> {
    let panes = panes.into_iter();
    panes.map(|pane| Node::Pane(Box::new(pane))).collect()
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
