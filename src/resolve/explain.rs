//! What `triad check --explain` says about each mistake that shows when a manifest is spelled out.
//! Like those of `manifest/error/explain`, and held by the same tests.

use crate::manifest::diagnostic::Explanation;

/// The explanations of every code of [`ResolveError`](super::ResolveError).
pub const EXPLANATIONS: &[Explanation] = &[
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
        code: "triad::resolve::duplicate-name",
        text: "Names are unique among siblings, and those of panes in their session, once profiles \
               are chosen and templates filled in. A name is how triad finds a thing again, and how \
               `needs` points at it.",
        wrong: Some(
            r#"vars { first "api"; second "api" }
session "main" {
    window "{{first}}"
    window "{{second}}"
}"#,
        ),
        right: Some(
            r#"vars { first "api"; second "web" }
session "main" {
    window "{{first}}"
    window "{{second}}"
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::unknown-need",
        text: "`needs` names a pane of this layout, by its name or by its address \
               (`session/window/pane`). A need that nothing can meet would wait for ever.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        service "engine" { run "./engine" }
        agent "worker" { run "./worker"; needs "engin" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        service "engine" { run "./engine" }
        agent "worker" { run "./worker"; needs "engine" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::ambiguous-need",
        text: "Pane names are unique in their session only. Where two sessions have a pane of this \
               name, and the pane's own session has none, `needs` takes the address.",
        wrong: Some(
            r#"session "main" { window "work" { agent "worker" { run "./worker"; needs "db" } } }
session "one" { window "data" { service "db" { run "./db" } } }
session "two" { window "data" { service "db" { run "./db" } } }"#,
        ),
        right: Some(
            r#"session "main" { window "work" { agent "worker" { run "./worker"; needs "one/data/db" } } }
session "one" { window "data" { service "db" { run "./db" } } }
session "two" { window "data" { service "db" { run "./db" } } }"#,
        ),
    },
    Explanation {
        code: "triad::resolve::cycle",
        text: "Panes that need each other, in a circle, all wait for another and none can start. \
               One of the needs has to go, or the part that both need becomes a pane of its own.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        service "api" { run "./api"; needs "web" }
        service "web" { run "./web"; needs "api" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        service "api" { run "./api" }
        service "web" { run "./web"; needs "api" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::shares-too-large",
        text: "The shares of one split are parts of its extent, so together they are at most \
               100 %. A child without a size, or with `grow`, takes what is left.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        columns { pane "a" size="60%"; pane "b" size="50%" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        columns { pane "a" size="60%"; pane "b" }
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
        code: "triad::resolve::cells-too-many",
        text: "The children of a split need more cells than there can be: more than the largest \
               window of tmux, 10,000, or more than the size that is written for the split \
               around them. A share of 100 % leaves nothing for a sibling, too. The borders \
               between the children count.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        columns {
            pane "a" size=9000
            pane "b" size=2000
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        columns {
            pane "a" size="80%"
            pane "b"
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::unknown-template",
        text: "`use` names a template that the manifest does not have. Templates stand at the \
               top of the manifest or of a file that it includes.",
        wrong: Some(
            r#"template "watcher" { run "watch df" }
session "main" {
    window "work" {
        pane "disks" use="wacher"
    }
}"#,
        ),
        right: Some(
            r#"template "watcher" { run "watch df" }
session "main" {
    window "work" {
        pane "disks" use="watcher"
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::template-cycle",
        text: "A template uses itself, directly or by way of others, so that none of them would \
               ever be complete.",
        wrong: Some(
            r#"template "a" use="b"
template "b" use="a"
session "main""#,
        ),
        right: Some(
            r#"template "a" use="b"
template "b" { run "true" }
session "main""#,
        ),
    },
    Explanation {
        code: "triad::resolve::ready-in-task",
        text: "A task is ready when it has exited with 0, so it takes no `ready` block, not by \
               its template either.",
        wrong: Some(
            r#"template "web" { ready { port 8080 } }
session "main" {
    window "work" {
        task "build" use="web" { run "make" }
    }
}"#,
        ),
        right: Some(
            r#"template "web" { ready { port 8080 } }
session "main" {
    window "work" {
        service "serve" use="web" { run "make serve" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::type-without-shell",
        text: "`type` is for a shell at its prompt. Text that is typed into another program, \
               one that may not even be up yet, ends up anywhere.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "editor" { run "vi"; type ":help" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "editor" { type "vi" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::restart-with-secret",
        text: "tmux does not remember the environment that it has started a program with: what \
               starts it again has to say it all, and would lie in the server for everybody who \
               asks it. A secret must not.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        service "api" {
            run "./api"
            env { API_KEY secret=#true }
            restart "on-failure"
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        service "api" {
            run "API_KEY=$(cat ~/.config/api/key) exec ./api"
            restart "on-failure"
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::task-closes",
        text: "A task runs once: that it has succeeded is known from its pane, which keeps its \
               exit status. A task whose pane closed would be run again by every apply.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        task "migrate" on-exit="close" { run "./migrate" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        task "migrate" on-exit="shell" { run "./migrate" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::unknown-profile",
        text: "`--profile` names a profile that no node of the manifest has, so choosing it \
               would do nothing. It is most likely misspelled.",
        wrong: Some(
            r#"// triad check --profile gpus
session "main" {
    window "work" {
        service "model" profile="gpu" { run "vllm" }
        pane "shell"
    }
}"#,
        ),
        right: Some(
            r#"// triad check --profile gpu
session "main" {
    window "work" {
        service "model" profile="gpu" { run "vllm" }
        pane "shell"
    }
}"#,
        ),
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
    Explanation {
        code: "triad::resolve::nothing-chosen",
        text: "Every session of the manifest is left out by its profile. Applying nothing would \
               take down everything that the layout had made; that is what `triad down` is for.",
        wrong: Some(r#"session "main" profile="gpu""#),
        right: Some(
            r#"// triad check --profile gpu
session "main" profile="gpu""#,
        ),
    },
    Explanation {
        code: "triad::resolve::need-left-out",
        text: "A pane needs another that its profile leaves out, so it could never start. Who \
               needs something is there with it, or needs what takes its place.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        service "model" profile="gpu" { run "vllm" }
        agent "worker" { run "worker"; needs "model" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        service "model" profile="gpu" { run "vllm" }
        service "model" profile="!gpu" { run "stub" }
        agent "worker" { run "worker"; needs "model" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::never-met",
        text: "A pane waits for the end of one that is started again whenever it ends.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        service "loop" { run "./loop"; restart "always" }
        task "after" { run "true"; needs "loop" until="exited" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        service "loop" { run "./loop"; restart "on-failure" }
        task "after" { run "true"; needs "loop" until="exited" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::was-twice",
        text: "Two nodes say that they were the same object. Only one of them can have its \
               process.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "editor" was="vim"
        pane "viewer" was="vim"
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "editor" was="vim"
        pane "viewer"
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::still-there",
        text: "`was` gives the former name of something that was renamed. What the manifest \
               still names has not been renamed. The line can go once the rename is applied \
               everywhere.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "editor" was="vim"
        pane "vim"
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "editor" was="vim"
        pane "other"
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::too-many",
        text: "With its copies the manifest spells out more than 5,000 sessions, windows and \
               panes; no tmux server holds so many. An `each` within an `each` multiplies.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::resolve::split-not-alone",
        text: "A window has one split, or panes. Once profiles are chosen and copies are made, \
               this one has several splits, or a split with panes beside it.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        rows { each 1; each 2; pane "a{{it}}"; pane "b{{it}}" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        columns { rows { each 1; each 2; pane "a{{it}}"; pane "b{{it}}" } }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::resolve::uses-too-deep",
        text: "A template may use others, which use others; 16 behind one another is the most. \
               Nobody could tell any more where something comes from.",
        wrong: Some(
            r#"template "t0" { run "true" }
template "t1" use="t0"
template "t2" use="t1"
template "t3" use="t2"
template "t4" use="t3"
template "t5" use="t4"
template "t6" use="t5"
template "t7" use="t6"
template "t8" use="t7"
template "t9" use="t8"
template "t10" use="t9"
template "t11" use="t10"
template "t12" use="t11"
template "t13" use="t12"
template "t14" use="t13"
template "t15" use="t14"
template "t16" use="t15"
session "main" {
    window "work" { pane "p" use="t16" }
}"#,
        ),
        right: Some(
            r#"template "t0" { run "true" }
template "t1" use="t0"
session "main" {
    window "work" { pane "p" use="t1" }
}"#,
        ),
    },
];
