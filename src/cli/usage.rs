//! The output for a command line that clap stops at: help, the version, and mistakes. clap repeats
//! words of the command line and values of the environment unchanged, so they are made visible first.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::exit::Exit;
use crate::cli::other_tools;
use crate::cli::output::Output;
use crate::view::text::printable::{Printable, visible};

/// Prints the help, the version or the mistake. `triad` without a verb prints its help.
pub(super) fn tell(error: clap::Error, command: &Command) -> Exit {
    let output = Output::unasked();
    let mut error = of_visible_words(error, command);
    if let Some(failure) = other_tools::failure(&error, verb(command).as_deref(), command) {
        output.failure(&failure);
        return output.exit(failure.exit);
    }
    // These suggest a verb that happens to have such a flag, or `--` before it.
    error.remove(ContextKind::SuggestedSubcommand);
    error.remove(ContextKind::Suggested);
    let rendered = match error.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            command.clone().render_help()
        }
        _ => error.render(),
    };
    let exit = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Exit::Success,
        _ => Exit::Usage,
    };
    let text = |is_colored| {
        let text = match is_colored {
            true => rendered.ansi().to_string(),
            false => rendered.to_string(),
        };
        Printable::keeping_colors(&text)
    };
    output.of_command_line(exit != Exit::Success, &text);
    output.exit(exit)
}

/// The verb on the command line, if it names one.
fn verb(command: &Command) -> Option<String> {
    let command = command.clone().ignore_errors(true);
    let matches = command.try_get_matches_from(std::env::args_os()).ok()?;
    matches.subcommand_name().map(str::to_owned)
}

/// The error for the same words made visible. If these lead to no error of the same kind, as with
/// words that are not UTF-8, the original error quotes nothing.
fn of_visible_words(error: clap::Error, command: &Command) -> clap::Error {
    let words = std::env::args_os().map(|word| visible(&word.to_string_lossy()));
    let kind = error.kind();
    let again = command.clone().try_get_matches_from(words).err();
    let mut error = again.filter(|again| again.kind() == kind).unwrap_or(error);
    // Some of these are values of the environment.
    let told: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| Some((kind, shown(value)?)))
        .collect();
    for (kind, value) in told {
        error.insert(kind, value);
    }
    error
}

fn shown(value: &ContextValue) -> Option<ContextValue> {
    match value {
        ContextValue::String(text) => Some(ContextValue::String(visible(text))),
        ContextValue::Strings(texts) => {
            let texts = texts.iter().map(|text| visible(text));
            Some(ContextValue::Strings(texts.collect()))
        }
        _ => None,
    }
}
