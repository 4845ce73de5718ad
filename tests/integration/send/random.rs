//! Random texts to panes that live, are dead, in copy mode, or die meanwhile.
//!
//! `TRIAD_SENDS` is the number of texts, `TRIAD_SEED` repeats a run.

use std::fs;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::signal;

/// The number of texts in the normal suite.
const SENDS: u64 = 24;
const SEED: u64 = 0x5eed;

/// A generator of random numbers (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).unwrap()
    }
}

const PIECES: [&str; 24] = [
    "word",
    " ",
    "  ",
    "\t",
    "é",
    "漢字",
    "🧠",
    "e\u{301}",
    "$HOME",
    "`id`",
    "#{pid}",
    "#(id)",
    "\"",
    "'",
    "\\",
    ";",
    "%1",
    "~",
    "{",
    "}",
    "&&",
    "-t",
    "\x1b[201~",
    "\x07",
];

/// Returns a text as it is sent, and as it arrives. Each line says which text it belongs to.
fn text(number: u64, chance: &mut Chance) -> (String, String) {
    let mut sent = String::new();
    for line in 0..=chance.below(12) {
        if line > 0 {
            sent.push_str(["\n", "\r\n", "\n\n"][chance.below(3)]);
        }
        sent.push_str(&format!("<{number}.{line}>"));
        for _ in 0..chance.below(40) {
            sent.push_str(PIECES[chance.below(PIECES.len())]);
        }
    }
    let kept = |c: &char| matches!(c, '\n' | '\t') || !c.is_control();
    let arrives: String = sent.replace("\r\n", "\n").chars().filter(kept).collect();
    let arrives = arrives
        .strip_suffix('\n')
        .map(str::to_owned)
        .unwrap_or(arrives);
    (sent, arrives + "\n")
}

const LAYOUT: &str = r#"
session "s" {
    window "w" {
        service "lives" { run "exec cat >>lives.txt" }
        service "copies" { run "exec cat >>copies.txt" }
        service "dies" { run "exec cat >>dies.txt" }
        service "closes" { run "exec cat >>closes.txt" }
        task "dead" { run "true" }
    }
}
"#;

#[test]
fn every_text_arrives_once_or_not_at_all() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("TRIAD_SEED").unwrap_or(SEED);
    let mut chance = Chance(seed);
    let sandbox = Sandbox::new();
    sandbox.apply(LAYOUT);
    sandbox.ended("s/w/dead");
    let server = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
    let mut arrived = Arrived::default();
    for number in 0..number("TRIAD_SENDS").unwrap_or(SENDS) {
        let (sent, arrives) = text(number, &mut chance);
        let path = sandbox.file("text", &sent);
        let words = |pane| ["send", pane, "--file", path.to_str().unwrap()];
        match chance.below(6) {
            0 | 1 => {
                sandbox.triad(&words("lives")).exits(0);
                arrived.lives.push_str(&arrives);
            }
            2 => {
                let id = sandbox.panes()["s/w/copies"].id.clone();
                sandbox.tmux(&["copy-mode", "-t", &id]);
                sandbox.triad(&words("copies")).exits(0);
                arrived.copies.push_str(&arrives);
            }
            3 => {
                sandbox.triad(&words("dead")).exits(7);
            }
            4 => {
                sandbox.triad(&["start", "dies"]).exits(0);
                ends(&sandbox, &words("dies"), &arrives, chance.below(60));
                sandbox.ended("s/w/dies");
            }
            _ => {
                sandbox.triad(&["apply", "--only", "s/w/closes"]).exits(0);
                ends(&sandbox, &words("closes"), &arrives, chance.below(60));
            }
        }
        let now = sandbox.tmux(&["display-message", "-p", "#{pid}"]);
        assert_eq!(now, server, "the server lives (seed {seed}, text {number})");
        assert_eq!(
            sandbox.tmux(&["list-buffers"]),
            "",
            "seed {seed}, text {number}"
        );
    }
    for (file, expected) in [
        ("lives.txt", &arrived.lives),
        ("copies.txt", &arrived.copies),
    ] {
        let read = sandbox.read(file).unwrap_or_default();
        assert_eq!(read, *expected, "{file} (seed {seed})");
    }
}

/// What has arrived so far.
#[derive(Default)]
struct Arrived {
    lives: String,
    copies: String,
}

/// Ends a program, or closes its pane, at any moment while something is sent to it. What it has read is
/// the text or its beginning, and nothing if triad has refused to send.
#[track_caller]
fn ends(sandbox: &Sandbox, words: &[&str], arrives: &str, looks: usize) {
    let name = words[1];
    let pane = sandbox.panes()[&format!("s/w/{name}")].clone();
    let file = format!("{name}.txt");
    eventually("the program reads", DEADLINE, || {
        let opened = fs::read_link(format!("/proc/{}/fd/1", pane.pid));
        opened.is_ok_and(|opened| opened.ends_with(&file))
    });
    fs::write(sandbox.path(&file), "").unwrap();
    let mut send = sandbox.start(words);
    for _ in 0..looks {
        // Each look takes a few milliseconds.
        if send.has_ended() {
            break;
        }
        sandbox.tmux(&["display-message", "-p", "look"]);
    }
    match name {
        "dies" => signal("KILL", &pane.pid.to_string()),
        _ => drop(sandbox.tmux(&["kill-pane", "-t", &pane.id])),
    }
    let ran = send.ends();
    let read = sandbox.read(&file).unwrap_or_default();
    match ran.status {
        0 => assert_eq!(read, arrives, "{}", ran.stderr),
        7 => assert_eq!(read, "", "{}", ran.stderr),
        10 => assert!(arrives.starts_with(&read), "{read:?} of {arrives:?}"),
        other => panic!("exit code {other}: {}", ran.stderr),
    }
}
