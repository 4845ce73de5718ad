//! What a pane's program has printed since it was started, as whole lines.

use std::time::Duration;

use regex_lite::Regex;

use crate::tmux::server::Server;
use crate::tmux::tag;

/// How often the scrollback is read again that has moved while it was read.
const READS: u32 = 3;
/// How long a line that nothing ends must stand to count as whole.
const STILL: Duration = Duration::from_millis(60);

/// Holds when a line matches that the pane of this id shows, or has shown.
///
/// # Errors
/// A text for people: that none does, or why nothing can be read.
pub async fn probe(server: &Server, pane: Option<&str>, regex: &str) -> Result<String, String> {
    let pane = pane.ok_or("its pane is not known")?;
    let pattern = Regex::new(regex).map_err(|error| format!("`{regex}`: {error}"))?;
    let found = |printed: &Printed| printed.found(&pattern);
    let printed = read(server, pane).await?;
    if let Some(line) = found(&printed) {
        return Ok(shown(&line));
    }
    let is_open = |printed: &Printed| {
        printed
            .open
            .as_deref()
            .filter(|line| pattern.is_match(line))
            .map(str::to_owned)
    };
    if let Some(line) = is_open(&printed) {
        // It may be the beginning of a longer one: nobody tells when a line is whole but its end.
        tokio::time::sleep(STILL).await;
        let again = read(server, pane).await?;
        if is_open(&again).as_ref() == Some(&line) || found(&again).is_some() {
            return Ok(shown(&line));
        }
    }
    Err(format!("no line matches `{regex}`"))
}

fn shown(line: &str) -> String {
    format!("it printed `{}`", line.trim())
}

/// The lines of a pane since its program was started.
struct Printed {
    whole: Vec<String>,
    /// The one that the cursor stands on.
    open: Option<String>,
}

impl Printed {
    fn found(&self, pattern: &Regex) -> Option<String> {
        self.whole
            .iter()
            .find(|line| pattern.is_match(line))
            .cloned()
    }
}

/// Reads what has scrolled by since the program was started and what is on the screen; of a program
/// that has taken over the whole screen, what is behind that too.
async fn read(server: &Server, pane: &str) -> Result<Printed, String> {
    let format = format!(
        "#{{history_size}} #{{cursor_y}} #{{pane_dead}} #{{alternate_on}} #{{{}}}",
        tag::BEFORE
    );
    let filter = format!("#{{==:#{{pane_id}},{pane}}}");
    let mut start = "0".to_owned();
    let mut text = String::new();
    let mut screen = Screen::default();
    for _ in 0..READS {
        let list = ["list-panes", "-t", pane, "-f", &filter, "-F", &format, ";"];
        let capture = ["capture-pane", "-p", "-t", pane, "-S", &start, ";"];
        let joined = ["capture-pane", "-p", "-J", "-t", pane, "-S", &start, ";"];
        let behind = ["capture-pane", "-p", "-J", "-q", "-a", "-t", pane];
        let frame = ["display-message", "-p", FRAME, ";"];
        let query = [&list[..], &capture, &frame, &joined, &frame, &behind].concat();
        let output = server
            .query(&query)
            .await
            .map_err(|error| error.to_string())?;
        let (state, rest) = output.stdout.split_once('\n').ok_or("its pane is gone")?;
        screen = Screen::parse(state).ok_or("its pane is gone")?;
        rest.clone_into(&mut text);
        if screen.start() == start {
            break;
        }
        start = screen.start();
    }
    Ok(screen.printed(&text))
}

/// Between the parts of what is read; nobody prints it by chance.
const FRAME: &str = "triad-8f1c6f0e-frame";

/// What tmux tells of a pane beside its text.
#[derive(Debug, Default, Clone, Copy)]
struct Screen {
    history: usize,
    cursor: usize,
    is_dead: bool,
    /// The lines of scrollback that are older than the program.
    before: usize,
}

impl Screen {
    fn parse(state: &str) -> Option<Self> {
        let fields: Vec<&str> = state.split(' ').collect();
        let [history, cursor, dead, _, before] = fields[..] else {
            return None;
        };
        Some(Screen {
            history: history.parse().ok()?,
            cursor: cursor.parse().ok()?,
            is_dead: dead == "1",
            before: before.parse().unwrap_or(0),
        })
    }

    /// The first line that is the program's own, as `capture-pane` counts: the screen's first is 0.
    fn start(self) -> String {
        match self.history.saturating_sub(self.before) {
            0 => "0".to_owned(),
            own => format!("-{own}"),
        }
    }

    fn printed(self, text: &str) -> Printed {
        let frame = format!("{FRAME}\n");
        let mut parts = text.split(&frame);
        let (rows, joined) = (parts.next().unwrap_or_default(), parts.next());
        let behind = parts.next().unwrap_or_default();
        let trimmed = |line: &str| line.trim_end().to_owned();
        let mut whole: Vec<String> = joined.unwrap_or_default().lines().map(trimmed).collect();
        while whole.last().is_some_and(String::is_empty) {
            whole.pop();
        }
        // The cursor stands on the last line only while nothing has ended that.
        let own = self.history.saturating_sub(self.before);
        let row = rows.lines().nth(own + self.cursor).map(str::trim_end);
        let is_open = |line: &String| {
            !self.is_dead && row.is_some_and(|row| !row.is_empty() && line.ends_with(row))
        };
        let open = whole.pop_if(|line| is_open(line));
        whole.extend(behind.lines().map(trimmed));
        Printed { whole, open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cursor: usize, rows: &str, whole: &[&str], open: Option<&str>) {
        let screen = Screen {
            history: 3,
            cursor,
            is_dead: false,
            before: 2,
        };
        let text = format!("{rows}{FRAME}\n{rows}{FRAME}\n");
        let printed = screen.printed(&text);
        let lines: Vec<&str> = printed.whole.iter().map(String::as_str).collect();
        assert_eq!(lines, whole);
        assert_eq!(printed.open.as_deref(), open);
    }

    #[test]
    fn the_line_with_the_cursor_is_not_whole() {
        check(
            1,
            "scrolled\nfirst  \nsecond\n\n",
            &["scrolled", "first"],
            Some("second"),
        );
        check(
            2,
            "scrolled\nfirst\nsecond\n\n",
            &["scrolled", "first", "second"],
            None,
        );
    }
}
