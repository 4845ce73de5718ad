//! The rules of variables, templates and values.

use crate::manifest::diagnostic::Explanation;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: "triad::resolve::unknown-variable",
        text: "A template names a variable that is not in `vars`, not one of triad's own \
               (`layout`, `session`, `window`, `pane`, `root`) and not in the caller's environment \
               (`env.NAME`). An empty text in its place would be a command nobody wrote. Braces \
               that are for the program and not for triad stand in a string marked `(raw)`.",
        wrong: Some(
            r#"vars { model "llama3.2" }
session "main" {
    window "work" {
        service "engine" { run "./engine --model {{modle}}" }
    }
}"#,
        ),
        right: Some(
            r#"vars { model "llama3.2" }
session "main" {
    window "work" {
        service "engine" { run "./engine --model {{model}}" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::missing-variable",
        text: "A variable without a default must be given, by `--var NAME=VALUE` or in the \
               environment as `TRIAD_VAR_NAME`. That is for what no default is right for, such as \
               a token.",
        wrong: Some("vars { region }\nsession \"main\""),
        right: Some("// triad check --var region=eu\nvars { region }\nsession \"main\""),
    },
    Explanation {
        code: "triad::resolve::unused-variable",
        text: "`--var` names a variable that the manifest does not declare, so giving it would do \
               nothing. What may be given is what stands in `vars`.",
        wrong: Some("// triad check --var prot=9000\nvars { port 8080 }\nsession \"main\""),
        right: Some("// triad check --var port=9000\nvars { port 8080 }\nsession \"main\""),
    },
    Explanation {
        code: "triad::resolve::template",
        text: "The string is not a template that reads: strings are Handlebars, and `{{` begins a \
               tag. Braces that are for the program and not for triad, such as those of `docker \
               --format`, stand in a string marked `(raw)`.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "list" { run "docker ps --format '{{.Names}}'" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "list" { run (raw)"docker ps --format '{{.Names}}'" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::missing-environment",
        text: "A line of `env` takes the caller's variable, and the caller has none of that name. \
               A program that comes up without what it needs fails later and in its own words; \
               where it can do without, say so with `optional=#true`.",
        wrong: Some("env { REGION from=\"env\" }\nsession \"main\""),
        right: Some("env { REGION from=\"env\" optional=#true }\nsession \"main\""),
    },
    Explanation {
        code: "triad::resolve::secret-in-template",
        text: "What a template makes is shown in plans, titles and lists of processes, and kept on \
               the pane. A variable that is `secret=#true` anywhere in the manifest reaches programs \
               by their environment alone, so no template may name it; a `run` line can, as the \
               shell that runs it takes `$NAME` from there.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "api" {
            env { API_KEY secret=#true }
            run "./api --key {{env.API_KEY}}"
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "api" {
            env { API_KEY secret=#true }
            run "./api --key-from-env API_KEY"
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::bad-value",
        text: "A template made a value that is not possible here. The rules are those of values \
               that are written out; they show only now because the variables are known only now.",
        wrong: Some(
            r#"vars { port "http" }
session "main" {
    window "work" {
        service "api" {
            run "./api"
            ready { port "{{port}}" }
        }
    }
}"#,
        ),
        right: Some(
            r#"vars { port "8080" }
session "main" {
    window "work" {
        service "api" {
            run "./api"
            ready { port "{{port}}" }
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::no-home",
        text: "`~` at the start of a path stands for the caller's home directory, `$HOME`, which \
               is not set. triad does not guess another.",
        wrong: Some("// env -u HOME triad check\nsession \"main\" cwd=\"~/work\""),
        right: Some("// env -u HOME triad check\nsession \"main\" cwd=\"/srv/work\""),
    },
    Explanation {
        code: "triad::resolve::option-of-triad",
        text: "Some of tmux's options are set by triad itself, because what it makes stands on \
               them: whether an ended pane stays, whether a window keeps its name and its size. \
               Each has a word of its own in the manifest, or follows from it. Two who set one \
               option would undo each other's work with each apply.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" { run "make"; options { remain-on-exit #true } }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" on-exit="hold" { run "make" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::misplaced-option",
        text: "Each of tmux's options is kept on the server, on sessions, on windows or on panes. \
               What is written further out holds for everything within; what is written further \
               in than tmux can keep it would hold for nothing. Options of the server are those of \
               everybody's sessions and belong into one's own tmux.conf.",
        wrong: Some(
            r#"session "main" {
    window "work" { options { mouse #true } }
}"#,
        ),
        right: Some(
            r#"session "main" {
    options { mouse #true }
    window "work"
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::unknown-event",
        text: "tmux runs a hook when its event happens, and there is no event of this name. tmux's \
               manual lists them under HOOKS; every command has one too, such as \
               `after-split-window`.",
        wrong: Some(r#"session "main" { tmux-hook "client-attach" "display-message hello" }"#),
        right: Some(r#"session "main" { tmux-hook "client-attached" "display-message hello" }"#),
    },
];
