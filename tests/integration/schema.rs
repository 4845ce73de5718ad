//! The language in writing: `schema/` matches the output, its examples and defaults are true, and
//! shipped manifests use only known nodes.

mod reader;

use std::collections::BTreeSet;
use std::fs;

use kdl::KdlDocument;
use triad::layout::Layout;
use triad::manifest::table::{
    self, Fallback, NodeSpec, OPTION, Place, VARIABLE, VARIABLE_OF_ENVIRONMENT,
};
use triad::view::edit::schema::json as data;
use triad::view::edit::schema::{document, markdown};

use reader::{Schema, children, text_of};

use crate::support::resolved::{Given, resolve_text};
use crate::support::sandbox::Sandbox;
use crate::{readme, support};

fn nodes() -> impl Iterator<Item = &'static NodeSpec> {
    table::nodes().chain([&VARIABLE, &VARIABLE_OF_ENVIRONMENT, &OPTION])
}

/// Wraps a text into a whole manifest: a node that may occur in `place`, or several.
fn in_context(place: Place, text: &str) -> String {
    match place {
        Place::Top if text.lines().any(|line| line.starts_with("session ")) => text.to_owned(),
        Place::Top => format!("{text}\nsession \"main\""),
        Place::Session => in_context(Place::Top, &format!("session \"main\" {{\n{text}\n}}")),
        Place::Window => in_context(Place::Session, &format!("window \"w\" {{\n{text}\n}}")),
        Place::Split => in_context(Place::Window, &format!("columns {{\n{text}\n}}")),
        Place::Pane => in_context(
            Place::Window,
            &format!("service \"example\" {{\nrun \"true\"\n{text}\n}}"),
        ),
        other => panic!("an example cannot begin {}", other.within()),
    }
}

/// Returns an example of the table as a whole manifest.
fn whole(spec: &NodeSpec) -> String {
    let document = parsed(spec.example);
    let first = document.nodes().first().expect("an example has a node");
    let first = first.name().value();
    let places = table::places(first);
    in_context(places[0], spec.example)
}

fn parsed(text: &str) -> KdlDocument {
    KdlDocument::parse_v2(text).unwrap_or_else(|error| panic!("{text}\n{error:?}"))
}

/// Returns the layout of a manifest, which must be without mistakes.
#[track_caller]
fn layout(text: &str) -> Layout {
    let resolved = resolve_text(text, &Given::default());
    assert!(
        resolved.diagnostics.is_empty(),
        "{text}\n{:#?}",
        resolved.diagnostics
    );
    resolved.layout.expect("without mistakes there is a layout")
}

#[test]
fn the_folder_matches_the_output() {
    let sandbox = Sandbox::new();
    let mut differences = Vec::new();
    for (file, format, text) in [
        ("schema/triad.kdl-schema", "kdl", document::text()),
        ("schema/reference.md", "markdown", markdown::text()),
    ] {
        let printed = sandbox.triad(&["schema", "--format", format]).exits(0);
        assert_eq!(printed.stdout, text, "{format}");
        let path = support::project(file);
        if support::is_updating() {
            fs::write(&path, &text).unwrap();
        }
        if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            differences.push(format!("{file} is not what `triad schema` prints"));
        }
    }
    assert!(differences.is_empty(), "{differences:?}; UPDATE=1 rewrites");
}

#[test]
fn formats_are_chosen_by_flags() {
    let sandbox = Sandbox::new();
    let print = |arguments: &[&str]| sandbox.triad(arguments).exits(0).stdout;
    assert_eq!(print(&["schema"]), document::text());
    let json = print(&["schema", "--json"]);
    assert_eq!(print(&["schema", "--format", "json"]), json);
    assert_eq!(print(&["schema", "--format", "json", "--json"]), json);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["format"], 1);
    assert_eq!(
        json["nodes"].as_array().map(Vec::len),
        Some(nodes().count())
    );
    for arguments in [["--json", "--format", "kdl"], ["--format", "yaml", "-q"]] {
        let ran = sandbox
            .triad(&[&["schema"][..], &arguments].concat())
            .exits(64);
        assert!(!ran.stdout.contains("\"nodes\""), "{}", ran.stdout);
    }
}

#[test]
fn every_example_is_valid_and_shows_its_node() {
    for spec in nodes() {
        let text = whole(spec);
        layout(&text);
        let is_free = [VARIABLE, VARIABLE_OF_ENVIRONMENT, OPTION].contains(spec);
        let shown = names(&parsed(spec.example));
        assert!(
            is_free || shown.contains(spec.name),
            "{}: {shown:?}",
            spec.name
        );
    }
    let reference = markdown::text();
    let blocks = reference.split("```kdl\n").skip(1);
    let blocks: Vec<&str> = blocks
        .filter_map(|rest| rest.split("\n```").next())
        .collect();
    let examples: BTreeSet<&str> = nodes().map(|spec| spec.example).collect();
    assert!(blocks.iter().all(|block| examples.contains(block)));
    assert_eq!(blocks.len(), nodes().count());
}

/// Returns the names of all nodes and properties.
fn names(document: &KdlDocument) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for node in document.nodes() {
        names.insert(node.name().value().to_owned());
        let properties = node.entries().iter().filter_map(|entry| entry.name());
        names.extend(properties.map(|name| name.value().to_owned()));
        names.extend(node.children().map(self::names).unwrap_or_default());
    }
    names
}

/// Returns a small manifest in which a node of this description has a property, written as given.
fn with_property(spec: &NodeSpec, property: &str) -> String {
    let window = |text: String| in_context(Place::Window, &text);
    let name = spec.name;
    match name {
        "KEY" => in_context(
            Place::Top,
            &format!("env {{ EDITOR from=\"env\" {property} }}"),
        ),
        "env-file" => in_context(Place::Top, &format!("env-file \".env\" {property}")),
        "window" => in_context(
            Place::Session,
            &format!("window \"w\" {property} {{ run \"x\" }}"),
        ),
        "columns" | "rows" => window(format!(
            "rows {{ {name} {property} {{ pane \"p\"; pane \"q\" }}; pane \"r\" }}"
        )),
        "pane" | "service" | "task" | "agent" => window(format!(
            "rows {{ {name} \"p\" {property} {{ run \"x\" }}; pane \"r\" }}"
        )),
        "needs" => window(format!(
            "pane \"a\"; service \"b\" {{ run \"x\"; needs \"a\" {property} }}"
        )),
        "ready" => in_context(Place::Pane, &format!("ready {property} {{ port 80 }}")),
        "http" => in_context(
            Place::Pane,
            &format!("ready {{ http \"http://127.0.0.1/\" {property} }}"),
        ),
        "session" => in_context(Place::Top, &format!("session \"s\" {property}")),
        "template" => in_context(
            Place::Top,
            &format!(
                "template \"t\" {property} {{ run \"x\" }}\nsession \"s\" {{ window \"w\" {{ \
                 columns {{ pane \"p\" use=\"t\"; pane \"q\" }} }} }}"
            ),
        ),
        "type" => in_context(
            Place::Window,
            &format!("pane \"p\" {{ type \"x\" {property} }}"),
        ),
        "restart" => in_context(Place::Pane, &format!("restart \"always\" {property}")),
        "stop" => in_context(Place::Pane, &format!("stop {property}")),
        "keys" => in_context(Place::Pane, &format!("stop {{ keys \"C-c\" {property} }}")),
        "run" => in_context(Place::Pane, &format!("stop {{ run \"x\" {property} }}")),
        _ => panic!("add an example of `{name}` with a property here"),
    }
}

#[test]
fn stated_defaults_are_the_real_ones() {
    let mut count = 0;
    for spec in nodes() {
        let own = spec.properties.iter().map(|own| (own.name, own.fallback));
        let scalars = spec.block.into_iter().flat_map(table::inside);
        let scalars = scalars.filter(|scalar| scalar.is_scalar);
        let all = own.chain(scalars.map(|scalar| (scalar.name, scalar.fallback)));
        for (name, fallback) in all {
            let Fallback::Value(value) = fallback else {
                continue;
            };
            let with = with_property(spec, &format!("{name}={value}"));
            let without = with_property(spec, "");
            assert_eq!(layout(&with), layout(&without), "{}: {name}", spec.name);
            count += 1;
        }
    }
    assert!(count > 10, "the defaults are found");
}

#[test]
fn reserved_names_are_errors_that_say_so() {
    for (name, places) in table::NOT_SUPPORTED {
        for place in *places {
            let node = format!("{name} \"x\"");
            let text = match place {
                Place::Template => format!("template \"t\" {{ {node} }}\nsession \"s\""),
                place => in_context(*place, &node),
            };
            let diagnostics = resolve_text(&text, &Given::default()).diagnostics;
            let codes: Vec<&str> = diagnostics.iter().map(|found| found.code).collect();
            assert!(
                codes.contains(&"triad::manifest::not-supported"),
                "{text}\n{codes:?}"
            );
        }
    }
}

/// Returns the mistakes that the schema finds in a manifest.
fn found(schema: &Schema, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let text = text.trim_start_matches('\u{FEFF}');
    schema.mistakes("top", &parsed(text), &mut found);
    found
}

#[test]
fn manifests_use_only_what_the_schema_knows() {
    let schema = Schema::read();
    let mut texts: Vec<String> = readme::blocks("kdl");
    texts.extend(nodes().map(whole));
    let mut folders = vec![support::project("layouts"), support::project("tests/cases")];
    while let Some(folder) = folders.pop() {
        // Its manifests have mistakes.
        if folder.join("errors.txt").exists() {
            continue;
        }
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "kdl") {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    // Text after `/-` may not be KDL at all; only triad's own reader accepts it.
    texts.retain(|text| KdlDocument::parse_v2(text).is_ok());
    assert!(texts.len() > 50, "the manifests are found");
    for text in texts {
        assert_eq!(found(&schema, &text), [""; 0], "{text}");
    }
}

#[test]
fn the_schema_finds_mistakes() {
    let schema = Schema::read();
    let check =
        |text: &str, expected: &[&str]| assert_eq!(found(&schema, text), expected, "{text}");
    check("windw \"x\"", &["windw in top"]);
    check("layout \"a\"; layout \"b\"", &["layout again"]);
    check(
        "session; session \"a\" \"b\"",
        &["session with 0 values", "session with 2 values"],
    );
    check(
        "session \"a\" titel=\"x\" cwd=5",
        &["session titel=x", "session cwd=5"],
    );
    check("layout 5 { }", &["layout 5", "layout with a block"]);
    let in_window = |text: &str| format!("session \"s\" {{ window \"w\" {{ {text} }} }}");
    check(
        &in_window("titles \"topp\"; keys \"x\""),
        &["titles topp", "keys in window"],
    );
    check(
        &in_window("columns { pane \"p\" grow=0 size=20; pane \"q\" grow=10001 focus=yes }"),
        &["pane grow=0", "pane grow=10001", "pane focus=yes"],
    );
    check(
        &in_window("service \"p\" { run \"x\" \"y\"; ready { port 0; port \"{{x}}\" } }"),
        &["port 0"],
    );
}

#[test]
fn references_of_the_schema_exist() {
    let schema = Schema::read();
    let mut ids: BTreeSet<&String> = BTreeSet::new();
    for id in schema.blocks.values().flatten() {
        assert!(schema.nodes.contains_key(id), "{id}");
        ids.insert(id);
    }
    assert_eq!(ids.len(), nodes().count(), "each node is allowed somewhere");
    for node in schema.nodes.values() {
        for block in children(node, "children") {
            let id = text_of(&block, "ref").expect("a block is a reference");
            assert!(schema.blocks.contains_key(&id), "{id}");
        }
        for child in children(node, "prop")
            .iter()
            .filter_map(|prop| text_of(prop, "child"))
        {
            assert!(schema.nodes.contains_key(&child), "{child}");
        }
    }
    let json = data::schema();
    let ids: BTreeSet<&String> = json.nodes.iter().map(|node| &node.id).collect();
    assert_eq!(ids, schema.nodes.keys().collect());
    let reference = markdown::text();
    for target in reference
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        let is_heading = |line: &str| {
            let title = line.trim_start_matches('#');
            let title = title.strip_prefix(' ').filter(|_| line.starts_with("##"));
            let anchor = title.map(|title| title.to_lowercase().replace(',', ""));
            anchor.is_some_and(|anchor| anchor.replace(' ', "-") == target)
        };
        assert!(reference.lines().any(is_heading), "{target}");
    }
}
