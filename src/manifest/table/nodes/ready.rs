//! When a pane counts as ready.

use super::{PLAIN, SCALAR};
use crate::manifest::table::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

pub const NODES: &[NodeSpec] = &[
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
        name: "file",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        is_repeatable: true,
        usage: "file \"path\"",
        doc: "Holds when this file is there; a relative path is seen from the pane's directory.",
        example: r#"ready { file "run/api.sock" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "delay",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "delay \"2s\"",
        doc: "Holds when the command has run for so long; the deadline begins after that.",
        example: r#"ready { delay "2s" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "log",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        is_repeatable: true,
        usage: "log \"regex\"",
        doc: "Holds when a line that the command has printed matches this regular expression: as people see it, whole, also where it has scrolled by.",
        example: r#"ready { log "listening on .*:8080" }"#,
        ..PLAIN
    },
];
