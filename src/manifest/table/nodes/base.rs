//! What several nodes have in common.

use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, Value};

/// What most nodes have in common: no arguments, no properties, no block, once in a block.
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

/// Where what is inherited may be written.
pub(in crate::manifest::table) const SCOPES: &[Place] = &[
    Place::Top,
    Place::Session,
    Place::Window,
    Place::Split,
    Place::Pane,
    Place::Template,
];

/// Where a part of a pane's body may be written.
pub(in crate::manifest::table) const BODIES: &[Place] =
    &[Place::Window, Place::Pane, Place::Template];

/// tmux's names of arrangements; the mirrored ones came with 3.5 and are laid out for all versions.
pub(super) const LAYOUTS: &[&str] = &[
    "tiled",
    "even-horizontal",
    "even-vertical",
    "main-horizontal",
    "main-horizontal-mirrored",
    "main-vertical",
    "main-vertical-mirrored",
];

/// The signals that a process may be asked to end with.
pub const SIGNALS: &[&str] = &["HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM"];
