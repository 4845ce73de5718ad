//! What is known of an object from one side: as it is written, live, or applied.

/// An attribute and its value.
pub type Fact = (String, String);

/// What is known of an object from one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Where that is: a line of the manifest, an id of tmux.
    pub place: String,
    pub facts: Vec<Fact>,
}
