//! Generated splits: shares, cells and weights mixed in every split, nested as deep as the window
//! has room, with and without titles. The same ones each time.

use super::model::{Node, Size, Titles, Window, columns, extents, manifest, pane, rows};
use super::{apply_on_terminal, assert_exact, resize};
use crate::support::sandbox::Sandbox;

/// The smallest window of the generated sizes.
const LEAST: (u32, u32) = (90, 36);
/// The minimum height: a border with titles takes a row.
const CELLS_LEAST: u32 = 3;

/// A sequence of numbers that is the same on every machine.
struct Numbers(u64);

impl Numbers {
    /// Returns a number from `least` to `most`, inclusive.
    fn next(&mut self, least: u32, most: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = u32::try_from(self.0 >> 33).expect("31 bits");
        least + high % (most - least + 1)
    }

    /// Returns a node for this many cells, in splits of alternating direction unless `is_free`.
    fn node(
        &mut self,
        (width, height): (u32, u32),
        is_across: bool,
        is_free: bool,
        count: &mut usize,
    ) -> Node {
        let extent = if is_across { width } else { height };
        let most = extent / (3 * CELLS_LEAST + 1);
        if most < 2 || (*count > 0 && self.next(0, 4) == 0) {
            return leaf(count);
        }
        let children = self.next(2, most.min(4));
        let sizes = self.sizes(children, extent);
        // The hook cannot resize a split without a direct pane.
        let handle = self.next(0, children - 1);
        let mut nodes = Vec::new();
        for ((index, size), cells) in (0..).zip(&sizes).zip(extents(&sizes, extent)) {
            let inner = if is_across {
                (cells, height)
            } else {
                (width, cells)
            };
            let turns = !is_free || self.next(0, 2) > 0;
            let node = if index == handle {
                leaf(count)
            } else {
                self.node(inner, is_across != turns, is_free, count)
            };
            nodes.push(Node {
                size: *size,
                ..node
            });
        }
        if is_across {
            columns(nodes)
        } else {
            rows(nodes)
        }
    }

    /// Returns sizes that leave every child its minimum.
    fn sizes(&mut self, children: u32, extent: u32) -> Vec<Size> {
        let inner = extent + 1 - children;
        let fair = inner / children;
        let sizes = (0..children).map(|_| match self.next(0, 2) {
            0 => Size::Cells(self.next(CELLS_LEAST, fair)),
            1 => Size::Share(self.next((CELLS_LEAST * 100).div_ceil(inner), 100 / children)),
            _ => Size::Grow(self.next(1, 2)),
        });
        let mut sizes: Vec<Size> = sizes.collect();
        if !sizes.iter().any(|size| matches!(size, Size::Grow(_))) {
            let at = self.next(0, children - 1) as usize;
            sizes[at] = Size::Grow(1);
        }
        sizes
    }
}

fn leaf(count: &mut usize) -> Node {
    *count += 1;
    pane(&format!("p{count}"))
}

fn windows(seed: u64, is_free: bool) -> Vec<Window> {
    let mut numbers = Numbers(seed);
    let made = (0..6).map(|index| {
        let titles = [Titles::None, Titles::Top, Titles::Bottom][index % 3];
        let is_across = index % 2 == 0;
        let root = numbers.node(LEAST, is_across, is_free, &mut 0);
        Window {
            name: format!("w{index}"),
            titles,
            root: root.prefixed(index),
        }
    });
    made.collect()
}

#[test]
fn mixtures_are_exact_when_made_and_when_resized() {
    for seed in 1..=4 {
        let sandbox = Sandbox::new();
        let windows = windows(seed, false);
        sandbox.manifest(&manifest(&windows));
        let plan = sandbox.triad(&["plan"]).exits(0).stdout;
        assert!(
            !plan.contains("note:"),
            "the hook covers all of it:\n{plan}"
        );
        apply_on_terminal(&sandbox, LEAST);
        assert_exact(&sandbox, &windows, LEAST, &format!("made, {seed}"));
        if sandbox.is_at_least(3, 3) {
            for size in [(201, 77), (133, 41), LEAST] {
                resize(&sandbox, &windows, size);
                assert_exact(&sandbox, &windows, size, &format!("resized, {seed}"));
            }
        }
    }
}

#[test]
fn mixtures_nested_in_any_direction_are_exact_when_made() {
    for seed in 5..=7 {
        for size in [LEAST, (160, 61)] {
            let sandbox = Sandbox::new();
            let windows = windows(seed, true);
            sandbox.manifest(&manifest(&windows));
            apply_on_terminal(&sandbox, size);
            assert_exact(&sandbox, &windows, size, &format!("made, {seed}"));
        }
    }
}
