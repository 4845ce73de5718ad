//! Defaults, places and words that several nodes share.

use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, Value};

/// The defaults of a node: no arguments, no properties, no block, once in a block.
pub(super) const PLAIN: NodeSpec = NodeSpec {
    name: "",
    places: &[],
    arguments: Arguments::None,
    properties: &[],
    block: None,
    is_scalar: false,
    has_free_properties: false,
    is_repeatable: false,
    usage: "",
    doc: "",
    fallback: Fallback::Nothing,
    example: "",
};

pub(super) const SCALAR: NodeSpec = NodeSpec {
    is_scalar: true,
    ..PLAIN
};

pub(super) const PANE: NodeSpec = NodeSpec {
    places: &[Place::Window, Place::Split],
    arguments: Arguments::Optional(Value::Name),
    block: Some(Place::Pane),
    is_repeatable: true,
    ..PLAIN
};

pub(super) const SPLIT: NodeSpec = NodeSpec {
    places: &[Place::Window, Place::Split],
    block: Some(Place::Split),
    is_repeatable: true,
    ..PLAIN
};

/// The blocks that pass settings on to the nodes inside them.
pub(in crate::manifest::table) const SCOPES: &[Place] = &[
    Place::Top,
    Place::Session,
    Place::Window,
    Place::Split,
    Place::Pane,
    Place::Template,
];

/// The blocks that may hold parts of a pane's body.
pub(in crate::manifest::table) const BODIES: &[Place] =
    &[Place::Window, Place::Pane, Place::Template];

/// tmux's names of arrangements. tmux has the mirrored ones since 3.5; triad supports them on every
/// version.
pub(super) const LAYOUTS: &[&str] = &[
    "tiled",
    "even-horizontal",
    "even-vertical",
    "main-horizontal",
    "main-horizontal-mirrored",
    "main-vertical",
    "main-vertical-mirrored",
];

/// The signals that can stop a process.
pub const SIGNALS: &[&str] = &["HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM"];
