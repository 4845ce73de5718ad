//! The questions of `triad init`, on a terminal.

use crate::support::sandbox::Sandbox;
use crate::support::terminal::Terminal;

use super::assert_sound;

const SIZE: (u32, u32) = (100, 60);

#[test]
fn empty_answers_accept_the_proposal() {
    let sandbox = Sandbox::new();
    sandbox.file("Procfile", "web: bin/web\n");
    let terminal = Terminal::new(&sandbox, SIZE, "$triad init");
    terminal.shows("Which one? [1]");
    let screen = terminal.screen();
    for expected in [
        "  Procfile  service web",
        "  1  this folder: 1 service from Procfile",
        "  2  masterclass       The agent triad",
    ] {
        assert!(screen.contains(expected), "`{expected}`:\n{screen}");
    }
    terminal.types(&["Enter"]);
    terminal.shows("Name of the layout? [work]");
    terminal.types(&["Enter"]);
    terminal.shows("Write triad.kdl? [Y/n]");
    let screen = terminal.screen();
    assert!(
        screen.contains("run \"bin/web\""),
        "the manifest is shown first:\n{screen}"
    );
    assert_eq!(sandbox.read("triad.kdl"), None);
    terminal.types(&["Enter"]);
    terminal.shows("wrote triad.kdl: 1 service from Procfile");
    terminal.shows("code 0");
    assert_sound(&sandbox, "triad.kdl");
    assert!(
        sandbox
            .read("triad.kdl")
            .unwrap()
            .contains("layout \"work\"")
    );
}

#[test]
fn other_sources_and_names_can_be_chosen_and_wrong_answers_are_asked_again() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::new(&sandbox, SIZE, "$triad init mine/");
    terminal.shows("Which one? [1]");
    assert!(terminal.screen().contains("no file here names a program"));
    terminal.types(&["99", "Enter"]);
    terminal.shows("Enter a number from 1 to");
    terminal.types(&["masterclass", "Enter"]);
    terminal.shows("Name of the layout? [ai-masterclass]");
    terminal.types(&["a b", "Enter"]);
    terminal.shows("a name is 1 to 64 characters");
    terminal.types(&["mine", "Enter"]);
    terminal.shows("Write mine/triad.kdl? [Y/n]");
    terminal.types(&["what", "Enter"]);
    terminal.shows("Answer `y` or `n`.");
    terminal.types(&["y", "Enter"]);
    terminal.shows("code 0");
    assert_sound(&sandbox, "mine/triad.kdl");
    assert!(
        sandbox
            .read("mine/triad.kdl")
            .unwrap()
            .contains("layout \"mine\"")
    );
    assert!(sandbox.path("mine/masterclass/engine.py").is_file());
}

#[test]
fn no_end_of_input_and_control_c_write_nothing_at_any_question() {
    let sandbox = Sandbox::new();
    let questions = [
        "Which one? [1]",
        "Name of the layout? [work]",
        "Write triad.kdl? [Y/n]",
    ];
    for stop in 0..questions.len() {
        for (keys, code) in [(&["C-c"][..], "code 130"), (&["C-d"], "code 1")] {
            let terminal = Terminal::new(&sandbox, SIZE, "$triad init");
            for question in &questions[..stop] {
                terminal.shows(question);
                terminal.types(&["Enter"]);
            }
            terminal.shows(questions[stop]);
            terminal.types(keys);
            terminal.shows(code);
            assert_eq!(sandbox.read("triad.kdl"), None, "{stop} {keys:?}");
        }
    }
    let terminal = Terminal::new(&sandbox, SIZE, "$triad init");
    for question in &questions[..2] {
        terminal.shows(question);
        terminal.types(&["Enter"]);
    }
    terminal.shows(questions[2]);
    terminal.types(&["n", "Enter"]);
    terminal.shows("code 7");
    assert_eq!(sandbox.read("triad.kdl"), None);
}

#[test]
fn flags_ask_nothing() {
    for flags in [
        "--yes",
        "--from masterclass",
        "--force",
        "--name x",
        "--json",
        "--stdout",
    ] {
        let sandbox = Sandbox::new();
        let terminal = Terminal::new(&sandbox, SIZE, &format!("$triad init {flags} >out"));
        terminal.shows("code 0");
        assert!(
            !terminal.screen().contains('?'),
            "{flags}:\n{}",
            terminal.screen()
        );
        assert_eq!(sandbox.read("triad.kdl").is_some(), flags != "--stdout");
    }
}
