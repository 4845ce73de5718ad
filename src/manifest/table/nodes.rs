//! The nodes themselves: the one list that the decoder, and what is said about the language,
//! read.

use super::{Arguments, NodeSpec, Place, PropertySpec, Value};
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
        doc: "The layout's name; by default the file's name without its extension.",
        ..PLAIN
    },
    NodeSpec {
        name: "root",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Text),
        usage: "root \"..\"",
        doc: "The outermost working directory, seen from the manifest's folder, which is the default.",
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
            },
            PropertySpec {
                name: "path",
                value: Value::Text,
                doc: "The path of the server's socket, as in `tmux -S`.",
            },
        ],
        usage: "server socket=\"name\"",
        doc: "The tmux server; by default the one triad runs in, else tmux's default.",
        ..PLAIN
    },
    NodeSpec {
        name: "vars",
        places: &[Place::Top],
        block: Some(Place::Vars),
        usage: "vars { name \"default\" }",
        doc: "The variables of the manifest's templates, with their defaults.",
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
        ..PLAIN
    },
    NodeSpec {
        name: "session",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Name),
        block: Some(Place::Session),
        is_repeatable: true,
        usage: "session \"name\" { … }",
        doc: "A tmux session; without windows it has one, `main`.",
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
        ..PLAIN
    },
    NodeSpec {
        name: "columns",
        usage: "columns { … }",
        doc: "Children side by side, left to right.",
        ..SPLIT
    },
    NodeSpec {
        name: "rows",
        usage: "rows { … }",
        doc: "Children stacked, top to bottom.",
        ..SPLIT
    },
    NodeSpec {
        name: "pane",
        usage: "pane \"name\"",
        doc: "A shell, or a command nobody depends on.",
        ..PANE
    },
    NodeSpec {
        name: "service",
        usage: "service \"name\" { run \"command\" }",
        doc: "A command that should be running; when it ends, that is a fault.",
        ..PANE
    },
    NodeSpec {
        name: "task",
        usage: "task \"name\" { run \"command\" }",
        doc: "A command that runs once to its end.",
        ..PANE
    },
    NodeSpec {
        name: "agent",
        usage: "agent \"name\" { run \"command\" }",
        doc: "An AI agent or another interactive worker.",
        ..PANE
    },
    NodeSpec {
        name: "run",
        places: &[Place::Pane],
        arguments: Arguments::OneOrMore(Value::Text),
        usage: "run \"command\"",
        doc: "One string is a line for the shell; several are a program and its arguments, run directly.",
        ..PLAIN
    },
    NodeSpec {
        name: "needs",
        places: &[Place::Pane],
        arguments: Arguments::OneOrMore(Value::Text),
        properties: &[PropertySpec {
            name: "until",
            value: Value::Word(&["started", "ready", "exited-ok", "exited"]),
            doc: "What is waited for; by default that the other pane is ready.",
        }],
        is_repeatable: true,
        usage: "needs \"other-pane\"",
        doc: "Panes after which this one starts, by name or address.",
        ..PLAIN
    },
    NodeSpec {
        name: "ready",
        places: &[Place::Pane],
        block: Some(Place::Ready),
        usage: "ready { port 8080 }",
        doc: "When the pane counts as ready: all of its probes hold.",
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
        ..PLAIN
    },
    NodeSpec {
        name: "http",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        properties: &[PropertySpec {
            name: "status",
            value: Value::Integer { min: 100, max: 599 },
            doc: "The status that is expected; by default 200.",
        }],
        is_repeatable: true,
        usage: "http \"http://127.0.0.1:8080/\"",
        doc: "Holds when a GET of this URL answers with the status.",
        ..PLAIN
    },
    NodeSpec {
        name: "exec",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        is_repeatable: true,
        usage: "exec \"command\"",
        doc: "Holds when this shell command exits with 0.",
        ..PLAIN
    },
    NodeSpec {
        name: "every",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "every \"250ms\"",
        doc: "The first pause between two probes; it grows by half, up to 2 s.",
        ..SCALAR
    },
    NodeSpec {
        name: "timeout",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "timeout \"2s\"",
        doc: "How long one probe may take; by default 2 s.",
        ..SCALAR
    },
    NodeSpec {
        name: "deadline",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::DurationOrNone),
        usage: "deadline \"60s\"",
        doc: "How long to go on probing; by default 60 s.",
        ..SCALAR
    },
    NodeSpec {
        name: "cwd",
        places: &[Place::Session, Place::Window, Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "cwd \"folder\"",
        doc: "The working directory; a relative one joins the outer one.",
        ..SCALAR
    },
    NodeSpec {
        name: "shell",
        places: &[Place::Session, Place::Window, Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "shell \"/bin/bash\"",
        doc: "The shell of bare panes and of `run` with one string.",
        ..SCALAR
    },
    NodeSpec {
        name: "title",
        places: &[Place::Window, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "title \"text\"",
        doc: "A window's name in tmux, or the text in a pane's border.",
        ..SCALAR
    },
    NodeSpec {
        name: "titles",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Word(&["top", "bottom", "off"])),
        usage: "titles \"top\"",
        doc: "Where the window shows the titles of its panes.",
        ..SCALAR
    },
    NodeSpec {
        name: "focus",
        places: &[Place::Window, Place::Pane],
        arguments: Arguments::One(Value::Bool),
        usage: "focus #true",
        doc: "Whether it is the one to be in when it is made.",
        ..SCALAR
    },
    NodeSpec {
        name: "ratio",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Word(&["keep", "free"])),
        usage: "ratio \"free\"",
        doc: "Whether shares are kept exact when the terminal changes size, or left to tmux.",
        ..SCALAR
    },
    NodeSpec {
        name: "size",
        places: &[Place::Split, Place::Pane],
        arguments: Arguments::One(Value::Size),
        usage: "size \"30%\"",
        doc: "The share of the split around it, or a number of cells.",
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
        doc: "The weight with which it shares what is left of the split; by default 1.",
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
        },
        PropertySpec {
            name: "optional",
            value: Value::Bool,
            doc: "Whether the caller may be without it.",
        },
    ],
    is_repeatable: true,
    usage: "KEY \"value\"",
    doc: "An environment variable.",
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
