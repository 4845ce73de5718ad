//! The layout of the help: `triad --help` lists the verbs in groups, and the help of a verb has one
//! sentence, one example, and the options of that verb alone.

use clap::builder::{StyledStr, Styles};
use clap::{Arg, Command};

/// The groups of verbs in `triad --help`. A name that is not a verb yet is skipped, and shows where
/// the verb will stand.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "Start here",
        &[
            "init", "up", "plan", "ps", "logs", "attach", "restart", "down",
        ],
    ),
    (
        "Layouts",
        &[
            "check", "apply", "fmt", "graph", "render", "show", "watch", "save",
        ],
    ),
    (
        "Panes",
        &[
            "start", "stop", "wait", "send", "capture", "exec", "explain",
        ],
    ),
    (
        "Agents",
        &[
            "run",
            "workspace",
            "report",
            "integrate",
            "dash",
            "web",
            "config",
        ],
    ),
    ("Machine", &["doctor", "schema", "completions", "man"]),
];

/// The width of the column of names.
const NAME_WIDTH: usize = 11;

const FOOTER: &str = "`triad help VERB` explains a verb, and `triad version` prints the version.";

const POINTER: &str = "`triad --help` lists the global options, which every verb accepts.";

/// Arranges the help of the command line. A verb's example is its `before_help`, and its details
/// are its `after_long_help`.
pub(super) fn arranged(command: Command) -> Command {
    let shared = command.get_arguments().filter(|arg| arg.is_global_set());
    // A verb that has an argument already does not get the visible one of the whole command line.
    let shared: Vec<Arg> = shared.map(|arg| arg.clone().hide(true)).collect();
    let overview = overview(&command);
    command
        .subcommand_value_name("VERB")
        .help_template(overview)
        .after_help(FOOTER)
        .mut_subcommands(|verb| {
            let details = verb.get_after_long_help().map(ToString::to_string);
            let verb = verb.args(&shared).help_template(page()).after_help(POINTER);
            match details {
                Some(details) => verb.after_long_help(format!("{details}\n\n{POINTER}")),
                None => verb,
            }
        })
}

/// The template of `triad --help`.
fn overview(command: &Command) -> StyledStr {
    let literal = *Styles::styled().get_literal();
    let mut text = "{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for (name, verbs) in GROUPS {
        text.push_str(&format!("\n{}\n", heading(name)));
        for verb in verbs
            .iter()
            .filter_map(|verb| command.find_subcommand(verb))
        {
            let name = verb.get_name();
            let gap = " ".repeat(NAME_WIDTH.saturating_sub(name.len()));
            let about = verb.get_about().map(ToString::to_string);
            let about = about.unwrap_or_default();
            text.push_str(&format!("  {literal}{name}{literal:#}{gap}{about}\n"));
        }
    }
    text.push_str(&format!("\n{}\n", heading("Global options")));
    text.push_str("{options}{after-help}");
    text.into()
}

/// The template of a verb's help.
fn page() -> StyledStr {
    let example = heading("Example");
    let text = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{example} {{before-help}}\
         {{all-args}}{{after-help}}"
    );
    text.into()
}

fn heading(name: &str) -> String {
    let style = *Styles::styled().get_header();
    format!("{style}{name}:{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_verb_is_in_two_groups() {
        let mut names: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, verbs)| *verbs)
            .copied()
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
