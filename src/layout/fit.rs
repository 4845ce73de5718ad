//! Checks that sizes in cells fit.

use std::fmt;

use super::{Child, Direction, Node, Size, extents};

/// The largest window of tmux, in cells of either direction.
pub const EXTENT_MAX: u32 = 10_000;

/// A split whose sizes do not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub direction: Direction,
    pub sizes: Vec<Size>,
    /// Borders included.
    pub needed: u64,
    pub extent: u32,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(written).collect();
        write!(
            f,
            "{} of {} need {} cells with their borders, but only {} are available",
            match self.direction {
                Direction::Columns => "columns",
                Direction::Rows => "rows",
            },
            sizes.join(", "),
            self.needed,
            self.extent
        )
    }
}

/// A size as a manifest spells it.
fn written(size: &Size) -> String {
    match size {
        Size::Percent(share) => format!("`\"{share}%\"`"),
        Size::Cells(cells) => format!("`{cells}`"),
        Size::Grow(weight) => format!("`grow={weight}`"),
    }
}

/// The misfit of a split that fits into no window: the shares leave nothing for a child, or a child has
/// fewer cells than its own panes and borders need.
pub fn never_fits(direction: Direction, children: &[Child]) -> Option<Misfit> {
    let too_small = children.iter().find_map(|child| match child.size {
        Size::Cells(cells) if cells < own_least(child, direction) => Some((child, cells)),
        _ => None,
    });
    if let Some((child, cells)) = too_small {
        return misfit_within(&child.node, direction, cells);
    }
    let inner = u64::from(EXTENT_MAX) - borders(children);
    let needed = children.iter().map(|child| match child.size {
        Size::Percent(share) => {
            let cells = inner * u64::from(share) / 100;
            cells.max(u64::from(own_least(child, direction)))
        }
        Size::Cells(cells) => u64::from(cells),
        Size::Grow(_) => u64::from(own_least(child, direction)),
    });
    let needed = needed.sum::<u64>() + borders(children);
    misfit(direction, children, needed, EXTENT_MAX)
}

/// The first split, outer before inner, whose cells do not fit into a window of this size. Shares give
/// way; sizes in cells do not.
pub fn misfit_in(root: &Node, width: u32, height: u32) -> Option<Misfit> {
    let Node::Split(split) = root else {
        return None;
    };
    let (extent, across) = match split.direction {
        Direction::Columns => (width, height),
        Direction::Rows => (height, width),
    };
    let children = &split.children;
    let needed = children.iter().map(|child| match child.size {
        Size::Cells(cells) => u64::from(cells),
        Size::Percent(_) | Size::Grow(_) => u64::from(own_least(child, split.direction)),
    });
    let needed = needed.sum::<u64>() + borders(children);
    if let Some(misfit) = misfit(split.direction, children, needed, extent) {
        return Some(misfit);
    }
    let sizes: Vec<Size> = children.iter().map(|child| child.size).collect();
    let least: Vec<u32> = children
        .iter()
        .map(|child| own_least(child, split.direction))
        .collect();
    let extents = extents(&sizes, &least, extent)?;
    let mut inner = std::iter::zip(children, extents);
    inner.find_map(|(child, extent)| match split.direction {
        Direction::Columns => misfit_in(&child.node, extent, across),
        Direction::Rows => misfit_in(&child.node, across, extent),
    })
}

/// The split within `node` that needs more than `cells` in a direction.
fn misfit_within(node: &Node, direction: Direction, cells: u32) -> Option<Misfit> {
    let Node::Split(split) = node else {
        return None;
    };
    if split.direction == direction {
        let children = &split.children;
        let least = children.iter().map(|child| own_least(child, direction));
        let needed = least.map(u64::from).sum::<u64>() + borders(children);
        return misfit(direction, children, needed, cells);
    }
    let mut children = split.children.iter();
    children.find_map(|child| misfit_within(&child.node, direction, cells))
}

fn misfit(direction: Direction, children: &[Child], needed: u64, extent: u32) -> Option<Misfit> {
    (needed > u64::from(extent)).then(|| Misfit {
        direction,
        sizes: children.iter().map(|child| child.size).collect(),
        needed,
        extent,
    })
}

fn own_least(child: &Child, direction: Direction) -> u32 {
    let (width, height) = child.node.least();
    match direction {
        Direction::Columns => width,
        Direction::Rows => height,
    }
}

fn borders(children: &[Child]) -> u64 {
    (children.len() as u64).saturating_sub(1)
}
