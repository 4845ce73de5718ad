//! The one rule for sizes, used by the plan, the layout string and the resize hook alike.
//!
//! inner = extent of the split − borders between its children; a share is ⌊inner · p / 100⌋,
//! cells are as written, the rest goes by weight, rounded down; the last growing child, else the
//! last child, takes the rest.

use serde::{Deserialize, Serialize};

/// The size of a child in its split, in the direction of the split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// A share of the split's inner extent, 1 to 100.
    Percent(u32),
    /// Exactly so many cells.
    Cells(u32),
    /// A weight in sharing the space that shares and cells leave.
    Grow(u32),
}

/// A rectangle of cells within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// The extents in cells of a split's children, in order, for a split of `extent` cells.
///
/// `least` is the minimum of each child (its panes and the borders between them). If the rule gives a
/// child less, as in a window smaller than the manifest was written for, cells are taken from the
/// children with the most to spare. `None` if `extent` is less than all minimums together.
pub fn extents(sizes: &[Size], least: &[u32], extent: u32) -> Option<Vec<u32>> {
    let borders = u32::try_from(sizes.len().checked_sub(1)?).ok()?;
    let inner = extent.checked_sub(borders)?;
    let needed: u64 = least.iter().map(|&cells| u64::from(cells)).sum();
    if needed > u64::from(inner) {
        return None;
    }
    let wanted = by_rule(sizes, u64::from(inner));
    Some(fitted(wanted, least, inner))
}

/// The extents by the rule, whether or not they fit; the child that takes the rest gets 0 if nothing
/// is left.
fn by_rule(sizes: &[Size], inner: u64) -> Vec<u64> {
    let fixed = |size: &Size| match *size {
        Size::Percent(share) => Some(inner * u64::from(share) / 100),
        Size::Cells(cells) => Some(u64::from(cells)),
        Size::Grow(_) => None,
    };
    let weights: u64 = sizes.iter().map(weight).sum();
    let taken: u64 = sizes.iter().filter_map(fixed).sum();
    let left = inner.saturating_sub(taken);
    let mut wanted: Vec<u64> = sizes
        .iter()
        .map(|size| fixed(size).unwrap_or_else(|| left * weight(size) / weights.max(1)))
        .collect();
    let last = filler(sizes);
    let others: u64 = wanted
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != last)
        .map(|(_, cells)| cells)
        .sum();
    wanted[last] = inner.saturating_sub(others);
    wanted
}

/// The index of the child that takes the rest: the last growing one, else the last.
pub fn filler(sizes: &[Size]) -> usize {
    let growing = sizes.iter().rposition(|size| matches!(size, Size::Grow(_)));
    growing.unwrap_or(sizes.len() - 1)
}

fn weight(size: &Size) -> u64 {
    match *size {
        Size::Grow(weight) => u64::from(weight),
        Size::Percent(_) | Size::Cells(_) => 0,
    }
}

/// Makes `wanted` add up to `inner`, with no child below its minimum.
fn fitted(wanted: Vec<u64>, least: &[u32], inner: u32) -> Vec<u32> {
    let mut cells: Vec<u32> = std::iter::zip(wanted, least)
        .map(|(cells, &least)| {
            u32::try_from(cells)
                .unwrap_or(u32::MAX)
                .min(inner)
                .max(least)
        })
        .collect();
    let total: u64 = cells.iter().map(|&cells| u64::from(cells)).sum();
    let mut excess = total.saturating_sub(u64::from(inner));
    let mut by_surplus: Vec<usize> = (0..cells.len()).collect();
    by_surplus.sort_by_key(|&child| (std::cmp::Reverse(cells[child] - least[child]), child));
    for child in by_surplus {
        let surplus = u64::from(cells[child] - least[child]);
        let taken = u32::try_from(surplus.min(excess)).expect("no more than a cell count");
        cells[child] -= taken;
        excess -= u64::from(taken);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::Size::{Cells, Grow, Percent};
    use super::*;

    #[track_caller]
    fn check(sizes: &[Size], extent: u32, expected: &[u32]) {
        let found = extents(sizes, &vec![1; sizes.len()], extent).unwrap_or_default();
        assert_eq!(found, expected, "{sizes:?} in {extent}");
        if !expected.is_empty() {
            let borders = u32::try_from(sizes.len()).unwrap() - 1;
            assert_eq!(found.iter().sum::<u32>() + borders, extent);
        }
    }

    #[test]
    fn shares_cells_and_weights_follow_one_rule() {
        check(&[Percent(60), Grow(1)], 80, &[47, 32]);
        check(&[Percent(20), Percent(80)], 80, &[15, 64]);
        check(&[Cells(20), Grow(1), Grow(2)], 83, &[20, 20, 41]);
        check(&[Grow(1), Cells(20)], 80, &[59, 20]);
        check(&[Grow(1), Grow(1), Grow(1)], 24, &[7, 7, 8]);
        check(&[Grow(1), Percent(33), Percent(33)], 200, &[68, 65, 65]);
        check(&[Cells(5), Cells(5)], 24, &[5, 18]);
        check(&[Grow(1)], 24, &[24]);
    }

    #[test]
    fn what_cannot_fit_is_taken_from_the_largest() {
        check(&[Cells(100), Grow(1)], 80, &[78, 1]);
        check(&[Percent(100), Percent(100)], 11, &[9, 1]);
        check(&[Cells(10), Cells(10), Grow(1)], 5, &[1, 1, 1]);
        check(&[Percent(1), Grow(1)], 12, &[1, 10]);
        check(&[Grow(1), Grow(1), Grow(1)], 4, &[]);
        assert_eq!(
            extents(&[Percent(1), Grow(1)], &[5, 1], 12),
            Some(vec![5, 6])
        );
        assert_eq!(extents(&[Percent(1), Grow(1)], &[5, 7], 12), None);
    }
}
