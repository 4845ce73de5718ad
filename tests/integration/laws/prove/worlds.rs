//! Layouts that edits transform: as a manifest, and as the expected state after an apply.
//!
//! Every session, window and pane has a key that edits keep, so that panes of the layout after can
//! be matched to those of the layout before.

use std::collections::BTreeMap;

use crate::geometry::model::{self, Place, Rect, Size, Titles};
use crate::support::sandbox::Sandbox;
use crate::support::seen::words;

/// The size of unattached windows.
const WHOLE: Rect = Rect {
    x: 0,
    y: 0,
    width: 200,
    height: 50,
};

#[derive(Debug, Clone)]
pub struct World {
    pub sessions: Vec<Session>,
    next: u32,
}

#[derive(Debug, Clone)]
pub struct Session {
    pub key: u32,
    pub name: String,
    pub was: Option<String>,
    pub env: Option<u32>,
    pub windows: Vec<Window>,
}

#[derive(Debug, Clone)]
pub struct Window {
    pub key: u32,
    pub name: String,
    pub was: Option<String>,
    pub title: Option<String>,
    pub is_at_root: bool,
    pub root: Node,
}

#[derive(Debug, Clone)]
pub struct Node {
    pub size: Size,
    pub inside: Inside,
}

#[derive(Debug, Clone)]
pub enum Inside {
    Pane(Pane),
    Split(bool, Vec<Node>),
}

#[derive(Debug, Clone)]
pub struct Pane {
    pub key: u32,
    pub name: String,
    pub was: Option<String>,
    pub kind: &'static str,
    /// The number in its command line, which no other pane has.
    pub run: u32,
    pub env: Option<u32>,
    pub is_at_root: bool,
    pub title: Option<u32>,
    /// The keys of needed panes.
    pub needs: Vec<u32>,
}

/// The place of a pane and its program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub session: String,
    pub window: String,
    pub name: String,
    /// Everything that needs a restart to change.
    pub spec: String,
}

impl Seat {
    pub fn address(&self) -> String {
        format!("{}/{}/{}", self.session, self.window, self.name)
    }
}

impl World {
    /// One session with one window with one pane.
    pub fn new() -> Self {
        let mut world = World {
            sessions: Vec::new(),
            next: 0,
        };
        let pane = world.pane();
        let window = world.window(pane);
        let session = world.session(window);
        world.sessions.push(session);
        world
    }

    pub fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    pub fn pane(&mut self) -> Pane {
        let key = self.fresh();
        Pane {
            key,
            name: format!("p{key}"),
            was: None,
            kind: "pane",
            run: 1_000_000 + key,
            env: None,
            is_at_root: false,
            title: None,
            needs: Vec::new(),
        }
    }

    pub fn window(&mut self, pane: Pane) -> Window {
        let key = self.fresh();
        Window {
            key,
            name: format!("w{key}"),
            was: None,
            title: None,
            is_at_root: false,
            root: Node::leaf(pane),
        }
    }

    pub fn session(&mut self, window: Window) -> Session {
        let key = self.fresh();
        Session {
            key,
            name: format!("s{key}"),
            was: None,
            env: None,
            windows: vec![window],
        }
    }

    pub fn windows(&self) -> impl Iterator<Item = (&Session, &Window)> {
        let sessions = self.sessions.iter();
        sessions.flat_map(|session| session.windows.iter().map(move |window| (session, window)))
    }

    pub fn windows_mut(&mut self) -> impl Iterator<Item = &mut Window> {
        let sessions = self.sessions.iter_mut();
        sessions.flat_map(|session| session.windows.iter_mut())
    }

    pub fn panes(&self) -> Vec<&Pane> {
        self.windows()
            .flat_map(|(_, window)| window.root.panes())
            .collect()
    }

    pub fn panes_mut(&mut self) -> Vec<&mut Pane> {
        self.windows_mut()
            .flat_map(|window| window.root.panes_mut())
            .collect()
    }

    /// Returns every pane's place, by its key.
    pub fn seats(&self) -> BTreeMap<u32, Seat> {
        let mut seats = BTreeMap::new();
        for (session, window) in self.windows() {
            for pane in window.root.panes() {
                let is_at_root = pane.is_at_root || window.is_at_root;
                let spec = format!("{} {:?} {:?} {is_at_root}", pane.run, pane.env, session.env);
                let seat = Seat {
                    session: session.name.clone(),
                    window: window.name.clone(),
                    name: pane.name.clone(),
                    spec,
                };
                seats.insert(pane.key, seat);
            }
        }
        seats
    }

    /// Returns the expected cells of every pane.
    pub fn places(&self) -> BTreeMap<String, Place> {
        let mut places = BTreeMap::new();
        for (session, window) in self.windows() {
            let is_titled = window.root.panes().iter().any(|pane| pane.title.is_some());
            let model = model::Window {
                name: window.name.clone(),
                titles: if is_titled { Titles::Top } else { Titles::None },
                root: window.root.model(),
            };
            let of_window = model.places(WHOLE).into_iter();
            places.extend(of_window.map(|(address, place)| {
                let (_, inside) = address.split_once('/').expect("an address");
                (format!("{}/{inside}", session.name), place)
            }));
        }
        places
    }

    /// Returns the windows' names in tmux, in their order, session by session.
    pub fn titles(&self) -> Vec<String> {
        let titles = self.windows().map(|(session, window)| {
            let title = window.title.as_ref().unwrap_or(&window.name);
            format!("{} {title}", session.name)
        });
        titles.collect()
    }

    /// Adds `was` to everything that had another name in `before`.
    pub fn with_was(mut self, before: &World) -> World {
        let seats = before.seats();
        let old_windows: BTreeMap<u32, (String, String)> = before
            .windows()
            .map(|(session, window)| (window.key, (session.name.clone(), window.name.clone())))
            .collect();
        for session in &mut self.sessions {
            let mut old = before.sessions.iter();
            let old = old
                .find(|old| old.key == session.key)
                .map(|old| old.name.clone());
            session.was = old.clone().filter(|name| *name != session.name);
            for window in &mut session.windows {
                window.was = old_windows.get(&window.key).and_then(|(of, name)| {
                    let is_here = Some(of) == old.as_ref();
                    let was = if is_here {
                        name.clone()
                    } else {
                        format!("{of}/{name}")
                    };
                    (*name != window.name).then_some(was)
                });
                let was_window = old_windows.get(&window.key).cloned();
                for pane in window.root.panes_mut() {
                    pane.was = seats.get(&pane.key).and_then(|seat| {
                        let at = (seat.session.clone(), seat.window.clone());
                        let is_here = Some(at) == was_window && Some(&seat.session) == old.as_ref();
                        let was = if is_here {
                            seat.name.clone()
                        } else {
                            seat.address()
                        };
                        (seat.name != pane.name).then_some(was)
                    });
                }
            }
        }
        self
    }

    /// Whether some split has no room for its panes, which is a mistake in a manifest.
    pub fn is_too_narrow(&self, sandbox: &Sandbox) -> bool {
        sandbox.manifest(&self.text());
        let ran = sandbox.triad(&["plan"]);
        [1, 65].contains(&ran.status)
            && words(&ran.stderr).contains("cells with their borders, but only")
    }

    pub fn text(&self) -> String {
        let names: BTreeMap<u32, &str> = self
            .panes()
            .into_iter()
            .map(|pane| (pane.key, pane.name.as_str()))
            .collect();
        let mut text = "layout \"prove\"\n".to_owned();
        for session in &self.sessions {
            let was = property("was", session.was.as_ref());
            text += &format!("session \"{}\"{was} {{\n", session.name);
            if let Some(env) = session.env {
                text += &format!("    env {{ OF_SESSION \"{env}\" }}\n");
            }
            for window in &session.windows {
                let was = property("was", window.was.as_ref());
                let title = property("title", window.title.as_ref());
                let cwd = if window.is_at_root { " cwd=\"/\"" } else { "" };
                text += &format!("    window \"{}\"{was}{title}{cwd} {{\n", window.name);
                window.root.write(&names, 2, &mut text);
                text += "    }\n";
            }
            text += "}\n";
        }
        text
    }
}

fn property(name: &str, value: Option<&String>) -> String {
    value.map_or_else(String::new, |value| format!(" {name}=\"{value}\""))
}

impl Node {
    pub fn leaf(pane: Pane) -> Self {
        Node {
            size: Size::Grow(1),
            inside: Inside::Pane(pane),
        }
    }

    pub fn panes(&self) -> Vec<&Pane> {
        match &self.inside {
            Inside::Pane(pane) => vec![pane],
            Inside::Split(_, children) => children.iter().flat_map(Node::panes).collect(),
        }
    }

    pub fn panes_mut(&mut self) -> Vec<&mut Pane> {
        match &mut self.inside {
            Inside::Pane(pane) => vec![pane],
            Inside::Split(_, children) => children.iter_mut().flat_map(Node::panes_mut).collect(),
        }
    }

    /// Visits all splits, the outer one first.
    pub fn splits_mut(&mut self, into: &mut dyn FnMut(&mut bool, &mut Vec<Node>)) {
        if let Inside::Split(is_across, children) = &mut self.inside {
            into(is_across, children);
            for child in children {
                child.splits_mut(into);
            }
        }
    }

    fn model(&self) -> model::Node {
        let node = match &self.inside {
            Inside::Pane(pane) => model::pane(&pane.name),
            Inside::Split(true, children) => model::columns(children.iter().map(Node::model)),
            Inside::Split(false, children) => model::rows(children.iter().map(Node::model)),
        };
        model::Node {
            size: self.size,
            ..node
        }
    }

    fn write(&self, names: &BTreeMap<u32, &str>, depth: usize, text: &mut String) {
        let indent = "    ".repeat(depth);
        let size = match self.size {
            Size::Share(share) => format!(" size=\"{share}%\""),
            Size::Cells(cells) => format!(" size={cells}"),
            Size::Grow(1) => String::new(),
            Size::Grow(weight) => format!(" grow={weight}"),
        };
        match &self.inside {
            Inside::Pane(pane) => *text += &format!("{indent}{}\n", pane.text(&size, names)),
            Inside::Split(is_across, children) => {
                let split = if *is_across { "columns" } else { "rows" };
                *text += &format!("{indent}{split}{size} {{\n");
                for child in children {
                    child.write(names, depth + 1, text);
                }
                *text += &format!("{indent}}}\n");
            }
        }
    }
}

impl Pane {
    fn text(&self, size: &str, names: &BTreeMap<u32, &str>) -> String {
        let was = property("was", self.was.as_ref());
        let title = self.title.map(|title| format!("title {title}"));
        let title = property("title", title.as_ref());
        let cwd = if self.is_at_root { " cwd=\"/\"" } else { "" };
        let run = match (self.kind, self.run % 2) {
            ("task", _) => format!("run \"exit 0 # {}\"", self.run),
            (_, 0) => format!("run \"sleep\" \"{}\"", self.run),
            _ => format!("run \"exec sleep {}\"", self.run),
        };
        let env = self.env.map(|env| format!("; env {{ OF_PANE \"{env}\" }}"));
        let needs: Vec<String> = self
            .needs
            .iter()
            .filter_map(|key| names.get(key))
            .map(|name| format!(" \"{name}\""))
            .collect();
        let needs = if needs.is_empty() {
            String::new()
        } else {
            format!("; needs{}", needs.concat())
        };
        let Pane { kind, name, .. } = self;
        let env = env.unwrap_or_default();
        format!("{kind} \"{name}\"{was}{size}{title}{cwd} {{ {run}{env}{needs} }}")
    }
}
