//! The differences between two values, word by word, and the part of a long value that shows them.
//! The changes of a step are gathered here, too, down to the attribute.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::layout::Address;
use crate::plan::Plan;
use crate::plan::change::{Action, Change, Drift, Reason, Step, WindowBuild};
use crate::tmux::id::PaneId;
use crate::tmux::script::Ref;
use crate::view::text::paint::{Paint, Tone, cut, fitted, width};
use crate::view::text::printable::{Printable, printable, visible};

/// The time limit for the shortest difference; after it any difference will do.
const PATIENCE: Duration = Duration::from_millis(200);

/// Returns the values that a step changes.
pub fn changes(step: &Step, plan: &Plan) -> Vec<Change> {
    let own = match &step.reason {
        Reason::Changed(changes)
        | Reason::Renamed { changes, .. }
        | Reason::Drifted(
            Drift::SetOtherwise(changes) | Drift::Rearranged(changes) | Drift::Resized(changes),
        ) => changes.clone(),
        _ => Vec::new(),
    };
    own.into_iter().chain(by_hand(step, plan)).collect()
}

/// Returns a change of a name or an order made by hand: its reason alone does not have both values.
fn by_hand(step: &Step, plan: &Plan) -> Option<Change> {
    let (field, from, to) = match (&step.action, &step.reason) {
        (
            Action::RenameSession { name, .. } | Action::RenameWindow { name, .. },
            Reason::Drifted(Drift::Renamed { from }),
        ) => ("name", from.clone(), name.clone()),
        (Action::OrderWindows(order), _) => {
            let (from, to) = reordered(windows_of(step, plan), &order.swaps);
            let names = |windows: Vec<Ref>| named(windows.iter().map(shown));
            ("order", names(from), names(to))
        }
        (Action::ArrangeWindow(build), Reason::Drifted(Drift::Reordered)) => {
            let live = build.window.root.panes().into_iter();
            let live = live.filter_map(|pane| id_of(&pane.address, plan)).collect();
            let (from, to) = reordered(live, &build.swaps);
            let names = |panes: Vec<PaneId>| named(panes.iter().map(|id| pane(*id, plan)));
            ("order", names(from), names(to))
        }
        _ => return None,
    };
    (from != to).then(|| Change {
        field: field.to_owned(),
        from: Some(from),
        to: Some(to),
    })
}

/// Returns the windows of a session in the wanted order.
fn windows_of(step: &Step, plan: &Plan) -> Vec<Ref> {
    let session = &step.subject.address;
    let of_session = plan.wanted.iter().map(|subject| &subject.address);
    let windows = of_session.filter(|address| {
        address.session() == *session
            && address.window_name().is_some()
            && address.pane_name().is_none()
    });
    windows
        .map(|address| Ref::Window(address.clone()))
        .collect()
}

/// Returns the order before the swaps that lead to `wanted`, and `wanted`.
fn reordered<T: Clone + PartialEq>(wanted: Vec<T>, swaps: &[(T, T)]) -> (Vec<T>, Vec<T>) {
    let mut before = wanted.clone();
    for (a, b) in swaps.iter().rev() {
        let at = |item| before.iter().position(|other| other == item);
        if let (Some(a), Some(b)) = (at(a), at(b)) {
            before.swap(a, b);
        }
    }
    (before, wanted)
}

/// Returns the panes that a window lacks or has to lose, by name.
pub fn panes_of(build: &WindowBuild, reason: &Reason, plan: &Plan) -> Option<String> {
    let moved = build.insertions.iter().filter_map(|place| place.moved);
    let panes: Vec<String> = match reason {
        Reason::Drifted(Drift::PanesMissing) => {
            let new = build.new_panes.iter().map(|pane| pane.name().to_owned());
            new.chain(moved.map(|id| pane(id, plan))).collect()
        }
        Reason::Drifted(Drift::PanesLeftOver) => {
            let going = build.breaks.iter().chain(&build.discards);
            going.map(|id| pane(*id, plan)).collect()
        }
        _ => return None,
    };
    Some(panes.join(", ")).filter(|panes| !panes.is_empty())
}

fn named(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn shown(object: &Ref) -> String {
    match object {
        Ref::Session(address) | Ref::Window(address) | Ref::Pane(address) => {
            address.name().to_owned()
        }
        _ => String::new(),
    }
}

fn id_of(address: &Address, plan: &Plan) -> Option<PaneId> {
    let is_it = |known: &&(Ref, String)| matches!(&known.0, Ref::Pane(pane) if pane == address);
    plan.known.iter().find(is_it)?.1.parse().ok()
}

/// Returns the name of a live pane in the plan, or its id.
fn pane(id: PaneId, plan: &Plan) -> String {
    let text = id.to_string();
    let known = plan.known.iter().find(|(_, known)| *known == text);
    let known = known.map(|(object, _)| shown(object));
    let stopped = || {
        let mut steps = plan.steps.iter();
        let step = steps.find(|step| matches!(&step.action, Action::Stop(stop) if stop.pane == id));
        step.map(|step| step.subject.address.name().to_owned())
    };
    known.or_else(stopped).unwrap_or(text)
}

/// Returns the old and the new value of a change, each on one line of at most `room` cells, with
/// the words that differ marked in colour. A value that is too long is cut around them.
pub fn lines(change: &Change, room: usize, paint: Paint) -> (Option<Printable>, Option<Printable>) {
    let (Some(from), Some(to)) = (&change.from, &change.to) else {
        let short = |value: &Option<String>| {
            let value = value.as_ref()?;
            Some(printable!("{}", fitted(value, room)))
        };
        return (short(&change.from), short(&change.to));
    };
    let (from, to) = (visible(from), visible(to));
    let (old, new) = pieces(&from, &to, room);
    let is_too_long = width(&from) > room || width(&to) > room;
    // If nothing is equal, nothing is marked.
    let is_marked = old.iter().chain(&new).any(|piece| !piece.differs);
    let line = |pieces: Vec<Piece>, tone| {
        let pieces = if is_too_long {
            windowed(pieces, room)
        } else {
            pieces
        };
        let painted = pieces.iter().map(|piece| match piece.differs && is_marked {
            true => paint.mark(tone, &piece.text),
            false => printable!("{}", piece.text),
        });
        Some(Printable::join(painted, &Printable::default()))
    };
    (line(old, Tone::Bad), line(new, Tone::Good))
}

/// A part of a value: in both values, or in this one only.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    differs: bool,
}

/// Splits both values into pieces. For a replaced part that is longer than half of `room`, the
/// common beginning and end are split off, letter by letter.
fn pieces(from: &str, to: &str, room: usize) -> (Vec<Piece>, Vec<Piece>) {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_words(from, to);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let (mut removed, mut added) = (String::new(), String::new());
    let changes: Vec<_> = diff.iter_all_changes().collect();
    for (index, change) in changes.iter().enumerate() {
        let text = change.value();
        // Blanks between two different words are part of the difference.
        let next = changes.get(index + 1).map(similar::Change::tag);
        let is_between = text.trim().is_empty()
            && (!removed.is_empty() && !added.is_empty())
            && next.is_some_and(|next| next != ChangeTag::Equal);
        match change.tag() {
            ChangeTag::Delete => removed.push_str(text),
            ChangeTag::Insert => added.push_str(text),
            ChangeTag::Equal if is_between => {
                removed.push_str(text);
                added.push_str(text);
            }
            ChangeTag::Equal => {
                differing(&mut removed, &mut added, room, &mut old, &mut new);
                push(&mut old, text, false);
                push(&mut new, text, false);
            }
        }
    }
    differing(&mut removed, &mut added, room, &mut old, &mut new);
    (old, new)
}

fn differing(
    removed: &mut String,
    added: &mut String,
    room: usize,
    old: &mut Vec<Piece>,
    new: &mut Vec<Piece>,
) {
    let (from, to) = (std::mem::take(removed), std::mem::take(added));
    let (head, tail) = if width(&from).max(width(&to)) > room / 2 {
        common(&from, &to)
    } else {
        (0, 0)
    };
    for (text, pieces) in [(&from, old), (&to, new)] {
        push(pieces, &text[..head], false);
        push(pieces, &text[head..text.len() - tail], true);
        push(pieces, &text[text.len() - tail..], false);
    }
}

/// Returns the number of bytes at the beginning and at the end that two texts have in common; they
/// do not overlap.
fn common(a: &str, b: &str) -> (usize, usize) {
    let pairs = std::iter::zip(a.chars(), b.chars());
    let head = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
    let head = head.sum();
    let pairs = std::iter::zip(a[head..].chars().rev(), b[head..].chars().rev());
    let tail = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
    (head, tail.sum())
}

fn push(pieces: &mut Vec<Piece>, text: &str, differs: bool) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut().filter(|piece| piece.differs == differs) {
        Some(last) => last.text.push_str(text),
        None => pieces.push(Piece {
            text: text.to_owned(),
            differs,
        }),
    }
}

/// Shortens the equal pieces, so that the differences fit into `room` cells.
fn windowed(pieces: Vec<Piece>, room: usize) -> Vec<Piece> {
    let keep = room / 5;
    let last = pieces.len().saturating_sub(1);
    let mut left = room;
    let mut shown = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        let text = match (piece.differs, index == 0, index == last) {
            (true, ..) | (false, true, true) => piece.text,
            (false, true, false) => end_of(&piece.text, keep),
            (false, false, true) => piece.text,
            (false, false, false) if width(&piece.text) > 2 * keep + 1 => {
                format!(
                    "{}{}",
                    cut(&piece.text, keep),
                    &end_of(&piece.text, keep)['…'.len_utf8()..]
                )
            }
            (false, false, false) => piece.text,
        };
        let text = fitted(&text, left);
        left = left.saturating_sub(width(&text));
        push(&mut shown, &text, piece.differs);
        if left == 0 {
            break;
        }
    }
    shown
}

/// Returns the last `cells` of a longer text, after `…`.
fn end_of(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut start = text.len();
    for (at, _) in text.char_indices().rev() {
        if width(&text[at..]) + 1 > cells {
            break;
        }
        start = at;
    }
    format!("…{}", &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, room: usize, expected: (&str, &str)) {
        let (old, new) = pieces(from, to, room);
        let is_too_long = width(from) > room || width(to) > room;
        let shown = |pieces: Vec<Piece>| {
            let pieces = if is_too_long {
                windowed(pieces, room)
            } else {
                pieces
            };
            let shown = pieces.iter().map(|piece| match piece.differs {
                true => format!("[{}]", piece.text),
                false => piece.text.clone(),
            });
            shown.collect::<String>()
        };
        assert_eq!((shown(old).as_str(), shown(new).as_str()), expected);
    }

    #[test]
    fn the_words_that_differ_are_found() {
        check(
            "python3 engine.py --slow",
            "python3 engine.py --fast",
            80,
            ("python3 engine.py [--slow]", "python3 engine.py [--fast]"),
        );
        check("a b", "a b c", 80, ("a b", "a b[ c]"));
        check("x y z", "u v w", 80, ("[x y z]", "[u v w]"));
        check("", "a", 80, ("", "[a]"));
    }

    #[test]
    fn a_long_value_is_shown_around_what_differs() {
        let long = |word: &str| format!("{} {word} {}", "a".repeat(60), "b".repeat(60));
        check(
            &long("x"),
            &long("y"),
            20,
            ("…aa [x] bbbbbbbbbbbbb…", "…aa [y] bbbbbbbbbbbbb…"),
        );
        // A single long word, as in JSON.
        let long = |word: &str| format!("{}{word}{}", "a".repeat(60), "b".repeat(60));
        check(
            &long("1"),
            &long("2"),
            20,
            ("…aaa[1]bbbbbbbbbbbbbb…", "…aaa[2]bbbbbbbbbbbbbb…"),
        );
        let far = |a: &str, b: &str| format!("{a} {} {b}", "m".repeat(60));
        check(
            &far("1", "3"),
            &far("2", "4"),
            30,
            ("[1] mmmm…mmmm [3]", "[2] mmmm…mmmm [4]"),
        );
    }

    #[test]
    fn marks_need_colour_and_something_that_is_the_same() {
        let change = |from: &str, to: &str| Change {
            field: "run".to_owned(),
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
        };
        let painted = |change: &Change, color| {
            let (from, to) = lines(change, 80, Paint { color });
            let text = |value: Printable| value.as_str().to_owned();
            (from.map(text), to.map(text))
        };
        let plain = (Some("a b".to_owned()), Some("a c".to_owned()));
        assert_eq!(painted(&change("a b", "a c"), false), plain);
        let marked = "a \x1b[1m\x1b[4m\x1b[31mb\x1b[0m".to_owned();
        assert_eq!(painted(&change("a b", "a c"), true).0, Some(marked));
        let other = (Some("x".to_owned()), Some("y".to_owned()));
        assert_eq!(painted(&change("x", "y"), true), other);
    }
}
