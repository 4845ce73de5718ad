//! What flows from outer to inner, and what multiplies or leaves out what is around it.

use super::base::{PLAIN, SCALAR, SCOPES};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, Value};

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "env",
        places: SCOPES,
        block: Some(Place::Env),
        usage: "env { KEY \"value\" }",
        doc: "Environment variables; an inner block adds to the outer ones, key by key. Those of the layout and the session that are no secrets are also in panes which are split by hand.",
        example: r#"env {
    RUST_LOG "info"
    EDITOR from="env" optional=#true
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "options",
        places: SCOPES,
        block: Some(Place::Options),
        usage: "options { name \"value\" }",
        doc: "tmux options of the sessions, windows or panes within, each set on what tmux keeps it on; an inner block wins, name by name. One that is taken out keeps its value.",
        example: r#"session "shop" {
    options { mouse #true; history-limit 50000 }
    window "work" {
        options { pane-border-lines "heavy" }
    }
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "cwd",
        places: &[
            Place::Session,
            Place::Window,
            Place::Split,
            Place::Pane,
            Place::Template,
        ],
        arguments: Arguments::One(Value::Text),
        usage: "cwd \"folder\"",
        doc: "The working directory; a relative one joins the outer one.",
        fallback: Fallback::Words("that of the node around it; `root` for a session"),
        example: r#"session "shop" cwd="~/shop" {
    window "api" cwd="api"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "shell",
        places: SCOPES,
        arguments: Arguments::One(Value::Text),
        usage: "shell \"/bin/bash\"",
        doc: "The shell of bare panes and of `run` with one string.",
        fallback: Fallback::Words(
            "that of the node around it, else `/bin/sh` for `run`, and for a bare pane tmux's `default-command`, else `default-shell`",
        ),
        example: r#"session "shop" shell="/bin/bash" {
    window "work" {
        pane "lists" { run "diff <(ls a) <(ls b)" }
    }
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "before",
        places: SCOPES,
        arguments: Arguments::One(Value::Text),
        is_repeatable: true,
        usage: "before \"line\"",
        doc: "A line that the pane's shell runs before the command, outer lines first: where one fails, the command is not started, and the pane has failed. It is typed into a bare shell before the pane's own `type`.",
        example: r#"session "shop" {
    before ". .venv/bin/activate"
    window "api" { run "uvicorn" "shop:app" }
    window "shell"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "each",
        places: &[Place::Session, Place::Window, Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Any),
        has_free_properties: true,
        is_repeatable: true,
        usage: "each \"value\" name=\"value\"",
        doc: "One copy of the node around it, with `{{it}}` and the properties in scope of its templates.",
        example: r#"agent "agent-{{it}}" cwd="../wt/{{it}}" title="{{branch}}" {
    each "auth" branch="feature/auth"
    each "search" branch="feature/search"
    run "claude"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "profile",
        places: &[Place::Session, Place::Window, Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "profile \"gpu\"",
        doc: "Exists only with `--profile gpu`; `\"!gpu\"`: only without.",
        fallback: Fallback::Words("it is always there"),
        example: r#"service "model" profile="gpu" { run "vllm serve llama" }
service "stub" profile="!gpu" { run "python3 stub.py" }"#,
        ..SCALAR
    },
];
