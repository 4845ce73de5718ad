//! The texts that triad writes into panes, or has tmux write, and how to tell them from what a
//! program has printed. They are written and recognised here alone.

/// The first word of each text.
pub const PREFIX: &str = "triad: ";
/// What tmux itself writes into a pane whose process has ended begins so, in every release.
pub const DEAD: &str = "Pane is dead";
/// The end of a command, said in its pane; how it ended follows.
pub const HAS_ENDED: &str = "has ended with";
/// A command that tmux starts again no more; the number of restarts follows.
pub const FAILED_AFTER: &str = "failed after";
/// A pane whose secrets did not come.
pub const NO_SECRETS: &str =
    "triad: the secrets of this pane did not arrive; `triad apply` tries again";

/// A pane that has not got its secrets yet.
pub const AWAITS_SECRETS: &str = "triad: waits for its secrets";

const WAITS_FOR: &str = "waits for";
const NOT_STARTED: &str = "was not started:";
const AS_SOON_AS: &str = "and starts as soon as that holds.";
const GOES_ON: &str = "If triad is gone, `triad apply` goes on from here.";
const TRIES_AGAIN: &str = "`triad apply` tries again.";
const IS_NOT_STARTED: &str = "is not started:";
/// What belongs to a text begins so.
const INDENT: &str = "    ";

/// What follows a pane's name.
const SAYS: [&str; 5] = [
    HAS_ENDED,
    FAILED_AFTER,
    WAITS_FOR,
    NOT_STARTED,
    IS_NOT_STARTED,
];
/// Whole lines.
const LINES: [&str; 5] = [AS_SOON_AS, GOES_ON, TRIES_AGAIN, NO_SECRETS, AWAITS_SECRETS];

/// What a pane shows while it waits for its needs, each as people read it.
pub fn waits(pane: &str, needs: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines = vec![format!("{PREFIX}`{pane}` {WAITS_FOR}")];
    lines.extend(needs.map(|need| format!("{INDENT}{need}")));
    lines.extend([AS_SOON_AS, GOES_ON].map(str::to_owned));
    lines
}

/// What a pane shows that was not started.
pub fn not_started(pane: &str, why: &str) -> Vec<String> {
    vec![
        format!("{PREFIX}`{pane}` {NOT_STARTED}"),
        format!("{INDENT}{why}"),
        TRIES_AGAIN.to_owned(),
    ]
}

/// What a pane shows that only a person starts, and how.
pub fn by_hand(pane: &str) -> String {
    format!("{PREFIX}`{pane}` {IS_NOT_STARTED} `triad start {pane}` starts it")
}

/// The last `count` lines that are a program's own and not empty.
pub fn last_of_program(lines: impl IntoIterator<Item = String>, count: usize) -> Vec<String> {
    let mut is_in_text = false;
    let mut own: Vec<String> = lines.into_iter().collect();
    own.retain(|line| {
        // What a waiting pane needs, or why it was not started, stands behind triad's words.
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
    // A narrow pane shows as much of it as fits.
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
    fn a_text_of_triad_is_no_line_of_the_program() {
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
            "triad: `x` has ended with 3",
            "triad: `x` has end",
            "triad: `data",
            "triad: `x` failed after 5 restarts: signal 9 after 1 s",
            "triad: `x` waits for",
            "and starts as soon as that holds.",
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
