//! Laws for any text: formatting keeps its meaning, and is stable.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::{collection, sample};
use triad::manifest::fmt::{FormatError, format};
use triad::manifest::parse;
use triad::manifest::source::Source;
use triad::manifest::syntax::SIZE_MAX;

use crate::support;

/// The number of texts for each property.
const CASES: u32 = 500;

fn formatted(text: &str) -> Result<String, FormatError> {
    format(&Source::new("t", text))
}

/// Pieces of manifests, and separators between them.
const PIECES: &[&str] = &[
    "a",
    "session",
    "window",
    "\"b\"",
    "\"c d\"",
    "#\"e\"#",
    "\"\\n\"",
    "1",
    "0x_f",
    "0xFF",
    "1_0",
    "#true",
    "#nan",
    "k=",
    "k = ",
    "k=1",
    "=",
    "(raw)",
    "(raw)\"x\"",
    "( t )",
    "(",
    ")",
    "{",
    "}",
    " { ",
    " }\n",
    "{}",
    ";",
    "; ",
    "/-",
    "/- ",
    "/-\n",
    "/*c*/",
    "/* c\n d */",
    "// c\n",
    "//d  \r\n",
    "\\\n",
    "\\ // c\n",
    "\\\r\n",
    "\n",
    "\n",
    "\n\n\n",
    "\r\n",
    "\r",
    "\u{85}",
    " ",
    " ",
    " ",
    "\t",
    "\u{3000}",
    "\u{FEFF}",
    "\"\"\"\n  x\n  \"\"\"",
    "#\"\"\"\r\n x\n \"\"\"#",
    "\"x\\\n  y\"",
    "/- kdl-version 2\n",
    "a/b",
    "{{x}}",
    "\\",
    "'q'",
    "r\"o\"",
    "ü",
    "🧠",
    ",",
    "#",
    "\"",
];

/// Mixes of pieces, most of them not KDL.
fn mixes() -> impl Strategy<Value = String> {
    collection::vec(sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// A line of KDL: a node, or a comment.
fn line(block: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    let value = || {
        sample::select(vec![
            "x",
            "\"y z\"",
            "#\"r\"#",
            "1_000",
            "k=1",
            "k = (raw) \"v\"",
            "(raw)\"w\"",
            "/*c*/ 2",
            "/-3",
            "/- k=4",
            "/-\n// c\n5",
            "\\\n 6",
            "\\ // c\n 7",
            "\"\"\"\n t\n  u\n \"\"\"",
            "#\"\"\"\r\n  t\r\n \"\"\"#",
            "/-{ z }",
        ])
    };
    let head = prop_oneof![8 => Just(""), 1 => Just("/-"), 1 => Just("/* l */ "), 1 => Just("(t)")];
    let gap = || sample::select(vec![" ", "  ", "\t", " \\\n "]);
    let values = collection::vec((gap(), value()), 0..4).prop_map(|values| {
        values
            .iter()
            .map(|(gap, value)| format!("{gap}{value}"))
            .collect::<String>()
    });
    let end = sample::select(vec![
        "\n", "\r\n", ";", "; ", "\n\n", " \n\n\n", " // e\n", " /*e*/\n", ";//e\n",
    ]);
    let node = (
        head,
        sample::select(vec!["a", "\"b c\"", "run"]),
        values,
        block,
        end,
    )
        .prop_map(|(head, name, values, block, end)| format!("{head}{name}{values}{block}{end}"));
    prop_oneof![
        12 => node,
        1 => Just("// alone\n".to_owned()),
        1 => Just("/* alone\n  */\n".to_owned()),
    ]
}

/// KDL documents, three blocks deep.
fn documents() -> impl Strategy<Value = String> {
    let leaf = Just(String::new()).boxed();
    let blocks = leaf.prop_recursive(3, 24, 4, |inner| {
        let start = sample::select(vec!["{", " { ", " {\n", " { // o\n", " { /*o*/ "]);
        let lines = collection::vec(line(inner), 0..4);
        let block =
            (start, lines).prop_map(|(start, lines)| format!("{start}{}}}", lines.concat()));
        prop_oneof![1 => Just(String::new()), 2 => block].boxed()
    });
    let start = sample::select(vec!["", "\u{FEFF}", "/- kdl-version 2\n", "\n\n"]);
    (start, collection::vec(line(blocks), 0..6))
        .prop_map(|(start, lines)| format!("{start}{}", lines.concat()))
}

/// Checks the laws: KDL is formatted, stably, and without loss.
fn keeps_the_laws(text: &str) -> Result<(), TestCaseError> {
    let once = match formatted(text) {
        Ok(once) => once,
        Err(FormatError::Invalid(errors)) => {
            prop_assert!(!errors.is_empty());
            return Ok(());
        }
        Err(error) => return Err(TestCaseError::fail(format!("{error}: {text:?}"))),
    };
    let twice = formatted(&once);
    prop_assert_eq!(twice.as_deref(), Ok(once.as_str()));
    prop_assert!(once.is_empty() || once.ends_with('\n') && !once.starts_with('\n'));
    prop_assert!(!once.contains('\r'), "{once:?}");
    // A string may contain any number of blank lines.
    let is_loose = once.contains("\n\n\n") && !once.contains('"');
    prop_assert!(!is_loose, "{once:?}");
    let before = without_spans(text);
    prop_assert_eq!(before, without_spans(&once));
    Ok(())
}

/// Returns the decoded text, mistakes included, without places.
fn without_spans(text: &str) -> String {
    let parsed = parse(&Source::new("t", text));
    let codes = parsed.errors.iter().map(|error| error.diagnostic().code);
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    let shown = format!("{:?} {codes:?}", parsed.manifest);
    let mut parts = shown.split("Span { ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        let rest = part.split_once('}').map_or("", |(_, rest)| rest);
        // The source's own name is within the span.
        kept + rest
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mix_of_pieces_keeps_the_laws(text in mixes()) {
        keeps_the_laws(&text)?;
        // Text that is left out is not checked.
        keeps_the_laws(&format!("/-a {{ {text}\n}}"))?;
        keeps_the_laws(&format!("/-a {text}\nb"))?;
    }

    #[test]
    fn any_document_keeps_the_laws(text in documents()) {
        prop_assert!(formatted(&text).is_ok(), "{text:?}: {:?}", formatted(&text));
        keeps_the_laws(&text)?;
    }
}

/// Returns every manifest of the project.
fn manifests() -> Vec<PathBuf> {
    let mut folders = vec![support::project("layouts"), support::project("tests/cases")];
    let mut manifests = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "kdl") {
                manifests.push(path);
            }
        }
    }
    manifests
}

#[test]
fn every_manifest_of_the_project_keeps_the_laws() {
    let mut count = 0;
    for path in manifests() {
        // Texts that are not UTF-8 are refused before formatting.
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        count += usize::from(formatted(&text).is_ok());
        let kept = keeps_the_laws(&text);
        assert!(kept.is_ok(), "{}: {kept:?}", path.display());
    }
    assert!(count > 30, "{count} of them are KDL");
}

#[test]
fn no_text_takes_the_square_of_its_length() {
    let units = [
        "a;",
        "a\n",
        "a {}\n",
        "a /-{} ",
        "/-{} ",
        "/-a{};",
        "/-a{b;c}",
        "\\\n",
        "\\//\n",
        "//\n",
        "/**/",
        "a=1 ",
        "(a)b ",
        "\"\"\"\nb\n\"\"\" ",
        "a{b;c{d}};",
        "'",
        "🧠",
        "/- /**/",
        "/-\n",
    ];
    for unit in units {
        let text = unit.repeat(SIZE_MAX / 8 / unit.len());
        for start in ["", "a ", "/-a { "] {
            let end = if start.ends_with("{ ") { " }" } else { "" };
            let started = Instant::now();
            let _ = formatted(&format!("{start}{text}{end}"));
            let took = started.elapsed();
            assert!(took < Duration::from_secs(20), "{start}{unit:?}: {took:?}");
        }
    }
}
