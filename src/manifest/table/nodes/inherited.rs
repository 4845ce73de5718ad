//! Settings that inner nodes inherit, and `each` and `profile`, which copy a node or leave it out.

use super::base::{PLAIN, SCALAR, SCOPES};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "env",
        places: SCOPES,
        block: Some(Place::Env),
        usage: "env { KEY \"value\" }",
        doc: "Environment variables. An inner block adds to the outer ones, key by key. Panes that you split by hand also get the variables of the layout and the session, except secrets.",
        example: r#"env {
    RUST_LOG "info"
    EDITOR from="env" optional=#true
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "env-file",
        places: SCOPES,
        arguments: Arguments::One(Value::Text),
        properties: &[
            PropertySpec {
                name: "optional",
                value: Value::Bool,
                doc: "Whether the file may be missing.",
                fallback: Fallback::Value("#false"),
            },
            PropertySpec {
                name: "secret",
                value: Value::Bool,
                doc: "Whether its values are secret. With `#false` they are like those of `env`: shown, and read only when triad plans.",
                fallback: Fallback::Value("#true"),
            },
        ],
        is_repeatable: true,
        usage: "env-file \".env\"",
        doc: "Environment variables from a file, by docker compose's rules for quotes, comments and interpolation; a relative path joins the working directory. Later files win over earlier ones, and `env` wins over the files of its node. The pane reads secret values itself before each start, so they are stored nowhere and `restart` sees new ones. `--env-file FILE` is the layout's last file.",
        example: r#"env-file ".env"
env-file ".env.local" optional=#true
session "shop" {
    window "api" cwd="api" {
        env-file "ports.env" secret=#false
        run "./api"
        restart "on-failure"
    }
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "options",
        places: SCOPES,
        block: Some(Place::Options),
        usage: "options { name \"value\" }",
        doc: "tmux options for the sessions, windows and panes inside. Each is set at the level where tmux keeps it. An inner block overrides outer ones, name by name. An option that you remove from the manifest keeps its value.",
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
        doc: "The working directory. A relative path is appended to the outer one.",
        fallback: Fallback::Words("inherited; `root` for a session"),
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
        doc: "The shell of panes without a command, and of `run` with one string.",
        fallback: Fallback::Words(
            "inherited; else `/bin/sh` for `run`, and tmux's `default-command` or `default-shell` for a pane without a command",
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
        doc: "A line that the pane's shell runs before the command, outer lines first. If one fails, the command is not started and the pane has failed. In a pane without a command it is typed into the shell, before the pane's own `type`.",
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
        doc: "Makes a copy of the node around it. Templates in the copy can use `{{it}}` and the properties.",
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
        doc: "Includes the node only with `--profile gpu`, or with `\"!gpu\"` only without that.",
        fallback: Fallback::Words("always included"),
        example: r#"service "model" profile="gpu" { run "vllm serve llama" }
service "stub" profile="!gpu" { run "python3 stub.py" }"#,
        ..SCALAR
    },
];
