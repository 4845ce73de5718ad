//! No text makes triad panic, and every mistake points into the text.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use triad::manifest::diagnostic::Diagnostic;
use triad::manifest::error::ManifestError;
use triad::manifest::parse;
use triad::manifest::source::Source;
use triad::view::text::diagnostic::{self, Look};

/// Pieces that manifests are made of, and pieces that break them.
const PIECES: &[&str] = &[
    "layout ",
    "session ",
    "window ",
    "columns ",
    "rows ",
    "pane ",
    "service ",
    "task ",
    "run ",
    "needs ",
    "ready ",
    "port ",
    "http ",
    "env ",
    "vars ",
    "cwd ",
    "size ",
    "focus ",
    "title ",
    "\"a\" ",
    "\"b\"",
    "\"{{x}}\"",
    "(raw)",
    "(x)",
    "\"30%\"",
    "#true",
    "true",
    "#null",
    "20 ",
    "1.5",
    "250ms",
    "./a",
    "{ ",
    "}",
    "{",
    "{\n",
    "}\n",
    "\n",
    ";",
    "=",
    "cwd=",
    "size=",
    "until=",
    "\"",
    "\"\"\"",
    "\"\"\"\n",
    "#\"",
    "\"#",
    "r\"",
    "'",
    "//",
    "/*",
    "*/",
    "/-",
    "\\",
    "\\\n",
    "(",
    ")",
    ",",
    "#",
    "\t",
    "\r\n",
    "\0",
    "\u{7f}",
    "\u{9b}",
    "\u{1b}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "🧠",
    "\\u{41}",
];

/// Parses and renders, at a width, and checks every place.
fn check(text: &str, width: usize) -> Result<(), TestCaseError> {
    let source = Source::new("t", text);
    let parsed = parse(&source);
    let diagnostics: Vec<Diagnostic> = parsed
        .errors
        .iter()
        .map(ManifestError::diagnostic)
        .collect();
    for diagnostic in &diagnostics {
        prop_assert!(!diagnostic.labels.is_empty(), "{diagnostic:?}");
        for label in &diagnostic.labels {
            let range = label.span.offset..label.span.end();
            prop_assert!(text.get(range).is_some(), "{diagnostic:?}");
        }
    }
    let look = Look {
        color: false,
        width,
    };
    let sources = source.into();
    let shown = diagnostic::text(&diagnostics, &sources, look);
    prop_assert_eq!(shown.is_empty(), diagnostics.is_empty());
    let is_plain = |c: char| c == '\n' || !c.is_control();
    prop_assert!(shown.as_str().chars().all(is_plain), "{:?}", shown);
    let json = diagnostic::json(&diagnostics, &sources);
    prop_assert_eq!(json.len(), diagnostics.len());
    Ok(())
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 500,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_answered(text in any::<String>(), width in 0..200_usize) {
        check(&text, width)?;
    }

    #[test]
    fn any_mix_of_pieces_is_answered(
        pieces in vec(prop::sample::select(PIECES), 0..60),
        width in 0..200_usize,
    ) {
        check(&pieces.concat(), width)?;
    }
}
