//! When a pane counts as ready.

use super::base::{PLAIN, SCALAR};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, Value};

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "port",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Port),
        is_repeatable: true,
        usage: "port 8080",
        doc: "Holds when this TCP port accepts a connection: of the machine itself, or of a host.",
        example: r#"ready { port 5432; port "db.internal:5432" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "http",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        block: Some(Place::Http),
        is_repeatable: true,
        usage: "http \"http://127.0.0.1:8080/\"",
        doc: "Holds when a GET of this `http://` URL answers with the status, and with the headers and the body where they are named. `https` is for `exec`.",
        example: r#"ready { http "http://127.0.0.1:8080/health" status=204 }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "status",
        places: &[Place::Http],
        arguments: Arguments::One(Value::Integer { min: 100, max: 599 }),
        usage: "status 200",
        doc: "The status that is expected.",
        fallback: Fallback::Value("200"),
        example: r#"ready { http "http://127.0.0.1:8080/" status=401 }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "header",
        places: &[Place::Http],
        arguments: Arguments::Two(Value::Text),
        is_repeatable: true,
        usage: "header \"Name\" \"regex\"",
        doc: "A header that is expected, and a regular expression that its value matches. Upper and lower case are the same in its name.",
        example: r#"ready {
    http "http://127.0.0.1:8080/health" {
        header "Content-Type" "^application/json"
        header "X-Version" "."
    }
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "body",
        places: &[Place::Http],
        arguments: Arguments::One(Value::Text),
        usage: "body \"regex\"",
        doc: "A regular expression that a line of the body matches, within its first 1 MiB.",
        example: r#"ready { http "http://127.0.0.1:8080/health" body="\"status\": *\"up\"" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "socket",
        places: &[Place::Http],
        arguments: Arguments::One(Value::Text),
        usage: "socket \"path\"",
        doc: "The Unix socket to connect to, in place of the URL's host and port; a relative path is seen from the pane's directory.",
        example: r#"ready { http "http://localhost/health" socket="run/app.sock" }"#,
        ..SCALAR
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
        doc: "The first pause between two probes; it grows by half, up to 2 s. Up to 250 ms it is the \
              longest: while little time has passed, probes come a twentieth of that apart, at least \
              25 ms, and rest four times as long as they take.",
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
        name: "notify",
        places: &[Place::Ready],
        usage: "notify",
        doc: "Holds when the program says so: `READY=1` to the socket that `NOTIFY_SOCKET` names to it, as with systemd, or `triad report ready`. `STATUS=` is shown meanwhile, and `EXTEND_TIMEOUT_USEC=` gives it more time.",
        example: r#"ready deadline="5m" { notify }"#,
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
