//! What runs in panes, by the arguments of processes, where the machine tells: tmux knows the
//! program's name only. Nothing of this is read for a usual plan.

use std::collections::BTreeMap;
use std::fs;

/// The most processes below a pane's that are looked at.
const BELOW_MAX: usize = 64;

/// The arguments of each process, then those of what runs below it, parents first. One of which
/// nothing is known is left out.
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

/// All processes of the machine by their parents.
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

/// The parent of a process that lives.
fn parent(pid: i32) -> Option<i32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold any character.
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
