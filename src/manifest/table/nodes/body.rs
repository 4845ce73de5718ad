//! What runs in a pane and how: its command, what it needs, how it ends.

use super::base::{BODIES, PLAIN, SCALAR, SIGNALS};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "run",
        places: BODIES,
        arguments: Arguments::OneOrMore(Value::Text),
        usage: "run \"command\"",
        doc: "One string is a line for the shell; several are a program and its arguments, run directly.",
        fallback: Fallback::Words(
            "an interactive shell in a `pane`: `shell`, else as tmux starts one; the other kinds need a command",
        ),
        example: r#"pane "line" { run "make test | tee log" }
pane "program" { run "grep" "-rn" "fn main" "src" }
pane "braces" { run (raw)"docker ps --format '{{.Names}}'" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "start",
        places: BODIES,
        arguments: Arguments::One(Value::Bool),
        usage: "start #false",
        doc: "Whether `apply` starts the pane. With `#false` its place on the screen is made, and `triad start` starts it; `apply` leaves it alone from then on. No other pane can need it.",
        fallback: Fallback::Value("#true"),
        example: r#"pane "profiler" start=#false { run "perf top" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "needs",
        places: BODIES,
        arguments: Arguments::OneOrMore(Value::Text),
        properties: &[
            PropertySpec {
                name: "until",
                value: Value::Word(&["started", "ready", "exited-ok", "exited"]),
                doc: "What is waited for; `ready` of a task is that it has exited with 0.",
                fallback: Fallback::Value(r#""ready""#),
            },
            PropertySpec {
                name: "restart",
                value: Value::Bool,
                doc: "Whether it is restarted when `apply` starts them again.",
                fallback: Fallback::Value("#false"),
            },
            PropertySpec {
                name: "optional",
                value: Value::Bool,
                doc: "Whether only the order counts: it starts all the same where they cannot get there any more, or their profile leaves them out.",
                fallback: Fallback::Value("#false"),
            },
        ],
        is_repeatable: true,
        usage: "needs \"other-pane\"",
        doc: "Panes after which this one starts, by name or address.",
        example: r#"service "db" { run "postgres -D data" }
service "cache" { run "redis-server" }
service "api" {
    run "./api"
    needs "db" until="started"
    needs "cache" optional=#true
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "ready",
        places: BODIES,
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
        name: "deadline",
        places: BODIES,
        arguments: Arguments::One(Value::DurationOrNone),
        usage: "deadline \"5m\"",
        doc: "How long the end of a task is waited for; the task itself goes on after that. Only for a task.",
        fallback: Fallback::Words("`none`: as long as the task runs"),
        example: r#"task "migrate" deadline="5m" { run "./migrate" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "use",
        places: BODIES,
        arguments: Arguments::One(Value::Name),
        usage: "use \"template\"",
        doc: "The template whose body this one starts from.",
        example: r#"template "watcher" { run "watch -n 2 df -h" }
session "main" {
    window "disks" {
        pane "disks" use="watcher"
    }
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "type",
        places: BODIES,
        arguments: Arguments::One(Value::Text),
        properties: &[PropertySpec {
            name: "enter",
            value: Value::Bool,
            doc: "Whether Enter is pressed after it.",
            fallback: Fallback::Value("#true"),
        }],
        is_repeatable: true,
        usage: "type \"text\"",
        doc: "Text that is typed into an interactive shell once its prompt is up, each after the one before has ended; when triad starts the shell, and never into one that runs already.",
        example: r#"pane "shell" {
    type "source .venv/bin/activate"
    type "git push origin main" enter=#false
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "restart",
        places: BODIES,
        arguments: Arguments::One(Value::Word(&["on-failure", "always", "never"])),
        properties: &[
            PropertySpec {
                name: "max",
                value: Value::Integer {
                    min: 1,
                    max: 1_000_000,
                },
                doc: "How often, before it counts as failed.",
                fallback: Fallback::Value("5"),
            },
            PropertySpec {
                name: "within",
                value: Value::DurationOrNone,
                doc: "Once the program has run for so long, the restarts before count no more, and the pause is the first one again.",
                fallback: Fallback::Value(r#""1m""#),
            },
            PropertySpec {
                name: "delay",
                value: Value::Duration,
                doc: "The pause before the first restart; each further one is twice as long.",
                fallback: Fallback::Value(r#""1s""#),
            },
            PropertySpec {
                name: "max-delay",
                value: Value::Duration,
                doc: "How long the pause grows; `delay` itself may be longer.",
                fallback: Fallback::Value(r#""30s""#),
            },
        ],
        usage: "restart \"on-failure\"",
        doc: "Whether tmux starts the command again when it ends, with nothing of triad running; not where its environment holds a secret.",
        fallback: Fallback::Value(r#""never""#),
        example: r#"service "api" {
    run "./api"
    restart "on-failure" max=3 within="5m" delay="2s"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "on-exit",
        places: BODIES,
        arguments: Arguments::One(Value::Word(&["hold", "shell", "close"])),
        usage: "on-exit \"shell\"",
        doc: "What becomes of the pane when its command has ended: kept on screen, a shell in it, or gone. One that is gone is not there: the next `apply` makes it again. A task is never gone.",
        fallback: Fallback::Words(r#"`"hold"` for commands, `"close"` for bare shells"#),
        example: r#"pane "tests" on-exit="shell" { run "cargo test" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "stop",
        places: BODIES,
        properties: &[
            PropertySpec {
                name: "signal",
                value: Value::Word(SIGNALS),
                doc: "The signal that asks it to end.",
                fallback: Fallback::Words(r#"`"HUP"` for shells, `"TERM"` for the rest"#),
            },
            PropertySpec {
                name: "timeout",
                value: Value::Duration,
                doc: "How long it has until it is killed.",
                fallback: Fallback::Value(r#""10s""#),
            },
        ],
        block: Some(Place::Stop),
        usage: "stop signal=\"INT\"",
        doc: "How the process is asked to end: by a signal, by keys, or by a command, which is told its id as `TRIAD_PID`.",
        example: r#"service "db" {
    run "postgres -D data"
    stop signal="INT" timeout="30s"
}
agent "worker" {
    run "claude"
    stop { keys "C-c" "C-d" }
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "keys",
        places: &[Place::Stop],
        arguments: Arguments::OneOrMore(Value::Text),
        properties: &[PropertySpec {
            name: "pause",
            value: Value::Duration,
            doc: "The pause between one key and the next, so that a program sees each of them.",
            fallback: Fallback::Value(r#""100ms""#),
        }],
        usage: "keys \"C-c\"",
        doc: "Keys by tmux's names, pressed one after the other.",
        example: r#"stop { keys "C-c" "C-c" pause="300ms" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "run",
        places: &[Place::Stop],
        arguments: Arguments::One(Value::Text),
        properties: &[PropertySpec {
            name: "always",
            value: Value::Bool,
            doc: "Whether `down` runs it also where the program has ended by itself: it may have left something running.",
            fallback: Fallback::Value("#false"),
        }],
        usage: "run \"command\"",
        doc: "A shell command that ends it.",
        example: r#"stop { run "pg_ctl stop -D data -m fast" }"#,
        ..PLAIN
    },
    NodeSpec {
        name: "history",
        places: BODIES,
        arguments: Arguments::One(Value::Integer {
            min: 0,
            max: 10_000_000,
        }),
        usage: "history 10000",
        doc: "How many lines of scrollback the pane keeps, from when it is made. From tmux 3.7 on, all panes of a session keep the same number: there the largest counts.",
        fallback: Fallback::Words("tmux's `history-limit`"),
        example: r#"service "api" history=50000 { run "./api" }"#,
        ..SCALAR
    },
];
