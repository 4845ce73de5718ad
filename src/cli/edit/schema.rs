//! `triad schema`: prints the manifest language.

use clap::ValueEnum;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::view::edit::schema::{document, json as schema_json, markdown};
use crate::view::json;

/// Print the manifest language, as a reference or as a schema
#[derive(Debug, clap::Args)]
#[command(before_help = "triad schema --format markdown")]
pub(crate) struct Arguments {
    /// Print it in this format [default: kdl, or json with `--json`]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Schema for editors, as a KDL 2 document
    Kdl,
    /// Reference for people
    Markdown,
    /// Schema for programs, on one line
    Json,
}

pub(crate) fn run(own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let format = match (own.format, output.is_json) {
        (None, false) => Format::Kdl,
        (None | Some(Format::Json), true) => Format::Json,
        (Some(_), true) => {
            let message = "`--json` cannot be used with another `--format`";
            return Err(Failure::new(Exit::Usage, message, "use one of them"));
        }
        (Some(format), false) => format,
    };
    match format {
        Format::Kdl => output.data(&document::text()),
        Format::Markdown => output.data(&markdown::text()),
        Format::Json if output.is_json => output.json(&schema_json::schema()),
        Format::Json => output.text(json::line(&schema_json::schema())),
    }
    Ok(Exit::Success)
}
