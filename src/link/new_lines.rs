//! The lines that a program has printed since a text was typed into its pane.
//!
//! tmux counts rows, not lines: what it tells of the moment in which the text was typed is where the
//! cursor was. Where those rows are by now shows as long as nothing but output has moved them. Where
//! something else did, the line that the cursor is on is the only one that is surely new.

use crate::link::{Printed, Start};
use crate::tmux::question::{Place, Terminal};

/// Scrollback for fewer rows drops them in steps too small to be noticed.
const LIMIT_MIN: usize = 100;

/// Which lines of a pane are new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    pub start: Start,
    first: First,
}

/// The first of the lines that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    New,
    /// The one that the text was typed on.
    Typed,
    /// The one with the cursor, which may be that one.
    Cursor,
}

impl Since {
    /// Since the last of so many texts was typed; of the first one, since the program was started.
    pub fn of(terminal: &Terminal, typed: usize) -> Self {
        match mark(&terminal.typed_at, typed) {
            Some(mark) => Since::after(mark, terminal),
            None => Since::begun(terminal),
        }
    }

    /// Since the cursor was at `mark`; since the program was started, if nothing from then is left.
    pub fn after(mark: Place, terminal: &Terminal) -> Self {
        let begun = Since::begun(terminal);
        let place = terminal.place;
        let cursor = place.history + place.row;
        let is_moved = mark.is_alternate || place.width != mark.width;
        if place.is_alternate {
            // A program that has the whole screen for itself draws all of it at any time.
            return Since::new(Start::Screen, First::New);
        }
        if is_moved || terminal.limit < LIMIT_MIN {
            return Since::new(Start::Row(cursor), First::Cursor);
        }
        let mut row = mark.history + mark.row;
        if terminal.before > row {
            // Another program runs there by now.
            return begun;
        }
        // tmux drops a tenth of the rows when there are as many as it keeps.
        let dropped = terminal.limit / 10;
        while cursor < row {
            if place.history < terminal.limit - dropped {
                // The screen and what was behind it were cleared.
                return begun;
            }
            row -= dropped.min(row);
        }
        Since::new(Start::Row(row), First::Typed)
    }

    /// Since the program was started.
    fn begun(terminal: &Terminal) -> Self {
        match terminal.before > terminal.place.history {
            // The earlier content was cleared.
            true => Since::new(Start::Screen, First::New),
            false => Since::new(Start::Row(terminal.before), First::New),
        }
    }

    fn new(start: Start, first: First) -> Self {
        Since { start, first }
    }

    /// The new lines among those that were read, without what shows the typed text.
    pub fn lines(self, printed: &Printed, last: Option<&str>) -> Vec<String> {
        let mut lines = &printed.lines[..];
        let mut echo = last.unwrap_or_default().lines();
        match self.first {
            First::Typed if !printed.is_cut => {
                lines = lines.get(1..).unwrap_or_default();
                echo.next();
            }
            First::Cursor => {
                let last = echo.next_back().unwrap_or_default();
                echo = last.lines();
            }
            First::New | First::Typed => return lines.to_vec(),
        }
        while let (Some(line), Some(text)) = (lines.first(), echo.next())
            && line.trim_end().ends_with(text.trim_end())
        {
            lines = &lines[1..];
        }
        lines.to_vec()
    }
}

/// Where the cursor was when the last of so many texts was typed, if that was written down.
fn mark(tag: &str, typed: usize) -> Option<Place> {
    let (count, place) = tag.split_once(':')?;
    let is_of_last = typed > 0 && count.parse() == Ok(typed);
    is_of_last.then(|| Place::parse(place))?
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::tmux::id::PaneId;

    fn terminal(typed_at: &str, history: usize, row: usize) -> Terminal {
        Terminal {
            pane: PaneId(1),
            pid: 7,
            is_dead: false,
            tty: PathBuf::new(),
            place: Place {
                column: 0,
                row,
                history,
                width: 80,
                is_alternate: false,
            },
            limit: 2000,
            before: 3,
            typed_at: typed_at.to_owned(),
            foreground: String::new(),
        }
    }

    #[track_caller]
    fn check(terminal: &Terminal, typed: usize, start: Start, first: First) {
        assert_eq!(Since::of(terminal, typed), Since { start, first });
    }

    #[test]
    fn what_was_printed_before_the_last_text_is_not_new() {
        let begun = Start::Row(3);
        check(&terminal("", 9, 5), 0, begun, First::New);
        check(
            &terminal("1:7:5:80:0", 9, 5),
            1,
            Start::Row(12),
            First::Typed,
        );
        // Of an earlier program, and of an earlier text.
        check(&terminal("2:7:5:80:0", 9, 5), 0, begun, First::New);
        check(&terminal("1:7:5:80:0", 9, 5), 2, begun, First::New);
        check(&terminal("1:0:1:80:0", 9, 5), 1, begun, First::New);
        check(&terminal("nonsense", 9, 5), 1, begun, First::New);
    }

    #[test]
    fn where_rows_have_moved_no_old_line_is_new() {
        // The tenth that tmux has dropped, once and more often.
        let dropped = terminal("1:1990:20:80:0", 1805, 23);
        check(&dropped, 1, Start::Row(1810), First::Typed);
        let dropped = terminal("1:1990:20:80:0", 1805, 1);
        check(&dropped, 1, Start::Row(1610), First::Typed);
        // All was cleared.
        check(&terminal("1:7:5:80:0", 4, 0), 1, Start::Row(3), First::New);
        check(&terminal("1:7:5:80:0", 0, 0), 1, Start::Screen, First::New);
        // The pane is as wide as somebody has made it since.
        let cursor = Start::Row(14);
        check(&terminal("1:7:5:81:0", 9, 5), 1, cursor, First::Cursor);
        check(&terminal("1:7:5:80:1", 9, 5), 1, cursor, First::Cursor);
        let small = Terminal {
            limit: 50,
            ..terminal("1:7:5:80:0", 9, 5)
        };
        check(&small, 1, cursor, First::Cursor);
        let mut alternate = terminal("1:7:5:80:0", 7, 5);
        alternate.place.is_alternate = true;
        check(&alternate, 1, Start::Screen, First::New);
    }

    #[test]
    fn the_echo_of_the_text_is_not_new() {
        #[track_caller]
        fn check(first: First, lines: &[&str], last: &str, expected: &[&str]) {
            let printed = Printed {
                lines: lines.iter().map(|line| (*line).to_owned()).collect(),
                is_cut: false,
            };
            let since = Since::new(Start::Screen, first);
            assert_eq!(since.lines(&printed, Some(last)), expected, "{last}");
        }
        check(First::New, &["$ ls"], "ls", &["$ ls"]);
        check(First::Typed, &["$ ls", "a", "$ "], "ls", &["a", "$ "]);
        check(First::Typed, &[], "ls", &[]);
        let lines = [">>> if x:", "...   y", "... ", ">>> "];
        check(First::Typed, &lines, "if x:\n  y\n", &["... ", ">>> "]);
        check(First::Typed, &["Password:", "$ "], "a\nb", &["$ "]);
        check(First::Cursor, &["$ ls"], "ls", &[]);
        check(First::Cursor, &["$ "], "ls", &["$ "]);
        check(First::Cursor, &["$ "], "", &["$ "]);
    }
}
