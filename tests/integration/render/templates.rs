//! Templates of users: their context, and messages about their mistakes.

use std::fs;

use crate::support;
use crate::support::sandbox::Sandbox;

const MANIFEST: &str = "layout \"demo\"\nsession \"s\" { window \"w\" title=\"W 1\" { columns {
    service \"db\" size=\"25%\" title=\"it's\" { run \"db\" \"a b\" }
    task \"up\" { run \"./up\"; needs \"db\"; env { B \"x\"; A from=\"env\" } }
} } }\n";

/// Returns a sandbox with the manifest and a template.
fn sandbox(template: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest(MANIFEST);
    sandbox.file("t.hbs", template);
    sandbox
}

#[test]
fn a_template_can_make_something_else() {
    let sandbox = sandbox(
        "# {{layout.name}}\n{{#each windows}}\n## {{title}} ({{width}}x{{height}})\n{{#each panes}}\n\
         - {{kind}} {{address}} at {{x}},{{y}} {{width}}x{{height}}, wave {{wave}}: \
         {{#each command}}{{sh this}} {{/each}}{{#each needs}}needs {{address}} {{until}} {{/each}}\
         {{#each env}}{{this}} {{/each}}{{upper title}}\n\
         {{/each}}\n{{/each}}\n",
    );
    assert_eq!(
        sandbox.render(&["--template", "t.hbs"]),
        "# demo\n## W 1 (200x50)\n\
         - service s/w/db at 0,0 49x50, wave 1: 'db' 'a b' IT'S\n\
         - task s/w/up at 50,0 150x50, wave 2: '/bin/sh' '-c' './up' needs s/w/db ready A B UP\n"
    );
}

#[test]
fn the_printed_template_is_the_one_in_use() {
    let sandbox = sandbox("");
    let own = sandbox.render(&["--print-template"]);
    sandbox.file("own.hbs", &own);
    assert_eq!(
        sandbox.render(&["--template", "own.hbs"]),
        sandbox.render(&["--shell", "sh"])
    );
    let document = sandbox.render(&["--json"]);
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["format"], 1);
    assert_eq!(document["layout"], "demo");
    assert_eq!(document["shell"], "sh");
    assert_eq!(document["script"], sandbox.render(&[]));
}

#[test]
fn mistakes_in_a_template_have_a_place_and_the_nearest_name() {
    for (template, said) in [
        (
            "a\nb {{layout.nme}}\n",
            "t.hbs:2: unknown name `layout.nme`",
        ),
        (
            "{{#each panes}}\n\n{{adress}}{{/each}}",
            "t.hbs:3: unknown name `adress`",
        ),
        (
            "{{#each panes}}{{addres}}{{/each}}",
            "did you mean `address`?",
        ),
        ("{{layuot.name}}", "did you mean `layout.name`?"),
        ("{{uper layout.name}}", "did you mean `upper`?"),
        ("{{env.HOME}}", "unknown name `env.HOME`"),
        ("x\n{{#if layout}}\n", "t.hbs:"),
        ("{{> other}}", "partials and decorators are not supported"),
        (&"{{#if layout}}".repeat(5_000), "it has more than"),
    ] {
        let sandbox = sandbox(template);
        let ran = sandbox.triad(&["render", "--template", "t.hbs"]).exits(65);
        assert!(ran.stderr.contains(said), "{template:.40}\n{}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    }
}

#[test]
fn a_template_that_cannot_be_read_is_named() {
    let sandbox = sandbox("");
    let ran = sandbox
        .triad(&["render", "--template", "none.hbs"])
        .exits(66);
    assert!(ran.stderr.contains("none.hbs"), "{}", ran.stderr);
    fs::write(sandbox.path("t.hbs"), b"\xff{{layout.name}}").unwrap();
    let ran = sandbox.triad(&["render", "--template", "t.hbs"]).exits(66);
    assert!(ran.stderr.contains("t.hbs"), "{}", ran.stderr);
    sandbox.triad(&["render", "--shell", "fish"]).exits(64);
    sandbox
        .triad(&["render", "--print-template", "x"])
        .exits(64);
}

#[test]
fn the_help_lists_everything_in_the_context() {
    let sandbox = sandbox("");
    let help = sandbox.triad(&["render", "--help"]).exits(0).stdout;
    let context = help.split("Templates:").nth(1).unwrap();
    let is_of_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let words: Vec<&str> = context.split(|c| !is_of_name(c)).collect();
    // The fields of the types are the context; their names are its contract.
    let types = support::project("src/render/standalone/context.rs");
    let types = fs::read_to_string(types).unwrap();
    let fields = types
        .lines()
        .filter(|line| line.starts_with("    pub "))
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(":"))
        .map(|(field, _)| field);
    let missing: Vec<&str> = fields.filter(|field| !words.contains(field)).collect();
    assert!(missing.is_empty(), "not in the help: {missing:?}");
}
