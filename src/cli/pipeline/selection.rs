//! The panes that the words of `stop`, `start` and `restart` name, and which of them need no
//! approval.

use crate::cli::context::World;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::layout::{Pattern, PatternError, is_name};
use crate::plan::Plan;

/// Splits the words of a command line into the manifest, if the first word is one, and the
/// addresses.
pub(crate) fn split<'w>(world: &World, words: &'w [String]) -> (Option<&'w str>, &'w [String]) {
    match words {
        [first, rest @ ..] if !rest.is_empty() && is_manifest(world, first) => (Some(first), rest),
        _ => (None, words),
    }
}

/// Whether a word is a manifest, even one that cannot be read. Standard input can be read only
/// once. A bare word that is a folder is an address first, if there is a manifest here.
pub(crate) fn is_manifest(world: &World, word: &str) -> bool {
    if word == "-" {
        return true;
    }
    match world.load(Some(word)) {
        Ok(loaded) => !(loaded.is_found && is_name(word) && world.load(None).is_ok()),
        Err(failure) => failure.exit != Exit::NoManifest || word.ends_with(".kdl"),
    }
}

/// Parses words as patterns.
pub(crate) fn patterns(words: &[String]) -> Result<Vec<Pattern>, Failure> {
    let mut errors: Vec<PatternError> = Vec::new();
    let patterns = words.iter().filter_map(|word| {
        let pattern = word.parse::<Pattern>();
        pattern.map_err(|error| errors.push(error)).ok()
    });
    let patterns = patterns.collect();
    if errors.is_empty() {
        Ok(patterns)
    } else {
        Err(errors.into())
    }
}

/// Whether no approval is needed: each process that ends is in a pane that was named itself.
pub(crate) fn is_agreed(plan: &Plan, patterns: &[Pattern]) -> bool {
    let mut ending = plan.steps.iter().filter(|step| step.ends.is_some());
    ending.all(|step| {
        let address = &step.subject.address;
        patterns.iter().any(|pattern| pattern.names(address))
    })
}

/// The help for panes that were not named themselves, without a terminal to ask on.
pub(crate) const NAME_EACH: &str = "name each pane itself, or use `--yes`";
