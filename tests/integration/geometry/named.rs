//! tmux's named layouts: triad and tmux agree on each, to the cell.

use super::apply_on_terminal;
use super::model::{RUN, names};
use crate::support::sandbox::Sandbox;

const NAMES: [&str; 5] = [
    "tiled",
    "even-horizontal",
    "even-vertical",
    "main-horizontal",
    "main-vertical",
];
/// From tmux 3.5 on.
const MIRRORED: [&str; 2] = ["main-horizontal-mirrored", "main-vertical-mirrored"];

/// Returns the cells of a window's panes, in the order of their indexes.
fn cells(sandbox: &Sandbox, window: &str) -> Vec<String> {
    let format = "#{pane_left},#{pane_top} #{pane_width}x#{pane_height}";
    let listed = sandbox.tmux(&["list-panes", "-t", window, "-F", format]);
    listed.lines().map(str::to_owned).collect()
}

/// Whether they differ only in which panes get the remaining cells: fewer than there are panes.
fn differ_by_what_is_over(ours: &[String], theirs: &[String]) -> bool {
    let sides = |cells: &[String]| -> Vec<u32> {
        let sizes = cells.iter().filter_map(|cell| cell.split_once(' '));
        let sides = sizes.flat_map(|(_, size)| size.split('x').map(str::parse));
        sides
            .collect::<Result<_, _>>()
            .expect("tmux prints numbers")
    };
    let (ours, theirs) = (sides(ours), sides(theirs));
    let over = u32::try_from(ours.len() / 2).expect("a few panes");
    ours.len() == theirs.len() && std::iter::zip(ours, theirs).all(|(a, b)| a.abs_diff(b) < over)
}

/// Creates a window for each number of panes and compares it with the result of `select-layout`.
#[track_caller]
fn check(size: (u32, u32), layout: &str, options: &str, first: &str, differs: &[usize]) {
    let sandbox = Sandbox::new();
    let windows = (1..=9).map(|count| {
        let panes = names(count).into_iter().enumerate().map(|(index, name)| {
            let size = if index == 0 && count > 1 { first } else { "" };
            format!("pane \"{count}{name}\" {size} {{ {RUN} }}\n")
        });
        let panes: String = panes.collect();
        format!("window \"w{count}\" layout=\"{layout}\" {{ options {{ {options} }}\n{panes}}}\n")
    });
    let windows: String = windows.collect();
    sandbox.manifest(&format!("session \"s\" {{\n{windows}}}\n"));
    apply_on_terminal(&sandbox, size);
    if MIRRORED.contains(&layout) && !sandbox.is_at_least(3, 5) {
        return;
    }
    for count in 1..=9 {
        let window = format!("=s:=w{count}");
        let mut ours = cells(&sandbox, &window);
        sandbox.tmux(&["select-layout", "-t", &window, layout]);
        let mut theirs = cells(&sandbox, &window);
        if MIRRORED.contains(&layout) {
            // The main pane is tmux's first and triad's last one.
            ours.sort();
            theirs.sort();
        }
        let what = format!("{layout} of {count} in {size:?} {options}{first}: {ours:?} {theirs:?}");
        if differs.contains(&count) {
            assert_ne!(ours, theirs, "{what}");
        } else if sandbox.is_at_least(3, 6) {
            // tmux gives the remaining cells to the first panes, triad to the last one.
            assert!(differ_by_what_is_over(&ours, &theirs), "{what}");
        } else {
            assert_eq!(ours, theirs, "{what}");
        }
    }
}

#[test]
fn named_layouts_are_what_tmux_makes_of_them() {
    for layout in NAMES.into_iter().chain(MIRRORED) {
        for size in [(80, 24), (200, 50), (101, 37)] {
            // 3 + 3 + 2 panes: the last row is shared evenly; tmux gives the rest to one.
            let differs: &[usize] = if layout == "tiled" { &[8] } else { &[] };
            check(size, layout, "", "", differs);
        }
    }
}

#[test]
fn main_panes_have_the_configured_size() {
    for (layout, option) in [
        ("main-vertical", "main-pane-width"),
        ("main-horizontal", "main-pane-height"),
    ] {
        check((120, 40), layout, &format!("{option} 15"), "", &[]);
        // More than there is room for.
        check((60, 20), layout, &format!("{option} 500"), "", &[]);
    }
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "s" {
            options { main-pane-height 3 }
            window "own" layout="main-horizontal" { pane "a" size=7; pane "b"; pane "c" }
            window "option" layout="main-horizontal" { pane "d"; pane "e" }
            window "share" layout="main-vertical-mirrored" { pane "f" size="25%"; pane "g" }
        }"#,
    );
    apply_on_terminal(&sandbox, (101, 40));
    let cells = |window: &str| cells(&sandbox, &format!("=s:={window}"));
    assert_eq!(cells("own"), ["0,0 101x7", "0,8 50x32", "51,8 50x32"]);
    assert_eq!(cells("option"), ["0,0 101x3", "0,4 101x36"]);
    assert_eq!(cells("share"), ["0,0 75x40", "76,0 25x40"]);
}

#[test]
fn cells_that_do_not_fit_are_reported_before_any_change() {
    let sandbox = Sandbox::new();
    let text = |cells: u32| {
        format!(
            r#"session "s" {{
                window "w" {{ rows {{
                    pane "a" {{ {RUN} }}
                    columns {{ pane "b" size={cells} {{ {RUN} }}; pane "c" size=20 {{ {RUN} }}; pane "d" {{ {RUN} }} }}
                }} }}
            }}"#
        )
    };
    sandbox.manifest(&text(60));
    let ran = sandbox
        .triad_on_terminal((80, 25), &["apply", "--yes"])
        .exits(1);
    for said in [
        "`s/w`, which has 80x24 cells",
        "columns of `60`, `20`, `grow=1` need 83 cells",
        "but only 80 are available",
        "triad.kdl:2",
    ] {
        let stderr = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            stderr.contains(said),
            "`{said}` is missing:\n{}",
            ran.stderr
        );
    }
    assert!(sandbox.panes().is_empty());
    // An exact fit is accepted; a live window has the size that it has.
    let sandbox = Sandbox::new();
    sandbox.manifest(&text(57));
    apply_on_terminal(&sandbox, (80, 24));
    let before = super::pids(&sandbox);
    sandbox.manifest(&text(58));
    sandbox.triad(&["apply", "--yes"]).exits(1);
    assert_eq!(super::pids(&sandbox), before);
}
