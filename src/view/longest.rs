//! What an apply waited for longest, in words: the panes that decided how long it took.

use std::time::Duration;

use crate::execute::event::{Link, Outcome, Path};
use crate::view::diagnostic::Look;
use crate::view::paint::wrapped;
use crate::view::words;

/// Nobody asks where a shorter time went.
const PATIENCE: Duration = Duration::from_secs(1);
/// Of a longer way only both ends are shown, so many panes of each.
const ENDS: usize = 3;

/// How long it took, for the last line: ` in 0.5 s`, or `, ready in 4.1 s; longest: db → api`.
pub fn took(outcome: &Outcome) -> String {
    let path = &outcome.path;
    if outcome.took < PATIENCE || path.links.len() < 2 {
        return format!(" in {}", words::time(outcome.took));
    }
    let names = way(path, |link| link.address.name().to_owned());
    match path.ready {
        Some(ready) => format!(", ready in {}; longest: {names}", words::time(ready)),
        None => format!(" in {}; longest: {names}", words::time(outcome.took)),
    }
}

/// The same way with the time that each pane took of it; `None` where there is none.
pub fn line(path: &Path, look: Look) -> Option<String> {
    let way = way(path, |link| {
        let took = link.ready.saturating_sub(link.started);
        let started = words::time(link.started);
        let name = link.address.name();
        format!("{name} (started at {started}, took {})", words::time(took))
    });
    let text = format!("longest: {way}");
    (path.links.len() > 1).then(|| wrapped(&text, look.width, "longest: ".len()))
}

fn way(path: &Path, show: impl Fn(&Link) -> String) -> String {
    let links = &path.links;
    let all: Vec<String> = match links.len().checked_sub(2 * ENDS + 1) {
        None | Some(0) => links.iter().map(show).collect(),
        Some(more) => {
            let more = format!("{} more", more + 1);
            let first = links[..ENDS].iter().map(&show);
            let last = links[links.len() - ENDS..].iter().map(&show);
            first.chain([more]).chain(last).collect()
        }
    };
    all.join(" → ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A way over so many panes, as it is shown.
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
            is_touched: true,
            interrupted: None,
            too_old: None,
            path,
            took: Duration::from_millis(4_200),
        };
        assert_eq!(took(&outcome), expected);
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
