//! tmux's layout strings: `csum,WxH,X,Y{…}` side by side, `[…]` stacked.
//!
//! Written for `select-layout`, which assigns cells to panes in the order of their indexes, depth
//! first; read from `#{window_layout}` to see the structure of a window.

use serde::{Deserialize, Serialize};

use crate::layout::{Direction, Node, Rect, extents};

/// The cells of a window. Leaves are panes in the order of their indexes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Cell {
    pub rect: Rect,
    pub inside: Inside,
}

/// The content of a [`Cell`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inside {
    Pane,
    Split(Direction, Vec<Cell>),
}

impl Cell {
    /// Lays `node` out over a window of `width` × `height` cells, or, if that is larger, over the
    /// smallest window with a cell for every pane.
    pub fn of(node: &Node, width: u32, height: u32) -> Cell {
        let (least_width, least_height) = node.least();
        let rect = Rect {
            x: 0,
            y: 0,
            width: width.max(least_width),
            height: height.max(least_height),
        };
        lay_out(node, rect)
    }

    /// Returns the panes' cells in the order of their indexes.
    pub fn leaves(&self) -> Vec<Rect> {
        match &self.inside {
            Inside::Pane => vec![self.rect],
            Inside::Split(_, cells) => cells.iter().flat_map(Cell::leaves).collect(),
        }
    }

    /// Returns how many rows a window has to gain until each pane's cell has gained one: tmux
    /// spreads rows in turn over all stacked panes.
    pub fn shares(&self) -> Vec<u32> {
        match &self.inside {
            Inside::Pane => vec![1],
            Inside::Split(direction, cells) => {
                let count = u32::try_from(cells.len()).unwrap_or(u32::MAX);
                let all = match direction {
                    Direction::Rows => count,
                    Direction::Columns => 1,
                };
                let shares = cells.iter().flat_map(Cell::shares);
                shares.map(|share| share.saturating_mul(all)).collect()
            }
        }
    }

    /// Whether both have the same splits, in any sizes.
    pub fn is_shaped_like(&self, other: &Cell) -> bool {
        match (&self.inside, &other.inside) {
            (Inside::Pane, Inside::Pane) => true,
            (Inside::Split(direction, cells), Inside::Split(others_direction, others)) => {
                direction == others_direction
                    && cells.len() == others.len()
                    && std::iter::zip(cells, others).all(|(a, b)| a.is_shaped_like(b))
            }
            _ => false,
        }
    }

    /// Returns the string for `select-layout`.
    pub fn layout_string(&self) -> String {
        let mut body = String::new();
        self.write(&mut body);
        format!("{:04x},{body}", checksum(&body))
    }

    fn write(&self, out: &mut String) {
        let Rect {
            x,
            y,
            width,
            height,
        } = self.rect;
        out.push_str(&format!("{width}x{height},{x},{y}"));
        match &self.inside {
            // The pane's id, which tmux expects but ignores.
            Inside::Pane => out.push_str(",0"),
            Inside::Split(direction, cells) => {
                let (open, close) = brackets(*direction);
                out.push(open);
                for (index, cell) in cells.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    cell.write(out);
                }
                out.push(close);
            }
        }
    }
}

impl From<Cell> for String {
    fn from(cell: Cell) -> String {
        cell.layout_string()
    }
}

impl TryFrom<String> for Cell {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        parse(&text).ok_or("not a tmux layout string")
    }
}

fn lay_out(node: &Node, rect: Rect) -> Cell {
    let Node::Split(split) = node else {
        return Cell {
            rect,
            inside: Inside::Pane,
        };
    };
    let sizes: Vec<_> = split.children.iter().map(|child| child.size).collect();
    let least = split.children.iter().map(|child| child.node.least());
    let (extent, least): (u32, Vec<u32>) = match split.direction {
        Direction::Columns => (rect.width, least.map(|(width, _)| width).collect()),
        Direction::Rows => (rect.height, least.map(|(_, height)| height).collect()),
    };
    let cells_of_children =
        extents(&sizes, &least, extent).expect("the window has room for its panes");
    let mut at = 0;
    let mut cells = Vec::new();
    for (child, cells_of_child) in std::iter::zip(&split.children, cells_of_children) {
        let inner = match split.direction {
            Direction::Columns => Rect {
                x: rect.x + at,
                width: cells_of_child,
                ..rect
            },
            Direction::Rows => Rect {
                y: rect.y + at,
                height: cells_of_child,
                ..rect
            },
        };
        cells.push(lay_out(&child.node, inner));
        at += cells_of_child + 1;
    }
    Cell {
        rect,
        inside: Inside::Split(split.direction, cells),
    }
}

fn brackets(direction: Direction) -> (char, char) {
    match direction {
        Direction::Columns => ('{', '}'),
        Direction::Rows => ('[', ']'),
    }
}

/// Returns tmux's checksum: rotate right by one, add the byte, for each byte after the comma.
fn checksum(body: &str) -> u16 {
    body.bytes().fold(0u16, |sum, byte| {
        sum.rotate_right(1).wrapping_add(u16::from(byte))
    })
}

/// The maximum nesting; splits of real windows are never this deep.
const DEPTH_MAX: usize = 128;

/// Parses a layout string. `None` if it is empty (past 8 KB tmux prints nothing), of an unknown
/// form (floating panes), or nested too deeply.
pub fn parse(text: &str) -> Option<Cell> {
    let (_, body) = text.split_once(',')?;
    let mut reader = Reader { rest: body };
    let cell = reader.cell(0)?;
    reader.rest.is_empty().then_some(cell)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn cell(&mut self, depth: usize) -> Option<Cell> {
        if depth > DEPTH_MAX {
            return None;
        }
        let width = self.number()?;
        self.take('x')?;
        let height = self.number()?;
        self.take(',')?;
        let x = self.number()?;
        self.take(',')?;
        let y = self.number()?;
        let rect = Rect {
            x,
            y,
            width,
            height,
        };
        let inside = match self.rest.chars().next() {
            Some('{') => self.children(Direction::Columns, depth)?,
            Some('[') => self.children(Direction::Rows, depth)?,
            _ => self.pane(),
        };
        Some(Cell { rect, inside })
    }

    fn children(&mut self, direction: Direction, depth: usize) -> Option<Inside> {
        let (open, close) = brackets(direction);
        self.take(open)?;
        let mut cells = vec![self.cell(depth + 1)?];
        while self.take(',').is_some() {
            cells.push(self.cell(depth + 1)?);
        }
        self.take(close)?;
        Some(Inside::Split(direction, cells))
    }

    /// Reads a leaf with an optional id: `,3` is an id, `,3x…` the next cell.
    fn pane(&mut self) -> Inside {
        let before = self.rest;
        let has_id =
            self.take(',').is_some() && self.number().is_some() && !self.rest.starts_with('x');
        if !has_id {
            self.rest = before;
        }
        Inside::Pane
    }

    fn number(&mut self) -> Option<u32> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        digits.parse().ok()
    }

    fn take(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_strings_are_parsed_and_written_back() {
        // Printed by tmux 3.3a; triad writes all ids as zero.
        let printed = "b238,80x32,0,0[80x26,0,0,0,80x1,0,27,3,80x1,0,29,2,80x1,0,31,1]";
        let cell = parse(printed).expect("a layout");
        assert_eq!(cell.leaves().len(), 4);
        assert_eq!(parse(&cell.layout_string()), Some(cell));
        let body = printed.split_once(',').map(|(_, body)| body).unwrap();
        assert_eq!(format!("{:04x}", checksum(body)), "b238");
    }

    #[test]
    fn stacked_cells_share_new_rows() {
        let text = "0,9x9,0,0[9x4,0,0,0,9x4,0,5{4x4,0,5,1,4x4,5,5[4x1,5,5,2,4x1,5,7,3]}]";
        let cell = parse(text).expect("a layout");
        assert_eq!(cell.shares(), [2, 2, 4, 4]);
    }

    #[test]
    fn invalid_layouts_are_refused() {
        for text in [
            "",
            "x",
            "b238,80x32",
            "b238,80x32,0,0[",
            "0,1x1,0,0{1x1,0,0,0",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let deep = format!("0,{}", "1x1,0,0[".repeat(10_000));
        assert_eq!(parse(&deep), None);
    }
}
