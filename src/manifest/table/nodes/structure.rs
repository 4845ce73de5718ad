//! Sessions, windows, splits and panes, and their appearance.

use super::base::{LAYOUTS, PANE, PLAIN, SCALAR, SPLIT};
use crate::manifest::table::spec::{Arguments, Fallback, NodeSpec, Place, Value};
use crate::manifest::value::CELLS_MAX;

pub(super) const NODES: &[NodeSpec] = &[
    NodeSpec {
        name: "session",
        places: &[Place::Top],
        arguments: Arguments::One(Value::Name),
        block: Some(Place::Session),
        is_repeatable: true,
        usage: "session \"name\" { … }",
        doc: "A tmux session. A manifest has at least one. A session without windows gets one, `main`.",
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
        doc: "A tmux window. It holds one split, or panes, which are tiled. A window without panes gets one, `shell`. A window with its own `run`, or any other setting of a pane, is a single pane with the window's name.",
        example: r#"window "work" title="at work" focus=#true {
    pane "editor" { run "vi" "." }
    pane "shell"
}
window "log" { run "tail -f server.log" }"#,
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
        doc: "A shell, or a command whose end has no consequences. A pane without a name gets one from its command.",
        example: r#"pane "shell"
pane "editor" title="the editor" { run "vi" "." }
pane { run "make watch" }"#,
        ..PANE
    },
    NodeSpec {
        name: "service",
        usage: "service \"name\" { run \"command\" }",
        doc: "A command that should keep running. If it ends, that is a failure, and `apply` starts it again.",
        example: r#"service "api" cwd="api" {
    run "./api --port 8080"
    ready { port 8080 }
}"#,
        ..PANE
    },
    NodeSpec {
        name: "task",
        usage: "task \"name\" { run \"command\" }",
        doc: "A command that runs once. If it exits with 0, it is done; otherwise it has failed. The pane records that the task is done: if you close the pane, the next `apply` runs the task again.",
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
        doc: "An AI agent or another interactive program. If it ends, its pane is kept for review.",
        example: r#"agent "worker" title="the worker" focus=#true {
    run "python3" "worker.py"
}"#,
        ..PANE
    },
    NodeSpec {
        name: "title",
        places: &[Place::Window, Place::Pane, Place::Template],
        arguments: Arguments::One(Value::Text),
        usage: "title \"text\"",
        doc: "The window's name in tmux, or the text in the pane's border.",
        fallback: Fallback::Words("the window's name; none for a pane"),
        example: r#"pane "db" title="🗄 the database""#,
        ..SCALAR
    },
    NodeSpec {
        name: "titles",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Word(&["top", "bottom", "off"])),
        usage: "titles \"top\"",
        doc: "The border that shows the titles of the window's panes. A pane without a title shows its name.",
        fallback: Fallback::Words(r#"`"top"` if a pane has a title, else tmux's setting"#),
        example: r#"window "work" titles="bottom" {
    pane "db" title="the database"
    pane "shell"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "focus",
        places: &[Place::Window, Place::Pane, Place::Template],
        arguments: Arguments::One(Value::Bool),
        usage: "focus #true",
        doc: "Makes it the active window, or the active pane, when it is created.",
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
        doc: "`\"keep\"` keeps the shares exact when the terminal changes size; `\"free\"` leaves them to tmux.",
        fallback: Fallback::Value(r#""keep""#),
        example: r#"window "work" ratio="free" {
    columns { pane "a" size="30%"; pane "b" }
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "size",
        places: &[Place::Split, Place::Pane, Place::Template],
        arguments: Arguments::One(Value::Size),
        usage: "size \"30%\"",
        doc: "A share of the split around it, or a number of cells. In a `layout` with a main pane, the first pane's `size` is the size of that pane.",
        fallback: Fallback::Words("`grow=1`"),
        example: r#"columns {
    pane "third" size="33%"
    pane "narrow" size=20
    pane "rest"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "grow",
        places: &[Place::Split, Place::Pane, Place::Template],
        arguments: Arguments::One(Value::Integer {
            min: 1,
            max: CELLS_MAX as i128,
        }),
        usage: "grow 2",
        doc: "The weight in sharing the remaining space of the split.",
        fallback: Fallback::Value("1"),
        example: r#"columns {
    pane "wide" grow=2
    pane "narrow"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "protect",
        places: &[Place::Session, Place::Window, Place::Pane, Place::Template],
        arguments: Arguments::One(Value::Bool),
        usage: "protect #true",
        doc: "Makes triad refuse to stop anything that runs in it; in a window, in any of its panes.",
        fallback: Fallback::Value("#false"),
        example: r#"pane "training" protect=#true { run "python3 train.py" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "was",
        places: &[Place::Session, Place::Window, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "was \"old-name\"",
        doc: "The former name or address. Running programs are kept and get the new name.",
        example: r#"pane "editor" was="vim" { run "vi" "." }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "tmux-hook",
        places: &[Place::Session],
        arguments: Arguments::Two(Value::Text),
        is_repeatable: true,
        usage: "tmux-hook \"client-attached\" \"tmux command\"",
        doc: "A tmux command that tmux runs when one of its events happens in the session. Hooks of window and pane events are set on each window of the session. Other hooks on the same event are kept.",
        example: r#"session "shop" {
    tmux-hook "client-attached" "display-message 'welcome to the shop'"
}"#,
        ..PLAIN
    },
    NodeSpec {
        name: "layout",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Arrangement(LAYOUTS)),
        usage: "layout \"main-vertical\"",
        doc: "How panes without a split are laid out, by tmux's names, or by a layout string as `#{window_layout}` and other tools write it: its cells are scaled to the window, and its checksum does not count. Titles take a line each: the rest is shared evenly, so a pane can differ by a cell from what tmux's own `select-layout` would give it.",
        fallback: Fallback::Value(r#""tiled""#),
        example: r#"window "work" layout="main-vertical" {
    pane "editor"
    pane "tests"
    pane "shell"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "synchronize",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Bool),
        usage: "synchronize #true",
        doc: "Sends everything typed into one pane to all panes of the window.",
        fallback: Fallback::Words("tmux's setting"),
        example: r#"window "hosts" synchronize=#true {
    pane "one"
    pane "two"
}"#,
        ..SCALAR
    },
    NodeSpec {
        name: "zoom",
        places: &[Place::Window],
        arguments: Arguments::One(Value::Bool),
        usage: "zoom #true",
        doc: "Zooms the focused pane when the window is created.",
        fallback: Fallback::Value("#false"),
        example: r#"window "work" zoom=#true {
    pane "editor" focus=#true
    pane "shell"
}"#,
        ..SCALAR
    },
];
