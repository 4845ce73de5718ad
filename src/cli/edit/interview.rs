//! The questions of `triad init`: the source, the name, and whether to write. They are plain lines,
//! so that any terminal works.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::init::Proposal;
use crate::init::gallery::{GALLERY, Template};
use crate::layout::is_name;
use crate::view;
use crate::view::text::printable::{Printable, printable};

/// The rule for names, as a help text.
pub(super) const NAME_RULE: &str =
    "a name is 1 to 64 characters: letters and digits of any script, `_` and `-`";

/// The number of times that a question is asked until there is an answer.
const ATTEMPTS_MAX: usize = 5;

/// The source of a manifest.
#[derive(Debug)]
pub(super) enum Basis {
    Folder(Proposal),
    Template(&'static Template),
}

/// The manifest to write.
#[derive(Debug)]
pub(super) struct Choice {
    pub basis: Basis,
    /// The layout's name.
    pub layout: String,
}

/// Asks for the source and the name; `offered` has the defaults.
pub(super) fn choice(offered: Choice, output: &Output) -> Result<Choice, Failure> {
    let Choice { basis, layout } = offered;
    let width = output.talk_width();
    let basis = match basis {
        Basis::Folder(proposal) => {
            let found = view::edit::init::found(&proposal, width);
            if !found.is_empty() {
                output.talk(printable!("Found here:\n\n{}\n", found));
            }
            output.talk(sources(&proposal, width));
            source(proposal, output)?
        }
        basis @ Basis::Template(_) => basis,
    };
    let layout = match &basis {
        Basis::Template(template) => template.layout().to_owned(),
        Basis::Folder(_) => layout,
    };
    let question = format!("Name of the layout? [{layout}]");
    let layout = asked(&question, output, |answer| match answer {
        "" => Ok(layout.clone()),
        name if is_name(name) => Ok(name.to_owned()),
        _ => Err(format!("{NAME_RULE}.")),
    })?;
    Ok(Choice { basis, layout })
}

/// Shows the manifest and asks whether to write it.
pub(super) fn approve(text: &str, shown: &str, output: &Output) -> Result<(), Failure> {
    output.talk(printable!("\n{}", Printable::lines(text)));
    let is_wanted = asked(
        &format!("Write {shown}? [Y/n]"),
        output,
        |answer| match answer.to_lowercase().as_str() {
            "" | "y" | "yes" => Ok(true),
            "n" | "no" => Ok(false),
            _ => Err("Answer `y` or `n`.".to_owned()),
        },
    )?;
    if is_wanted {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "nothing was written", ""))
}

/// Lists the sources, numbered from 1.
fn sources(proposal: &Proposal, width: usize) -> Printable {
    let gallery = view::edit::init::gallery(width.saturating_sub("  1  ".len()));
    let mut text = printable!(
        "Start from:\n\n  1  this folder: {}\n",
        view::edit::init::summary(proposal)
    );
    for (number, line) in (2..).zip(gallery) {
        text.push(printable!("{}  {}\n", format!("{number:>3}"), line));
    }
    text
}

fn source(proposal: Proposal, output: &Output) -> Result<Basis, Failure> {
    let template = asked("Which one? [1]", output, |answer| {
        let by_name = GALLERY.iter().find(|template| template.name == answer);
        match (answer, answer.parse::<usize>()) {
            ("", _) | (_, Ok(1)) => Ok(None),
            (_, Ok(number)) if (2..GALLERY.len() + 2).contains(&number) => {
                Ok(Some(&GALLERY[number - 2]))
            }
            _ if by_name.is_some() => Ok(by_name),
            _ => Err(format!("Enter a number from 1 to {}.", GALLERY.len() + 1)),
        }
    })?;
    Ok(template.map_or(Basis::Folder(proposal), Basis::Template))
}

/// Asks until the answer is valid.
fn asked<T>(
    question: &str,
    output: &Output,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, Failure> {
    for _ in 0..ATTEMPTS_MAX {
        let Some(answer) = output.answer(question) else {
            return Err(Failure::new(Exit::Error, "nothing was written", ""));
        };
        match read(&answer) {
            Ok(value) => return Ok(value),
            Err(why) => output.talk(&why),
        }
    }
    Err(Failure::new(
        Exit::Error,
        format!("no answer in {ATTEMPTS_MAX} attempts; nothing was written"),
        "`triad init --help` lists the flags that replace the questions",
    ))
}
