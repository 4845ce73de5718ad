//! The rules that compose documents (docs.docker.com, "Syntax for environment files" and
//! "Interpolation"), each with a line or more.

use std::collections::BTreeMap;

use super::*;

/// The environment around the files.
fn environment(name: &str) -> Option<String> {
    let variables = [("OUTER", "outer"), ("EMPTY", "")];
    let mut variables = variables.into_iter();
    let found = variables.find(|(known, _)| *known == name)?;
    Some(found.1.to_owned())
}

fn told(text: &str) -> Result<Vec<(String, String)>, LineError> {
    let earlier = BTreeMap::from([("EARLIER".to_owned(), "earlier".to_owned())]);
    let values = read(text, &earlier, &environment)?;
    Ok(values.into_iter().collect())
}

/// The value of `V` in a file.
#[track_caller]
fn check(text: &str, expected: &str) {
    let values = told(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let value = values.iter().find(|(name, _)| name == "V");
    let value = value.map(|(_, value)| value.as_str());
    assert_eq!(value, Some(expected), "{text}");
}

#[track_caller]
fn fails(text: &str, expected: &str) {
    let error = told(text).expect_err(text);
    assert_eq!(error.to_string(), expected, "{text}");
}

#[test]
fn values_stand_without_quotes_or_in_either_kind() {
    for text in [
        "V=VAL",
        "V=\"VAL\"",
        "V='VAL'",
        "V = VAL",
        "V= VAL \r\n",
        "  V=VAL",
        "export V=VAL",
        "export\tV=VAL",
        "\t export  V=VAL",
        "V: VAL",
        "V: \"VAL\"",
        "\u{feff}V=VAL",
        "# comment\n\n \t\nV=VAL\nW=1",
        "V=first\nV=VAL",
    ] {
        check(text, "VAL");
    }
    check("V=", "");
    check("V=\"\"", "");
    check("V=\nW=1", "");
    check("V=a=b", "a=b");
    check("V=a b  c ", "a b  c");
    check("V=a'b\"c", "a'b\"c");
    check("V=ünï 🔑", "ünï 🔑");
    check("export_V=1\nV=2", "2");
    assert_eq!(
        told("A.B-C=1").unwrap(),
        [("A.B-C".to_owned(), "1".to_owned())]
    );
}

#[test]
fn a_comment_follows_a_space_or_the_closing_quote() {
    check("V=VAL # comment", "VAL");
    check("V=VAL# not a comment", "VAL# not a comment");
    check("V=#VAL", "#VAL");
    check("V= # comment", "");
    check("V=\"VAL # not a comment\"", "VAL # not a comment");
    check("V=\"VAL\" # comment", "VAL");
    check("V='VAL' # comment", "VAL");
    check("V='VAL'# comment", "VAL");
}

#[test]
fn single_quotes_keep_all_but_an_escaped_quote() {
    check("V='$OUTER'", "$OUTER");
    check("V='${OUTER}'", "${OUTER}");
    check(r"V='Let\'s go!'", "Let's go!");
    check(r"V='some\tvalue'", r"some\tvalue");
    check("V='one\n# two'", "one\n# two");
}

#[test]
fn double_quotes_know_escapes() {
    check(r#"V="{\"hello\": \"json\"}""#, r#"{"hello": "json"}"#);
    check(r#"V="some\tvalue""#, "some\tvalue");
    check(r#"V="a\nb\rc\\d""#, "a\nb\rc\\d");
    check(r#"V="a\\nb""#, r"a\nb");
    check(r#"V="a\qb""#, r"a\qb");
    check(r#"V="\$OUTER \${OUTER} ${OUTER}""#, "$OUTER ${OUTER} outer");
    check("V=\"one\ntwo\"\nW=1", "one\ntwo");
}

#[test]
fn interpolation_is_that_of_compose() {
    for (value, expected) in [
        ("$OUTER", "outer"),
        ("${OUTER}x", "outerx"),
        ("\"$OUTER-${OUTER}\"", "outer-outer"),
        ("$ABSENT.", "."),
        ("${ABSENT}", ""),
        ("${ABSENT:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${ABSENT-default}", "default"),
        ("${OUTER:-default}", "outer"),
        ("${OUTER:?error}", "outer"),
        ("${EMPTY?error}", ""),
        ("${OUTER:+other}", "other"),
        ("${EMPTY:+other}", ""),
        ("${EMPTY+other}", "other"),
        ("${ABSENT+other}", ""),
        ("${ABSENT:-${OUTER}}", "outer"),
        ("${ABSENT:-${NONE:-a}b}", "ab"),
        ("$$OUTER", "$OUTER"),
        ("cost: $5 $", "cost: $5 $"),
        ("`id` $(id)", "`id` $(id)"),
    ] {
        check(&format!("V={value}"), expected);
    }
}

#[test]
fn a_name_is_the_environments_then_of_earlier_files_then_of_earlier_lines() {
    check("A=1\nV=$A", "1");
    check("V=$A\nA=1", "");
    check("OUTER=inner\nV=$OUTER", "outer");
    check("V=$EARLIER", "earlier");
    check("EARLIER=x\nV=$EARLIER", "earlier");
}

#[test]
fn a_name_alone_leaves_the_variable_to_the_environment() {
    assert_eq!(told("OUTER\nexport EMPTY\nX # none").unwrap(), []);
}

#[test]
fn a_bad_line_is_told_without_its_value() {
    let name = "a line is `NAME=value`, and a name has letters, digits, `_`, `-` and `.` only";
    fails("A=1\nlol$wut", &format!("line 2: {name}"));
    fails("1A=2", &format!("line 1: {name}"));
    fails("=hidden", &format!("line 1: {name}"));
    fails("A B=hidden", &format!("line 1: {name}"));
    fails(
        "\n\nA=\"hidden\nB=1",
        "line 3: `A` has a quote that is not closed",
    );
    fails("A='hidden", "line 1: `A` has a quote that is not closed");
    fails(
        "A=\"hi\"dden",
        "line 1: `A` has text after its closing quote",
    );
    for value in ["${", "${OUTER", "${}", "${1}", "${OUTER/a/b}", "${OUTER:}"] {
        let text = format!("B=1\nA=hidden{value}");
        fails(&text, "line 2: `A` has a `${…}` that cannot be read");
    }
    fails("A=${X:?hidden}", "line 1: `A` needs `X`, which is not set");
    fails(
        "A=${EMPTY:?}",
        "line 1: `A` needs `EMPTY`, which is not set",
    );
    fails("A='\0'", "line 1: `A` holds a NUL character");
    let deep = format!("A={}x{}", "${X:-".repeat(40), "}".repeat(40));
    fails(&deep, "line 1: `A` has a `${…}` that cannot be read");
}

#[test]
fn a_value_that_is_written_out_is_known_without_an_environment() {
    let literals = literals("A='$X'\nB=b\nC=$OUTER\nD=\"d\"");
    let names: Vec<&str> = literals.keys().map(String::as_str).collect();
    assert_eq!(names, ["A", "B", "D"]);
}
