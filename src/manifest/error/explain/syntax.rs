//! Mistakes in the text itself: what is not KDL 2, or too much of it.

use crate::manifest::diagnostic::Explanation;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: "triad::manifest::invalid-utf8",
        text: "A manifest is UTF-8 text, as every KDL document is. Other encodings give other \
               characters for the same bytes, so that names and titles would come out wrong. \
               `file` guesses an encoding, `iconv -t UTF-8` changes it.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::not-text",
        text: "A manifest is text, and text holds no NUL. A file that does is a program, an image, \
               or text in UTF-16, which editors can save as UTF-8.",
        wrong: Some("session \"main\" \0"),
        right: Some("session \"main\""),
    },
    Explanation {
        code: "triad::manifest::too-large",
        text: "A manifest has at most 512 KiB, so that any file is answered at once, whatever is \
               in it. Layouts of a thousand panes stay far below.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::too-many-nodes",
        text: "A manifest has at most 50,000 nodes and values, so that any file is answered at \
               once and in bounded memory.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::too-deep",
        text: "Blocks are nested at most 64 deep. Splits that deep would leave no cell for a pane; \
               the bound keeps the parser within its stack.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::no-thread",
        text: "Manifests are read in a thread with a large stack, and the system gave none: its \
               limit of processes or of memory is reached. The manifest has no part in it.",
        wrong: None,
        right: None,
    },
    Explanation {
        code: "triad::manifest::control-character",
        text: "KDL forbids characters that are not seen: controls, and those that change the \
               direction of text. With them a file can show something else than it says. In a \
               string they are written as an escape.",
        wrong: Some("session \"main\" cwd=\"a\u{7}\""),
        right: Some("session \"main\" cwd=\"a\\u{7}\""),
    },
    Explanation {
        code: "triad::manifest::unclosed-quote",
        text: "A string in single `\"` ends on its line. One of several lines stands between \
               `\"\"\"`, each on a line of its own.",
        wrong: Some("session \"main\" cwd=\"server"),
        right: Some("session \"main\" cwd=\"server\""),
    },
    Explanation {
        code: "triad::manifest::unclosed-comment",
        text: "A comment that `/*` opens ends with `*/`. Comments nest, so each `/*` within needs \
               one of its own.",
        wrong: Some("session \"main\"\n/* a note /* in a note */"),
        right: Some("session \"main\"\n/* a note /* in a note */ */"),
    },
    Explanation {
        code: "triad::manifest::unclosed-brace",
        text: "Every `{` has its `}`. Where one is missing, the indentation tells which block it \
               was, and a second label points there.",
        wrong: Some("session \"main\" {\n    window \"work\" {\n}"),
        right: Some("session \"main\" {\n    window \"work\" {\n    }\n}"),
    },
    Explanation {
        code: "triad::manifest::extra-brace",
        text: "A `}` closes a block, and here all of them are closed: it is one too many, or a `{` \
               is missing above.",
        wrong: Some("session \"main\" {\n    window \"work\"\n}\n}"),
        right: Some("session \"main\" {\n    window \"work\"\n}"),
    },
    Explanation {
        code: "triad::manifest::block-without-node",
        text: "A block belongs to the node right before it, and a node has one.",
        wrong: Some("session \"main\" {\n    window \"work\" { pane \"a\" } { pane \"b\" }\n}"),
        right: Some("session \"main\" {\n    window \"work\" { pane \"a\"; pane \"b\" }\n}"),
    },
    Explanation {
        code: "triad::manifest::brace-on-own-line",
        text: "A node ends with its line, so its block begins on the same line.",
        wrong: Some("session \"main\"\n{\n    window \"work\"\n}"),
        right: Some("session \"main\" {\n    window \"work\"\n}"),
    },
    Explanation {
        code: "triad::manifest::multiline-opening",
        text: "The text of a string of several lines begins on the line after its opening \
               `\"\"\"`, so that all of its lines can be indented alike.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run """make
                make test
                """
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run """
                make
                make test
                """
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::multiline-closing",
        text: "The closing `\"\"\"` stands on a line of its own: its indentation is what is taken \
               off every line of the string.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run """
                make
                make test"""
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run """
                make
                make test
                """
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::indentation",
        text: "Every line of a string of several lines is indented at least like its closing \
               `\"\"\"`, with the same tabs and spaces: that much is taken off.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run """
                make
            make test
                """
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run """
                make
                make test
                """
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::bad-escape",
        text: "In a string, `\\` begins an escape: `\\n`, `\\t`, `\\r`, `\\b`, `\\f`, `\\s`, `\\\\`, \
               `\\\"` or `\\u{…}`. For another backslash write two, or use a raw string of KDL, \
               `#\"…\"#`, which has no escapes.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "find" { run "grep -E '\d+' log" }
    }
}"#,
        ),
        right: Some(
            r##"session "main" {
    window "work" {
        pane "find" { run #"grep -E '\d+' log"# }
    }
}"##,
        ),
    },
    Explanation {
        code: "triad::manifest::kdl1-keyword",
        text: "KDL 2 writes keywords with `#`, so that the bare words are ordinary text. The \
               spelling of KDL 1 is refused, for nobody can tell which of the two was meant.",
        wrong: Some("session \"main\" {\n    window \"work\" focus=true\n}"),
        right: Some("session \"main\" {\n    window \"work\" focus=#true\n}"),
    },
    Explanation {
        code: "triad::manifest::kdl1-raw-string",
        text: "KDL 2 writes a raw string as `#\"…\"#`, without the `r` of KDL 1. It has no \
               escapes, and is a template like any other string; `(raw)` before it makes it none.",
        wrong: Some("session \"main\" cwd=r\"server\""),
        right: Some("session \"main\" cwd=#\"server\"#"),
    },
    Explanation {
        code: "triad::manifest::unquoted-value",
        text: "Only plain words may go without quotes. What starts like a number, or holds `=`, \
               `/`, braces or other marks of KDL, is text in quotes.",
        wrong: Some("session \"main\" cwd=~/work"),
        right: Some("session \"main\" cwd=\"~/work\""),
    },
    Explanation {
        code: "triad::manifest::single-quotes",
        text: "Strings of KDL stand in double quotes. A single quote is a character like any \
               other, and useful within: it needs no escape there.",
        wrong: Some("session 'main'"),
        right: Some("session \"main\""),
    },
    Explanation {
        code: "triad::manifest::unknown-keyword",
        text: "A word after `#` is a keyword of KDL. A manifest has use for two of them, `#true` \
               and `#false`.",
        wrong: Some("session \"main\" {\n    window \"work\" focus=#yes\n}"),
        right: Some("session \"main\" {\n    window \"work\" focus=#true\n}"),
    },
    Explanation {
        code: "triad::manifest::huge-number",
        text: "A number has to fit 128 bits; no number of a manifest needs more than a few digits. \
               Digits that are text, such as a long id, go into quotes.",
        wrong: Some("session \"main\" cwd=999999999999999999999999999999999999999999"),
        right: Some("session \"main\" cwd=\"999999999999999999999999999999999999999999\""),
    },
    Explanation {
        code: "triad::manifest::comma",
        text: "KDL separates values by spaces. A comma would become a part of the text before it.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" { run "make", "test" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" { run "make" "test" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::hash-comment",
        text: "Comments start with `//`, or stand between `/*` and `*/`; `#` begins keywords and \
               raw strings. `/-` leaves out the node, value or block after it.",
        wrong: Some("# the main session\nsession \"main\""),
        right: Some("// the main session\nsession \"main\""),
    },
    Explanation {
        code: "triad::manifest::run-together",
        text: "Values are separated by spaces. Two that touch are mostly a `\"` within a string, \
               which ends it: there it is written `\\\"`, or `'` where the shell takes that too.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "show" { run "echo "hello"" }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "show" { run "echo \"hello\"" }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::stray-equals",
        text: "A node is a name and values, separated by spaces; `=` stands only within a \
               property, without spaces around it: `name=value`.",
        wrong: Some("session \"main\" {\n    cwd = \"server\"\n}"),
        right: Some("session \"main\" {\n    cwd \"server\"\n}"),
    },
    Explanation {
        code: "triad::manifest::stray-semicolon",
        text: "A `;` ends a node, as the end of the line does. One without a node before it ends \
               nothing.",
        wrong: Some("session \"main\" { window \"work\";; }"),
        right: Some("session \"main\" { window \"work\"; }"),
    },
    Explanation {
        code: "triad::manifest::missing-value",
        text: "A property is `name=value`, and the value follows right after `=`. What is not to \
               be set is left out with its name.",
        wrong: Some("session \"main\" cwd="),
        right: Some("session \"main\" cwd=\"server\""),
    },
    Explanation {
        code: "triad::manifest::not-separated",
        text: "A node ends with its line or with `;`. After a block on the same line the next node \
               needs one of them.",
        wrong: Some("session \"main\" { window \"a\" { pane \"p\" } window \"b\" }"),
        right: Some("session \"main\" { window \"a\" { pane \"p\" }; window \"b\" }"),
    },
    Explanation {
        code: "triad::manifest::bad-node-name",
        text: "A node starts with its name, a word. What starts like a number or a path is a \
               value, and stands after the name of its node, on the same line.",
        wrong: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            ./build "--fast"
        }
    }
}"#,
        ),
        right: Some(
            r#"session "main" {
    window "work" {
        pane "build" {
            run "./build" "--fast"
        }
    }
}"#,
        ),
    },
    Explanation {
        code: "triad::manifest::bad-property-name",
        text: "What stands before `=` is a property's name, a word. Text that holds `=` is a \
               value, and stands in quotes.",
        wrong: Some("session \"main\" 5=\"x\""),
        right: Some("session \"main\" cwd=\"5=x\""),
    },
    Explanation {
        code: "triad::manifest::stray-slashdash",
        text: "`/-` leaves out what comes right after it: a node, a value, a property or a block. \
               Before a `}` or at the end there is nothing to leave out.",
        wrong: Some("session \"main\" { /- }"),
        right: Some("session \"main\" { /- window \"work\" }"),
    },
    Explanation {
        code: "triad::manifest::out-of-place",
        text: "This character has a meaning in KDL, and none where it stands. Text that holds \
               marks such as `(`, `)`, `[`, `]` or `\\` stands in quotes.",
        wrong: Some("session \"main\") { }"),
        right: Some("session \"main\" { }"),
    },
    Explanation {
        code: "triad::manifest::syntax",
        text: "The text is not a KDL 2 document, in a way that triad has no words of its own for: \
               message and help are those of the KDL parser. https://kdl.dev has the language.",
        wrong: Some("session \"main\" cwd=#\"\"\"#"),
        right: Some("session \"main\" cwd=#\"\"#"),
    },
];
