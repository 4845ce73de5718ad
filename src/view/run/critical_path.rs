//! The longest chain of waits in an apply, in words: the panes that decided how long it took.

use std::time::Duration;

use crate::event::{Link, Outcome, Path};
use crate::view::text::paint::{padded, width};
use crate::view::text::printable::{Printable, printable};
use crate::view::text::words;

/// A shorter time is not explained.
const PATIENCE: Duration = Duration::from_secs(1);
/// The number of panes that are shown at each end of a longer chain.
const ENDS: usize = 3;

/// Returns the duration for the last line: ` in 0.5 s`, or `, ready in 4.1 s; longest: db → api`.
pub fn took(outcome: &Outcome) -> String {
    let path = &outcome.path;
    if outcome.took < PATIENCE || path.links.len() < 2 {
        return format!(" in {}", words::time(outcome.took));
    }
    let names = way(&path.links, |link| link.address.name().to_owned());
    let names = names.join(" → ");
    match path.ready {
        Some(ready) => format!(", ready in {}; longest: {names}", words::time(ready)),
        None => format!(" in {}; longest: {names}", words::time(outcome.took)),
    }
}

/// Returns the same chain, with one line per pane and its time; `None` for a single pane.
pub fn lines(path: &Path) -> Option<Printable> {
    let links = &path.links;
    let name = links.iter().map(|link| width(link.address.name())).max()?;
    let shown = way(links, |link| {
        let took = words::time(link.ready.saturating_sub(link.started));
        let started = words::time(link.started);
        let name = padded(link.address.name(), name);
        format!("  {name}  started at {started}, took {took}")
    });
    let shown = Printable::join(shown, &printable!("\n"));
    (links.len() > 1).then(|| printable!("longest:\n{}", shown))
}

/// Returns every pane of a chain, or both its ends.
fn way(links: &[Link], show: impl Fn(&Link) -> String) -> Vec<String> {
    match links.len().checked_sub(2 * ENDS + 1) {
        None | Some(0) => links.iter().map(show).collect(),
        Some(more) => {
            let more = format!("{} more", more + 1);
            let first = links[..ENDS].iter().map(&show);
            let last = links[links.len() - ENDS..].iter().map(&show);
            first.chain([more]).chain(last).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks how a chain of this many panes is shown.
    #[track_caller]
    fn check(count: u64, expected: &str) {
        let links = (0..count).map(|index| Link {
            address: format!("s/w/p{index}").parse().expect("an address"),
            started: Duration::from_secs(index),
            ready: Duration::from_secs(index + 1),
        });
        let path = Path {
            links: links.collect(),
            ready: Some(Duration::from_millis(4_100)),
        };
        let outcome = Outcome {
            steps: Vec::new(),
            unready: Vec::new(),
            strays: 0,
            is_locked_out: false,
            is_touched: true,
            interrupted: None,
            too_old: None,
            lost_server: None,
            path,
            took: Duration::from_millis(4_200),
        };
        assert_eq!(took(&outcome), expected);
    }

    #[test]
    fn each_pane_of_it_has_a_line_where_more_is_asked_for() {
        let link = |name: &str, from, to| Link {
            address: format!("s/w/{name}").parse().expect("an address"),
            started: Duration::from_millis(from),
            ready: Duration::from_millis(to),
        };
        let path = Path {
            links: vec![link("db", 20, 2_000), link("migrate", 2_010, 2_510)],
            ready: None,
        };
        let expected = "longest:\n  db       started at 20 ms, took 2.0 s\n  \
                        migrate  started at 2.0 s, took 500 ms";
        let lines = lines(&path).expect("there is more than one pane");
        assert_eq!(lines.as_str(), expected);
    }

    #[test]
    fn a_way_is_shown_from_its_first_pane_to_its_last() {
        check(0, " in 4.2 s");
        check(1, " in 4.2 s");
        check(2, ", ready in 4.1 s; longest: p0 → p1");
        check(
            7,
            ", ready in 4.1 s; longest: p0 → p1 → p2 → p3 → p4 → p5 → p6",
        );
        check(
            1_000,
            ", ready in 4.1 s; longest: p0 → p1 → p2 → 994 more → p997 → p998 → p999",
        );
    }
}
