//! The findings of `init`, and the gallery of templates, for people.

use crate::init::gallery::{GALLERY, Template};
use crate::init::{Program, Proposal, Skipped};
use crate::layout::PaneKind;
use crate::view::text::paint::{fitted, padded, width};
use crate::view::text::printable::{Printable, printable};
use crate::view::text::words;

/// Returns the templates, one per line of at most `cells`.
pub fn gallery(cells: usize) -> Vec<String> {
    let names = GALLERY.iter().map(|template| width(template.name));
    let column = names.max().unwrap_or(0);
    let line = |template: &Template| {
        let name = padded(template.name, column);
        fitted(&format!("{name}  {}", template.about()), cells)
    };
    GALLERY.iter().map(line).collect()
}

/// Returns the programs that were found, one line per file.
pub fn found(proposal: &Proposal, cells: usize) -> Printable {
    let files = proposal.files();
    let column = files.iter().map(|file| width(file)).max().unwrap_or(0);
    let line = |file: &&str| {
        let of_file = proposal
            .programs
            .iter()
            .filter(|program| program.file == *file);
        let programs: Vec<String> = of_file
            .map(|program| format!("{} {}", program.kind.as_str(), program.name))
            .collect();
        fitted(
            &format!("  {}  {}", padded(file, column), programs.join(", ")),
            cells,
        )
    };
    Printable::join(files.iter().map(line), &printable!("\n"))
}

/// Summarises the programs that were found.
pub fn summary(proposal: &Proposal) -> String {
    if proposal.programs.is_empty() {
        return "an editor and a shell, because no file here names a program".to_owned();
    }
    let of_kind = |kind: PaneKind| {
        let is_one = |program: &&Program| program.kind == kind;
        match proposal.programs.iter().filter(is_one).count() {
            0 => None,
            count => Some(words::count(count, kind.as_str())),
        }
    };
    let kinds = [PaneKind::Service, PaneKind::Task, PaneKind::Pane];
    let counts: Vec<String> = kinds.into_iter().filter_map(of_kind).collect();
    format!("{} from {}", counts.join(", "), proposal.files().join(", "))
}

/// Returns the message for a program that is not in the manifest.
pub fn skipped(skipped: &Skipped) -> String {
    format!("skipped in {}: {}", skipped.file, skipped.why)
}
