//! Text for a terminal: colour and width, words for counts and times, excerpts of sources, diagnostics.

pub mod changed;
pub mod diagnostic;
pub(crate) mod excerpt;
pub mod paint;
pub mod printable;
pub mod words;
