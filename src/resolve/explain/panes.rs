//! The rules of what panes run, and of what they need.

use crate::manifest::diagnostic::Explanation;

pub(super) const EXPLANATIONS: &[Explanation] = &[
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
        code: "triad::resolve::need-left-out",
        text: "A pane needs another that its profile leaves out, so it could never start. Who \
               needs something is there with it, needs what takes its place, or says that it \
               can do without: `optional=#true`.",
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
        text: "A pane waits for the end of one that is started again whenever it ends, or for the \
               success of one whose pane closes when it ends, so that nobody sees how.",
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
        code: "triad::resolve::need-in-two-ways",
        text: "A pane has two `needs` of the same pane that say different things of it: another \
               `until`, `restart` or `optional`. Only one of them can be what is meant.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        service "db" { run "postgres"; ready { port 5432 } }
        service "api" {
            run "./api"
            needs "db" until="started"
            needs "db" restart=#true
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        service "db" { run "postgres"; ready { port 5432 } }
        service "api" {
            run "./api"
            needs "db" until="started" restart=#true
        }
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
