//! The rules of names, sizes, copies and profiles.

use crate::manifest::diagnostic::Explanation;

pub(super) const EXPLANATIONS: &[Explanation] = &[
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
];
