//! The hook that keeps a window's ratio exact when its size changes, without triad running: tmux
//! itself would spread the difference cell by cell and never in proportion.
//!
//! On `window-resized` every child of a split except the last is resized by the rule of
//! [`layout::extents`](crate::layout::extents), written as tmux's format arithmetic. Outer splits
//! come first and, inside a split, children from left to right, so that each resize only moves what
//! comes after it. A zoomed window is unzoomed and zoomed again around that, within one turn of the
//! server, so that nobody sees it and no program sees a size it does not keep.

use crate::layout::{Direction, Node, Pane, Size, Split, filler};
use crate::tmux::script::{Part, Ref, Word};

/// The longest expression for one extent. Expressions grow with each nesting; beyond this the
/// server would spend more on them than an exact ratio is worth.
const EXPRESSION_MAX: usize = 2_000;

/// The hook's command, and whether it covers the whole window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResizeHook {
    pub command: Word,
    /// Some split is nested so that no pane represents it (`columns` directly in `columns`): it is
    /// exact when applied and follows tmux's own scaling afterwards.
    pub is_partial: bool,
}

/// Returns the `window-resized` hook for a window laid out as `root`; `None` for a single pane.
pub fn resize_hook(root: &Node, window: &Ref) -> Option<ResizeHook> {
    let Node::Split(_) = root else { return None };
    let mut resizes = Resizes {
        commands: Vec::new(),
        is_partial: false,
    };
    resizes.visit(
        root,
        &Extent {
            width: "#{window_width}".to_owned(),
            height: "#{window_height}".to_owned(),
            touches_top: true,
        },
    );
    let panes = root.panes().len();
    Some(ResizeHook {
        command: guarded(window, panes, &resizes.commands),
        is_partial: resizes.is_partial,
    })
}

/// Guards the resizes: they run only while the window has exactly the panes they were made for.
fn guarded(window: &Ref, panes: usize, commands: &[Vec<Part>]) -> Word {
    let text = |text: &str| Part::Text(text.to_owned());
    let id = || Part::Id(window.clone());
    let mut run = vec![text("run-shell -t "), id(), text(" -C \"")];
    for (index, command) in commands.iter().enumerate() {
        if index > 0 {
            // A newline and not `;`: a failure must not keep the others from running.
            run.push(text("\\012"));
        }
        run.extend(command.iter().cloned());
    }
    run.push(text("\""));
    let mut parts = vec![
        text("if-shell -F -t "),
        id(),
        Part::Text(format!(
            " '#{{==:#{{window_panes}},{panes}}}' {{ if-shell -F -t "
        )),
        id(),
        text(" '#{window_zoomed_flag}' { resize-pane -Z -t "),
        id(),
        text(" ; "),
    ];
    parts.extend(run.iter().cloned());
    parts.extend([text(" ; resize-pane -Z -t "), id(), text(" } { ")]);
    parts.extend(run);
    parts.push(text(" } }"));
    Word(parts)
}

/// A node's extent as expressions of the window's.
struct Extent {
    width: String,
    height: String,
    touches_top: bool,
}

struct Resizes {
    commands: Vec<Vec<Part>>,
    is_partial: bool,
}

impl Resizes {
    fn visit(&mut self, node: &Node, extent: &Extent) {
        let Node::Split(split) = node else { return };
        let own = match split.direction {
            Direction::Columns => &extent.width,
            Direction::Rows => &extent.height,
        };
        let children = expressions(split, own);
        if children.iter().any(|child| child.len() > EXPRESSION_MAX) {
            self.is_partial = true;
            return;
        }
        let last = split.children.len() - 1;
        for (index, child) in split.children.iter().enumerate().take(last) {
            let under_border = extent.touches_top && index == 0;
            self.resize(&child.node, split.direction, &children[index], under_border);
        }
        for (index, child) in split.children.iter().enumerate() {
            let expression = children[index].clone();
            let inner = match split.direction {
                Direction::Columns => Extent {
                    width: expression,
                    height: extent.height.clone(),
                    touches_top: extent.touches_top,
                },
                Direction::Rows => Extent {
                    width: extent.width.clone(),
                    height: expression,
                    touches_top: extent.touches_top && index == 0,
                },
            };
            self.visit(&child.node, &inner);
        }
    }

    fn resize(&mut self, child: &Node, direction: Direction, cells: &str, under_border: bool) {
        let Some(pane) = representative(child, direction) else {
            self.is_partial = true;
            return;
        };
        let (flag, cells) = match direction {
            Direction::Columns => ("-x", cells.to_owned()),
            // tmux adds the row of the border line to the size of panes at the top.
            Direction::Rows if under_border => (
                "-y",
                format!("#{{e|-:{cells},#{{?#{{==:#{{pane-border-status}},top}},1,0}}}}"),
            ),
            Direction::Rows => ("-y", cells.to_owned()),
        };
        self.commands.push(vec![
            Part::Text("resize-pane -t ".to_owned()),
            Part::Id(Ref::Pane(pane.address.clone())),
            Part::Text(format!(" {flag} {cells}")),
        ]);
    }
}

/// Returns a pane whose innermost split of `direction` is the one that contains `child`.
fn representative(child: &Node, direction: Direction) -> Option<&Pane> {
    match child {
        Node::Pane(pane) => Some(pane),
        Node::Split(split) if split.direction == direction => None,
        Node::Split(split) => split
            .children
            .iter()
            .find_map(|inner| representative(&inner.node, direction)),
    }
}

/// Writes the rule for sizes as format arithmetic: an expression for each child of `split`.
fn expressions(split: &Split, extent: &str) -> Vec<String> {
    let sizes: Vec<Size> = split.children.iter().map(|child| child.size).collect();
    let borders = sizes.len() - 1;
    let inner = operation("-", extent, &borders.to_string());
    let fixed: Vec<Option<String>> = sizes
        .iter()
        .map(|size| match size {
            Size::Percent(share) => {
                let product = operation("*", &inner, &share.to_string());
                Some(operation("/", &product, "100"))
            }
            Size::Cells(cells) => Some(cells.to_string()),
            Size::Grow(_) => None,
        })
        .collect();
    let left = fixed
        .iter()
        .flatten()
        .fold(inner.clone(), |left, cells| operation("-", &left, cells));
    let weights: u64 = sizes.iter().map(weight).sum();
    let mut wanted: Vec<String> = std::iter::zip(&sizes, fixed)
        .map(|(size, fixed)| {
            fixed.unwrap_or_else(|| {
                let product = operation("*", &left, &weight(size).to_string());
                operation("/", &product, &weights.max(1).to_string())
            })
        })
        .collect();
    let last = filler(&sizes);
    wanted[last] = wanted
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != last)
        .fold(inner, |left, (_, cells)| operation("-", &left, cells));
    wanted
}

fn weight(size: &Size) -> u64 {
    match *size {
        Size::Grow(weight) => u64::from(weight),
        Size::Percent(_) | Size::Cells(_) => 0,
    }
}

fn operation(operator: &str, left: &str, right: &str) -> String {
    format!("#{{e|{operator}:{left},{right}}}")
}
