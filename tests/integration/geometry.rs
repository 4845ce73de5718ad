//! Geometry, exact to the cell: at creation, after resizes in any order, zoomed or not, with and
//! without titles. [`model`] computes the expectations.

mod generated;
pub mod model;
mod named;
mod running;

use std::collections::BTreeMap;

use self::model::{
    Node, Rect, Titles, Window, cell, columns, grow, manifest, names, pane, rows, share, tiled,
};
use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, soon};

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

/// Cells, with one child at each level that takes the rest.
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

/// Weights that never divide evenly.
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

/// All three in the same splits, with the rest in the middle.
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

/// Checks every layout, with titles at the top, at the bottom and off, in one session created at
/// `size`, then resized again and again.
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
    assert!(notes.is_empty(), "the hook covers all of it: {notes:?}");
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
fn a_resized_terminal_keeps_the_ratio() {
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
fn nesting_beyond_the_hook_is_exact_at_first_and_reported() {
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

/// Returns the ids and processes of all panes.
pub fn pids(sandbox: &Sandbox) -> BTreeMap<String, (String, u32)> {
    let panes = sandbox.panes().into_iter();
    panes
        .map(|(address, pane)| (address, (pane.id, pane.pid)))
        .collect()
}

/// Applies on a terminal with one line more than the windows, for the status line.
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
