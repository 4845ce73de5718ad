//! The texts that triad and tmux write into panes, and how to tell them from a program's output.
//! Only this file writes and recognises them.

/// The first word of each text.
pub const PREFIX: &str = "triad: ";
/// The start of tmux's own text in a pane whose process has ended, in every release.
pub const DEAD: &str = "Pane is dead";
/// The end of a command, in its pane; the exit status follows.
pub const HAS_ENDED: &str = "exited with";
/// A command that tmux no longer restarts; the number of restarts follows.
pub const FAILED_AFTER: &str = "failed after";
/// The text of a pane whose secrets did not arrive.
pub const NO_SECRETS: &str =
    "triad: the secrets of this pane did not arrive; run `triad apply` to try again";

/// The triad that was to read a pane's secrets; its path stands before.
pub const READER_GONE: &str =
    "is gone, which reads the secrets of this pane; `triad apply` starts it again";

/// The text of a pane that has not received its secrets yet.
pub const AWAITS_SECRETS: &str = "triad: waiting for its secrets";

const WAITS_FOR: &str = "is waiting for";
const NOT_STARTED: &str = "was not started:";
const AS_SOON_AS: &str = "It starts right after that.";
const GOES_ON: &str = "If triad was interrupted, run `triad apply` to continue.";
const TRIES_AGAIN: &str = "Run `triad apply` to try again.";
/// The words of triad 0.1 for an end, which live panes may still show.
const FORMERLY_ENDED: &str = "has ended with";
const IS_NOT_STARTED: &str = "is not started:";
/// The indentation of lines that belong to the text before them.
const INDENT: &str = "    ";

/// The words that follow a pane's name.
const SAYS: [&str; 6] = [
    FORMERLY_ENDED,
    HAS_ENDED,
    FAILED_AFTER,
    WAITS_FOR,
    NOT_STARTED,
    IS_NOT_STARTED,
];
/// Whole lines.
const LINES: [&str; 5] = [AS_SOON_AS, GOES_ON, TRIES_AGAIN, NO_SECRETS, AWAITS_SECRETS];

/// The text of a pane while it waits for its needs.
pub fn waits(pane: &str, needs: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines = vec![format!("{PREFIX}`{pane}` {WAITS_FOR}")];
    lines.extend(needs.map(|need| format!("{INDENT}{need}")));
    lines.extend([AS_SOON_AS, GOES_ON].map(str::to_owned));
    lines
}

/// The text of a pane that was not started.
pub fn not_started(pane: &str, why: &str) -> Vec<String> {
    vec![
        format!("{PREFIX}`{pane}` {NOT_STARTED}"),
        format!("{INDENT}{why}"),
        TRIES_AGAIN.to_owned(),
    ]
}

/// The text of a pane that only a person starts.
pub fn by_hand(pane: &str) -> String {
    format!("{PREFIX}`{pane}` {IS_NOT_STARTED} run `triad start {pane}` to start it")
}

/// The last `count` lines that the program itself has printed, without empty ones.
pub fn last_of_program(lines: impl IntoIterator<Item = String>, count: usize) -> Vec<String> {
    let mut is_in_text = false;
    let mut own: Vec<String> = lines.into_iter().collect();
    own.retain(|line| {
        // The needs of a waiting pane, or the reason why it was not started, follow triad's words.
        let is_rest = is_in_text && line.starts_with(INDENT);
        let is_ours = is_rest || is_not_of_program(line);
        is_in_text = is_ours && !LINES.contains(&line.as_str());
        !line.trim().is_empty() && !is_ours
    });
    let from = own.len().saturating_sub(count);
    own.split_off(from)
}

/// Whether triad, or tmux, wrote a line into the pane and not its program.
pub fn is_not_of_program(line: &str) -> bool {
    // A narrow pane cuts the text off.
    let is_either = |said: &str, text: &str| said.starts_with(text) || text.starts_with(said);
    let of_pane = line.strip_prefix(PREFIX);
    let is_of_pane = of_pane
        .and_then(|rest| rest.strip_prefix('`'))
        .is_some_and(|rest| {
            let said = rest.split_once("` ");
            said.is_none_or(|(_, said)| SAYS.iter().any(|text| is_either(said, text)))
        });
    is_of_pane || LINES.contains(&line) || line.len() > "Pane is".len() && is_either(line, DEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_the_program_are_kept() {
        let mut lines: Vec<String> = (1..=12).map(|line| format!("line {line}")).collect();
        lines.insert(5, "  ".to_owned());
        lines.push("Pane is dead (status 3, Sat Nov 21 07:26:39 2026)".to_owned());
        let kept = last_of_program(lines, 10);
        assert_eq!(kept.len(), 10);
        assert_eq!((&*kept[0], &*kept[9]), ("line 3", "line 12"));
    }

    #[test]
    fn texts_of_triad_are_not_lines_of_the_program() {
        let text = waits("x", ["s/w/db (ready)".to_owned()].into_iter());
        let lines = ["one".to_owned()].into_iter().chain(text);
        let lines = lines.chain(["    two".to_owned()]);
        assert_eq!(last_of_program(lines, 10), ["one", "    two"]);
        let text = not_started("x", "`s/w/db` ended with status 1");
        assert_eq!(last_of_program(text, 10), Vec::<String>::new());
    }

    #[test]
    fn a_text_cut_by_a_narrow_pane_is_recognised() {
        for line in [
            "Pane is d",
            "Pane is dead (sta",
            "triad: `x` exited with status 3",
            "triad: `x` exit",
            "triad: `data",
            "triad: `x` failed after 5 restarts: signal 9 after 1 s",
            "triad: `x` is waiting for",
            "It starts right after that.",
            NO_SECRETS,
            AWAITS_SECRETS,
        ] {
            assert!(is_not_of_program(line), "{line}");
        }
        for line in ["Pane", "Pane is", "Pane is down", "triad: `x` is up"] {
            assert!(!is_not_of_program(line), "{line}");
        }
    }
}
