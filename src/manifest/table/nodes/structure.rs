//! Sessions, windows, splits and panes, and how they look.

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
        doc: "A window: one split, or panes that are tiled; without panes it has one, `shell`. A window with a `run` of its own, or anything else that belongs to a pane, is one pane of the window's name.",
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
        doc: "A shell, or a command nobody depends on. A pane without a name is called after its command.",
        example: r#"pane "shell"
pane "editor" title="the editor" { run "vi" "." }
pane { run "make watch" }"#,
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
        doc: "A command that runs once to its end; with status 0 it is done, else it has failed. Its pane remembers that it is done: closed by hand, it is made again and runs again.",
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
        name: "title",
        places: &[Place::Window, Place::Pane, Place::Template],
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
        doc: "Where the window shows the titles of its panes; a pane without one shows its name.",
        fallback: Fallback::Words(r#"`"top"` where a pane has a title, else as tmux has it"#),
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
        places: &[Place::Split, Place::Pane, Place::Template],
        arguments: Arguments::One(Value::Size),
        usage: "size \"30%\"",
        doc: "The share of the split around it, or a number of cells; of the first pane in a `layout` with a main pane, that pane's size.",
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
        places: &[Place::Split, Place::Pane, Place::Template],
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
    NodeSpec {
        name: "protect",
        places: &[Place::Session, Place::Window, Place::Pane, Place::Template],
        arguments: Arguments::One(Value::Bool),
        usage: "protect #true",
        doc: "Whether triad refuses to stop what runs in it; of a window, in any of its panes.",
        fallback: Fallback::Value("#false"),
        example: r#"pane "training" protect=#true { run "python3 train.py" }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "was",
        places: &[Place::Session, Place::Window, Place::Pane],
        arguments: Arguments::One(Value::Text),
        usage: "was \"old-name\"",
        doc: "Its former name or address: what runs is kept and gets the new name.",
        example: r#"pane "editor" was="vim" { run "vi" "." }"#,
        ..SCALAR
    },
    NodeSpec {
        name: "tmux-hook",
        places: &[Place::Session],
        arguments: Arguments::Two(Value::Text),
        is_repeatable: true,
        usage: "tmux-hook \"client-attached\" \"tmux command\"",
        doc: "A command that tmux itself runs on one of its events in the session, beside those of other people; of an event of windows or panes, in each of the session's windows.",
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
        doc: "Whether what is typed into one pane goes to all of the window.",
        fallback: Fallback::Words("as tmux has it"),
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
        doc: "Whether the window shows only its focused pane when it is made.",
        fallback: Fallback::Value("#false"),
        example: r#"window "work" zoom=#true {
    pane "editor" focus=#true
    pane "shell"
}"#,
        ..SCALAR
    },
];
