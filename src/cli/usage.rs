//! What clap has to say of a command line: help, the version, mistakes. clap repeats words of the
//! command line and values of the environment as they are, so these are made visible first.

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::view::text::printable::{Printable, visible};

/// Says it. Help and version are no mistakes; everything else clap stops at is one of usage.
pub(super) fn tell<A: Parser>(error: clap::Error) -> Exit {
    let exit = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Success,
        _ => Exit::Usage,
    };
    let is_wrong = error.use_stderr();
    let error = of_visible_words::<A>(error);
    let text = |is_colored| {
        let rendered = error.render();
        let text = match is_colored {
            true => rendered.ansi().to_string(),
            false => rendered.to_string(),
        };
        Printable::keeping_colors(&text)
    };
    let output = Output::unasked();
    output.of_command_line(is_wrong, &text);
    output.exit(exit)
}

/// The error that the same words lead to when they are made visible. Where there is none, as of a
/// word that is not UTF-8, the one that there was quotes nothing.
fn of_visible_words<A: Parser>(error: clap::Error) -> clap::Error {
    let words = std::env::args_os().map(|word| visible(&word.to_string_lossy()));
    let kind = error.kind();
    let again = A::try_parse_from(words).err();
    let mut error = again.filter(|again| again.kind() == kind).unwrap_or(error);
    // Values of the environment are among these.
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
