//! `triad schema`: the manifest language in writing.

use clap::ValueEnum;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::view::edit::schema::{document, json as schema_json, markdown};
use crate::view::json;

/// Print the manifest language: a reference, or a schema for editors and programs
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print it as this; kdl, or with `--json` json, where nothing is said
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A schema, as a KDL 2 document
    Kdl,
    /// A reference for people
    Markdown,
    /// A schema for programs, as one line
    Json,
}

pub(crate) fn run(own: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let format = match (own.format, output.is_json) {
        (None, false) => Format::Kdl,
        (None | Some(Format::Json), true) => Format::Json,
        (Some(_), true) => {
            let message = "`--json` together with another `--format`";
            return Err(Failure::new(Exit::Usage, message, "keep one of them"));
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
