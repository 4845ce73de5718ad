//! The nodes themselves: the one list that the decoder, and what is said about the language,
//! read.

mod body;
mod inherited;
mod ready;
mod structure;
mod top;

use super::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

/// What most nodes have in common: no arguments, no properties, no block, once in a block.
const PLAIN: NodeSpec = NodeSpec {
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

const SCALAR: NodeSpec = NodeSpec {
    is_scalar: true,
    ..PLAIN
};

const PANE: NodeSpec = NodeSpec {
    places: &[Place::Window, Place::Split],
    arguments: Arguments::One(Value::Name),
    block: Some(Place::Pane),
    is_repeatable: true,
    ..PLAIN
};

const SPLIT: NodeSpec = NodeSpec {
    places: &[Place::Window, Place::Split],
    block: Some(Place::Split),
    is_repeatable: true,
    ..PLAIN
};

/// Where what is inherited may be written.
const SCOPES: &[Place] = &[
    Place::Top,
    Place::Session,
    Place::Window,
    Place::Split,
    Place::Pane,
    Place::Template,
];

/// Where a part of a pane's body may be written.
const BODIES: &[Place] = &[Place::Pane, Place::Template];

/// Every node with a name of its own, by what it belongs to.
const GROUPS: [&[NodeSpec]; 5] = [
    top::NODES,
    structure::NODES,
    inherited::NODES,
    body::NODES,
    ready::NODES,
];

/// Every node with a name of its own.
pub fn nodes() -> impl Iterator<Item = &'static NodeSpec> {
    GROUPS.into_iter().flatten()
}

/// tmux's names of arrangements; the mirrored ones came with 3.5 and are laid out for all versions.
pub const LAYOUTS: &[&str] = &[
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

/// A line of `vars`.
pub const VARIABLE: NodeSpec = NodeSpec {
    name: "name",
    places: &[Place::Vars],
    arguments: Arguments::Optional(Value::Any),
    is_repeatable: true,
    usage: "name \"default\"",
    doc: "A variable; one without a default must be given.",
    example: r#"vars {
    port 8080       // or: triad apply --var port=9000
    data "~/data"   // or: TRIAD_VAR_DATA=/srv/data triad apply
}"#,
    ..PLAIN
};

/// A line of `env`.
pub const VARIABLE_OF_ENVIRONMENT: NodeSpec = NodeSpec {
    name: "KEY",
    places: &[Place::Env],
    arguments: Arguments::Optional(Value::Any),
    properties: &[
        PropertySpec {
            name: "from",
            value: Value::Word(&["env"]),
            doc: "`\"env\"`: the caller's own value.",
            fallback: Fallback::Nothing,
        },
        PropertySpec {
            name: "secret",
            value: Value::Bool,
            doc: "The caller's own value, never printed, stored or compared in the clear.",
            fallback: Fallback::Value("#false"),
        },
        PropertySpec {
            name: "optional",
            value: Value::Bool,
            doc: "Whether the caller may be without it.",
            fallback: Fallback::Value("#false"),
        },
    ],
    is_repeatable: true,
    usage: "KEY \"value\"",
    doc: "An environment variable: a value, or the caller's own.",
    example: r#"env {
    RUST_LOG "info"
    WORKERS 4
    EDITOR from="env" optional=#true
    API_KEY secret=#true
}"#,
    ..PLAIN
};

/// A line of `options`.
pub const OPTION: NodeSpec = NodeSpec {
    name: "name",
    places: &[Place::Options],
    arguments: Arguments::Optional(Value::Any),
    is_repeatable: true,
    usage: "name \"value\"",
    doc: "A tmux option by its name; `#true` and `#false` are tmux's `on` and `off`.",
    example: r#"options {
    mouse #true
    status-style "bg=colour235"
    "@theme" "dark"
}"#,
    ..PLAIN
};

/// What the language has room for and this version does not do yet: nodes and properties, with
/// the blocks they belong to. They are named as such, and get no nearest name.
pub const NOT_SUPPORTED: &[(&str, &[Place])] = &[
    ("workspace", &[Place::Top, Place::Pane, Place::Template]),
    ("adapter", BODIES),
    ("prompt", BODIES),
];
