//! DOT and Mermaid are read back by small parsers, for any names: each label is the text itself,
//! each edge is there, and the tree fits the screen.

use std::collections::{BTreeMap, BTreeSet};

use triad::graph::{Edge, Graph, Node, Of};
use triad::layout::{Address, PaneKind, Until};
use triad::plan::change::{Noun, Subject};
use triad::status::{PaneStatus, Reason, Source, Standing, State, Wanted};
use triad::view::look::graph::{dot, mermaid, tree};
use triad::view::text::diagnostic::Look;

/// Hostile names of sessions, and hostile texts in tags.
const NAMES: [&str; 20] = [
    "a",
    "end",
    "subgraph",
    "digraph",
    "データベース",
    "مرحبا",
    "a\"b",
    "a\\",
    "\\n\\N\\G",
    "&lt;&#60;",
    "<b>x</b>",
    "a]b[c",
    "#35;",
    "%% {init}",
    "a|b",
    "`x`",
    "a\nb\r\tc\u{1b}[31m",
    "-->",
    "click n1 javascript:alert(1)",
    "🧠 \u{202e}x",
];

fn status(state: State) -> PaneStatus {
    PaneStatus {
        address: Address::of_session("s").window("w").pane("p"),
        kind: PaneKind::Pane,
        standing: Standing {
            state,
            reason: Reason::Runs,
            source: Source::Process,
            since: None,
        },
        id: None,
        pid: None,
        runs: None,
        has_shell: false,
        restarts: 0,
        restarts_max: None,
        says: None,
        wanted: Wanted::AsItIs,
    }
}

/// A graph in which each node waits for the two before it.
fn hostile() -> Graph {
    let states = [None, Some(State::Running), Some(State::Absent)];
    let edge = |to: usize, restart: bool| Edge {
        optional: false,
        to,
        until: restart.then_some(Until::ExitedOk),
        restart,
    };
    let nodes = NAMES.iter().enumerate().map(|(index, name)| Node {
        subject: Subject {
            address: Address::of_session(name),
            noun: Noun::Pane(PaneKind::Pane),
        },
        step: None,
        wave: index + 1,
        after: match index {
            0 => Vec::new(),
            1 => vec![edge(0, true)],
            _ => vec![edge(index - 1, false), edge(index - 2, true)],
        },
        status: states[index % 3].map(status),
    });
    Graph {
        layout: "lay\"out\\".to_owned(),
        of: Of::Needs,
        nodes: nodes.collect(),
    }
}

/// Returns the text as a terminal or page shows it: control characters as signs.
fn label(node: &Node) -> String {
    let state = node.status.as_ref();
    let state = state.map(|status| format!(": {}", status.standing.state.as_str()));
    let text = node.label() + &state.unwrap_or_default();
    let signs = text.chars().map(|c| match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap(),
        c => c,
    });
    let text: String = signs.collect();
    text.replace('\u{202e}', "‹U+202E›")
}

/// Checks the parsed labels and edges.
type Read = (BTreeMap<String, String>, Vec<(String, String)>);

#[track_caller]
fn check((labels, edges): &Read, graph: &Graph) {
    let mut found: Vec<String> = labels.values().cloned().collect();
    let mut expected: Vec<String> = graph.nodes.iter().map(label).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let mut drawn: Vec<(&String, &String)> = edges
        .iter()
        .map(|(from, to)| (&labels[from], &labels[to]))
        .collect();
    drawn.sort();
    let edges = graph.edges();
    let edges = edges.map(|(from, edge)| (label(from), label(&graph.nodes[edge.to])));
    let edges: BTreeSet<(String, String)> = edges.collect();
    let edges: Vec<(&String, &String)> = edges.iter().map(|(from, to)| (from, to)).collect();
    assert_eq!(drawn, edges);
}

/// A token of DOT: a name, unquoted, or a sign.
#[derive(Debug, Clone, PartialEq)]
enum Word {
    Name(String),
    Sign(&'static str),
}

fn dot_words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let sign = ["->", "{", "}", "[", "]", "=", ",", ";"];
        if let Some(sign) = sign.into_iter().find(|sign| rest.starts_with(sign)) {
            words.push(Word::Sign(sign));
            rest = &rest[sign.len()..];
        } else if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap()..];
        } else if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
        } else if c == '"' {
            let (name, after) = dot_quoted(&rest[1..]);
            words.push(Word::Name(name));
            rest = after;
        } else {
            let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let end = rest.find(|c| !is_of_name(c)).unwrap();
            assert!(end > 0, "not a DOT word: {rest}");
            words.push(Word::Name(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    words
}

/// Returns a text up to its closing quote, as a label shows it, and the rest.
fn dot_quoted(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (entities(&name), &text[at + 1..]),
            '\\' => match chars.next().unwrap().1 {
                c @ ('"' | '\\') => name.push(c),
                c => panic!("\\{c} has a special meaning in a label"),
            },
            '\n' => panic!("a line break in a text"),
            c => name.push(c),
        }
    }
    panic!("unclosed quote: {text}");
}

/// Decodes the only entity in use; any other `&` would start one.
fn entities(text: &str) -> String {
    let parts: Vec<&str> = text.split('&').collect();
    let rest = parts[1..].iter();
    let rest = rest.map(|part| part.strip_prefix("amp;").expect("a bare `&`"));
    parts[0].to_owned() + &rest.map(|part| format!("&{part}")).collect::<String>()
}

/// Parses `digraph NAME { … }` by the grammar of Graphviz, as far as it is used.
fn read_dot(text: &str) -> Read {
    let words = dot_words(text);
    let [
        Word::Name(kind),
        Word::Name(_),
        Word::Sign("{"),
        body @ ..,
        Word::Sign("}"),
    ] = &words[..]
    else {
        panic!("not a graph: {text}");
    };
    assert_eq!(kind, "digraph");
    let (mut labels, mut edges) = (BTreeMap::new(), Vec::new());
    let (mut rest, mut depth) = (body, 0);
    while !rest.is_empty() {
        rest = match rest {
            [Word::Sign("{"), rest @ ..] => {
                depth += 1;
                rest
            }
            [Word::Sign("}"), rest @ ..] => {
                depth -= 1;
                rest
            }
            [Word::Name(_), Word::Sign("="), Word::Name(_), rest @ ..] => rest,
            [
                Word::Name(from),
                Word::Sign("->"),
                Word::Name(to),
                rest @ ..,
            ] => {
                edges.push((from.clone(), to.clone()));
                dot_attributes(rest).1
            }
            [Word::Name(name), rest @ ..] => {
                let (attributes, rest) = dot_attributes(rest);
                if let Some(label) = attributes.get("label") {
                    assert_eq!(
                        labels.insert(name.clone(), label.clone()),
                        None,
                        "{name} twice"
                    );
                }
                rest
            }
            other => panic!("not a statement: {other:?}"),
        };
    }
    assert_eq!(depth, 0);
    (labels, edges)
}

/// Parses `[a=b, c=d]`, if it is there.
fn dot_attributes(words: &[Word]) -> (BTreeMap<String, String>, &[Word]) {
    let mut attributes = BTreeMap::new();
    let [Word::Sign("["), rest @ ..] = words else {
        return (attributes, words);
    };
    let mut rest = rest;
    loop {
        let [
            Word::Name(name),
            Word::Sign("="),
            Word::Name(value),
            Word::Sign(sign),
            after @ ..,
        ] = rest
        else {
            panic!("not an attribute: {rest:?}");
        };
        attributes.insert(name.clone(), value.clone());
        rest = after;
        match *sign {
            "]" => return (attributes, rest),
            "," => {}
            other => panic!("{other} in attributes"),
        }
    }
}

/// Parses a quoted text of Mermaid: only letters, digits, some signs, and numbers of characters.
fn mermaid_quoted(text: &str) -> String {
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let mut rest = text.expect("a quoted text");
    let mut shown = String::new();
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '#' {
            let (number, after) = rest.split_once(';').expect("a number ends with `;`");
            shown.push(char::from_u32(number.parse().unwrap()).unwrap());
            rest = after;
        } else {
            assert!(
                c.is_alphanumeric() || " /-,:".contains(c),
                "{c:?} is in a text"
            );
            shown.push(c);
        }
    }
    shown
}

/// Parses a flowchart line by line.
fn read_mermaid(text: &str) -> Read {
    let mut lines = text.lines().map(str::trim);
    assert_eq!(lines.next(), Some("flowchart RL"));
    let (mut labels, mut edges, mut depth) = (BTreeMap::new(), Vec::new(), 0);
    let is_id = |id: &str| {
        id.strip_prefix('n')
            .is_some_and(|n| n.parse::<usize>().is_ok())
    };
    let mut classes = BTreeSet::new();
    for line in lines {
        if let Some(rest) = line.strip_prefix("subgraph ") {
            let (_, title) = rest.split_once('[').unwrap();
            mermaid_quoted(title.strip_suffix(']').unwrap());
            depth += 1;
        } else if line == "end" {
            depth -= 1;
        } else if let Some(rest) = line.strip_prefix("classDef ") {
            classes.insert(rest.split(' ').next().unwrap());
        } else if let Some(rest) = line.strip_prefix("class ") {
            let (ids, class) = rest.split_once(' ').unwrap();
            assert!(
                classes.contains(class) && ids.split(',').all(is_id),
                "{line}"
            );
        } else if let Some((id, label)) = line.split_once('[').filter(|(id, _)| is_id(id)) {
            let label = mermaid_quoted(label.strip_suffix(']').unwrap());
            assert_eq!(labels.insert(id.to_owned(), label), None, "{line}");
        } else {
            let mut words = line.splitn(2, ' ');
            let (from, rest) = (words.next().unwrap(), words.next().unwrap());
            let rest = rest.strip_prefix("-->").or(rest.strip_prefix("==>"));
            let (text, to) = rest.expect("an arrow").rsplit_once(' ').unwrap();
            if !text.is_empty() {
                mermaid_quoted(text.trim_matches('|'));
            }
            assert!(is_id(from) && is_id(to), "{line}");
            edges.push((from.to_owned(), to.to_owned()));
        }
    }
    assert_eq!(depth, 0);
    (labels, edges)
}

#[test]
fn drawings_can_be_parsed_with_any_names() {
    let graph = hostile();
    check(&read_dot(&dot(&graph)), &graph);
    check(&read_mermaid(&mermaid(&graph)), &graph);
    let mut empty = graph.clone();
    empty.nodes.clear();
    check(&read_dot(&dot(&empty)), &empty);
    check(&read_mermaid(&mermaid(&empty)), &empty);
}

#[test]
fn the_tree_fits_the_screen_and_draws_everything_once() {
    let long = Graph {
        nodes: (0..1000)
            .map(|index: usize| Node {
                subject: Subject::session(&Address::of_session(&format!("s{index}"))),
                step: None,
                wave: index + 1,
                after: index
                    .checked_sub(1)
                    .map(|to| Edge {
                        to,
                        until: Some(Until::Ready),
                        restart: true,
                        optional: false,
                    })
                    .into_iter()
                    .collect(),
                status: Some(status(State::Pending)),
            })
            .collect(),
        ..hostile()
    };
    for graph in [hostile(), long] {
        for cells in [40, 80, 200] {
            let look = Look {
                color: false,
                width: cells,
            };
            let tree = String::from(tree(&graph, look));
            for line in tree.lines() {
                let used = unicode_width::UnicodeWidthStr::width(line);
                assert!(used <= cells, "{used} cells: {line}");
                assert!(!line.contains(char::is_control), "{line:?}");
            }
            let is_node = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
            let is_elsewhere = |line: &&str| line.ends_with("(below)") || line.ends_with("(above)");
            let names = tree.lines().filter(is_node).count();
            let elsewhere = tree.lines().filter(is_elsewhere).count();
            assert_eq!(names - elsewhere, graph.nodes.len(), "{tree}");
        }
    }
}
