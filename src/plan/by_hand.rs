//! Changes that a person made to a window's geometry, with both values: its splits, the sizes of
//! its panes.

use crate::layout::{Direction, Window};
use crate::plan::change::Change;
use crate::tmux::layout_string::{Cell, Inside};

/// Returns the change of splits in a window that has the wanted panes.
pub(super) fn splits(window: &Window, live: &Cell, wanted: &Cell) -> Vec<Change> {
    let names = names(window);
    let shown = |cell: &Cell| outline(cell, &mut names.iter().copied());
    vec![Change {
        field: "split".to_owned(),
        from: Some(shown(live)),
        to: Some(shown(wanted)),
    }]
}

/// Returns the changed sizes of panes, in cells.
pub(super) fn sizes(window: &Window, live: &Cell, wanted: &Cell) -> Vec<Change> {
    let cells = std::iter::zip(live.leaves(), wanted.leaves());
    let panes = std::iter::zip(names(window), cells);
    let shown = |width: u32, height: u32| Some(format!("{width}x{height}"));
    let changes = panes.filter_map(|(name, (live, wanted))| {
        let is_same = (live.width, live.height) == (wanted.width, wanted.height);
        (!is_same).then(|| Change {
            field: format!("size of {name}"),
            from: shown(live.width, live.height),
            to: shown(wanted.width, wanted.height),
        })
    });
    changes.collect()
}

fn names(window: &Window) -> Vec<&str> {
    let panes = window.root.panes().into_iter();
    panes.map(|pane| pane.address.name()).collect()
}

/// Writes a window's splits on one line, as [`crate::plan::diff`] writes those of manifests.
fn outline<'a>(cell: &Cell, names: &mut impl Iterator<Item = &'a str>) -> String {
    match &cell.inside {
        Inside::Pane => names.next().unwrap_or("?").to_owned(),
        Inside::Split(direction, cells) => {
            let split = match direction {
                Direction::Columns => "columns",
                Direction::Rows => "rows",
            };
            let inner: Vec<String> = cells.iter().map(|cell| outline(cell, names)).collect();
            format!("{split}({})", inner.join(" "))
        }
    }
}
