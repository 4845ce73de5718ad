//! The questions of `triad init`: what to start from, what to call it, whether to write it. Lines in
//! and out, so that any terminal will do.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::init::Proposal;
use crate::init::gallery::{GALLERY, Template};
use crate::layout::is_name;
use crate::view;
use crate::view::text::printable::{Printable, printable};

/// What a name may be, for those who tried another one.
pub(super) const NAME_RULE: &str =
    "a name is letters and digits of any script, `_` and `-`, 1 to 64 of them";

/// An answer that is none is asked for this often.
const ATTEMPTS_MAX: usize = 5;

/// What a manifest is made from.
#[derive(Debug)]
pub(super) enum Basis {
    Folder(Proposal),
    Template(&'static Template),
}

/// What to write.
#[derive(Debug)]
pub(super) struct Choice {
    pub basis: Basis,
    /// The layout's name.
    pub layout: String,
}

/// Asks what to start from and what to call it; `offered` is what is taken where nothing is said.
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
    let question = format!("The layout's name? [{layout}]");
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
            _ => Err("Say `y` or `n`.".to_owned()),
        },
    )?;
    if is_wanted {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "nothing was written", ""))
}

/// What there is to start from, numbered from 1.
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
            _ => Err(format!("Say a number from 1 to {}.", GALLERY.len() + 1)),
        }
    })?;
    Ok(template.map_or(Basis::Folder(proposal), Basis::Template))
}

/// Asks until the answer is one.
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
        "`triad init --help` lists the flags, which need no answers",
    ))
}
