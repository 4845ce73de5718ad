//! The layouts of the tests: as manifests, and as expected places.
//!
//! An independent implementation of the rule for sizes: inner = extent − borders, shares and
//! weights rounded down; the last growing child, else the last, takes the rest.

/// The command of the panes, unless a test replaces it.
pub const RUN: &str = "run \"cat\" \"-\"";

pub struct Window {
    pub name: String,
    pub titles: Titles,
    pub root: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titles {
    None,
    Top,
    Bottom,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub size: Size,
    pub title: Option<String>,
    pub inside: Inside,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inside {
    Pane(String),
    Columns(Vec<Node>),
    Rows(Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Share(u32),
    Cells(u32),
    Grow(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// The first column and row, and the number of each.
pub type Place = ((u32, u32), (u32, u32));

fn node(inside: Inside) -> Node {
    Node {
        size: Size::Grow(1),
        title: None,
        inside,
    }
}

pub fn pane(name: &str) -> Node {
    node(Inside::Pane(name.to_owned()))
}

pub fn columns(children: impl IntoIterator<Item = Node>) -> Node {
    node(Inside::Columns(children.into_iter().collect()))
}

pub fn rows(children: impl IntoIterator<Item = Node>) -> Node {
    node(Inside::Rows(children.into_iter().collect()))
}

pub fn share(share: u32, node: Node) -> Node {
    Node {
        size: Size::Share(share),
        ..node
    }
}

pub fn cell(cells: u32, node: Node) -> Node {
    Node {
        size: Size::Cells(cells),
        ..node
    }
}

pub fn grow(weight: u32, node: Node) -> Node {
    Node {
        size: Size::Grow(weight),
        ..node
    }
}

pub fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("p{number}")).collect()
}

/// As many rows as columns, or one more; all even.
pub fn tiled(names: &[String]) -> Node {
    let (mut across, mut down) = (1, 1);
    while across * down < names.len() {
        down += 1;
        if across * down < names.len() {
            across += 1;
        }
    }
    let row = |names: &[String]| match names {
        [one] => pane(one),
        several => columns(several.iter().map(|name| pane(name))),
    };
    rows(names.chunks(across).map(row))
}

pub fn manifest(windows: &[Window]) -> String {
    let windows: String = windows.iter().map(Window::text).collect();
    format!("session \"s\" {{\n{windows}}}\n")
}

impl Window {
    fn text(&self) -> String {
        let titles = match self.titles {
            Titles::None => "",
            Titles::Top => " titles=\"top\"",
            Titles::Bottom => " titles=\"bottom\"",
        };
        format!(
            "window \"{}\"{titles} {{\n{}}}\n",
            self.name,
            self.root.text()
        )
    }

    /// Writes the panes directly under the window.
    pub fn without_splits(&self) -> String {
        let panes = self.root.names().into_iter().map(|name| pane(name).text());
        format!(
            "window \"{}\" {{\n{}}}\n",
            self.name,
            panes.collect::<String>()
        )
    }

    /// Returns the place of each pane: its address, its first column and row, its columns and rows.
    pub fn places(&self, whole: Rect) -> Vec<(String, Place)> {
        let mut cells = Vec::new();
        self.root.lay_out(whole, &mut cells);
        let places = cells.into_iter().map(|(name, mut rect)| {
            // A border with titles takes a row of the panes at its edge; the cells stay.
            if self.titles == Titles::Top && rect.y == 0 {
                rect.y += 1;
                rect.height -= 1;
            }
            if self.titles == Titles::Bottom && rect.y + rect.height == whole.height {
                rect.height -= 1;
            }
            let address = format!("s/{}/{name}", self.name);
            (address, ((rect.x, rect.y), (rect.width, rect.height)))
        });
        places.collect()
    }
}

impl Node {
    pub fn titled(self, title: &str) -> Node {
        Node {
            title: Some(title.to_owned()),
            ..self
        }
    }

    fn children(&self) -> &[Node] {
        match &self.inside {
            Inside::Pane(_) => &[],
            Inside::Columns(children) | Inside::Rows(children) => children,
        }
    }

    pub fn child(&mut self, index: usize) -> &mut Node {
        match &mut self.inside {
            Inside::Pane(name) => panic!("pane {name} has no children"),
            Inside::Columns(children) | Inside::Rows(children) => &mut children[index],
        }
    }

    pub fn names(&self) -> Vec<&str> {
        match &self.inside {
            Inside::Pane(name) => vec![name],
            _ => self.children().iter().flat_map(Node::names).collect(),
        }
    }

    /// Renames all panes, because names are unique in a session.
    pub fn prefixed(mut self, prefix: usize) -> Node {
        match &mut self.inside {
            Inside::Pane(name) => *name = format!("{prefix}{name}"),
            Inside::Columns(children) | Inside::Rows(children) => {
                let all = children.drain(..).map(|child| child.prefixed(prefix));
                *children = all.collect();
            }
        }
        self
    }

    pub fn text(&self) -> String {
        let size = match self.size {
            Size::Share(share) => format!(" size=\"{share}%\""),
            Size::Cells(cells) => format!(" size={cells}"),
            Size::Grow(1) => String::new(),
            Size::Grow(weight) => format!(" grow={weight}"),
        };
        let title = self
            .title
            .as_ref()
            .map(|title| format!(" title=\"{title}\""));
        let title = title.unwrap_or_default();
        let kind = match &self.inside {
            Inside::Pane(name) => return format!("pane \"{name}\"{size}{title} {{ {RUN} }}\n"),
            Inside::Columns(_) => "columns",
            Inside::Rows(_) => "rows",
        };
        let children: String = self.children().iter().map(Node::text).collect();
        format!("{kind}{size} {{\n{children}}}\n")
    }

    fn lay_out(&self, rect: Rect, cells: &mut Vec<(String, Rect)>) {
        let is_across = match &self.inside {
            Inside::Pane(name) => return cells.push((name.clone(), rect)),
            Inside::Columns(_) => true,
            Inside::Rows(_) => false,
        };
        let sizes: Vec<Size> = self.children().iter().map(|child| child.size).collect();
        let mut at = 0;
        for (child, cells_of_child) in std::iter::zip(
            self.children(),
            extents(&sizes, if is_across { rect.width } else { rect.height }),
        ) {
            let inner = if is_across {
                Rect {
                    x: rect.x + at,
                    width: cells_of_child,
                    ..rect
                }
            } else {
                Rect {
                    y: rect.y + at,
                    height: cells_of_child,
                    ..rect
                }
            };
            child.lay_out(inner, cells);
            at += cells_of_child + 1;
        }
    }
}

/// The rule for sizes, one child at a time.
pub fn extents(sizes: &[Size], extent: u32) -> Vec<u32> {
    let inner = extent + 1 - u32::try_from(sizes.len()).expect("few panes");
    let mut left = inner;
    let mut weights = 0;
    for size in sizes {
        match *size {
            Size::Share(share) => left -= inner * share / 100,
            Size::Cells(cells) => left -= cells,
            Size::Grow(weight) => weights += weight,
        }
    }
    let given = |size: &Size| match *size {
        Size::Share(share) => inner * share / 100,
        Size::Cells(cells) => cells,
        Size::Grow(weight) => left * weight / weights,
    };
    let mut extents: Vec<u32> = sizes.iter().map(given).collect();
    let growing = sizes.iter().rposition(|size| matches!(size, Size::Grow(_)));
    let last = growing.unwrap_or(sizes.len() - 1);
    extents[last] += inner - extents.iter().sum::<u32>();
    extents
}
