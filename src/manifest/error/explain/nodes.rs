//! The rules of the language: nodes, places, values.

use crate::manifest::diagnostic::Explanation;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: "triad::manifest::empty",
        text: "A manifest holds at least one session. A file with nothing in it is more likely the \
               wrong file, or one that was not saved, than a wish for nothing; to end what a \
               layout made there is `triad down`.",
        wrong: Some("// nothing but a comment"),
        right: Some("session \"main\""),
    },
    Explanation {
        code: "triad::manifest::no-session",
        text: "A manifest holds at least one session, because everything else in it only says how \
               sessions come out. A session may be bare: without windows it has one, `main`, with \
               a shell in it.",
        wrong: Some("layout \"shop\"\nvars { port 8080 }"),
        right: Some("layout \"shop\"\nvars { port 8080 }\nsession \"shop\""),
    },
    Explanation {
        code: "triad::manifest::unknown-node",
        text: "Each kind of block knows its own nodes, and no others are read. A node that was \
               skipped in silence would be a window that never comes up. The reference lists what \
               may stand where: `triad schema --format markdown`.",
        wrong: Some(
            r#"session "main" {
    windw "work"
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work"
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::unknown-property",
        text: "Each node knows its own properties, `name=value`, and no others are read. One that \
               was skipped in silence would be a setting that never takes effect.",
        wrong: Some(
            r#"session "main" {
    window "work" titel="Work"
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" title="Work"
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::not-a-property",
        text: "What holds a single value may be written as a property or as a child. `run`, \
               `needs`, `ready` and `env` may hold more than that, so they have one spelling: a \
               node in the block.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" run="make"
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" { run "make" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::not-supported",
        text: "The language has this node or property, and this version of triad does not do it \
               yet. It is an error and not a warning: a layout that comes up without something \
               that it asks for is a surprise later.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        agent "worker" adapter="claude" { run "claude" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        agent "worker" { run "claude" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::wrong-place",
        text: "The node or property exists, in another kind of block: a command belongs to a pane, \
               a pane to a window or a split, a window to a session.",
        wrong: Some(
            r#"session "main" {
    run "make"
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" { run "make" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::missing-argument",
        text: "The node needs a value after its name. Sessions, windows and panes need a name: it \
               is how triad finds them again when the manifest is applied a second time.",
        wrong: Some("session {\n    window \"work\"\n}"),
        right: Some("session \"main\" {\n    window \"work\"\n}"),
    },
    Explanation {
        code: "triad::manifest::extra-arguments",
        text: "The node takes fewer values than are written after its name. Often quotes are \
               missing around a text of several words, or a property is written without its name.",
        wrong: Some("session \"main\" \"web\""),
        right: Some("session \"main-web\""),
    },
    Explanation {
        code: "triad::manifest::no-block",
        text: "The node takes values only; there is nothing that could stand in a block of it.",
        wrong: Some("session \"main\" {\n    cwd \"server\" { }\n}"),
        right: Some("session \"main\" {\n    cwd \"server\"\n}"),
    },
    Explanation {
        code: "triad::manifest::bad-name",
        text: "A name is 1 to 64 letters and digits of any script, `_` and `-`. It is a part of \
               addresses (`session/window/pane`), which tmux, shells and people have to read, so \
               it holds no spaces, slashes, dots or colons. What is to be shown goes into `title`.",
        wrong: Some("session \"my project\""),
        right: Some("session \"my-project\""),
    },
    Explanation {
        code: "triad::manifest::bad-key",
        text: "The name of an environment variable is letters, digits and `_`, and does not start \
               with a digit. Shells cannot set or read others.",
        wrong: Some("env { MY-KEY \"x\" }\nsession \"main\""),
        right: Some("env { MY_KEY \"x\" }\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::reserved-name",
        text: "Templates have these names in scope already: `layout`, `session`, `window`, `pane`, \
               `root`, `env` and `it`. A variable of the same name would hide one of them.",
        wrong: Some("vars { session \"x\" }\nsession \"main\""),
        right: Some("vars { session-name \"x\" }\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::duplicate-name",
        text: "The variables of one file are unique, and so are the keys of one `env` and one \
               `options`, and the properties of an `each`: with two of a name one would have to \
               win, and a reader could not tell which. A later file may say it anew.",
        wrong: Some("vars { port 8080; port 9090 }\nsession \"main\""),
        right: Some("vars { port 8080; admin-port 9090 }\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::duplicate-node",
        text: "This node may stand once in its block. With two, one would have to win, and a \
               reader could not tell which.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run "make"
            run "make test"
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run "make && make test"
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::duplicate-property",
        text: "A property is written once on a node. KDL lets the last one win; triad does not \
               guess which of two was meant.",
        wrong: Some("session \"main\" cwd=\"server\" cwd=\"client\""),
        right: Some("session \"main\" cwd=\"server\""),
    },
    Explanation {
        code: "triad::manifest::property-and-child",
        text: "A single value may be a property or a child. Both at once say the same thing twice, \
               or two things.",
        wrong: Some("session \"main\" cwd=\"server\" {\n    cwd \"client\"\n}"),
        right: Some("session \"main\" cwd=\"client\""),
    },
    Explanation {
        code: "triad::manifest::wrong-type",
        text: "The value is of another type than the node or property takes: text in quotes, a \
               number without, `#true` or `#false`. A string that holds `{{` is a template and may \
               stand for any of them.",
        wrong: Some("session \"main\" {\n    window \"work\" focus=\"yes\"\n}"),
        right: Some("session \"main\" {\n    window \"work\" focus=#true\n}"),
    },
    Explanation {
        code: "triad::manifest::bad-value",
        text: "The value is of the right type and not one of those that are possible: another \
               word, a number out of range, a time without its unit. Where a template makes the \
               value, the code is triad::resolve::bad-value.",
        wrong: Some("session \"main\" {\n    window \"work\" titles=\"above\"\n}"),
        right: Some("session \"main\" {\n    window \"work\" titles=\"top\"\n}"),
    },
    Explanation {
        code: "triad::manifest::nul-in-text",
        text: "No text can hold the character NUL: arguments, environment variables and paths end \
               at it, so that a program would be given half of it.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "show" { run "printf 'a\u{0}b'" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "show" { run "printf 'a\\0b'" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::null",
        text: "No value of a manifest is null. What is not mentioned is left as it is, so to leave \
               the node or property out says the same.",
        wrong: Some("session \"main\" cwd=#null"),
        right: Some("session \"main\""),
    },
    Explanation {
        code: "triad::manifest::type-annotation",
        text: "Of KDL's type annotations only `(raw)` is known: it marks a string that is taken as \
               it stands, and is no template.",
        wrong: Some("session \"main\" cwd=(path)\"server\""),
        right: Some("session \"main\" cwd=(raw)\"{{server}}\""),
    },
    Explanation {
        code: "triad::manifest::raw-not-text",
        text: "`(raw)` says that a string is no template. Numbers, `#true` and `#false` never are, \
               so it has nothing to say before them.",
        wrong: Some("session \"main\" {\n    window \"work\" focus=(raw)#true\n}"),
        right: Some("session \"main\" {\n    window \"work\" focus=#true\n}"),
    },
    Explanation {
        code: "triad::manifest::empty-run",
        text: "`run` needs a command. A pane that is meant to hold a shell has no `run` at all.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "shell" { run "" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "shell"
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::empty-split",
        text: "`columns` and `rows` divide their space among panes and splits; without any there \
               is nothing to divide.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        columns { }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        columns { pane "left"; pane "right" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::empty-ready",
        text: "A `ready` block says how to find out that the pane is ready, so it needs a probe. \
               Without the block a pane is ready when it has started.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        service "api" {
            run "./api"
            ready deadline="30s"
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        service "api" {
            run "./api"
            ready deadline="30s" { port 8080 }
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::several-splits",
        text: "A window holds one split, or panes. Two splits side by side do not say how the \
               window is divided between them; a split around both does.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        columns { pane "a"; pane "b" }
        columns { pane "c"; pane "d" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        rows {
            columns { pane "a"; pane "b" }
            columns { pane "c"; pane "d" }
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::split-and-panes",
        text: "A window holds one split, or panes. A pane beside a split does not say where it \
               goes; a split around both does.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        columns { pane "a"; pane "b" }
        pane "c"
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        rows {
            columns { pane "a"; pane "b" }
            pane "c"
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::ready-in-task",
        text: "A task runs to its end, and is ready when it has exited with 0. Something that is \
               probed while it runs is a `service`.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        task "migrate" {
            run "./migrate"
            ready { port 5432 }
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        task "migrate" { run "./migrate" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::size-and-grow",
        text: "`size` fixes what a child of a split takes, `grow` is its weight in what is left. A \
               child is either fixed or growing.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        columns { pane "a" size=20 grow=2; pane "b" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        columns { pane "a" size=20; pane "b" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::size-outside-split",
        text: "`size` and `grow` are parts of a split. Panes that stand right in a window are \
               tiled, and its only split fills it.",
        wrong: Some(
            r#"session "main" {
    window "work" { pane "a" size="30%"; pane "b" }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        columns { pane "a" size="30%"; pane "b" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::server-without-address",
        text: "`server` names the tmux server by `socket` or by `path`. Without the node it is the \
               server that triad runs in, or else tmux's default.",
        wrong: Some("server\nsession \"main\""),
        right: Some("server socket=\"work\"\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::server-with-both",
        text: "`socket` is a name in tmux's own folder, as with `tmux -L`; `path` is a path of its \
               own, as with `tmux -S`. Both at once are two servers.",
        wrong: Some("server socket=\"work\" path=\"/run/work.sock\"\nsession \"main\""),
        right: Some("server path=\"/run/work.sock\"\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::env-without-value",
        text: "A line of `env` says where the value comes from: it gives one, or takes the \
               caller's with `from=\"env\"`. That a variable is passed on is written out, so that \
               a reader sees what a layout depends on.",
        wrong: Some("env { API_KEY }\nsession \"main\""),
        right: Some("env { API_KEY from=\"env\" optional=#true }\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::env-with-both",
        text: "A line of `env` gives a value or takes the caller's; with both, one would be \
               ignored. For the caller's value with another in reserve there is a template.",
        wrong: Some("env { EDITOR \"vi\" from=\"env\" }\nsession \"main\""),
        right: Some("env { EDITOR \"{{default env.EDITOR \\\"vi\\\"}}\" }\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::optional-without-from",
        text: "`optional` says that the caller may be without the variable. A value that is given \
               is always there.",
        wrong: Some("env { LEVEL \"debug\" optional=#true }\nsession \"main\""),
        right: Some("env { LEVEL from=\"env\" optional=#true }\nsession \"main\""),
    },
];
