//! Tests of the declarations that are read (the cases in `tests/cases` show the diagnostics), and that
//! no text takes long.

use std::time::{Duration, Instant};

use super::ast::{
    EnvValue, NodeDecl, PaneDecl, ProbeDecl, Scalar, ScalarValue, ServerDecl, WindowDecl,
};
use super::source::Source;
use super::syntax::{DEPTH_MAX, ITEMS_MAX, SIZE_MAX};
use super::{Parsed, parse};
use crate::layout::{Direction, PaneKind};

/// The only window of a manifest without mistakes.
#[track_caller]
fn window(text: &str) -> WindowDecl {
    let text = format!("session \"s\" {{ window \"w\" {text} }}");
    let Parsed { manifest, errors } = parse(&Source::new("t", &text));
    assert_eq!(errors, [], "{text}");
    let [session] = <[_; 1]>::try_from(manifest.sessions).expect("one session");
    let [window] = <[_; 1]>::try_from(session.windows).expect("one window");
    window
}

#[track_caller]
fn pane(text: &str) -> PaneDecl {
    let [node] = <[_; 1]>::try_from(window(text).body).expect("one pane");
    match node {
        NodeDecl::Pane(pane) => *pane,
        NodeDecl::Split(split) => panic!("a pane, not {split:?}"),
    }
}

fn value(scalar: &Scalar) -> String {
    match &scalar.value {
        ScalarValue::Template(text) => text.clone(),
        ScalarValue::Raw(text) => format!("(raw){text}"),
        other => format!("{other:?}"),
    }
}

fn shown(scalar: Option<&Scalar>) -> String {
    scalar.map_or_else(|| "-".to_owned(), value)
}

#[test]
fn a_scalar_is_the_same_as_property_and_as_child() {
    for text in [
        r#"{ pane "p" title="T" focus=#true cwd="c" shell="sh" }"#,
        r#"{ pane "p" { title "T"; focus #true; cwd "c"; shell "sh" } }"#,
        r#"{ pane "p" title="T" cwd="c" { shell "sh"; focus #true } }"#,
    ] {
        let pane = pane(text);
        let found = [
            &pane.body.title,
            &pane.body.focus,
            &pane.body.scope.cwd,
            &pane.body.scope.shell,
        ];
        let found = found.map(|scalar| shown(scalar.as_ref()));
        assert_eq!(found, ["T", "Bool(true)", "c", "sh"], "{text}");
    }
}

#[test]
fn the_body_of_a_pane_is_read_in_order() {
    let pane = pane(
        r#"{ service "web" {
            run "python3" "-m" (raw)"{{x}}"
            needs "a" "b/c" until="started"
            needs "d"
            env { A 1; B from="env"; C from="env" optional=#true }
            ready every="1s" {
                http "http://x" status=204
                port "{{p}}"
                exec "true"
                deadline "none"
            }
        } }"#,
    );
    assert_eq!(pane.kind, PaneKind::Service);
    let words = pane.body.run.map(|run| run.words).unwrap_or_default();
    assert_eq!(
        words.iter().map(value).collect::<Vec<_>>(),
        ["python3", "-m", "(raw){{x}}"]
    );
    let needs = pane.body.needs.iter();
    let needs = needs.map(|need| (value(&need.target), shown(need.until.as_ref())));
    let expected = [("a", "started"), ("b/c", "started"), ("d", "-")];
    assert_eq!(
        needs.collect::<Vec<_>>(),
        expected.map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let env: Vec<_> = pane
        .body
        .scope
        .env
        .iter()
        .map(|line| line.key.text.as_str())
        .collect();
    assert_eq!(env, ["A", "B", "C"]);
    assert_eq!(
        pane.body.scope.env[2].value,
        EnvValue::FromCaller { optional: true }
    );
    let ready = pane.body.ready.expect("a ready block");
    let timing = [&ready.every, &ready.timeout, &ready.deadline];
    assert_eq!(
        timing.map(|scalar| shown(scalar.as_ref())),
        ["1s", "-", "none"]
    );
    let [
        ProbeDecl::Http(http),
        ProbeDecl::Port(port),
        ProbeDecl::Exec(exec),
    ] = &ready.probes[..]
    else {
        panic!("the probes in order, not {:?}", ready.probes);
    };
    let status = shown(http.status.as_ref());
    let probes = [value(&http.url), status, value(port), value(exec)];
    assert_eq!(probes, ["http://x", "Integer(204)", "{{p}}", "true"]);
}

#[test]
fn splits_nest_in_order() {
    let window = window(
        r#"titles="off" { columns cwd="a" { rows size="60%" { pane "p"; task "q" }; agent "r" } }"#,
    );
    assert_eq!(shown(window.titles.as_ref()), "off");
    let [NodeDecl::Split(columns)] = &window.body[..] else {
        panic!("one split, not {:?}", window.body);
    };
    assert_eq!(columns.direction, Direction::Columns);
    assert_eq!(shown(columns.scope.cwd.as_ref()), "a");
    let [NodeDecl::Split(rows), NodeDecl::Pane(agent)] = &columns.children[..] else {
        panic!("rows and a pane, not {:?}", columns.children);
    };
    assert_eq!(rows.direction, Direction::Rows);
    assert_eq!(agent.kind, PaneKind::Agent);
    assert_eq!(shown(rows.place.size.as_ref()), "60%");
    assert_eq!(rows.children.len(), 2);
}

#[test]
fn the_top_level_is_read() {
    let text = "layout \"l\"; root \"..\"; server path=\"/s\"; vars { a 1; b }\nsession \"s\"";
    let Parsed { manifest, errors } = parse(&Source::new("t", text));
    assert_eq!(errors, []);
    assert_eq!(
        shown(manifest.layout.as_ref().map(|layout| &layout.name)),
        "l"
    );
    assert_eq!(shown(manifest.root.as_ref()), "..");
    assert!(matches!(manifest.server, Some(ServerDecl::Path(path)) if value(&path) == "/s"));
    let vars = manifest.vars.iter();
    let vars: Vec<_> = vars
        .map(|var| (var.name.text.as_str(), var.default.is_some()))
        .collect();
    assert_eq!(vars, [("a", true), ("b", false)]);
}

#[test]
fn spans_are_the_values_as_written() {
    let text = "/* ü */ session \"a\" cwd = (raw)\"x\" { /-b; window #\"w\"# focus=#true // c\n }";
    let source = Source::new("t", text);
    let Parsed { manifest, errors } = parse(&source);
    assert_eq!(errors, []);
    let session = &manifest.sessions[0];
    let window = &session.windows[0];
    let spans = [
        session.span,
        session.name.span,
        window.span,
        window.name.span,
    ];
    let expected = [
        "session \"a\" cwd = (raw)\"x\"",
        "\"a\"",
        "window #\"w\"# focus=#true",
        "#\"w\"#",
    ];
    assert_eq!(spans.map(|span| source.slice(span)), expected);
    let cwd = session
        .scope
        .cwd
        .as_ref()
        .map(|scalar| source.slice(scalar.span));
    assert_eq!(cwd, Some("\"x\""));
}

/// The part of a manifest that remains after a mistake.
#[track_caller]
fn check_kept(text: &str, errors: usize, expected: &[(&str, &[&str])]) {
    let parsed = parse(&Source::new("t", text));
    assert_eq!(parsed.errors.len(), errors, "{:#?}", parsed.errors);
    let sessions = parsed.manifest.sessions.iter();
    let found: Vec<_> = sessions
        .map(|session| {
            let windows = session.windows.iter().map(|window| value(&window.name));
            (value(&session.name), windows.collect::<Vec<_>>())
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, windows)| {
            let windows = windows.iter().map(|&name| name.to_owned());
            ((*name).to_owned(), windows.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn reading_goes_on_past_a_mistake() {
    check_kept("sesion \"a\" { windw \"w\" }", 2, &[("a", &["w"])]);
    check_kept(
        "session cwd=./x { window \"w\" }",
        2,
        &[("(raw)unnamed-1", &["w"])],
    );
    check_kept("session \"a b\"", 1, &[("a b", &[])]);
    check_kept(
        "session \"a\" { window \"w\" title=1; window \"x\" }",
        1,
        &[("a", &["w", "x"])],
    );
    check_kept("session \"a\" { window", 1, &[]);
    check_kept("session \"a\"\n{\n window 'w' }", 2, &[("a", &["w"])]);
}

#[test]
fn what_was_meant_is_read_for_what_was_written() {
    let text =
        "session \"s\" cwd=./a { window \"w\" focus=true { columns { pane \"p\" size=30% } } }";
    let Parsed { manifest, errors } = parse(&Source::new("t", text));
    assert_eq!(errors.len(), 3);
    let session = &manifest.sessions[0];
    assert_eq!(shown(session.scope.cwd.as_ref()), "./a");
    assert_eq!(shown(session.windows[0].focus.as_ref()), "Bool(true)");
}

/// Any text is read quickly. The limit is a hundred times the usual time, for slow machines.
#[track_caller]
fn check_bounded(text: &str, expected: Option<&str>) {
    let started = Instant::now();
    let parsed = parse(&Source::new("t", text));
    let took = started.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    let codes: Vec<_> = parsed
        .errors
        .iter()
        .map(|error| error.diagnostic().code)
        .collect();
    match expected {
        Some(code) => assert!(codes.contains(&code), "{codes:?}"),
        None => assert_eq!(codes, [""; 0]),
    }
}

#[test]
fn no_text_is_too_much() {
    let too_deep = Some("triad::manifest::too-deep");
    let deep = |depth: usize| "a {".repeat(depth) + &"}".repeat(depth);
    check_bounded(&deep(10_000), too_deep);
    check_bounded(&deep(DEPTH_MAX + 1), too_deep);
    check_bounded(&deep(DEPTH_MAX), Some("triad::manifest::unknown-node"));
    let nodes = "pane\n".repeat(ITEMS_MAX + 1);
    check_bounded(&nodes, Some("triad::manifest::too-many-nodes"));
    check_bounded(
        &" ".repeat(SIZE_MAX + 1),
        Some("triad::manifest::too-large"),
    );
    let session = "session \"s\"";
    check_bounded(&(session.to_owned() + &" ".repeat(SIZE_MAX - 20)), None);
    let comments = "/*".repeat(10_000) + &"*/".repeat(10_000);
    check_bounded(&(comments + session), None);
    // A parser that backtracks after `/-` would read each level twice.
    let skipped = "/- a {b;".repeat(10_000) + &"}".repeat(10_000);
    check_bounded(&(session.to_owned() + ";" + &skipped), None);
    let skipped = " /- {b;".repeat(10_000) + &"}".repeat(10_000);
    check_bounded(&(session.to_owned() + &skipped), None);
}

#[test]
fn no_mix_of_mistakes_is_too_much() {
    check_bounded("a {} (\u{3000}'q'", Some("triad::manifest::out-of-place"));
    check_bounded(
        "session \"s\"\n/-a /-;",
        Some("triad::manifest::stray-slashdash"),
    );
}

#[test]
fn what_is_left_out_is_left_out_whole() {
    for text in [
        "session \"s\" /-cwd=(raw)\"x\"",
        "session \"s\" /- (raw) \"x\"",
        "session \"s\" /-cwd /* c */ = \"x\"",
        "session \"s\"\n/-a /-{ b } { c }",
    ] {
        check_kept(text, 0, &[("s", &[])]);
    }
}

#[test]
fn no_text_takes_the_square_of_its_length() {
    for unit in [
        "' ", "r\" ", "r#\"x\n", "##\"\" ", "{{", "/a=", "\\", "\\\n", "\"", "=", "(", "a;",
    ] {
        let started = Instant::now();
        let text = unit.repeat(SIZE_MAX / 8 / unit.len());
        for start in ["", "a ", "\""] {
            parse(&Source::new("t", format!("{start}{text}")));
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{unit:?}");
    }
}
