//! The programs in panes, by the arguments of their processes, if the machine tells: tmux knows
//! only the program's name. A usual plan does not need this.

use std::collections::BTreeMap;
use std::fs;

/// The maximum number of descendants to read for a pane.
const BELOW_MAX: usize = 64;

/// Returns the arguments of each process, then those of its descendants, parents first. Unknown
/// ones are left out.
pub fn programs(pids: &[i32]) -> BTreeMap<i32, Vec<Vec<String>>> {
    if pids.is_empty() {
        return BTreeMap::new();
    }
    let children = children();
    let mut programs = BTreeMap::new();
    for &pid in pids {
        let mut family = vec![pid];
        let mut at = 0;
        while at < family.len() && family.len() < BELOW_MAX {
            family.extend(children.get(&family[at]).into_iter().flatten());
            at += 1;
        }
        let lines: Vec<Vec<String>> = family.into_iter().filter_map(arguments).collect();
        programs.insert(pid, lines);
    }
    programs
}

/// Returns all processes of the machine by their parents.
fn children() -> BTreeMap<i32, Vec<i32>> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    for pid in pids {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    children
}

/// Returns the parent of a live process.
fn parent(pid: i32) -> Option<i32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses and may contain any character.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    (state != "Z").then_some(())?;
    fields.next()?.parse().ok()
}

fn arguments(pid: i32) -> Option<Vec<String>> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let words = text.trim_end_matches('\0').split('\0');
    let words: Vec<String> = words.map(str::to_owned).collect();
    words
        .first()
        .is_some_and(|word| !word.is_empty())
        .then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_known_by_its_arguments() {
        let own = i32::try_from(std::process::id()).unwrap();
        let programs = programs(&[own, i32::MAX]);
        let words: Vec<String> = std::env::args().collect();
        assert_eq!(programs[&own].first(), Some(&words));
        assert!(programs[&i32::MAX].is_empty());
    }
}
