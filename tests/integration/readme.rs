//! The README and the guide stay true: every command in them is run, every manifest in them is
//! checked, and the README's screens are compared with those of a real terminal.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use regex_lite::Regex;

use crate::support;
use crate::support::sandbox::{Ran, Sandbox, run, soon};
use crate::support::terminal::Terminal;

/// The most words of the README: a page that takes three minutes to read.
const README_WORDS_MAX: usize = 1_500;

/// Returns the lines of the blocks in a language, block by block, of the README and the guide.
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

/// The time for a screen to be drawn as a whole.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns the screens of the README.
fn screens(readme: &str) -> Vec<&str> {
    let rest = readme.split("```console\n").skip(1);
    rest.filter_map(|rest| rest.split("```").next()).collect()
}

/// Returns a screen without the parts that differ from run to run: times and the blanks before them.
fn stable(screen: &str) -> Vec<String> {
    let time = Regex::new(r" *\d+(\.\d+)? m?s\b").unwrap();
    let lines = screen.lines().map(str::trim_end);
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| time.replace_all(line, " TIME").into_owned())
        .collect()
}

/// Returns two free loopback ports with four digits, like those of the README, so that columns keep
/// their width.
fn ports_of_four_digits() -> [String; 2] {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let mut free = (8_100..10_000).filter(is_free).map(|port| port.to_string());
    [(); 2].map(|()| free.next().expect("some port is free"))
}

/// Returns a free loopback port.
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
        // Only a dry run: the suite cannot run itself, and the demo has a server of its own.
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
fn the_daily_use_works() {
    let sandbox = Sandbox::new();
    let [api, web] = [(); 2].map(|()| free_port().to_string());
    let manifest = blocks("kdl")[0].replace("8000", &api);
    sandbox.manifest(&manifest.replace("8001", &web));
    sandbox.triad(&["apply"]).exits(0);
    let block = &blocks("shell")[0];
    let mut verbs = Vec::new();
    for line in block.lines() {
        verbs.extend(line.split_whitespace().nth(1));
        let call = line.strip_prefix("triad ").expect("a call of triad");
        if call.starts_with("attach ") {
            let terminal = Terminal::new(&sandbox, (100, 30), &format!("$triad {call}"));
            terminal.shows("[shop]");
            terminal.types(&["C-b", "d"]);
            terminal.shows("code 0");
            continue;
        }
        let script = format!(
            "exec {} -L {} {call}",
            env!("CARGO_BIN_EXE_triad"),
            sandbox.socket_name()
        );
        let ran = run(sandbox.command("/bin/sh").args(["-c", &script]));
        assert_eq!(ran.status, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
    }
    for verb in ["send", "capture", "exec", "attach"] {
        assert!(verbs.contains(&verb), "{verb} is used every day");
    }
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
fn the_readme_shows_real_screens() {
    let sandbox = Sandbox::new();
    let [api, web] = ports_of_four_digits();
    let manifest = blocks("kdl")[0].replace("8000", &api);
    sandbox.manifest(&manifest.replace("8001", &web));
    let go = sandbox.path("go");
    let terminal = Terminal::new(&sandbox, (120, 30), &waiting_for(&sandbox, &go));
    let shown = |screen: String| {
        let name = sandbox.socket_name();
        let screen = screen.replace(&format!("(-L {name})"), "(default server)");
        screen
            .replace(&format!(" -L {name}"), "")
            .replace(&api, "8000")
    };
    let readme_path = support::project("README.md");
    let readme = fs::read_to_string(&readme_path).unwrap();
    let [waiting, done] = screens(&readme)[..] else {
        panic!("the README has a screen of an apply that waits, and one of its end");
    };

    terminal.shows("  1.0 s");
    let is_as_written = || stable(&shown(terminal.screen())) == stable(waiting);
    let is_same = soon(PATIENCE, is_as_written);
    let screen = shown(terminal.screen());
    fs::write(&go, "").unwrap();
    terminal.shows("code 0");
    let end = shown(terminal.screen());
    let end = &end[end.find("$ triad apply").unwrap()..end.find("code 0").unwrap()];
    // A screen whose times alone differ is kept, so that an update shows real changes only.
    if support::is_updating() && !(is_same && stable(end) == stable(done)) {
        let text = readme.replacen(waiting, &trimmed(&screen), 1);
        let text = text.replacen(done, &trimmed(end), 1);
        fs::write(readme_path, text).unwrap();
        return;
    }
    assert!(is_same, "{screen}\n{waiting}\nUPDATE=1 rewrites");
    assert_eq!(stable(end), stable(done), "UPDATE=1 rewrites");
}

/// A line of shell that plans and applies. Programs run by `python3` start when there is a file `go`.
fn waiting_for(sandbox: &Sandbox, go: &Path) -> String {
    let path = std::env::var("PATH").unwrap();
    let folder = sandbox.root().join("bin");
    fs::create_dir(&folder).unwrap();
    let body = format!(
        "while [ ! -e {} ]; do sleep 0.02; done\nPATH='{path}' exec python3 \"$@\"\n",
        go.display()
    );
    sandbox.script("bin/python3", &body);
    format!(
        "export PATH='{}:{path}'; echo '$ triad plan'; $triad plan; echo '$ triad apply'; $triad apply",
        folder.display()
    )
}

/// The lines of a screen without blanks at their ends and empty lines at the end.
fn trimmed(screen: &str) -> String {
    let lines: Vec<&str> = screen.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(support::project("README.md")).unwrap();
    let words = readme.split_whitespace().count();
    assert!(words <= README_WORDS_MAX, "{words} words");
}

/// The pieces of inline code that call triad, in the README and the guide.
fn calls() -> Vec<String> {
    let files = ["README.md", "schema/guide.md"];
    let text = files.map(|file| fs::read_to_string(support::project(file)).unwrap());
    let text = text.concat();
    let prose: Vec<&str> = text.split("```").step_by(2).collect();
    let code = prose
        .iter()
        .flat_map(|prose| prose.split('`').skip(1).step_by(2));
    let calls = code.filter_map(|code| code.strip_prefix("triad "));
    calls.map(|call| call.replace('\n', " ")).collect()
}

#[test]
fn every_call_names_a_verb_and_its_flags() {
    let sandbox = Sandbox::new();
    for call in calls() {
        let words: Vec<&str> = call.split('|').next().unwrap().split_whitespace().collect();
        if words[0] == "VERB" {
            continue;
        }
        let help = sandbox.triad(&[words[0], "--help"]).exits(0).stdout;
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(*flag) || *flag == "--help", "{call}\n{help}");
        }
    }
}

#[test]
fn every_verb_is_in_the_table() {
    let sandbox = Sandbox::new();
    let help = sandbox.triad(&["--help"]).stdout;
    let tables = ["README.md", "schema/guide.md"]
        .map(|file| fs::read_to_string(support::project(file)).unwrap());
    for verb in support::verbs(&help) {
        let row = format!("| `triad {verb}` |");
        assert!(tables.iter().all(|text| text.contains(&row)), "{verb}");
    }
}
