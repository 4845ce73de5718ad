//! Laws for any folder: whatever its files contain, the proposal is a manifest without mistakes, in
//! style, that runs what the files say and nothing else.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use triad::init::{self, FILES, Found, FoundFile, MARKS, Naming};
use triad::layout::Command;

use crate::support::resolved::{Given, Resolved, resolve_text};

/// The number of folders to try.
const CASES: u32 = 300;

/// Odd and hostile texts.
fn odd() -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "web",
        "dev",
        "test",
        "release",
        "-",
        "--",
        "_",
        ":",
        ".",
        "/",
        " ",
        "\t",
        "\"",
        "\\",
        "'",
        "#",
        "{",
        "}",
        "{{",
        "}}",
        "{{.x}}",
        "(raw)",
        "/-",
        "//",
        "/*",
        "$PORT",
        "${PORT:-1}",
        "${PORT:-0}",
        "--port 80",
        "é",
        "日本",
        "🧠",
        "\u{202e}",
        "\u{feff}",
        "\u{2028}",
        "\u{85}",
        "\u{7f}",
        "\0",
        "\r",
        "x",
        "0",
        "8080",
        "8080:80",
        "docker compose up",
        "watch",
        "\u{300}",
    ]);
    vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        odd().prop_map(Value::from),
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        vec(odd(), 0..3).prop_map(Value::from),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let known = select(vec![
        "dev", "start", "dev:api", "build", "test", "worker", "migrate", "a", "b", "c", "shell",
        "web", "db",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => odd()]
}

fn package() -> impl Strategy<Value = String> {
    let scripts = vec((name(), value()), 0..6);
    (scripts, value()).prop_map(|(scripts, manager)| {
        let scripts: serde_json::Map<String, Value> = scripts.into_iter().collect();
        json!({"scripts": scripts, "packageManager": manager}).to_string()
    })
}

/// JSON is YAML.
fn compose() -> impl Strategy<Value = String> {
    let depends = prop_oneof![
        vec(name(), 0..4).prop_map(Value::from),
        vec(
            (
                name(),
                select(vec![
                    "service_healthy",
                    "service_started",
                    "service_completed_successfully",
                    "x"
                ])
            ),
            0..4
        )
        .prop_map(|needs| needs
            .into_iter()
            .map(|(name, condition)| (name, json!({"condition": condition})))
            .collect::<serde_json::Map<_, _>>()
            .into()),
        value(),
    ];
    let service = (value(), vec(value(), 0..3), depends).prop_map(
        |(image, ports, depends)| json!({"image": image, "ports": ports, "depends_on": depends}),
    );
    vec((name(), prop_oneof![4 => service, 1 => value()]), 0..12).prop_map(|services| {
        let services: serde_json::Map<String, Value> = services.into_iter().collect();
        json!({"services": services}).to_string()
    })
}

fn key(text: &str) -> String {
    // TOML's strings are JSON's, except for details that do not matter here.
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    serde_json::to_string(&plain).expect("a text")
}

fn cargo() -> impl Strategy<Value = String> {
    (odd(), vec(name(), 0..4), any::<bool>()).prop_map(|(package, binaries, is_server)| {
        let mut text = format!("[package]\nname = {}\n", key(&package));
        for binary in binaries {
            text.push_str(&format!("[[bin]]\nname = {}\n", key(&binary)));
        }
        if is_server {
            text.push_str("[dependencies]\naxum = '1'\n");
        }
        text
    })
}

fn pyproject() -> impl Strategy<Value = String> {
    (vec(name(), 0..4), vec(odd(), 0..3), any::<bool>()).prop_map(|(scripts, needs, is_uv)| {
        let needs: Vec<String> = needs.iter().map(|need| key(need)).collect();
        let mut text = format!(
            "[project]\ndependencies = ['flask', {}]\n",
            needs.join(", ")
        );
        if is_uv {
            text.push_str("[tool.uv]\n");
        }
        text.push_str("[project.scripts]\n");
        let mut scripts: Vec<String> = scripts.iter().map(|name| key(name)).collect();
        scripts.sort();
        scripts.dedup();
        for script in scripts {
            text.push_str(&format!("{script} = 'x:y'\n"));
        }
        text
    })
}

fn lines(ending: &'static str) -> impl Strategy<Value = String> {
    vec((name(), odd()), 0..60).prop_map(move |lines| {
        let lines = lines
            .iter()
            .map(|(name, command)| format!("{name}:{ending}{command}\n"));
        lines.collect()
    })
}

/// A folder with any of the files, each valid or arbitrary.
fn folder() -> impl Strategy<Value = Found> {
    let below = vec((odd(), one_folder()), 0..3);
    (one_folder(), below).prop_map(|(found, below)| {
        // `survey` separates these from folders of people.
        let named = below.into_iter().filter(|(name, _)| {
            !name.is_empty() && !name.contains(char::is_control) && !name.starts_with(['.', '~'])
        });
        let below = named.collect();
        Found { below, ..found }
    })
}

fn one_folder() -> impl Strategy<Value = Found> {
    let text = |name: &str| match name {
        "package.json" => prop_oneof![6 => package(), 1 => odd()].boxed(),
        "pyproject.toml" => prop_oneof![6 => pyproject(), 1 => odd()].boxed(),
        "Cargo.toml" => prop_oneof![6 => cargo(), 1 => odd()].boxed(),
        name if name.starts_with("Procfile") => prop_oneof![6 => lines(" "), 1 => odd()].boxed(),
        name if name.ends_with("akefile") => prop_oneof![6 => lines("\n\t"), 1 => odd()].boxed(),
        _ => prop_oneof![6 => compose(), 1 => odd()].boxed(),
    };
    let files: Vec<_> = FILES
        .iter()
        .copied()
        .flatten()
        .map(|name| {
            let file = text(name).prop_map(|text| FoundFile {
                name: (*name).to_owned(),
                text: Ok(text),
            });
            proptest::option::weighted(0.4, file)
        })
        .collect();
    let marks: Vec<String> = MARKS
        .iter()
        .copied()
        .flatten()
        .map(|mark| (*mark).to_owned())
        .collect();
    let marks = proptest::sample::subsequence(marks.clone(), 0..=marks.len());
    (files, marks).prop_map(|(files, marks)| Found {
        files: files.into_iter().flatten().collect(),
        marks: marks.into_iter().collect(),
        below: Vec::new(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_folder_makes_a_sound_manifest(found in folder(), layout in name()) {
        let proposal = init::propose(&found);
        let layout = init::name(&layout).unwrap_or_else(|| "x".to_owned());
        let wish = Naming { layout: &layout, root: None, file: None };
        let text = match init::manifest(&proposal, &wish) {
            Ok(text) => text,
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{proposal:#?}"))),
        };
        let Resolved { diagnostics, layout, .. } = resolve_text(&text, &Given::default());
        prop_assert!(diagnostics.is_empty(), "{diagnostics:#?}\n{text}");
        let layout = layout.unwrap();
        for program in &proposal.programs {
            let panes: Vec<_> = layout.panes().filter(|pane| pane.address.name() == program.name).collect();
            prop_assert_eq!(panes.len(), 1);
            let said = match &panes[0].command {
                Command::Line { line, .. } => init::Run::Line(line.clone()),
                Command::Argv(words) => init::Run::Words(words.clone()),
                other => return Err(TestCaseError::fail(format!("{other:?}"))),
            };
            prop_assert_eq!(&said, &program.run);
            let cwd = program.cwd.as_deref().unwrap_or_default();
            prop_assert!(panes[0].cwd.ends_with(cwd), "{cwd}");
            prop_assert_eq!(panes[0].needs.len(), program.needs.len());
        }
    }
}
