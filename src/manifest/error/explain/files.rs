//! The rules of options, includes and other nodes that came with the whole language.

use crate::manifest::diagnostic::Explanation;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: "triad::manifest::too-early",
        text: "The path of an `include` and the name of a `template` are read before there are \
               variables, because the included file may declare them. They are written as they \
               are.",
        wrong: Some(
            r#"vars { name "local" }
include "{{name}}.kdl"
session "main""#,
        ),
        right: Some(
            r#"include "local.kdl" optional=#true
session "main""#,
        ),
    },
    Explanation {
        code: "triad::manifest::bad-option-name",
        text: "A tmux option is named by letters, digits, `-` and `_`, with `@` before the name \
               of one of your own and an index such as `[0]` behind one of an array. tmux \
               expands formats in names, which may run commands, so nothing else gets there.",
        wrong: Some(
            r#"session "main" {
    options { "status left" "x" }
}"#,
        ),
        right: Some(
            r#"session "main" {
    options { status-left "x" }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::option-without-value",
        text: "An option has a value: a string, a number, or `#true` and `#false` for tmux's \
               `on` and `off`. To leave an option to tmux, do not write it at all.",
        wrong: Some(
            r#"session "main" {
    options { mouse }
}"#,
        ),
        right: Some(
            r#"session "main" {
    options { mouse #true }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::several-ways-to-stop",
        text: "A process is asked to end in one way: by a signal, by keys, or by a command. \
               What remains of it at the end of `timeout` is killed in any case.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        agent "worker" { run "claude"; stop signal="INT" { keys "C-c" } }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        agent "worker" { run "claude"; stop { keys "C-c" } }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::layout-of-split",
        text: "`layout` names one of tmux's arrangements for panes that stand in the window \
               without a split. A split says itself where its panes are.",
        wrong: Some(
            r#"session "main" {
    window "work" layout="tiled" {
        columns { pane "a"; pane "b" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" layout="tiled" {
        pane "a"
        pane "b"
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::include-missing",
        text: "An included file is not there. A file that not everybody has, such as one with \
               settings of your own that git ignores, is included with `optional=#true`.",
        wrong: Some(
            r#"include "common.kdl"
session "main""#,
        ),
        right: Some(
            r#"include "local.kdl" optional=#true
session "main""#,
        ),
    },
    Explanation {
        code: "triad::manifest::include-outside",
        text: "A manifest and what it includes lie in one folder, or below it. So it can be \
               reviewed, moved and shared as a whole, and no file from elsewhere on the machine \
               decides what it runs. A link in the folder may lead out of it: making one is \
               your own doing.",
        wrong: Some(
            r#"include "../common.kdl"
session "main""#,
        ),
        right: Some(
            r#"include "shared/common.kdl" optional=#true
session "main""#,
        ),
    },
    Explanation {
        code: "triad::manifest::include-unreadable",
        text: "An included file is there and cannot be read: it is a folder, or its permissions \
               do not allow it.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::include-cycle",
        text: "A file includes itself, directly or by way of others, so that reading it would \
               have no end. The chain of files is in the message; one of its includes has to \
               go. What two files need both stands best in a third.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::include-twice",
        text: "A file is included twice. Where a later file wins over an earlier one, only one \
               of the two places can be meant; and sessions and templates cannot be there \
               twice.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::include-too-many",
        text: "A manifest consists of at most 100 files. People do not write more; a generator \
               that does has most likely gone wrong.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::include-too-large",
        text: "The files of a manifest may be 512 KiB together. People do not write more; a \
               generator that does has most likely gone wrong.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::include-untrusted",
        text: "A manifest that triad found by looking for one, without being told its name, \
               must be your own, and so must be what it includes: nobody else may be able to \
               write to those files, as they run programs. Naming the manifest on the command \
               line says that you have read it.",
        wrong: None,
        right: None,
    },
];
