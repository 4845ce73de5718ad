//! The nodes themselves: the one list that the decoder, and what is said about the language,
//! read.

use super::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};
use crate::manifest::value::CELLS_MAX;

/// What most nodes have in common: no arguments, no properties, no block, once in a block.
const PLAIN: NodeSpec = NodeSpec {
    name: "",
    places: &[],
    arguments: Arguments::None,
    properties: &[],
    block: None,
    is_scalar: false,
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

/// Every node with a name of its own.
pub const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "layout",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Name),
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
        doc: "The outermost working directory, seen from the manifest's folder.",
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
        doc: "The tmux server; `-L` and `-S` win over it.",
        fallback: Fallback::Words("the server that triad runs in, else tmux's default"),
        example: r#"server socket="work""#,
        ..PLAIN
    },
    NodeSpec {
        name: "vars",
        places: &[Place::Top],
        block: Some(Place::Vars),
        usage: "vars { name \"default\" }",
        doc: "The variables of the manifest's templates, with their defaults.",
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
        name: "env",
        places: &[
            Place::Top,
            Place::Session,
            Place::Window,
            Place::Split,
            Place::Pane,
        ],
        block: Some(Place::Env),
        usage: "env { KEY \"value\" }",
        doc: "Environment variables; an inner block adds to the outer ones, key by key.",
        example: r#"env {
    RUST_LOG "info"
    EDITOR from="env" optional=#true
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "session",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Name),
        block: Some(Place::Session),
        is_repeatable: true,
        usage: "session \"name\" { … }",
        doc: "A tmux session, of which a manifest has at least one; without windows it has one, `main`.",
        example: r#"session "shop" cwd="server" {
    window "work"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "window",
        places: &[Place::Session],
        arguments: Arguments::One(Value::Name),
        block: Some(Place::Window),
        is_repeatable: true,
        usage: "window \"name\" { … }",
        doc: "A window: one split, or panes that are tiled; without panes it has one, `shell`.",
        example: r#"window "work" title="at work" focus=#true {
    pane "editor" { run "vi" "." }
    pane "shell"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "columns",
        usage: "columns { … }",
        doc: "Children side by side, left to right.",
        example: r#"columns {
    pane "editor" size="60%"
    rows {
        pane "tests" size=12
        pane "shell"
    }
}"#,
        ..SPLIT
    },
    NodeSpec {
        name: "rows",
        usage: "rows { … }",
        doc: "Children stacked, top to bottom.",
        example: r#"rows {
    pane "top" grow=2
    columns {
        pane "left"
        pane "right"
    }
}"#,
        ..SPLIT
    },
    NodeSpec {
        name: "pane",
        usage: "pane \"name\"",
        doc: "A shell, or a command nobody depends on.",
        example: r#"pane "shell"
pane "editor" title="the editor" { run "vi" "." }"#,
        ..PANE
    },
    NodeSpec {
        name: "service",
        usage: "service \"name\" { run \"command\" }",
        doc: "A command that should be running; when it ends, that is a fault, and `apply` starts it again.",
        example: r#"service "api" cwd="api" {
    run "./api --port 8080"
    ready { port 8080 }
}"#,
        ..PANE
    },
    NodeSpec {
        name: "task",
        usage: "task \"name\" { run \"command\" }",
        doc: "A command that runs once to its end; with status 0 it is done, else it has failed.",
        example: r#"task "migrate" {
    run "./migrate" "--up"
}
service "api" {
    run "./api"
    needs "migrate"
}"#,
        ..PANE
    },
    NodeSpec {
        name: "agent",
        usage: "agent \"name\" { run \"command\" }",
        doc: "An AI agent or another interactive worker; an ended one is kept for review.",
        example: r#"agent "worker" title="the worker" focus=#true {
    run "python3" "worker.py"
}"#,
        ..PANE
    },
    NodeSpec {
        name: "run",
        places: &[Place::Pane],
        arguments: Arguments::OneOrMore(Value::Text),
        usage: "run \"command\"",
        doc: "One string is a line for the shell; several are a program and its arguments, run directly.",
        fallback: Fallback::Words("an interactive shell: `shell`, else tmux's `default-shell`"),
        example: r#"pane "line" { run "make test | tee log" }
pane "program" { run "grep" "-rn" "fn main" "src" }
pane "braces" { run (raw)"docker ps --format '{{.Names}}'" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "needs",
        places: &[Place::Pane],
        arguments: Arguments::OneOrMore(Value::Text),
        properties: &[PropertySpec {
            name: "until",
            value: Value::Word(&["started", "ready", "exited-ok", "exited"]),
            doc: "What is waited for; `ready` of a task is that it has exited with 0.",
            fallback: Fallback::Value(r#""ready""#),
        }],
        is_repeatable: true,
        usage: "needs \"other-pane\"",
        doc: "Panes after which this one starts, by name or address.",
        example: r#"service "db" { run "postgres -D data" }
service "cache" { run "redis-server" }
service "api" {
    run "./api"
    needs "db" until="started"
    needs "cache"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "ready",
        places: &[Place::Pane],
        block: Some(Place::Ready),
        usage: "ready { port 8080 }",
        doc: "When the pane counts as ready: all of its probes hold. A task takes none.",
        fallback: Fallback::Words(
            "the pane is ready when it has started; a task, when it has exited with 0",
        ),
        example: r#"ready deadline="2m" {
    port 8080
    http "http://127.0.0.1:8080/health"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "port",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Integer {
            min: 1,
            max: 65_535,
        }),
        is_repeatable: true,
        usage: "port 8080",
        doc: "Holds when this TCP port of the machine itself accepts a connection.",
        example: "ready { port 5432 }",
        ..PLAIN
    },
    NodeSpec {
        name: "http",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        properties: &[PropertySpec {
            name: "status",
            value: Value::Integer { min: 100, max: 599 },
            doc: "The status that is expected.",
            fallback: Fallback::Value("200"),
        }],
        is_repeatable: true,
        usage: "http \"http://127.0.0.1:8080/\"",
        doc: "Holds when a GET of this `http://` URL answers with the status.",
        example: r#"ready { http "http://127.0.0.1:8080/health" status=204 }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "exec",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        is_repeatable: true,
        usage: "exec \"command\"",
        doc: "Holds when this shell command exits with 0.",
        example: r#"ready { exec "pg_isready -q" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "every",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "every \"250ms\"",
        doc: "The first pause between two probes; it grows by half, up to 2 s.",
        fallback: Fallback::Value(r#""250ms""#),
        example: r#"ready every="1s" { port 5432 }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "timeout",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "timeout \"2s\"",
        doc: "How long one probe may take.",
        fallback: Fallback::Value(r#""2s""#),
        example: r#"ready timeout="500ms" { port 5432 }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "deadline",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::DurationOrNone),
        usage: "deadline \"60s\"",
        doc: "How long to go on probing; `none` is without an end.",
        fallback: Fallback::Value(r#""60s""#),
        example: r#"ready deadline="5m" { port 5432 }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "cwd",
        places: &[Place::Session, Place::Window, Place::Split, Place::Pane],
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
        places: &[Place::Session, Place::Window, Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "shell \"/bin/bash\"",
        doc: "The shell of bare panes and of `run` with one string.",
        fallback: Fallback::Words(
            "that of the node around it, else `/bin/sh` for `run` and tmux's `default-shell` for a bare pane",
        ),
        example: r#"session "shop" shell="/bin/bash" {
    window "work" {
        pane "lists" { run "diff <(ls a) <(ls b)" }
    }
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "title",
        places: &[Place::Window, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "title \"text\"",
        doc: "A window's name in tmux, or the text in a pane's border.",
        fallback: Fallback::Words("a window shows its name, a pane has none"),
        example: r#"pane "db" title="🗄 the database""#,
        ..SCALAR
    },
    NodeSpec {
        name: "titles",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Word(&["top", "bottom", "off"])),
        usage: "titles \"top\"",
        doc: "Where the window shows the titles of its panes.",
        fallback: Fallback::Words(r#"`"top"` where a pane has a title, else as tmux has it"#),
        example: r#"window "work" titles="bottom" {
    pane "db" title="the database"
    pane "shell"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "focus",
        places: &[Place::Window, Place::Pane],
        arguments: Arguments::One(Value::Bool),
        usage: "focus #true",
        doc: "Whether it is the one to be in when it is made.",
        fallback: Fallback::Value("#false"),
        example: r#"window "work" focus=#true {
    pane "editor"
    pane "shell" { focus #true }
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "ratio",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Word(&["keep", "free"])),
        usage: "ratio \"free\"",
        doc: "Whether shares are kept exact when the terminal changes size, or left to tmux.",
        fallback: Fallback::Value(r#""keep""#),
        example: r#"window "work" ratio="free" {
    columns { pane "a" size="30%"; pane "b" }
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "size",
        places: &[Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Size),
        usage: "size \"30%\"",
        doc: "The share of the split around it, or a number of cells.",
        fallback: Fallback::Words("it grows: `grow=1`"),
        example: r#"columns {
    pane "third" size="33%"
    pane "narrow" size=20
    pane "rest"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "grow",
        places: &[Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Integer {
            min: 1,
            max: CELLS_MAX as i128,
        }),
        usage: "grow 2",
        doc: "The weight with which it shares what is left of the split.",
        fallback: Fallback::Value("1"),
        example: r#"columns {
    pane "wide" grow=2
    pane "narrow"
}"#,
        ..SCALAR
    },
];

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
}"#,
    ..PLAIN
};

const EVERYWHERE: &[Place] = &[
    Place::Top,
    Place::Session,
    Place::Window,
    Place::Split,
    Place::Pane,
];

/// What the language has room for and this version does not do yet: nodes and properties, with
/// the blocks they belong to. They are named as such, and get no nearest name.
pub const NOT_SUPPORTED: &[(&str, &[Place])] = &[
    ("include", &[Place::Top]),
    ("template", &[Place::Top]),
    ("hooks", &[Place::Top]),
    ("workspace", &[Place::Top, Place::Pane]),
    ("options", EVERYWHERE),
    (
        "log",
        &[
            Place::Top,
            Place::Session,
            Place::Window,
            Place::Split,
            Place::Pane,
            Place::Ready,
        ],
    ),
    ("each", EVERYWHERE),
    ("profile", EVERYWHERE),
    ("protect", &[Place::Session, Place::Pane]),
    ("was", &[Place::Session, Place::Window, Place::Pane]),
    ("tmux-hook", &[Place::Session]),
    ("layout", &[Place::Window]),
    ("synchronize", &[Place::Window]),
    ("zoom", &[Place::Window]),
    ("use", &[Place::Pane]),
    ("type", &[Place::Pane]),
    ("restart", &[Place::Pane]),
    ("on-exit", &[Place::Pane]),
    ("stop", &[Place::Pane]),
    ("history", &[Place::Pane]),
    ("adapter", &[Place::Pane]),
    ("prompt", &[Place::Pane]),
    ("file", &[Place::Ready]),
    ("delay", &[Place::Ready]),
    ("secret", &[Place::Env]),
];
