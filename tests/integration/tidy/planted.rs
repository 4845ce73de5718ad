//! Every rule is seen to fail: small files that break it, and its reports.

use super::rules;
use super::source::{self, File, Module};

/// Returns the findings of a rule in files of these paths and texts.
fn found(files: &[(&str, &str)], rule: impl Fn(&[Module]) -> Vec<String>) -> Vec<String> {
    let files = files.iter().map(|(path, text)| File {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    });
    let files: Vec<File> = files.collect();
    rule(&source::modules(&files))
}

const LOW_TO_HIGH: &str = "low names high::Top";

/// Checks the lines in which a file of `low`, which may not name `high`, breaks the rule.
#[track_caller]
fn arrows_of(path: &str, text: &str, expected: &[usize]) {
    let arrows = |modules: &[Module]| rules::arrows(modules, &[("low", &[])], &["high"]);
    let expected = expected
        .iter()
        .map(|line| format!("src/{path}:{line}: {LOW_TO_HIGH}"));
    let expected: Vec<String> = expected.collect();
    assert_eq!(found(&[(path, text)], arrows), expected, "{text}");
}

#[test]
fn arrows_are_found_in_imports() {
    arrows_of("low.rs", "use crate::high::Top;", &[1]);
    arrows_of("low/mod.rs", "pub(crate) use crate::high::Top as T;", &[1]);
    arrows_of("low/a.rs", "use crate::{low::b, high::Top};", &[1]);
    arrows_of(
        "low/a.rs",
        "use {std::fmt, crate::{low::{b, c}, high::{Top}}};",
        &[1],
    );
    arrows_of(
        "low/a.rs",
        "use crate::{\n    low::b,\n    high::Top,\n};",
        &[3],
    );
    arrows_of("low/a.rs", "use crate\n    ::high\n    ::Top;", &[3]);
    arrows_of("low/a.rs", "fn f() {\n    use crate::high::Top;\n}", &[2]);
    arrows_of("low/mod.rs", "use super::high::Top;", &[1]);
    arrows_of("low/a/b.rs", "use super::super::super::high::Top;", &[1]);
    arrows_of(
        "low/a.rs",
        "mod b {\n    use super::super::super::high::Top;\n}",
        &[2],
    );
    arrows_of("low/a.rs", "use self::super::super::high::Top;", &[1]);
    arrows_of(
        "low/a.rs",
        "use crate::low::b;\nuse super::c;\nuse std::fmt;",
        &[],
    );
}

#[test]
fn arrows_are_found_in_code() {
    arrows_of(
        "low.rs",
        "fn f() -> Vec<crate::high::Top> {\n    crate::high::Top()\n}",
        &[1, 2],
    );
    arrows_of(
        "low.rs",
        "fn f() {\n    Top { ..crate::high::Top }\n}",
        &[2],
    );
    arrows_of(
        "low.rs",
        "macro_rules! m {\n    () => { $crate::high::Top };\n}",
        &[2],
    );
    arrows_of(
        "low.rs",
        "#[serde(with = \"crate::high::Top\")]\nstruct S;",
        &[1],
    );
    arrows_of(
        "low.rs",
        "const A: &str = r#\"\"\n\"#;\nconst B: Top = crate::high::Top;",
        &[3],
    );
    arrows_of(
        "low.rs",
        "fn f<'a>(c: char) -> bool {\n    c == '\"' || crate::high::Top\n}",
        &[2],
    );
    let comments =
        "//! [`crate::high::Top`]\n/* crate::high::Top /* */ */\n/// [T](crate::high::Top)\n";
    arrows_of(
        "low.rs",
        &format!("{comments}fn f() -> &str {{ \"a crate::high::Top\" }}"),
        &[],
    );
}

#[test]
fn arrows_hold_for_tests_and_the_code_after_them() {
    let tests = "#[cfg(test)]\nmod tests {\n    use super::*;\n    use crate::high::Top;\n}";
    arrows_of("low.rs", tests, &[4]);
    arrows_of("low/tests.rs", "use crate::high::Top;", &[1]);
    arrows_of(
        "low.rs",
        "#[cfg(test)]\nfn f() {}\n\nuse crate::high::Top;",
        &[4],
    );
    arrows_of(
        "low.rs",
        "#[cfg(test)]\nmod tests;\n\nfn f() { crate::high::Top() }",
        &[4],
    );
}

#[test]
fn arrows_lead_to_parts_of_rooms_and_none_is_unused() {
    let rule = |modules: &[Module]| {
        let table: rules::Arrows = &[("low", &[]), ("mid", &["low::part", "low::idle"])];
        rules::arrows(modules, table, &[])
    };
    let files = [
        ("low/mod.rs", "pub mod part;"),
        (
            "mid.rs",
            "use crate::low::part::A;\nuse crate::low::{part, other};\nuse crate::low;",
        ),
        ("new.rs", ""),
        ("low/all.rs", "use crate::*;\nuse crate as all;"),
    ];
    let expected = [
        "src/mid.rs:2: mid names low::other",
        "src/mid.rs:3: mid names low",
        "src/new.rs:1: new has no arrows",
        "src/low/all.rs:1: low names all rooms",
        "src/low/all.rs:2: low names all rooms",
        "the arrow mid → low::idle leads nowhere",
    ];
    assert_eq!(found(&files, rule), expected);
}

/// Checks that only `owner.rs` owns `kdl` and `std::process`; `test.rs` is an exception.
#[track_caller]
fn owners_of(files: &[(&str, &str)], expected: &[&str]) {
    let rule = |modules: &[Module]| {
        let owners: rules::Owners = &[("kdl", &["owner.rs"]), ("std::process", &["owner.rs"])];
        rules::owners(modules, owners, &[("test.rs", "kdl")])
    };
    let files = [&[("test.rs", "fn f() { kdl::a() }")], files].concat();
    assert_eq!(found(&files, rule), expected);
}

#[test]
fn only_owners_name_a_library() {
    owners_of(&[("owner.rs", "use kdl::Node;\nuse std::process;")], &[]);
    owners_of(&[("a.rs", "use kdl::Node;")], &["src/a.rs:1: names kdl"]);
    owners_of(
        &[("a.rs", "use {std::fmt, kdl};")],
        &["src/a.rs:1: names kdl"],
    );
    owners_of(
        &[("a.rs", "fn f() {\n    kdl::Node::new()\n}")],
        &["src/a.rs:2: names kdl"],
    );
    owners_of(
        &[("a.rs", "fn f(a: &::kdl::Node) {}")],
        &["src/a.rs:1: names kdl"],
    );
    owners_of(
        &[("a.rs", "#[derive(kdl::Read)]\nstruct S;")],
        &["src/a.rs:1: names kdl"],
    );
    let group = "use std::{\n    fmt,\n    process::Command,\n};";
    owners_of(&[("a.rs", group)], &["src/a.rs:3: names std::process"]);
    let tests = "#[cfg(test)]\nmod tests {\n    use kdl::Node;\n}\nfn f() { kdl::a() }";
    let expected = ["src/a.rs:3: names kdl", "src/a.rs:5: names kdl"];
    owners_of(&[("a.rs", tests)], &expected);
}

#[test]
fn a_module_of_the_same_name_is_no_library() {
    owners_of(&[("a/mod.rs", "mod kdl;\nuse kdl::Node;")], &[]);
    owners_of(
        &[("a/b.rs", "use super::kdl;\nfn f() { kdl::Node::new() }")],
        &[],
    );
    owners_of(
        &[("a.rs", "/// [`kdl::Node`]\nfn f() { other::kdl::Node }")],
        &[],
    );
}

#[test]
fn an_unneeded_exception_is_reported() {
    let rule = |modules: &[Module]| rules::owners(modules, &[("kdl", &[])], &[("a.rs", "kdl")]);
    let told = ["src/a.rs: is no exception for kdl any more"];
    assert_eq!(found(&[("a.rs", "")], rule), told);
}

/// Checks how a pure file breaks the rule.
#[track_caller]
fn effects_of(text: &str, expected: &[&str]) {
    let rule = |modules: &[Module]| rules::effects(modules, &["pure"], &["pure/not.rs"], &[]);
    let files = [
        ("pure/a.rs", text),
        ("pure/not.rs", text),
        ("other.rs", text),
    ];
    let expected: Vec<String> = expected
        .iter()
        .map(|told| format!("src/pure/a.rs:{told}"))
        .collect();
    assert_eq!(found(&files, rule), expected, "{text}");
}

#[test]
fn effects_are_found_in_pure_places() {
    effects_of("use std::fs;", &["1: std::fs"]);
    effects_of("use std::{\n    fmt,\n    env::var,\n};", &["3: std::env"]);
    effects_of(
        "fn f() {\n    std::process::exit(1)\n}",
        &["2: std::process"],
    );
    effects_of(
        "use std::io::Write;\nuse std::net::TcpStream;",
        &["1: std::io", "2: std::net"],
    );
    effects_of("async fn f() {}", &["1: async"]);
    effects_of("fn f() { Instant::now(); }", &["1: Instant::now"]);
    effects_of("fn f(a: Instant) -> T { a.elapsed() }", &["1: elapsed"]);
    effects_of("use std::time::SystemTime;", &["1: SystemTime"]);
    effects_of(
        "use std::time::{Duration, Instant};\n// std::fs\nfn f(a: Instant) {}",
        &[],
    );
}

#[test]
fn tests_of_pure_places_may_only_use_clocks() {
    let tests =
        "#[cfg(test)]\nmod tests {\n    fn f() { Instant::now().elapsed(); }\n    use std::fs;\n}";
    effects_of(tests, &["4: std::fs"]);
    effects_of(
        "#[cfg(test)]\nfn f() {}\nfn g() { Instant::now(); }",
        &["3: Instant::now"],
    );
}

#[test]
fn only_the_server_starts_programs() {
    let rule = |modules: &[Module]| rules::starts(modules, "server.rs", &[]);
    let import = "use tokio::process::Command;\n";
    let starts = |program: &str| format!("{import}fn f() {{ Command::new({program}) }}");
    let (any, tmux, shell) = (
        starts("&self.program"),
        starts("\"tmux\""),
        starts("\"/bin/sh\""),
    );
    let files = [
        ("server.rs", &*any),
        ("a.rs", &*any),
        ("b.rs", &*tmux),
        ("c.rs", &*shell),
        (
            "d.rs",
            "use crate::script::Command;\nfn f() { Command::new(name) }",
        ),
        ("e.rs", "fn f() { std::process::Command::new(program) }"),
    ];
    let expected = [
        "src/a.rs:2: starts &",
        "src/b.rs:2: starts \"tmux\"",
        "src/e.rs:1: starts program",
    ];
    assert_eq!(found(&files, rule), expected);
}

#[test]
fn only_the_output_prints() {
    let rule = |modules: &[Module]| rules::prints(modules, "output.rs");
    let files = [
        ("output.rs", "use std::io::stdout;"),
        ("a.rs", "use std::io::{Write, stdout};"),
        ("b.rs", "use std::io;\nfn f() { io::stderr().flush() }"),
        ("c.rs", "fn f() { println!(\"a\") }"),
        (
            "d.rs",
            "fn f(child: Child) { child.stdout; rustix::stdio::stdout() }",
        ),
        ("e.rs", "fn f(error: Error) { error.print() }"),
        ("f.rs", "fn f(error: Error) { error.print; print(error) }"),
    ];
    let expected = [
        "src/a.rs:1: names std::io::stdout",
        "src/b.rs:2: names io::stderr",
        "src/c.rs:1: calls println!",
        "src/e.rs:1: calls print",
    ];
    assert_eq!(found(&files, rule), expected);
}

#[test]
fn a_call_from_elsewhere_is_reported() {
    let rule = |modules: &[Module]| rules::calls(modules, &[("keeping_colors", &["view/a.rs"])]);
    let files = [
        ("view/a.rs", "fn f() { Printable::keeping_colors(text) }"),
        (
            "view/b.rs",
            "// keeping_colors\nfn f() { Printable::keeping_colors(text) }",
        ),
        ("c.rs", "fn f() { texts.map(Printable::keeping_colors) }"),
    ];
    let expected = [
        "src/view/b.rs:2: names keeping_colors",
        "src/c.rs:1: names keeping_colors",
    ];
    assert_eq!(found(&files, rule), expected);
}

#[test]
fn a_file_without_a_stated_purpose_is_reported() {
    let file = |path: &str, text: &str| File {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let files = [
        file("a.rs", "//! Ends processes."),
        file("b/tests.rs", "use super::*;"),
    ];
    assert_eq!(
        rules::openings(&files),
        ["src/b/tests.rs: does not say what it is for"]
    );
}

/// Checks the cycle of files below a room `room` with these children.
#[track_caller]
fn circles_of(files: &[(&str, &str)], expected: &[&str]) {
    let rule = |modules: &[Module]| rules::circles(modules);
    let root = ("lib.rs", "mod room;\nmod other;");
    let files = [&[root], files].concat();
    assert_eq!(found(&files, rule), expected, "{files:?}");
}

#[test]
fn cycles_of_files_are_found() {
    let room = ("room/mod.rs", "mod a;\nmod b;\nmod c;");
    let a = ("room/a.rs", "use super::b::B;\npub struct A;");
    let b = (
        "room/b.rs",
        "pub struct B;\nimpl B {\n    fn f() { crate::room::c::C::new() }\n}",
    );
    let c = ("room/c.rs", "use crate::{room::{a::A}};\npub struct C;");
    let circle = "a circle:\n  room/a.rs → room/b.rs (b::B)\n  room/b.rs → room/c.rs (C::new)\n  \
        room/c.rs → room/a.rs (a::A)";
    circles_of(&[room, a, b, c], &[circle]);
    circles_of(&[room, a, b, ("room/c.rs", "pub struct C;")], &[]);
}

#[test]
fn cycles_are_followed_through_reexports() {
    let room = ("room/mod.rs", "mod a;\nmod b;\npub use b::B as Handed;");
    let b = ("room/b.rs", "use super::a::A;\npub struct B;");
    // The room re-exports an item of `b`, and names nothing of `a`: it is in no cycle itself.
    let circle =
        "a circle:\n  room/a.rs → room/b.rs (room::Handed)\n  room/b.rs → room/a.rs (a::A)";
    circles_of(
        &[
            room,
            ("room/a.rs", "use crate::room::Handed;\npub struct A;"),
            b,
        ],
        &[circle],
    );
    let inline = (
        "room/a.rs",
        "pub struct A;\nfn f() { crate::room::Handed::new() }",
    );
    let circle = "a circle:\n  room/a.rs → room/b.rs (Handed::new)\n  room/b.rs → room/a.rs (a::A)";
    circles_of(&[room, inline, b], &[circle]);
    // A module that is only named makes no arrow, and neither do tests.
    let named =
        "use super::b;\npub struct A;\n#[cfg(test)]\nmod tests {\n    use crate::room::b::B;\n}";
    circles_of(&[room, ("room/a.rs", named), b], &[]);
    let called = (
        "room/a.rs",
        "use super::b;\npub struct A;\nfn f() { b::B::new() }",
    );
    let circle = "a circle:\n  room/a.rs → room/b.rs (B::new)\n  room/b.rs → room/a.rs (a::A)";
    circles_of(&[room, called, b], &[circle]);
}

#[test]
fn cycles_by_methods_outside_of_their_types_file_are_found() {
    let top =
        "mod low;\npub struct Run;\nimpl<'a> Run<'a> {\n    fn go(&self) { self.advance() }\n}";
    let low = "use super::Run;\nimpl<'a> Run<'a> {\n    fn advance(&self) {}\n}";
    let circle = "a circle:\n  room/low.rs → room/mod.rs (super::Run)\n  \
        room/mod.rs → room/low.rs (method advance)";
    circles_of(&[("room/mod.rs", top), ("room/low.rs", low)], &[circle]);
    let common = [
        ("room/mod.rs", &*top.replace("advance", "take")),
        ("room/low.rs", low),
    ];
    circles_of(&common, &[]);
}

#[test]
fn cycles_of_rooms_are_found_even_without_cycles_of_files() {
    let files = [
        ("room/mod.rs", "pub mod a;\npub mod b;"),
        ("room/a.rs", "use crate::other::Other;"),
        ("room/b.rs", "pub struct B;"),
        ("other.rs", "use crate::room::b::B;\npub struct Other;"),
    ];
    let circle =
        "a circle:\n  other → room (other.rs → room/b.rs)\n  room → other (room/a.rs → other.rs)";
    circles_of(&files, &[circle]);
}
