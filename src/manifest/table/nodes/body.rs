//! The body of a pane: its command, its needs, its restarts and its end.

use super::base::{BODIES, PLAIN, SCALAR, SIGNALS};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, PropertySpec, Value};

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "run",
        places: BODIES,
        arguments: Arguments::OneOrMore(Value::Text),
        usage: "run \"command\"",
        doc: "The command of the pane. One string is a line for the shell; several are a program and its arguments, run directly.",
        fallback: Fallback::Words(
            "an interactive shell for a `pane` (`shell`, else tmux's default); required for the other kinds",
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
        doc: "With `#false`, `apply` creates the pane without starting it, and `triad start` starts it. After that `apply` leaves it alone. No other pane can need it.",
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
                doc: "The state to wait for. A task is `ready` once it has exited with 0.",
                fallback: Fallback::Value(r#""ready""#),
            },
            PropertySpec {
                name: "restart",
                value: Value::Bool,
                doc: "Restarts this pane when `apply` restarts the other one.",
                fallback: Fallback::Value("#false"),
            },
            PropertySpec {
                name: "optional",
                value: Value::Bool,
                doc: "Only sets the order: this pane starts even if the other one can no longer reach the state or is left out by its profile.",
                fallback: Fallback::Value("#false"),
            },
        ],
        is_repeatable: true,
        usage: "needs \"other-pane\"",
        doc: "Panes that this one starts after, by name or address.",
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
        doc: "Probes that decide when the pane is ready; all of them must succeed. A task takes no `ready` block.",
        fallback: Fallback::Words("ready once started; a task once it has exited with 0"),
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
        doc: "How long `apply` waits for a task to end. The task itself keeps running after that. Only for tasks.",
        fallback: Fallback::Words("`none`: until the task ends"),
        example: r#"task "migrate" deadline="5m" { run "./migrate" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "use",
        places: BODIES,
        arguments: Arguments::One(Value::Name),
        usage: "use \"template\"",
        doc: "The template that this pane or template starts from.",
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
        properties: &[
            PropertySpec {
                name: "enter",
                value: Value::Bool,
                doc: "Presses Enter after the text.",
                fallback: Fallback::Value("#true"),
            },
            PropertySpec {
                name: "after",
                value: Value::Text,
                doc: "A regular expression. The text is typed into any program once a line matches that the program has printed since the text before, or since its start. A line that has not ended, such as a prompt, counts. If no line matches within a minute, the pane is not ready.",
                fallback: Fallback::Words("the prompt of the shell"),
            },
            PropertySpec {
                name: "into",
                value: Value::Word(&["any"]),
                doc: "`\"any\"`: the text is typed into any program once the screen has been still for a second, unless the echo of the terminal is off, as for a password. A password prompt within ssh or a container cannot be detected: use `after` there. If both are given, `after` decides.",
                fallback: Fallback::Words("an interactive shell"),
            },
        ],
        is_repeatable: true,
        usage: "type \"text\"",
        doc: "Text that triad types into an interactive shell after starting it, once its prompt is up; with `after` or `into`, into any program. Several texts are typed in order, each on its own condition. Nothing is typed into a program that is already running. Shells whose prompts triad does not know (elvish, nu, pwsh, xonsh) get texts as with `into=\"any\"`.",
        example: r#"pane "shell" {
    type "source .venv/bin/activate"
    type "git push origin main" enter=#false
}
pane "repl" {
    run "docker" "compose" "exec" "app" "python3"
    type "import shop" after="^>>>"
    type "shop.connect()" into="any"
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
                doc: "The number of restarts before the command counts as failed.",
                fallback: Fallback::Value("5"),
            },
            PropertySpec {
                name: "within",
                value: Value::DurationOrNone,
                doc: "A run of this length resets the count of restarts and the pause.",
                fallback: Fallback::Value(r#""1m""#),
            },
            PropertySpec {
                name: "delay",
                value: Value::Duration,
                doc: "The pause before the first restart. It doubles with each further restart.",
                fallback: Fallback::Value(r#""1s""#),
            },
            PropertySpec {
                name: "max-delay",
                value: Value::Duration,
                doc: "The limit up to which the pause doubles. `delay` itself may be longer.",
                fallback: Fallback::Value(r#""30s""#),
            },
        ],
        usage: "restart \"on-failure\"",
        doc: "Makes tmux restart the command when it ends, even when triad is not running. Not allowed in a pane that has a secret in its environment.",
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
        doc: "The pane after its command has ended: `\"hold\"` keeps it on screen, `\"shell\"` opens a shell in it, `\"close\"` closes it, and the next `apply` creates it again. A task cannot use `\"close\"`.",
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
                doc: "The signal that stops the process.",
                fallback: Fallback::Words(r#"`"HUP"` for shells, else `"TERM"`"#),
            },
            PropertySpec {
                name: "timeout",
                value: Value::Duration,
                doc: "The time until the process is killed.",
                fallback: Fallback::Value(r#""10s""#),
            },
        ],
        block: Some(Place::Stop),
        usage: "stop signal=\"INT\"",
        doc: "How to stop the process: with a signal, with keys, or with a command, which gets the process id as `TRIAD_PID`.",
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
            doc: "The pause between two keys, so that the program sees each of them.",
            fallback: Fallback::Value(r#""100ms""#),
        }],
        usage: "keys \"C-c\"",
        doc: "Keys to press, one after the other, by tmux's names.",
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
            doc: "Runs the command at `down` even if the program has already ended, since it may have left something running.",
            fallback: Fallback::Value("#false"),
        }],
        usage: "run \"command\"",
        doc: "A shell command that stops the process.",
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
        doc: "The lines of scrollback of the pane, set when it is created. Since tmux 3.7 all panes of a session have the same number: the largest one.",
        fallback: Fallback::Words("tmux's `history-limit`"),
        example: r#"service "api" history=50000 { run "./api" }"#,
        ..SCALAR
    },
];
