//! Edits of a layout, as data: the rest of a list stays valid without any of them, so that a
//! failing list can be shortened.

use super::numbers::Numbers;
use super::worlds::{Inside, Node, Pane, Window, World};
use crate::geometry::model::Size;

/// The maximum number of panes in one window.
const PANES_MAX: usize = 6;
const WINDOWS_MAX: usize = 6;

/// An edit of a layout; the numbers choose its objects.
#[derive(Debug, Clone, Copy)]
pub struct Edit {
    pub what: What,
    a: usize,
    b: usize,
    c: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    AddPane,
    AddWindow,
    AddSession,
    RemovePane,
    RemoveWindow,
    RemoveSession,
    MovePane,
    SwapPanes,
    ExchangeWindows,
    BreakPane,
    MoveWindow,
    JoinWindow,
    RenamePane,
    RenameWindow,
    RenameSession,
    OrderPanes,
    OrderWindows,
    Flip,
    Resize,
    Title,
    WindowTitle,
    Command,
    Env,
    SessionEnv,
    Root,
    WindowRoot,
    Kind,
    Task,
    Needs,
}

/// Edits that grow a layout from one pane.
const GROWTH: [What; 20] = [
    What::AddPane,
    What::AddPane,
    What::AddPane,
    What::AddPane,
    What::AddPane,
    What::AddWindow,
    What::AddWindow,
    What::AddSession,
    What::Resize,
    What::Resize,
    What::Flip,
    What::Title,
    What::WindowTitle,
    What::Kind,
    What::Task,
    What::Needs,
    What::Needs,
    What::Env,
    What::SessionEnv,
    What::WindowRoot,
];

/// Typical edits of a person; moves and renames are more frequent.
const CHANGES: [What; 36] = [
    What::AddPane,
    What::AddWindow,
    What::AddSession,
    What::RemovePane,
    What::RemoveWindow,
    What::RemoveSession,
    What::MovePane,
    What::MovePane,
    What::MovePane,
    What::SwapPanes,
    What::SwapPanes,
    What::ExchangeWindows,
    What::BreakPane,
    What::BreakPane,
    What::MoveWindow,
    What::MoveWindow,
    What::JoinWindow,
    What::JoinWindow,
    What::RenamePane,
    What::RenamePane,
    What::RenameWindow,
    What::RenameSession,
    What::OrderPanes,
    What::OrderWindows,
    What::Flip,
    What::Flip,
    What::Resize,
    What::Title,
    What::WindowTitle,
    What::Command,
    What::Env,
    What::SessionEnv,
    What::Root,
    What::WindowRoot,
    What::Kind,
    What::Needs,
];

/// Returns the edits of a new layout.
pub fn growth(numbers: &mut Numbers) -> Vec<Edit> {
    let count = 4 + numbers.below(12);
    (0..count).map(|_| edit(numbers, &GROWTH)).collect()
}

/// Returns edits that change it.
pub fn changes(numbers: &mut Numbers) -> Vec<Edit> {
    let count = 1 + numbers.below(6);
    (0..count).map(|_| edit(numbers, &CHANGES)).collect()
}

fn edit(numbers: &mut Numbers, from: &[What]) -> Edit {
    let what = numbers.one_of(from);
    let mut number = || numbers.next() as usize;
    Edit {
        what,
        a: number(),
        b: number(),
        c: number(),
    }
}

impl World {
    pub fn edited(mut self, edits: &[Edit]) -> World {
        for edit in edits {
            self.apply(*edit);
            self.tidy();
        }
        self
    }

    fn apply(&mut self, Edit { what, a, b, c }: Edit) {
        match what {
            What::AddPane => {
                let pane = self.pane();
                self.put(pane, a, b, c);
            }
            What::AddWindow | What::AddSession => {
                let pane = self.pane();
                self.put_in_new_window(pane, a, what == What::AddSession);
            }
            What::RemovePane => drop(self.take(a)),
            What::RemoveWindow => drop(self.take_window(a)),
            What::RemoveSession if self.sessions.len() > 1 => {
                self.sessions.remove(a % self.sessions.len());
            }
            What::MovePane => {
                if let Some(pane) = self.take(a) {
                    self.put(pane, b, c, a / 7);
                }
            }
            What::BreakPane => {
                if let Some(pane) = self.take(a) {
                    self.put_in_new_window(pane, b, c.is_multiple_of(4));
                }
            }
            What::SwapPanes => self.swap(a, b),
            What::ExchangeWindows => self.exchange(a, b),
            What::MoveWindow => {
                if let Some(window) = self.take_window(a) {
                    self.put_window(window, b);
                }
            }
            What::JoinWindow => {
                if let Some(window) = self.take_window(a) {
                    let panes = window.root.panes().into_iter().cloned();
                    for pane in panes.collect::<Vec<_>>() {
                        self.put(pane, b, c, a / 7);
                    }
                }
            }
            What::OrderPanes | What::Flip | What::Resize => self.reshape(what, a, b, c),
            What::OrderWindows => {
                let at = a % self.sessions.len();
                let windows = &mut self.sessions[at].windows;
                let by = b % windows.len();
                windows.rotate_left(by);
            }
            _ => self.change(what, a, b, c),
        }
    }

    /// Applies an edit that leaves its object in place.
    fn change(&mut self, what: What, a: usize, b: usize, c: usize) {
        let number = self.fresh();
        let keys: Vec<u32> = self.panes().iter().map(|pane| pane.key).collect();
        let session = a % self.sessions.len();
        let window = a % self.windows().count();
        let window = self.windows_mut().nth(window);
        match (what, window) {
            (What::RenameWindow, Some(window)) => window.name = format!("v{number}"),
            (What::WindowTitle, Some(window)) => {
                let title = window.title.is_none() || b.is_multiple_of(2);
                window.title = title.then(|| format!("window {number}"));
            }
            (What::WindowRoot, Some(window)) => {
                window.is_at_root ^= true;
            }
            (What::RenameSession, _) => self.sessions[session].name = format!("t{number}"),
            (What::SessionEnv, _) => {
                self.sessions[session].env = (!b.is_multiple_of(3)).then_some(number);
            }
            _ => {
                let at = a % keys.len();
                let pane = self.panes_mut().remove(at);
                change_pane(pane, what, number, keys[b % keys.len()], c);
            }
        }
    }

    /// Takes a pane out, unless it is the last one.
    fn take(&mut self, at: usize) -> Option<Pane> {
        let panes = self.panes();
        if panes.len() < 2 {
            return None;
        }
        let key = panes[at % panes.len()].key;
        let mut taken = None;
        for session in &mut self.sessions {
            session
                .windows
                .retain_mut(|window| without(&mut window.root, key, &mut taken));
        }
        self.sessions.retain(|session| !session.windows.is_empty());
        taken
    }

    fn take_window(&mut self, at: usize) -> Option<Window> {
        let count = self.windows().count();
        if count < 2 {
            return None;
        }
        let key = self.windows().nth(at % count).map(|(_, window)| window.key);
        let mut taken = None;
        for session in &mut self.sessions {
            let at = session
                .windows
                .iter()
                .position(|window| Some(window.key) == key);
            if let Some(at) = at {
                taken = Some(session.windows.remove(at));
            }
        }
        self.sessions.retain(|session| !session.windows.is_empty());
        taken
    }

    /// Puts a pane next to another, or into a new window if there is no room.
    fn put(&mut self, pane: Pane, at: usize, beside: usize, how: usize) {
        let count = self.windows().count();
        let window = self
            .windows_mut()
            .nth(at % count)
            .expect("a window is left");
        let there = window.root.panes().len();
        if there >= PANES_MAX {
            return self.put_in_new_window(pane, at, true);
        }
        let beside = window.root.panes()[beside % there].key;
        insert(&mut window.root, beside, how, &mut Some(pane));
    }

    fn put_in_new_window(&mut self, pane: Pane, at: usize, is_in_new_session: bool) {
        let window = self.window(pane);
        if is_in_new_session {
            let session = self.session(window);
            self.sessions.push(session);
        } else {
            self.put_window(window, at);
        }
    }

    fn put_window(&mut self, window: Window, at: usize) {
        let session = at % self.sessions.len();
        let windows = &mut self.sessions[session].windows;
        if windows.len() >= WINDOWS_MAX {
            let session = self.session(window);
            self.sessions.push(session);
        } else {
            windows.insert(at / 5 % (windows.len() + 1), window);
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        let mut panes = self.panes_mut();
        let (a, b) = (a % panes.len(), b % panes.len());
        let (first, second) = (panes[a].clone(), panes[b].clone());
        *panes[a] = second;
        *panes[b] = first;
    }

    /// Exchanges panes of two windows.
    fn exchange(&mut self, a: usize, b: usize) {
        let mut windows: Vec<&mut Window> = self.windows_mut().collect();
        let (a, b) = (a % windows.len(), b % windows.len());
        let (first, second) = (windows[a].root.clone(), windows[b].root.clone());
        windows[a].root = second;
        windows[b].root = first;
    }

    fn reshape(&mut self, what: What, a: usize, b: usize, c: usize) {
        let count = self.windows().count();
        let window = self.windows_mut().nth(a % count).expect("a window is left");
        let mut splits = 0;
        window.root.splits_mut(&mut |_, _| splits += 1);
        let mut at = 0;
        window.root.splits_mut(&mut |is_across, children| {
            at += 1;
            if at != b % splits + 1 {
                return;
            }
            let count = children.len();
            match what {
                What::Flip => *is_across ^= true,
                What::OrderPanes => children.rotate_left(c % count),
                _ => children[c % count].size = size(c / count),
            }
        });
    }

    /// Tidies splits: at least two children, at most one of them with cells.
    fn tidy(&mut self) {
        for window in self.windows_mut() {
            tidy(&mut window.root);
            window.root.size = Size::Grow(1);
        }
    }
}

fn change_pane(pane: &mut Pane, what: What, number: u32, other: u32, c: usize) {
    match what {
        What::RenamePane => pane.name = format!("q{number}"),
        What::Title => pane.title = (!c.is_multiple_of(3)).then_some(number),
        What::Command => pane.run = 2_000_000 + number,
        What::Env => pane.env = (!c.is_multiple_of(3)).then_some(number),
        What::Root => pane.is_at_root ^= true,
        // A task has another program, so that it never becomes a service.
        What::Kind if pane.kind != "task" => pane.kind = ["pane", "service", "agent"][c % 3],
        What::Task if pane.kind == "pane" => {
            pane.kind = "task";
            pane.run = 2_000_000 + number;
        }
        // Needs point to older panes, so that there are no cycles.
        What::Needs if other < pane.key => pane.needs = vec![other],
        What::Needs => pane.needs.clear(),
        _ => {}
    }
}

fn size(number: usize) -> Size {
    let small = u32::try_from(number % 5).expect("a small number");
    match number / 5 % 3 {
        0 => Size::Share(15 + 5 * small),
        1 => Size::Cells(3 + small),
        _ => Size::Grow(1 + small),
    }
}

/// Removes a pane; returns whether anything is left of the node.
fn without(node: &mut Node, key: u32, taken: &mut Option<Pane>) -> bool {
    match &mut node.inside {
        Inside::Pane(pane) if pane.key == key => {
            *taken = Some(pane.clone());
            false
        }
        Inside::Pane(_) => true,
        Inside::Split(_, children) => {
            children.retain_mut(|child| without(child, key, taken));
            !children.is_empty()
        }
    }
}

/// Puts a pane into the same split as another, or into a new one in its place.
fn insert(node: &mut Node, beside: u32, how: usize, pane: &mut Option<Pane>) {
    match &mut node.inside {
        Inside::Pane(there) if there.key == beside => {
            let new = pane.take().map(Node::leaf);
            let old = Node::leaf(there.clone());
            let mut children: Vec<Node> = new.into_iter().chain([old]).collect();
            children.rotate_left(how % 2);
            node.inside = Inside::Split(how % 4 < 2, children);
        }
        Inside::Pane(_) => {}
        Inside::Split(_, children) => {
            let is_it = |child: &Node| matches!(&child.inside, Inside::Pane(p) if p.key == beside);
            let at = children.iter().position(is_it);
            match at {
                Some(at) if how % 8 < 5 => {
                    let new = pane.take().map(Node::leaf);
                    children.splice(at + how % 2..at + how % 2, new);
                }
                _ => children
                    .iter_mut()
                    .for_each(|child| insert(child, beside, how, pane)),
            }
        }
    }
}

fn tidy(node: &mut Node) {
    if let Inside::Split(_, children) = &mut node.inside {
        children.iter_mut().for_each(tidy);
        let mut has_one = false;
        for child in children.iter_mut() {
            let is_sized = !matches!(child.size, Size::Grow(_));
            if is_sized && has_one {
                child.size = Size::Grow(1);
            }
            has_one |= is_sized;
        }
        if let [only] = &mut children[..] {
            node.inside = only.inside.clone();
        }
    }
}
