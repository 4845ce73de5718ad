//! The reference as Markdown: the rules that hold everywhere, then node by node.

use super::{
    Property, count, id, inside, is_free, nodes, not_supported, places, properties, title,
};
use crate::manifest::table::{Arguments, Fallback, NodeSpec, Place};

/// What the table does not say.
const INTRODUCTION: &str = r#"# The manifest, node by node

Written by `triad schema --format markdown` from the table that triad itself reads manifests by; a
test keeps it so, and checks every example. The same for tools: [triad.kdl-schema](triad.kdl-schema),
`triad schema --format json`.

## Rules that hold everywhere

A manifest is a [KDL 2](https://kdl.dev) document. It says what should exist; triad works out what
to do.

- **Names** are identity: 1 to 64 letters and digits of any script, `_` and `-`, unique among
  siblings; those of panes are unique in their window. What is to be shown goes into `title`. An
  address is `session/window/pane`; where a pane's name is unique in the layout, it will do alone.
  A pane may go without a name: it is called after its command, and found again by what runs in it,
  so that panes can be put before it, taken away or reordered while it runs. `needs` takes written
  names only.
- **Strings are templates** of [Handlebars](https://handlebarsjs.com), and one that holds `{{` may
  stand for a value of any type. In scope: the variables of `vars`, `layout`, `session`, `window`,
  `pane`, `root` and `env.NAME`, the caller's environment. Helpers: `sh` (quotes a value for a POSIX
  shell), `default`, `lower`, `upper`, `slug` and `basename`. An unknown variable is an error. A
  string marked `(raw)"…"` is taken as it stands. Nothing else is expanded, but `~` at the start of
  a path.
- **What takes one value has two spellings**: a property, `cwd="api"`, or a child in the block,
  `{ cwd "api" }`. Both at once are an error. A property that is no child has only the one spelling.
- **What is outside flows inwards**: `cwd`, `env` and `shell`, from the layout to sessions, windows,
  splits and panes. The inner one wins; `env` is merged key by key; a relative `cwd` joins the outer
  one.
- **Only what is written is owned.** What a manifest does not mention is never compared and never
  reset.
- **Units are written**: times as `"250ms"`, `"2s"`, `"1m"` or `"1h"`, at most 366 days; sizes as a
  share, `"30%"`, or as a number of cells, `20`, at most 10,000.
- **Unknown nodes and properties are errors**, and all mistakes are told at once. `triad check`
  tells them, `triad check --explain CODE` says more about one.
"#;

/// The whole reference. It ends without an empty line.
pub fn text() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str(&overview());
    for spec in nodes() {
        text.push('\n');
        text.push_str(&node(spec));
    }
    text.push_str(&not_yet());
    text
}

fn overview() -> String {
    let mut text = "\n## What stands where\n\n| block | nodes |\n|---|---|\n".to_owned();
    for place in places() {
        let linked: Vec<String> = inside(place).into_iter().map(link).collect();
        let name = capitalised(place.within_in_full());
        text.push_str(&format!("| {name} | {} |\n", linked.join(", ")));
    }
    text
}

fn node(spec: &NodeSpec) -> String {
    let mut text = format!("## {}\n\n{}\n\n", title(spec), spec.doc);
    text.push_str(&format!("```text\n{}\n```\n\n", spec.usage));
    let stands: Vec<&str> = spec
        .places
        .iter()
        .copied()
        .map(Place::within_in_full)
        .collect();
    let often = if spec.is_repeatable {
        "as often as you like"
    } else {
        "once"
    };
    text.push_str(&format!("- Stands {}, {often}.\n", or(&stands)));
    text.push_str(&arguments(spec));
    match spec.fallback {
        Fallback::Nothing => {}
        Fallback::Value(value) => text.push_str(&format!("- Default: `{value}`.\n")),
        Fallback::Words(words) => text.push_str(&format!("- Without it: {words}.\n")),
    }
    if spec.is_scalar {
        text.push_str(&format!(
            "- Also a property of the node around it: `{}=…`.\n",
            spec.name
        ));
    }
    if spec.has_free_properties {
        text.push_str("- Takes any property: a name, and a string, number or boolean.\n");
    }
    if let Some(block) = spec.block {
        text.push_str(&holds(block));
    }
    text.push_str(&table(&properties(spec)));
    text.push_str(&format!("\n```kdl\n{}\n```\n", spec.example));
    text
}

/// The nodes of a block that are no properties of its node.
fn holds(block: Place) -> String {
    let inside = inside(block);
    let has_scalars = inside.iter().any(|spec| spec.is_scalar);
    let nodes = inside.into_iter().filter(|spec| !spec.is_scalar);
    let nodes: Vec<String> = nodes.map(link).collect();
    let nodes = nodes.join(", ");
    if has_scalars {
        format!("- Holds {nodes}, and properties as children.\n")
    } else {
        format!("- Holds {nodes}.\n")
    }
}

fn arguments(spec: &NodeSpec) -> String {
    let Some(value) = spec.argument() else {
        return "- Takes no value.\n".to_owned();
    };
    let expected = value.expected();
    match (spec.arguments, count(spec.arguments)) {
        (Arguments::Two(_), _) => format!("- Takes two values, each {expected}.\n"),
        (Arguments::OneOrMore(_), _) => format!("- Takes one or more values, each {expected}.\n"),
        (_, (0, _)) => format!("- May take a value: {expected}.\n"),
        _ => format!("- Takes a value: {expected}.\n"),
    }
}

fn table(properties: &[Property]) -> String {
    if properties.is_empty() {
        return String::new();
    }
    let mut text =
        "\n| property | as a child | value | default | meaning |\n|---|---|---|---|---|\n"
            .to_owned();
    for property in properties {
        let name = match property.child {
            Some(child) => link(child),
            None => format!("`{}`", property.name),
        };
        let child = if property.child.is_some() {
            "yes"
        } else {
            "no"
        };
        let default = match property.fallback {
            Fallback::Nothing => "none".to_owned(),
            Fallback::Value(value) => format!("`{value}`"),
            Fallback::Words(words) => words.to_owned(),
        };
        let value = property.value.expected();
        let cells = [&name, child, &value, &default, property.doc];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

fn not_yet() -> String {
    let mut text = String::new();
    for (name, places) in not_supported() {
        if text.is_empty() {
            text.push_str(
                "\n## Not yet\n\nThe language has room for these, and this version of triad does \
                 not do them: each is an\nerror that says so.\n\n| name | place |\n|---|---|\n",
            );
        }
        let places: Vec<&str> = places.iter().map(|place| place.within()).collect();
        text.push_str(&format!("| `{name}` | {} |\n", or(&places)));
    }
    text
}

fn link(spec: &NodeSpec) -> String {
    if is_free(spec) {
        return format!("[{}](#{})", title(spec), id(spec));
    }
    format!("[`{}`](#{})", spec.name, id(spec))
}

fn or(parts: &[&str]) -> String {
    match parts {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), characters.as_str())
}
