//! The probes that decide whether a pane is ready.

use super::base::{PLAIN, SCALAR};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, Value};

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "port",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Port),
        is_repeatable: true,
        usage: "port 8080",
        doc: "Succeeds when this TCP port on the local machine, or on a host, accepts a connection.",
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
        doc: "Succeeds when a GET of this `http://` URL returns the expected status, headers and body. For `https`, use `exec`.",
        example: r#"ready { http "http://127.0.0.1:8080/health" status=204 }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "status",
        places: &[Place::Http],
        arguments: Arguments::One(Value::Integer { min: 100, max: 599 }),
        usage: "status 200",
        doc: "The expected status.",
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
        doc: "An expected header, and a regular expression for its value. The case of the name does not matter.",
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
        doc: "A regular expression that must match a line in the first 1 MiB of the body.",
        example: r#"ready { http "http://127.0.0.1:8080/health" body="\"status\": *\"up\"" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "socket",
        places: &[Place::Http],
        arguments: Arguments::One(Value::Text),
        usage: "socket \"path\"",
        doc: "The Unix socket to connect to instead of the URL's host and port. A relative path starts at the pane's directory.",
        example: r#"ready { http "http://localhost/health" socket="run/app.sock" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "exec",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        is_repeatable: true,
        usage: "exec \"command\"",
        doc: "Succeeds when this shell command exits with 0.",
        example: r#"ready { exec "pg_isready -q" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "every",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "every \"250ms\"",
        doc: "The pause between two probes. It grows by half each time, up to 2 s. With 250 ms or less, \
              triad probes sooner at first: after a twentieth of the time that has passed, at least \
              25 ms and four times the duration of a probe.",
        fallback: Fallback::Value(r#""250ms""#),
        example: r#"ready every="1s" { port 5432 }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "timeout",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "timeout \"2s\"",
        doc: "The time limit of one probe.",
        fallback: Fallback::Value(r#""2s""#),
        example: r#"ready timeout="500ms" { port 5432 }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "deadline",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::DurationOrNone),
        usage: "deadline \"60s\"",
        doc: "The time limit of all probes together. `\"none\"` sets no limit.",
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
        doc: "Succeeds when this file exists. A relative path starts at the pane's directory.",
        example: r#"ready { file "run/api.sock" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "delay",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Duration),
        usage: "delay \"2s\"",
        doc: "Succeeds when the command has run for this long. The deadline starts after that.",
        example: r#"ready { delay "2s" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "notify",
        places: &[Place::Ready],
        usage: "notify",
        doc: "Succeeds when the program reports it: `READY=1` on its `NOTIFY_SOCKET`, as with systemd, or `triad report ready`. `STATUS=` is shown while triad waits, and `EXTEND_TIMEOUT_USEC=` extends the deadline.",
        example: r#"ready deadline="5m" { notify }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "log",
        places: &[Place::Ready],
        arguments: Arguments::One(Value::Text),
        is_repeatable: true,
        usage: "log \"regex\"",
        doc: "Succeeds when this regular expression matches a line that the command has printed, also one that has scrolled away.",
        example: r#"ready { log "listening on .*:8080" }"#,
        ..PLAIN
    },
];
