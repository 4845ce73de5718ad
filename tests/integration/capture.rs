//! `capture`: the screens of panes as text, with colours, as JSON and as HTML.

use serde_json::Value;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually};
use crate::support::seen::assert_same;
use crate::support::terminal::Terminal;

/// A pane that prints in colours, with a line wider than it; one that has scrolled; one that has
/// exited; and a layout beside.
const LAYOUT: &str = r#"
layout "shop"
session "web" {
    window "main" {
        columns {
            pane "colors" size=30 { run "cat colors; exec sleep 1001" }
            pane "many" size=20 { run "seq 1 200; exec sleep 1002" }
            task "over" { run "echo last words; exit 3" }
        }
    }
    window "other" { pane "quiet" { run "sleep" "1003" } }
}
"#;

/// Red on blue, drawn lines, a line of 40 characters, and a title that is no text.
const COLORS: &str = "\x1b]2;of $HOME <b>\x07\x1b[1;31;44mred & <b>\x1b[0m \x1b(0lqk\x1b(B\r\n\
                      0123456789012345678901234567890123456789\r\n\r\nlast";

fn applied() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("colors", COLORS);
    sandbox.manifest(LAYOUT);
    sandbox.triad(&["apply", "--no-wait"]);
    for (pane, text) in [("web/main/colors", "last"), ("web/main/many", "200")] {
        let id = sandbox.panes()[pane].id.clone();
        eventually("it has printed everything", DEADLINE, || {
            sandbox.screen(&id).contains(text)
        });
    }
    sandbox.ended("web/main/over");
    sandbox
}

#[track_caller]
fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).expect("one document")
}

#[test]
fn a_screen_is_printed_as_text() {
    let sandbox = applied();
    let ran = sandbox.triad(&["capture", "colors"]).exits(0);
    assert_eq!(
        ran.stdout,
        "red & <b> ┌─┐\n0123456789012345678901234567890123456789\n\nlast\n"
    );
    let ran = sandbox.triad(&["capture", "many"]).exits(0);
    assert!(ran.stdout.ends_with("\n199\n200\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("\n100\n"), "{}", ran.stdout);
    let ran = sandbox.triad(&["capture", "many", "--history"]).exits(0);
    let all: String = (1..=200).map(|number| format!("{number}\n")).collect();
    assert_eq!(ran.stdout, all);
    let ran = sandbox.triad(&["capture", "web/other/quiet"]).exits(0);
    assert_eq!(ran.stdout, "");
    let ran = sandbox.triad(&["capture", "over", "--history"]).exits(0);
    assert!(ran.stdout.starts_with("last words\n"), "{}", ran.stdout);
}

#[test]
fn several_panes_are_read_in_one_call_and_nothing_is_changed() {
    let mut sandbox = applied();
    let before = sandbox.dump_all();
    sandbox.count_tmux();
    let ran = sandbox
        .triad(&["capture", "quiet", "web/main/colors"])
        .exits(0);
    let calls = sandbox.take_calls();
    assert_eq!(calls.len(), 2, "one that lists, one that reads: {calls:?}");
    assert!(
        ran.stdout
            .starts_with("==> web/other/quiet <==\n\n==> web/main/colors <==\nred & <b>"),
        "{}",
        ran.stdout
    );
    assert_same(&before, &sandbox.dump_all(), "capture");
    let ran = sandbox.triad(&["capture", "web/main"]).exits(0);
    assert_eq!(ran.stdout.matches("==> ").count(), 3, "{}", ran.stdout);
}

#[test]
fn colors_are_kept_on_request() {
    let sandbox = applied();
    let ran = sandbox.triad(&["capture", "colors", "--ansi"]).exits(0);
    let first = ran.stdout.lines().next();
    assert_eq!(first, Some("\x1b[1;31;44mred & <b>\x1b[0m ┌─┐"));
    let ran = sandbox.triad(&["capture", "colors", "--html"]).exits(0);
    let span = "<span style=\"color:#cd3131;background:#2472c8;font-weight:bold\">red &amp; &lt;b&gt;</span> ┌─┐\n";
    assert!(ran.stdout.contains(span), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("<h2>web/main/colors <small>of $HOME &lt;b&gt;</small></h2>"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("\n012345678901234567890123456789\n0123456789\n")
    );
    assert!(ran.stdout.starts_with("<!DOCTYPE html>") && !ran.stdout.contains("http"));
}

#[test]
fn programs_get_rows_with_the_cursor_the_size_and_the_title() {
    let sandbox = applied();
    let shown = json(
        &sandbox
            .triad(&["capture", "colors", "over", "--json"])
            .exits(0),
    );
    assert_eq!(shown["format"], 1);
    let [colors, over] = &shown["panes"].as_array().expect("a list")[..] else {
        panic!("two panes: {shown}");
    };
    let (rows, lines) = (&colors["rows"], colors["lines"].as_array().expect("a list"));
    assert_eq!(*rows, lines.len(), "{shown}");
    assert_eq!(lines[1], "012345678901234567890123456789");
    assert_eq!(lines[2], "0123456789");
    let cursor = &colors["cursor"];
    assert_eq!((&cursor["row"], &cursor["column"]), (&4.into(), &4.into()));
    assert_eq!(colors["title"], "of $HOME <b>");
    assert_eq!(
        (&colors["columns"], &colors["dead"]),
        (&30.into(), &false.into())
    );
    assert_eq!(over["dead"], true);
    let shown = json(
        &sandbox
            .triad(&["capture", "many", "--json", "--history"])
            .exits(0),
    );
    let many = &shown["panes"][0];
    let (history, rows) = (many["history"].as_u64(), many["rows"].as_u64());
    let count = history.unwrap_or_default() + rows.unwrap_or_default();
    assert_eq!(
        many["lines"].as_array().map(Vec::len),
        usize::try_from(count).ok()
    );
    let shown = json(
        &sandbox
            .triad(&["capture", "colors", "--json", "--ansi"])
            .exits(0),
    );
    let line = shown["panes"][0]["lines"][0].as_str().unwrap_or_default();
    assert!(line.starts_with("\x1b[1;31;44m"), "{shown}");
}

#[test]
fn a_pane_is_found_from_any_folder() {
    let sandbox = applied();
    let ran = sandbox.triad(&["capture", "-C", "/", "colors"]).exits(0);
    assert!(ran.stdout.starts_with("red"), "{}", ran.stdout);
    let ran = sandbox
        .triad(&["capture", "-C", "/", "shop", "quiet"])
        .exits(0);
    assert_eq!(ran.stdout, "");
    let ran = sandbox.triad(&["capture", "-C", "/", "shop"]).exits(0);
    assert_eq!(ran.stdout.matches("==> ").count(), 4, "{}", ran.stdout);
    // A manifest that cannot be read is no obstacle.
    sandbox.manifest("sesion \"web\"");
    let ran = sandbox.triad(&["capture", "colors"]).exits(0);
    assert!(ran.stdout.starts_with("red"), "{}", ran.stdout);
}

#[test]
fn panes_of_all_layouts_are_told_apart() {
    let sandbox = applied();
    let other = sandbox.root().join("other.kdl");
    let text =
        r#"session "db" { window "main" { pane "quiet" { run "echo other; exec sleep 1004" } } }"#;
    std::fs::write(&other, text).unwrap();
    let other = other.to_str().unwrap();
    sandbox.triad(&["apply", other]).exits(0);
    // The layout of the manifest here comes first.
    assert_eq!(sandbox.triad(&["capture", "quiet"]).exits(0).stdout, "");
    eventually("the other one has printed", DEADLINE, || {
        let ran = sandbox.triad(&["capture", other, "quiet"]).exits(0);
        ran.stdout == "other\n"
    });
    assert_eq!(sandbox.triad(&["capture", "db"]).exits(0).stdout, "other\n");
    let ran = sandbox.triad(&["capture", "-C", "/", "quiet"]).exits(64);
    assert!(
        ran.stderr.contains("`quiet` matches several panes"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("`db/main/quiet`, `web/other/quiet`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let sandbox = Sandbox::new();
    let ran = sandbox.triad(&["capture", "api"]).exits(1);
    assert!(ran.stderr.contains("no layout runs here"), "{}", ran.stderr);
    drop(sandbox);
    let sandbox = applied();
    let ran = sandbox.triad(&["capture", "colours"]).exits(64);
    assert!(
        ran.stderr.contains("did you mean `colors`?"),
        "{}",
        ran.stderr
    );
    let ran = sandbox.triad(&["capture", "a b"]).exits(64);
    assert!(
        ran.stderr.contains("`a b` is not an address"),
        "{}",
        ran.stderr
    );
    sandbox.triad(&["capture"]).exits(64);
    let id = sandbox.panes()["web/other/quiet"].id.clone();
    sandbox.tmux(&["kill-pane", "-t", &id]);
    let ran = sandbox.triad(&["capture", "quiet", "colors"]).exits(1);
    assert!(ran.stdout.starts_with("==> web") || ran.stdout.starts_with("red"));
    assert!(
        ran.stderr
            .contains("the pane `web/other/quiet` does not exist"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_terminal_shows_the_colors_of_a_pane() {
    let sandbox = applied();
    let terminal = Terminal::new(&sandbox, (100, 30), "$triad capture colors --ansi");
    terminal.shows("code 0");
    let screen = terminal.captured(&["-e"]);
    assert!(
        screen.contains("red & <b>") && screen.contains("┌─┐"),
        "{screen}"
    );
    assert!(screen.contains("44m"), "{screen}");
    assert!(!screen.contains('␛'), "{screen}");
}

#[test]
fn a_dead_pane_leads_to_what_scrolled_off_its_screen() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("session \"s\" { window \"w\" { pane \"p\" { run \"seq 100; test -e go\" } } }");
    sandbox.triad(&["apply", "--no-wait"]);
    sandbox.ended("s/w/p");
    let shown = |words: &[&str]| sandbox.triad(&[&["capture", "p"], words].concat()).exits(0);
    eventually("tmux has seen the end", DEADLINE, || {
        shown(&[])
            .stderr
            .contains("`--history` shows what scrolled off")
    });
    let all = shown(&["--history"]);
    assert!(all.stdout.starts_with("1\n2\n"), "{}", all.stdout);
    assert_eq!(all.stderr, "");
}
