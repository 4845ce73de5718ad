//! The top level of a manifest: its name, variables, included files, templates and hooks.

use super::base::{PLAIN, SCALAR};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "layout",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Name),
        properties: &[PropertySpec {
            name: "was",
            value: Value::Text,
            doc: "The layout's former name. Everything applied under that name from this manifest is kept and renamed.",
            fallback: Fallback::Nothing,
        }],
        usage: "layout \"name\"",
        doc: "The layout's name.",
        fallback: Fallback::Words("the file's name without its extension"),
        example: r#"layout "shop""#,
        ..PLAIN
    },
    NodeSpec {
        name: "root",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Text),
        usage: "root \"..\"",
        doc: "The outermost working directory, relative to the manifest's folder.",
        fallback: Fallback::Words("the manifest's folder"),
        example: r#"root "..""#,
        ..PLAIN
    },
    NodeSpec {
        name: "server",
        places: &[Place::Top],
        properties: &[
            PropertySpec {
                name: "socket",
                value: Value::Text,
                doc: "The server's name, as in `tmux -L`.",
                fallback: Fallback::Nothing,
            },
            PropertySpec {
                name: "path",
                value: Value::Text,
                doc: "The path of the server's socket, as in `tmux -S`.",
                fallback: Fallback::Nothing,
            },
        ],
        usage: "server socket=\"name\"",
        doc: "The tmux server to use. `-L` and `-S` override it.",
        fallback: Fallback::Words("the server that triad runs in, else tmux's default"),
        example: r#"server socket="work""#,
        ..PLAIN
    },
    NodeSpec {
        name: "vars",
        places: &[Place::Top],
        block: Some(Place::Vars),
        usage: "vars { name \"default\" }",
        doc: "Variables for templates, with their defaults.",
        example: r#"vars {
    port 8080
    model "llama3.2"
}
session "main" {
    window "work" {
        service "engine" { run "./engine --port {{port}} --model {{sh model}}" }
    }
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "include",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Text),
        properties: &[PropertySpec {
            name: "optional",
            value: Value::Bool,
            doc: "Allows the file to be missing.",
            fallback: Fallback::Words("the file must exist"),
        }],
        is_repeatable: true,
        usage: "include \"file.kdl\"",
        doc: "Inserts the nodes of another file here. A later file overrides variables, `env`, `options` and the like of an earlier one.",
        example: r#"include "local.kdl" optional=#true"#,
        ..PLAIN
    },
    NodeSpec {
        name: "template",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Name),
        block: Some(Place::Template),
        is_repeatable: true,
        usage: "template \"name\" { … }",
        doc: "A body that panes start from with `use`. A pane's own settings replace those of the template; `env` and `options` are merged.",
        example: r#"template "api" {
    run "./api --port {{port}}"
    ready { port "{{port}}" }
}
vars { port 8080 }
session "shop" {
    window "work" {
        service "api" use="api" cwd="api"
    }
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "hooks",
        places: &[Place::Top],
        block: Some(Place::Hooks),
        usage: "hooks { before-apply \"command\" }",
        doc: "Commands that triad runs with `/bin/sh -c` in `root` before and after an `apply` or `down` that has something to do. Each may take 10 minutes.",
        example: r#"hooks {
    before-apply "docker compose up -d --wait"
    after-down "docker compose stop"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "before-apply",
        places: &[Place::Hooks],
        arguments: Arguments::One(Value::Text),
        usage: "before-apply \"command\"",
        doc: "Runs before anything is changed. If it fails, nothing is changed. It may create folders and programs that panes need.",
        example: r#"hooks { before-apply "./scripts/before-apply.sh" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "after-apply",
        places: &[Place::Hooks],
        arguments: Arguments::One(Value::Text),
        usage: "after-apply \"command\"",
        doc: "Runs after everything is applied. If it fails, `apply` exits with 3.",
        example: r#"hooks { after-apply "./scripts/after-apply.sh" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "before-down",
        places: &[Place::Hooks],
        arguments: Arguments::One(Value::Text),
        usage: "before-down \"command\"",
        doc: "Runs before anything is stopped. If it fails, nothing is stopped.",
        example: r#"hooks { before-down "./scripts/before-down.sh" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "after-down",
        places: &[Place::Hooks],
        arguments: Arguments::One(Value::Text),
        usage: "after-down \"command\"",
        doc: "Runs after everything is stopped. If it fails, `down` exits with 3.",
        example: r#"hooks { after-down "./scripts/after-down.sh" }"#,
        ..SCALAR
    },
];
