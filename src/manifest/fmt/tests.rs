//! The style by example. The laws for any text are in `tests/integration/fmt/laws.rs`.

use super::{FormatError, format};
use crate::manifest::source::Source;

fn formatted(text: &str) -> Result<String, FormatError> {
    format(&Source::new("t", text))
}

/// Checks that a text is formatted as expected, and that formatting it again changes nothing.
#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(formatted(text).as_deref(), Ok(expected), "{text}");
    assert_eq!(formatted(expected).as_deref(), Ok(expected), "{text}");
}

#[test]
fn blanks_are_chosen_anew() {
    check("", "");
    check("\n \n", "");
    check("a   \"b\"\tc = 1", "a \"b\" c=1\n");
    check("a {\n\n\n b\n\n\n c\n\n}", "a {\n    b\n\n    c\n}\n");
    check("a; b;\n;c".replace(";c", "c").as_str(), "a\nb\nc\n");
    check(
        "a {\n}\nb{}\n c{ \n d{} }",
        "a {}\nb {}\nc {\n    d {}\n}\n",
    );
    check(
        "a ( raw ) \"x\" b = ( raw )\"y\"",
        "a (raw)\"x\" b=(raw)\"y\"\n",
    );
    check("(t)a", "(t)a\n");
}

#[test]
fn a_block_on_one_line_stays_there_while_it_fits() {
    check("a{b;c 1;}", "a { b; c 1 }\n");
    check("a { b { c }; }", "a { b { c } }\n");
    let long = "x".repeat(88);
    check(
        &format!("a {{ b \"{long}\" }}"),
        &format!("a {{ b \"{long}\" }}\n").replace("\n\n", "\n"),
    );
    check(
        &format!("a {{ b \"{long}xxx\"; c {{ d }} }}"),
        &format!("a {{\n    b \"{long}xxx\"\n    c {{ d }}\n}}\n"),
    );
    // An emoji takes two columns.
    let wide = "🧠".repeat(45);
    check(
        &format!("a {{ b \"{wide}\" }}"),
        &format!("a {{ b \"{wide}\" }}\n"),
    );
    check(
        &format!("a {{ b \"{wide}\" 1 }}"),
        &format!("a {{\n    b \"{wide}\" 1\n}}\n"),
    );
    check(
        "a { b \"\"\"\n  x\n  \"\"\" }",
        "a {\n    b \"\"\"\n  x\n  \"\"\"\n}\n",
    );
}

#[test]
fn comments_stay_where_they_are() {
    check("// a  \n\n\n//b\na//c\n", "// a\n\n//b\na //c\n");
    check(
        "a { // b\n\n c // d\n // e\n}//f",
        "a { // b\n    c // d\n    // e\n} //f\n",
    );
    check(
        "/*a*/b/*c*/\"d\"/*e*/;/*f*/",
        "/*a*/ b /*c*/ \"d\" /*e*/ /*f*/\n",
    );
    check("a { /* b */ }", "a { /* b */ }\n");
    check("a { /* b */ c\n}", "a {\n    /* b */ c\n}\n");
    check("a { /* b */\n}", "a { /* b */\n}\n");
    check("a /* b\n c */ d", "a /* b\n c */ d\n");
    check("a b /*c*/ = /*d*/ 1", "a b /*c*/ = /*d*/ 1\n");
    check("a { b; /* c */ }", "a { b /* c */ }\n");
    check("a; // b\nc", "a // b\nc\n");
}

#[test]
fn what_is_left_out_is_kept() {
    check(
        "a /- \"b\" /-c = 1 /-  { d } { e }",
        "a /-\"b\" /-c=1 /-{ d } { e }\n",
    );
    check("/-\n\n a {\nb}\nc", "/-a {\n    b\n}\nc\n");
    check("/- // why\n a", "/- // why\n    a\n");
    check("a /- // why\n \"b\" c", "a /- // why\n    \"b\" c\n");
    check("/-a { b } c", "/-a { b }\nc\n");
    check("a { /-b {}; c }", "a { /-b {}; c }\n");
    check("a /- (t) \"b\" /-c=(t)\"d\"", "a /-(t)\"b\" /-c=(t)\"d\"\n");
    // Text after `/-` is not checked.
    check("/-a = = ) b/c = d {e} f", "/-a = = ) b/c = d { e }\nf\n");
    check(
        "\u{FEFF}/-kdl-version 2\r\n\r\na",
        "/- kdl-version 2\n\na\n",
    );
}

#[test]
fn continuations_are_kept_where_they_continue() {
    check(
        "a \\\n\"b\" \\ // c\n 1",
        "a \\\n    \"b\" \\ // c\n    1\n",
    );
    check("a \\\n\\\n 1", "a \\\n    1\n");
    check("a \\\n\nb", "a\n\nb\n");
    check("a \\ // b\n\n", "a // b\n");
    check("a \\ // b\n // c\n", "a // b\n// c\n");
    check("\\\na", "a\n");
    check(
        "a \\\n { b }",
        "a {\n    b\n}\n".replace("{\n    b\n}", "{ b }").as_str(),
    );
    check("a b= \\\n 1", "a b = \\\n    1\n");
    check("a \\", "a\n");
}

#[test]
fn values_keep_their_spelling() {
    check(
        "a 0xFF 1_000 +2.50e-3 #true #\"b\"# r \"\\u{e9}\"",
        "a 0xFF 1_000 +2.50e-3 #true #\"b\"# r \"\\u{e9}\"\n",
    );
    check(
        "a {\n  b \"\"\"\r\n      x\r\n\r\n    \"\"\"\r\n}",
        "a {\n    b \"\"\"\n      x\n\n    \"\"\"\n}\n",
    );
    check("a #\"\"\"\r\r\n x\r \"\"\"#", "a #\"\"\"\n\n x\n \"\"\"#\n");
    check("a \"b\\\r\n   c\"", "a \"b\\\n   c\"\n");
}

#[test]
fn what_is_not_kdl_stays_as_it_is() {
    for text in [
        "a {", "a \"b", "a ./b", "a 'b'", "a\n{ b }", "\0", "a { b", "/-a \\;",
    ] {
        let refused = formatted(text);
        assert!(
            matches!(&refused, Err(FormatError::Invalid(errors)) if !errors.is_empty()),
            "{text:?}: {refused:?}"
        );
    }
    // Text after `/-` may be nested to any depth; here there is a limit.
    let deep = "/- a {".to_owned() + &"b {".repeat(100_000) + &"}".repeat(100_001);
    assert!(matches!(formatted(&deep), Err(FormatError::Invalid(_))));
}
