//! The attributes of an object from one side: as written, live, or applied.

/// An attribute and its value.
pub type Fact = (String, String);

/// The attributes of an object from one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The place: a line of the manifest, or an id of tmux.
    pub place: String,
    pub facts: Vec<Fact>,
}
