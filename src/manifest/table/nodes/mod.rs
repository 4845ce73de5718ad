//! The nodes themselves: the one list that the decoder, and what is said about the language,
//! read.

mod base;
mod body;
mod inherited;
mod ready;
mod structure;
mod top;

use base::PLAIN;
pub use base::SIGNALS;
pub(super) use base::{BODIES, SCOPES};

use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

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
    ("log", SCOPES),
];
