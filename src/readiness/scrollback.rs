//! Reads the screen and the scrollback of a pane.

use crate::tmux::server::Server;
use crate::tmux::tag;

/// The number of times that scrollback is read again if it has moved meanwhile.
const READS: u32 = 3;
/// The maximum number of rows to read: the last ones.
const ROWS_MAX: usize = 200_000;
/// The number of additional rows to read, because more may have been printed meanwhile.
const MARGIN: usize = 200;

/// The part of the lines to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    All,
    /// From this row of the scrollback on; the first line may be cut.
    From(usize),
}

/// The lines of a pane since its program was started, or the last of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Printed {
    pub whole: Vec<String>,
    /// The line with the cursor.
    pub open: Option<String>,
    /// The number of rows of scrollback.
    pub history: usize,
    /// The maximum of that number.
    limit: usize,
    /// The number of lines left, if tmux may have dropped some.
    pub dropped: Option<usize>,
}

impl Printed {
    /// Whether row `history` of the scrollback is still in its place. tmux drops a tenth of the
    /// rows when the limit is reached.
    pub(super) fn is_unmoved(&self, history: usize) -> bool {
        self.history >= history && self.history < full(self.limit)
    }
}

/// Returns the number of rows from which on some may have been dropped.
fn full(limit: usize) -> usize {
    limit - limit / 10
}

/// Reads the scrollback since the program was started and the screen; if the program uses the
/// alternate screen, the one behind it, too.
pub(super) async fn read(server: &Server, pane: &str, range: Range) -> Result<Printed, String> {
    let format = format!(
        "#{{history_size}} #{{history_limit}} #{{cursor_y}} #{{pane_dead}} #{{{}}}",
        tag::BEFORE
    );
    let filter = format!("#{{==:#{{pane_id}},{pane}}}");
    let mut start = "0".to_owned();
    let mut text = String::new();
    let mut screen = Screen::default();
    for _ in 0..READS {
        let list = ["list-panes", "-t", pane, "-f", &filter, "-F", &format, ";"];
        let rows = ["capture-pane", "-p", "-t", pane, ";"];
        let joined = ["capture-pane", "-p", "-J", "-t", pane, "-S", &start, ";"];
        let behind = ["capture-pane", "-p", "-J", "-q", "-a", "-t", pane];
        let frame = ["display-message", "-p", FRAME, ";"];
        let query = [&list[..], &rows, &frame, &joined, &frame, &behind].concat();
        let output = server
            .query(&query)
            .await
            .map_err(|error| error.to_string())?;
        let (state, rest) = output.stdout.split_once('\n').ok_or("its pane is gone")?;
        screen = Screen::parse(state).ok_or("its pane is gone")?;
        rest.clone_into(&mut text);
        if screen.has(&start, range) {
            break;
        }
        start = screen.start(range);
    }
    Ok(screen.printed(&text, &start))
}

/// The separator of the parts; no program prints it by chance.
const FRAME: &str = "triad-8f1c6f0e-frame";

/// The state of a pane besides its text.
#[derive(Debug, Default, Clone, Copy)]
struct Screen {
    history: usize,
    limit: usize,
    cursor: usize,
    is_dead: bool,
    /// The lines of scrollback that are older than the program.
    before: usize,
}

impl Screen {
    fn parse(state: &str) -> Option<Self> {
        let fields: Vec<&str> = state.split(' ').collect();
        let [history, limit, cursor, dead, before] = fields[..] else {
            return None;
        };
        Some(Screen {
            history: history.parse().ok()?,
            limit: limit.parse().ok()?,
            cursor: cursor.parse().ok()?,
            is_dead: dead == "1",
            before: before.parse().unwrap_or(0),
        })
    }

    /// Returns the number of rows of scrollback that are the program's own.
    fn own(self) -> usize {
        self.history.saturating_sub(self.before)
    }

    /// Returns the first row to read, as `capture-pane` counts: the screen's first row is 0, `-` is
    /// the first of the scrollback. Output of earlier programs is never read.
    fn start(self, range: Range) -> String {
        let rows = match range {
            Range::All if self.before == 0 && self.history <= ROWS_MAX => return "-".to_owned(),
            Range::All => self.own(),
            Range::From(row) => {
                let margin = if self.before == 0 { MARGIN } else { 0 };
                let rows = self.history.saturating_sub(row) + margin;
                rows.min(self.own())
            }
        };
        match rows.min(ROWS_MAX) {
            0 => "0".to_owned(),
            rows => format!("-{rows}"),
        }
    }

    /// Whether the rows read from `start` on cover the range.
    fn has(self, start: &str, range: Range) -> bool {
        match (range, start.parse::<isize>().map(isize::unsigned_abs)) {
            // It was read from the very beginning.
            (_, Err(_)) => true,
            (Range::All, Ok(rows)) => rows == self.own().min(ROWS_MAX),
            (Range::From(row), Ok(rows)) => {
                let wanted = self.history.saturating_sub(row).min(self.own());
                rows >= wanted.min(ROWS_MAX)
            }
        }
    }

    fn printed(self, text: &str, start: &str) -> Printed {
        let frame = format!("{FRAME}\n");
        let mut parts = text.split(&frame);
        let (rows, joined) = (parts.next().unwrap_or_default(), parts.next());
        let behind = parts.next().unwrap_or_default();
        let trimmed = |line: &str| line.trim_end().to_owned();
        let mut whole: Vec<String> = joined.unwrap_or_default().lines().map(trimmed).collect();
        while whole.last().is_some_and(String::is_empty) {
            whole.pop();
        }
        // The cursor is on the last line only until that line is ended.
        let row = rows.lines().nth(self.cursor).map(str::trim_end);
        let is_open = |line: &String| {
            !self.is_dead && row.is_some_and(|row| !row.is_empty() && line.ends_with(row))
        };
        let open = whole.pop_if(|line| is_open(line));
        let is_cut = start
            .parse::<isize>()
            .is_ok_and(|rows| rows.unsigned_abs() < self.own());
        if is_cut && !whole.is_empty() {
            // It may be the end of a longer line.
            whole.remove(0);
        }
        let dropped = (self.history >= full(self.limit)).then_some(whole.len());
        whole.extend(behind.lines().map(trimmed));
        Printed {
            whole,
            open,
            history: self.history,
            limit: self.limit,
            dropped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cursor: usize, rows: &str, whole: &[&str], open: Option<&str>) {
        let screen = Screen {
            history: 3,
            limit: 2000,
            cursor,
            is_dead: false,
            before: 2,
        };
        let text = format!("{rows}{FRAME}\nscrolled\n{rows}{FRAME}\n");
        let printed = screen.printed(&text, "-1");
        let lines: Vec<&str> = printed.whole.iter().map(String::as_str).collect();
        assert_eq!(lines, whole);
        assert_eq!(printed.open.as_deref(), open);
    }

    #[test]
    fn the_line_with_the_cursor_is_not_whole() {
        check(
            1,
            "first  \nsecond\n\n",
            &["scrolled", "first"],
            Some("second"),
        );
        check(
            2,
            "first\nsecond\n\n",
            &["scrolled", "first", "second"],
            None,
        );
    }

    #[test]
    fn reading_begins_at_the_program_start_or_after_the_last_look() {
        let screen = |history, before| Screen {
            history,
            limit: 2000,
            before,
            ..Screen::default()
        };
        assert_eq!(screen(0, 0).start(Range::All), "-");
        assert_eq!(screen(500, 100).start(Range::All), "-400");
        assert_eq!(screen(100, 100).start(Range::All), "0");
        assert_eq!(screen(ROWS_MAX + 1, 0).start(Range::All), "-200000");
        assert_eq!(screen(1000, 0).start(Range::From(900)), "-300");
        assert_eq!(screen(100, 0).start(Range::From(90)), "-100");
        assert_eq!(screen(1000, 950).start(Range::From(900)), "-50");
        assert!(screen(500, 100).has("-400", Range::All));
        assert!(!screen(501, 100).has("-400", Range::All));
        assert!(screen(1100, 0).has("-300", Range::From(900)));
        assert!(!screen(1300, 0).has("-300", Range::From(900)));
        assert!(screen(1300, 0).has("-", Range::From(900)));
    }

    #[test]
    fn a_cut_first_line_is_left_out() {
        let screen = Screen {
            history: 1900,
            limit: 2000,
            cursor: 1,
            ..Screen::default()
        };
        let text = format!("b\n{FRAME}\nhalf\na\nb\n{FRAME}\n");
        let part = screen.printed(&text, "-2");
        assert_eq!(part.whole, ["a", "b"]);
        assert_eq!(part.dropped, Some(2));
        assert!(!part.is_unmoved(1899), "lines may have been dropped");
        assert_eq!(screen.printed(&text, "-").whole, ["half", "a", "b"]);
        let screen = Screen {
            history: 1799,
            ..screen
        };
        let part = screen.printed(&text, "-");
        assert!(part.is_unmoved(1799) && !part.is_unmoved(1800));
        assert_eq!(part.dropped, None);
    }
}
