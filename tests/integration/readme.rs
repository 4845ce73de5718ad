//! The README and the guide stay true: every command in them is run, every manifest in them is checked.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use crate::support;
use crate::support::sandbox::{Ran, Sandbox, run};

/// The lines of the blocks in a language, block by block, of the README and the guide.
pub fn blocks(language: &str) -> Vec<String> {
    let files = ["README.md", "schema/guide.md"];
    let text = files.map(|file| fs::read_to_string(support::project(file)).unwrap());
    let text = text.concat();
    let fence = format!("```{language}\n");
    let blocks: Vec<String> = text
        .split(&fence)
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .map(str::to_owned)
        .collect();
    assert!(!blocks.is_empty(), "the README has blocks in {language}");
    blocks
}

/// A port of loopback that nobody holds now.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Runs one line of the README as a person in a clone would.
fn type_in(line: &str, sandbox: &Sandbox, port: u16) -> Ran {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["triad", ref arguments @ ..] => run(sandbox
            .triad_command(arguments)
            .env("TRIAD_VAR_PORT", port.to_string())
            .env("TRIAD_VAR_DB", sandbox.path("memory.db"))),
        // What it would do: the suite cannot run itself, and the demo has a server of its own.
        ["make", target] => run(Command::new("make")
            .args(["--dry-run", target])
            .current_dir(support::project(""))),
        _ => panic!("a command that this test does not know: {line}"),
    }
}

#[test]
fn every_command_works() {
    let sandbox = Sandbox::new();
    let copied = Command::new("cp")
        .arg("-R")
        .arg(support::project("layouts"))
        .arg(sandbox.path("layouts"))
        .status();
    assert!(copied.unwrap().success());
    let port = free_port();
    let mut seen = Vec::new();
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let ran = type_in(line, &sandbox, port);
        assert_eq!(ran.status, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
        seen.push((line.to_owned(), ran.stdout));
    }
    let applies: Vec<&String> = seen
        .iter()
        .filter(|(line, _)| line.starts_with("triad apply"))
        .map(|(_, stdout)| stdout)
        .collect();
    assert!(applies[0].contains("3 started"), "{}", applies[0]);
    assert!(applies[1].contains("nothing to do"), "{}", applies[1]);
}

#[test]
fn every_manifest_is_valid() {
    for block in blocks("kdl") {
        let sandbox = Sandbox::new();
        let path = sandbox.manifest(&block);
        let path = path.to_str().unwrap();
        let mut command = sandbox.triad_command(&["check", path]);
        if block.contains("    token ") {
            command.args(["--var", "token=x"]);
        }
        let ran = run(command.envs([("API_KEY", "x"), ("EDITOR", "vi")]));
        assert_eq!(ran.status, 0, "{block}\n{}", ran.stderr);
    }
}

#[test]
fn every_verb_is_in_the_table() {
    let sandbox = Sandbox::new();
    let help = sandbox.triad(&["--help"]).stdout;
    let tables = ["README.md", "schema/guide.md"]
        .map(|file| fs::read_to_string(support::project(file)).unwrap());
    let verbs = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"));
    let verbs: Vec<&str> = verbs
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(verbs.len() >= 6, "{help}");
    for verb in verbs {
        let row = format!("| `triad {verb}` |");
        assert!(tables.iter().all(|text| text.contains(&row)), "{verb}");
    }
}
