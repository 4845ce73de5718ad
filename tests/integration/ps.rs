//! `ps`: every state of a pane, by the manifest and by the name alone, and its exit codes for
//! scripts.

mod asked;
mod shown;
mod states;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually};

/// Returns the rows of the table, their columns trimmed and with `|` between them. Varying values
/// are masked: a time is `#s`, a pid `#`.
#[track_caller]
fn rows(ran: &Ran) -> Vec<String> {
    let mut lines = ran.stdout.lines();
    let headings = lines.next().unwrap_or_default();
    let names = ["ADDRESS", "STATE", "SINCE", "PID", "RUNS", "WHY"];
    let starts = names.map(|name| {
        let at = headings.find(name);
        at.unwrap_or_else(|| panic!("no column {name} in\n{}", ran.stdout))
    });
    let row = |line: &str| {
        let cells: Vec<char> = line.chars().collect();
        let cell = |column: usize| {
            let end = starts.get(column + 1).copied().unwrap_or(usize::MAX);
            let end = end.min(cells.len());
            let text: String = cells[starts[column].min(end)..end].iter().collect();
            masked(column, text.trim())
        };
        let row: Vec<String> = (0..names.len()).map(cell).collect();
        row.join("|")
    };
    lines.map(row).collect()
}

fn masked(column: usize, cell: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let (number, unit) = cell.split_at(cell.len().saturating_sub(1));
    match column {
        2 if is_number(number) && "smhd".contains(unit) => format!("#{unit}"),
        3 if is_number(cell) => "#".to_owned(),
        _ => cell.to_owned(),
    }
}

/// Waits until `ps` shows a pane in a state.
#[track_caller]
fn becomes(sandbox: &Sandbox, pane: &str, state: &str) {
    eventually(&format!("{pane} is {state}"), DEADLINE, || {
        let rows = rows(&sandbox.triad(&["ps"]));
        let mut of_pane = rows
            .iter()
            .filter(|row| row.starts_with(&format!("{pane}|")));
        of_pane.any(|row| row.split('|').nth(1) == Some(state))
    });
}
