//! `layout "bb62,159x48,0,0{…}"`: tmux's layout strings, which other tools store too.

use crate::layout::{Child, Direction, Node, Pane, Size, Split};
use crate::manifest::ast::{NodeDecl, Scalar, ScalarValue, WindowDecl};
use crate::tmux::layout_string::{self, Cell, Inside};

/// Reads a layout string with any checksum, or without one.
pub(super) fn parse(text: &str) -> Option<Cell> {
    let text = text.trim();
    layout_string::parse(text).or_else(|| layout_string::parse(&format!("0000,{text}")))
}

/// The splits of a layout string with `panes`, one for each cell. Cells become weights, so that the
/// window may have any size.
pub(super) fn node(cell: &Cell, panes: Vec<Pane>) -> Option<Node> {
    around(cell, &mut panes.into_iter())
}

fn around(cell: &Cell, panes: &mut impl Iterator<Item = Pane>) -> Option<Node> {
    let Inside::Split(direction, cells) = &cell.inside else {
        return panes.next().map(|pane| Node::Pane(Box::new(pane)));
    };
    let children = cells.iter().map(|cell| {
        let size = Size::Grow(weight(cell, *direction));
        let node = around(cell, panes)?;
        Some(Child { size, node })
    });
    Some(Node::Split(Split {
        direction: *direction,
        children: children.collect::<Option<Vec<Child>>>()?,
    }))
}

fn weight(cell: &Cell, within: Direction) -> u32 {
    let extent = match within {
        Direction::Columns => cell.rect.width,
        Direction::Rows => cell.rect.height,
    };
    extent.max(1)
}

/// The layout string of a window as `columns` and `rows`, one per line; `None` for a window without one,
/// or if templates hide some of its panes.
pub fn written(window: &WindowDecl) -> Option<Vec<String>> {
    let cell = parse(text(window.layout.as_ref()?)?)?;
    let panes = window.body.iter().map(|node| match node {
        NodeDecl::Pane(pane) if !node.is_conditional() => {
            let name = pane.name.as_ref().and_then(text);
            let name = name.map_or_else(String::new, |name| format!(" \"{name}\""));
            Some(format!("{}{name}", pane.kind.as_str()))
        }
        _ => None,
    });
    let panes: Vec<String> = panes.collect::<Option<Vec<String>>>()?;
    if panes.len() != cell.leaves().len() {
        return None;
    }
    let mut lines = Vec::new();
    write(&cell, None, 0, &mut panes.into_iter(), &mut lines);
    Some(lines)
}

fn write(
    cell: &Cell,
    within: Option<Direction>,
    depth: usize,
    panes: &mut impl Iterator<Item = String>,
    lines: &mut Vec<String>,
) {
    let indent = "    ".repeat(depth);
    let grow = within.map_or_else(String::new, |within| {
        format!(" grow={}", weight(cell, within))
    });
    let Inside::Split(direction, cells) = &cell.inside else {
        let pane = panes.next().unwrap_or_default();
        lines.push(format!("{indent}{pane}{grow}"));
        return;
    };
    let name = match direction {
        Direction::Columns => "columns",
        Direction::Rows => "rows",
    };
    lines.push(format!("{indent}{name}{grow} {{"));
    for cell in cells {
        write(cell, Some(*direction), depth + 1, panes, lines);
    }
    lines.push(format!("{indent}}}"));
}

fn text(scalar: &Scalar) -> Option<&str> {
    match &scalar.value {
        ScalarValue::Raw(text) | ScalarValue::Template(text) => Some(text),
        _ => None,
    }
}
