//! The nodes themselves: the one list that the decoder, the reference and the schemas read.

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

/// Every node with a name of its own, grouped by topic.
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
    doc: "A variable and its default. A variable without a default must be set by the caller.",
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
            doc: "`\"env\"` takes the caller's value.",
            fallback: Fallback::Nothing,
        },
        PropertySpec {
            name: "secret",
            value: Value::Bool,
            doc: "Takes the caller's value and never prints, stores or compares it in the clear. tmux cannot pass it to a program that it restarts: use `exec` or an `env-file` beside `restart`.",
            fallback: Fallback::Value("#false"),
        },
        PropertySpec {
            name: "exec",
            value: Value::Text,
            doc: "With `secret=#true`: a line for `/bin/sh` that prints the value; line breaks at its end are left out. The pane runs it in its directory before each start of the program, by a restart as well. The value is not stored, not known to probes and hooks, and not hidden in what the program prints.",
            fallback: Fallback::Nothing,
        },
        PropertySpec {
            name: "optional",
            value: Value::Bool,
            doc: "Allows the variable to be missing in the caller's environment.",
            fallback: Fallback::Value("#false"),
        },
    ],
    is_repeatable: true,
    usage: "KEY \"value\"",
    doc: "An environment variable with a value of its own, with the caller's value, or with what a command prints.",
    example: r#"env {
    RUST_LOG "info"
    WORKERS 4
    EDITOR from="env" optional=#true
    API_KEY secret=#true
    DB_PASSWORD secret=#true exec="pass show shop/db"
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
    doc: "A tmux option. `#true` and `#false` are tmux's `on` and `off`.",
    example: r#"options {
    mouse #true
    status-style "bg=colour235"
    "@theme" "dark"
}"#,
    ..PLAIN
};

/// Reserved nodes and properties that this version does not support yet, with the blocks they
/// belong to. Their diagnostic says so instead of suggesting a similar name.
pub const NOT_SUPPORTED: &[(&str, &[Place])] = &[
    ("workspace", &[Place::Top, Place::Pane, Place::Template]),
    ("adapter", BODIES),
    ("prompt", BODIES),
    ("log", SCOPES),
];
