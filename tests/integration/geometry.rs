//! Geometry, exact to the cell: when a window is made, after it is resized in any order, zoomed or
//! not, with and without titles; and what a change of it costs the programs that are running.
//!
//! What is expected comes from an implementation of the size rule of its own, at the end of this
//! file: inner = extent − borders, shares and weights rounded down, the last growing child, else
//! the last, takes what remains.

use std::collections::BTreeMap;

use crate::sandbox::{DEADLINE, Ran, Sandbox, SeenPane, eventually, soon};

/// Shares, nested in both directions.
fn shares() -> Node {
    columns([
        share(
            60,
            rows([
                share(30, pane("a")),
                columns([share(25, pane("b")), pane("c")]),
                share(20, pane("d")),
            ]),
        ),
        rows([
            pane("e"),
            share(40, columns([pane("f"), share(70, pane("g"))])),
        ]),
    ])
}

/// Cells, with one child at each level that takes what is left.
fn cells() -> Node {
    rows([
        cell(3, pane("a")),
        columns([
            cell(
                20,
                rows([
                    cell(4, pane("b")),
                    pane("c"),
                    columns([cell(6, pane("d")), pane("e")]),
                ]),
            ),
            pane("f"),
            cell(15, pane("g")),
        ]),
        cell(2, pane("h")),
    ])
}

/// Weights, none of which divides anything evenly.
fn weights() -> Node {
    columns([
        grow(1, pane("a")),
        grow(
            3,
            rows([
                grow(2, pane("b")),
                grow(
                    3,
                    columns([grow(5, pane("c")), grow(2, pane("d")), grow(4, pane("e"))]),
                ),
                pane("f"),
            ]),
        ),
        grow(2, pane("g")),
    ])
}

/// All three in the same splits, with what remains in the middle.
fn mixed() -> Node {
    rows([
        share(
            55,
            columns([
                cell(12, pane("a")),
                grow(
                    2,
                    rows([cell(2, pane("b")), share(45, pane("c")), pane("d")]),
                ),
                share(
                    33,
                    rows([
                        pane("e"),
                        columns([share(50, pane("f")), cell(7, pane("g"))]),
                    ]),
                ),
                grow(1, pane("h")),
            ]),
        ),
        grow(1, columns([pane("i"), cell(30, pane("j"))])),
        cell(3, pane("k")),
    ])
}

#[test]
fn windows_are_exact_from_80x24_on() {
    check_resizes((80, 24), &[(200, 51), (93, 30), (121, 40), (80, 24)]);
}

#[test]
fn windows_are_exact_from_200x51_on() {
    check_resizes((200, 51), &[(80, 24), (133, 37), (81, 25), (200, 51)]);
}

/// Every layout, with the titles at the top, at the bottom and off, in one session made at `size`;
/// then resized again and again.
#[track_caller]
fn check_resizes(size: (u32, u32), resizes: &[(u32, u32)]) {
    let sandbox = Sandbox::new();
    let mut windows = Vec::new();
    for (name, root) in [
        ("shares", shares()),
        ("cells", cells()),
        ("weights", weights()),
        ("mixed", mixed()),
    ] {
        for titles in [Titles::None, Titles::Top, Titles::Bottom] {
            let name = format!("{name}-{titles:?}").to_lowercase();
            windows.push(Window {
                name,
                titles,
                root: root.clone().prefixed(windows.len()),
            });
        }
    }
    sandbox.manifest(&manifest(&windows));
    apply_on_terminal(&sandbox, size);
    assert_exact(&sandbox, &windows, size, "when made");
    if !sandbox.is_at_least(3, 3) {
        return; // Older servers have no hook for it and scale in their own way.
    }
    for &size in resizes {
        resize(&sandbox, &windows, size);
        assert_exact(&sandbox, &windows, size, "resized");
    }
    for &size in resizes.iter().chain([&(97, 29), &(83, 40)]) {
        resize(&sandbox, &windows, size);
    }
    assert_exact(&sandbox, &windows, (83, 40), "after a burst");
    let plan = sandbox.triad(&["plan", "--check"]).exits(0);
    let notes: Vec<_> = plan
        .stdout
        .lines()
        .filter(|line| line.starts_with("note"))
        .collect();
    assert!(
        notes.is_empty(),
        "all of it is within the hook's reach: {notes:?}"
    );
}

#[test]
fn a_zoomed_window_is_resized_exactly_and_stays_zoomed() {
    let sandbox = Sandbox::new();
    let zoom = |root: Node, titles| Window {
        name: format!("{titles:?}"),
        titles,
        root,
    };
    let windows = [
        zoom(mixed(), Titles::None),
        zoom(shares().prefixed(1), Titles::Top),
    ];
    sandbox.manifest(&manifest(&windows));
    apply_on_terminal(&sandbox, (80, 24));
    if !sandbox.is_at_least(3, 3) {
        return;
    }
    let zoomed = ["s/None/f", "s/Top/1c"];
    let ids = zoomed.map(|address| sandbox.panes()[address].id.clone());
    for id in &ids {
        sandbox.tmux(&["select-pane", "-t", id, ";", "resize-pane", "-Z", "-t", id]);
    }
    for size in [(200, 51), (93, 30), (121, 40)] {
        resize(&sandbox, &windows, size);
        eventually("both are zoomed, at full size", DEADLINE, || {
            let format = "#{window_zoomed_flag} #{window_width} #{pane_width} #{pane_active}";
            ids.iter().all(|id| {
                let seen = sandbox.tmux(&["display-message", "-p", "-t", id, format]);
                seen.trim() == format!("1 {0} {0} 1", size.0)
            })
        });
    }
    for id in &ids {
        sandbox.tmux(&["resize-pane", "-Z", "-t", id]);
    }
    assert_exact(&sandbox, &windows, (121, 40), "unzoomed");
}

#[test]
fn a_pane_added_to_a_zoomed_window_leaves_it_zoomed() {
    let sandbox = Sandbox::new();
    let window = |root| {
        [Window {
            name: "w".to_owned(),
            titles: Titles::None,
            root,
        }]
    };
    let root = |last| columns([share(30, pane("a")), rows(last)]);
    sandbox.apply(&manifest(&window(root(vec![pane("b")]))));
    let before = pids(&sandbox);
    let id = &before["s/w/b"].0;
    sandbox.tmux(&["select-pane", "-t", id, ";", "resize-pane", "-Z", "-t", id]);
    let after = window(root(vec![share(20, pane("new")), pane("b")]));
    sandbox.apply(&manifest(&after));
    let format = "#{window_zoomed_flag} #{pane_active}";
    let seen = sandbox.tmux(&["display-message", "-p", "-t", id, format]);
    assert_eq!(seen.trim(), "1 1");
    sandbox.tmux(&["resize-pane", "-Z", "-t", id]);
    assert_exact(&sandbox, &after, (200, 50), "unzoomed");
    let mut after = pids(&sandbox);
    after.remove("s/w/new");
    assert_eq!(after, before);
}

#[test]
fn a_terminal_that_changes_size_keeps_the_shares() {
    let sandbox = Sandbox::new();
    let windows = [Window {
        name: "w".to_owned(),
        titles: Titles::Top,
        root: shares(),
    }];
    sandbox.apply(&manifest(&windows));
    assert_exact(&sandbox, &windows, (200, 50), "where nobody looks");
    if !sandbox.is_at_least(3, 3) {
        return;
    }
    sandbox.attach((100, 31), "s");
    assert_exact(&sandbox, &windows, (100, 30), "attached");
    for (width, height) in [(160, 45), (90, 28), (161, 50)] {
        let (columns, rows) = (width.to_string(), (height + 1).to_string());
        sandbox.terminal(&["resize-window", "-x", &columns, "-y", &rows]);
        assert_exact(&sandbox, &windows, (width, height), "by its terminal");
    }
}

#[test]
fn a_nesting_out_of_the_hooks_reach_is_exact_when_made_and_said() {
    let halves = |names: [&str; 2]| columns([pane(names[0]), pane(names[1])]);
    let nested = rows([halves(["a", "b"]), halves(["c", "d"])]);
    let root = columns([share(70, nested), pane("e")]);
    for size in [(80, 24), (200, 51)] {
        let sandbox = Sandbox::new();
        let windows = [Window {
            name: "w".to_owned(),
            titles: Titles::None,
            root: root.clone(),
        }];
        sandbox.manifest(&manifest(&windows));
        let plan = sandbox.triad(&["plan"]).exits(0);
        assert!(
            plan.stdout
                .lines()
                .any(|line| line.starts_with("note: `s/w`")),
            "the plan does not name the window:\n{}",
            plan.stdout
        );
        apply_on_terminal(&sandbox, size);
        assert_exact(&sandbox, &windows, size, "when made");
    }
}

#[test]
fn panes_without_a_split_are_tiled() {
    let sandbox = Sandbox::new();
    let windows: Vec<Window> = (2..=12)
        .map(|count| Window {
            name: format!("tiled{count}"),
            titles: Titles::None,
            root: tiled(&names(count)).prefixed(count),
        })
        .collect();
    let text: String = windows.iter().map(Window::without_splits).collect();
    sandbox.manifest(&format!("session \"s\" {{\n{text}}}\n"));
    apply_on_terminal(&sandbox, (80, 24));
    assert_exact(&sandbox, &windows, (80, 24), "when made");
    if sandbox.is_at_least(3, 3) {
        for size in [(200, 51), (93, 30), (121, 40)] {
            resize(&sandbox, &windows, size);
            assert_exact(&sandbox, &windows, size, "resized");
        }
    }
}

#[test]
fn sixty_panes_are_exact_and_live_on_when_some_come_and_go() {
    let sandbox = Sandbox::new();
    let window = |names: &[String]| {
        [Window {
            name: "w".to_owned(),
            titles: Titles::None,
            root: tiled(names),
        }]
    };
    let text = |window: &Window| format!("session \"s\" {{\n{}}}\n", window.without_splits());
    let mut all = names(60);
    let before = window(&all);
    sandbox.manifest(&text(&before[0]));
    apply_on_terminal(&sandbox, (200, 51));
    assert_exact(&sandbox, &before, (200, 51), "sixty");
    let pids = pids(&sandbox);
    assert_eq!(pids.len(), 60);

    for (at, name) in [(0, "first"), (30, "middle"), (62, "last")] {
        all.insert(at, name.to_owned());
    }
    all.retain(|name| !["p7", "p41"].contains(&name.as_str()));
    let after = window(&all);
    sandbox.apply(&text(&after[0]));
    assert_exact(&sandbox, &after, (200, 51), "three more and two less");
    let mut expected = pids;
    expected.retain(|address, _| !["s/w/p7", "s/w/p41"].contains(&address.as_str()));
    let mut seen = self::pids(&sandbox);
    seen.retain(|address, _| expected.contains_key(address));
    assert_eq!(
        seen, expected,
        "a pane that stays keeps its id and its process"
    );
}

#[test]
fn edits_in_a_window_of_forty_panes_end_nothing() {
    let sandbox = Sandbox::new();
    let names = names(40);
    let row = |names: &[String]| columns(names.iter().map(|name| pane(name)));
    let root = |names: &[String]| rows(names.chunks(10).map(row));
    let window = |root| {
        [Window {
            name: "w".to_owned(),
            titles: Titles::Top,
            root,
        }]
    };
    let check = |root: Node, what: &str| {
        let windows = window(root);
        sandbox.apply(&manifest(&windows));
        assert_exact(&sandbox, &windows, (200, 50), what);
        pids(&sandbox)
    };
    let before = check(root(&names), "when made");
    assert_eq!(before.len(), 40);

    let mut sized = root(&names);
    sized.child(1).child(4).size = Size::Share(35);
    assert_eq!(check(sized.clone(), "another size"), before);

    let mut titled = sized.clone();
    titled.child(2).child(3).title = Some("a title of its own".to_owned());
    assert_eq!(check(titled, "another title"), before);

    let mut order = names.clone();
    let moved = order.remove(35);
    order.insert(3, moved);
    assert_eq!(check(root(&order), "another order"), before);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// Writes its size when it starts and at each SIGWINCH, one line each; on SIGUSR1, when all that
/// was sent before has been handled, adds `seen`.
const WATCH: &str = r#"
file=sizes-${TRIAD_PANE##*/}
seen=
trap 'stty size >>$file' WINCH
trap 'seen=1' USR1
stty size >>$file
sleep 1000 &
while kill -0 $! 2>/dev/null; do
    wait $!
    if [ "$seen" ]; then echo seen >>$file; seen=; fi
done
"#;

#[test]
fn programs_start_at_their_final_size() {
    let sandbox = Sandbox::new();
    sandbox.file("watch.sh", WATCH);
    for (titles, root) in [
        (Titles::None, mixed()),
        (Titles::Top, shares()),
        (Titles::None, tiled(&names(12))),
    ] {
        let windows = [Window {
            name: "w".to_owned(),
            titles,
            root,
        }];
        let text = manifest(&windows).replace(RUN, "run \"sh\" \"watch.sh\"");
        sandbox.manifest(&text);
        apply_on_terminal(&sandbox, (101, 33));
        for (address, pane) in sandbox.panes() {
            assert_eq!(
                sizes_seen(&sandbox, &address, &pane),
                [size_line(&pane)],
                "{address}"
            );
        }
        sandbox.triad(&["down", "--yes"]).exits(0);
        for name in windows[0].root.names() {
            std::fs::remove_file(sandbox.path(format!("sizes-{name}"))).expect("it was written");
        }
    }
}

#[test]
fn a_new_pane_disturbs_only_those_whose_size_changes() {
    let sandbox = Sandbox::new();
    sandbox.file("watch.sh", WATCH);
    let root = |right: &[&str]| {
        let right = rows(right.iter().map(|name| pane(name)));
        columns([
            share(40, rows([pane("a"), share(25, pane("b"))])),
            right,
            cell(30, pane("z")),
        ])
    };
    let window = |root| {
        [Window {
            name: "w".to_owned(),
            titles: Titles::Top,
            root,
        }]
    };
    let text = |windows| manifest(windows).replace(RUN, "run \"sh\" \"watch.sh\"");
    let first = window(root(&["c", "d", "e"]));
    sandbox.apply(&text(&first));
    let before = sandbox.panes();
    for (address, pane) in &before {
        assert_eq!(sizes_seen(&sandbox, address, pane), [size_line(pane)]);
    }
    let second = window(root(&["c", "new", "d", "e"]));
    sandbox.apply(&text(&second));
    assert_exact(&sandbox, &second, (200, 50), "one more");
    let after = sandbox.panes();
    // tmux tells all programs of their sizes in one turn: once one knows, so do all.
    let changed = |address: &str| before[address].size != after[address].size;
    let (changed, same): (Vec<_>, Vec<_>) = before.keys().partition(|address| changed(address));
    assert_eq!(changed, ["s/w/c", "s/w/d", "s/w/e"]);
    for address in changed.into_iter().chain(same) {
        let pane = &after[address];
        let mut expected = vec![size_line(&before[address])];
        if before[address].size != pane.size {
            expected.push(size_line(pane));
            eventually("the program knows its new size", DEADLINE, || {
                sizes_seen(&sandbox, address, pane).len() > 1
            });
        }
        assert_eq!(sizes_seen(&sandbox, address, pane), expected, "{address}");
    }
}

#[test]
fn a_program_cannot_change_the_title_in_its_border() {
    let sandbox = Sandbox::new();
    sandbox.config("set -g status off\n");
    sandbox.apply(
        r#"session "s" { window "w" { rows {
            pane "a" title="🧠 OURS · a" { run (raw)"printf '\\033]2;THEIRS\\007\\033kTHEIRS\\033\\\\'; exec cat" }
            pane "b" title="plain" { run "exec cat" }
        } } }"#,
    );
    let id = &sandbox.panes()["s/w/a"].id;
    let show = |format: &str| sandbox.tmux(&["display-message", "-p", "-t", id, format]);
    eventually("the program sets a title of its own", DEADLINE, || {
        show("#{pane_title}").trim() == "THEIRS"
    });
    assert_eq!(show("#{@triad_title}").trim(), "🧠 OURS · a");
    assert_eq!(show("#{T:pane-border-format}").trim(), "🧠 OURS · a");
    assert_eq!(show("#{window_name}").trim(), "w");
    sandbox.attach((80, 24), "s");
    let mut screen = String::new();
    eventually("the borders are drawn", DEADLINE, || {
        screen = sandbox.terminal(&["capture-pane", "-p"]);
        screen.contains(" plain ")
    });
    assert!(
        screen
            .lines()
            .next()
            .is_some_and(|top| top.contains(" 🧠 OURS · a ")),
        "{screen}"
    );
    assert!(!screen.contains("THEIRS"), "{screen}");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// What the program of a pane has written once it has handled every signal sent so far.
#[track_caller]
fn sizes_seen(sandbox: &Sandbox, address: &str, pane: &SeenPane) -> Vec<String> {
    let file = format!("sizes-{}", address.rsplit('/').next().unwrap_or_default());
    let read = || sandbox.read(&file).unwrap_or_default();
    let seen = |text: &str| text.lines().filter(|line| *line == "seen").count();
    eventually("the program is up", DEADLINE, || read().contains('\n'));
    let before = seen(&read());
    let pid = rustix::process::Pid::from_raw(i32::try_from(pane.pid).expect("a pid"));
    let pid = pid.expect("a live process");
    eventually("the program answers", DEADLINE, || {
        // Again and again: a shell that is just going to wait does not notice.
        rustix::process::kill_process(pid, rustix::process::Signal::USR1).expect("it is alive");
        seen(&read()) > before
    });
    read()
        .lines()
        .filter(|line| *line != "seen")
        .map(str::to_owned)
        .collect()
}

/// As `stty size` prints it.
fn size_line(pane: &SeenPane) -> String {
    format!("{} {}", pane.size.1, pane.size.0)
}

/// The ids and processes of all panes.
pub fn pids(sandbox: &Sandbox) -> BTreeMap<String, (String, u32)> {
    let panes = sandbox.panes().into_iter();
    panes
        .map(|(address, pane)| (address, (pane.id, pane.pid)))
        .collect()
}

/// On a terminal that has one line more than the windows, for the status line.
#[track_caller]
fn apply_on_terminal(sandbox: &Sandbox, (width, height): (u32, u32)) -> Ran {
    sandbox
        .triad_on_terminal((width, height + 1), &["apply", "--yes"])
        .exits(0)
}

#[track_caller]
fn resize(sandbox: &Sandbox, windows: &[Window], (width, height): (u32, u32)) {
    let (width, height) = (width.to_string(), height.to_string());
    let mut words = Vec::new();
    let targets: Vec<_> = windows
        .iter()
        .map(|window| format!("=s:={}", window.name))
        .collect();
    for target in &targets {
        words.extend([
            "resize-window",
            "-t",
            target,
            "-x",
            &width,
            "-y",
            &height,
            ";",
        ]);
    }
    sandbox.tmux(&words);
}

/// Waits until every pane is where the rule says; fails with all that are not.
#[track_caller]
pub fn assert_exact(
    sandbox: &Sandbox,
    windows: &[Window],
    (width, height): (u32, u32),
    when: &str,
) {
    let whole = Rect {
        x: 0,
        y: 0,
        width,
        height,
    };
    let expected: BTreeMap<_, _> = windows
        .iter()
        .flat_map(|window| window.places(whole))
        .collect();
    let mut seen = BTreeMap::new();
    let is_exact = soon(DEADLINE / 4, || {
        let panes = sandbox.panes().into_iter();
        seen = panes
            .map(|(address, pane)| (address, (pane.at, pane.size)))
            .collect();
        seen == expected
    });
    let wrong = expected
        .iter()
        .filter(|(address, place)| seen.get(*address) != Some(place));
    let wrong =
        wrong.map(|(address, place)| format!("{address}: {place:?}, {:?}\n", seen.get(address)));
    let wrong: String = wrong.collect();
    assert!(
        is_exact,
        "{when}, {width}x{height}: place and size, expected and seen\n{wrong}"
    );
}

// The layouts of the tests, as manifests and as what they mean.

/// What the panes run, unless a test replaces it.
const RUN: &str = "run \"cat\" \"-\"";

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
    size: Size,
    title: Option<String>,
    inside: Inside,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Inside {
    Pane(String),
    Columns(Vec<Node>),
    Rows(Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Share(u32),
    Cells(u32),
    Grow(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rect {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

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

fn cell(cells: u32, node: Node) -> Node {
    Node {
        size: Size::Cells(cells),
        ..node
    }
}

fn grow(weight: u32, node: Node) -> Node {
    Node {
        size: Size::Grow(weight),
        ..node
    }
}

fn names(count: usize) -> Vec<String> {
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

    /// The panes written straight under the window.
    fn without_splits(&self) -> String {
        let panes = self.root.names().into_iter().map(|name| pane(name).text());
        format!(
            "window \"{}\" {{\n{}}}\n",
            self.name,
            panes.collect::<String>()
        )
    }

    /// Where each pane is: its address, its first column and row, its columns and rows.
    fn places(&self, whole: Rect) -> Vec<(String, ((u32, u32), (u32, u32)))> {
        let mut cells = Vec::new();
        self.root.lay_out(whole, &mut cells);
        let places = cells.into_iter().map(|(name, mut rect)| {
            // A border with titles takes a row of those at its edge; the cells stay.
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

    fn child(&mut self, index: usize) -> &mut Node {
        match &mut self.inside {
            Inside::Pane(name) => panic!("pane {name} has no children"),
            Inside::Columns(children) | Inside::Rows(children) => &mut children[index],
        }
    }

    fn names(&self) -> Vec<&str> {
        match &self.inside {
            Inside::Pane(name) => vec![name],
            _ => self.children().iter().flat_map(Node::names).collect(),
        }
    }

    /// The same with all panes renamed, because names are unique in a session.
    fn prefixed(mut self, prefix: usize) -> Node {
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
fn extents(sizes: &[Size], extent: u32) -> Vec<u32> {
    let inner = extent + 1 - u32::try_from(sizes.len()).expect("few");
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
