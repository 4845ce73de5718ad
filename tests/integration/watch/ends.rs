//! Edits that end a process: refused as a whole, or confirmed by a flag or a person.

use super::{comes_to, layout, pane, watching};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{assert_same, identity, words};
use crate::support::terminal::Terminal;

#[test]
fn an_edit_that_ends_a_process_is_refused_as_a_whole() {
    let sandbox = Sandbox::new();
    let running = watching(&sandbox, &layout(&pane("b")), &[]);
    let before = sandbox.dump_all();
    sandbox.manifest(&layout(
        &[&pane("b").replace("1002", "1003"), &pane("c")[..]].join("\n"),
    ));
    eventually("the message names `--yes`", DEADLINE, || {
        let said = words(&running.stderr());
        said.contains("this ends 1 live process, so nothing was changed")
            && said.contains("`--yes`")
    });
    assert!(
        words(&running.stdout()).contains("ends sleep"),
        "{}",
        running.stdout()
    );
    assert_same(&before, &sandbox.dump_all(), "a refused edit");
    // Edits that end nothing are applied.
    sandbox.manifest(&layout(&[pane("b"), pane("c")].join("\n")));
    comes_to(&sandbox, &["a", "b", "c"]);
    assert_eq!(
        words(&running.stderr())
            .matches("so nothing was changed")
            .count(),
        1
    );
}

#[test]
fn with_yes_the_edit_is_applied() {
    let sandbox = Sandbox::new();
    let _running = watching(&sandbox, &layout(&pane("b")), &["--yes"]);
    let before = sandbox.panes();
    sandbox.manifest(&layout(&pane("b").replace("1002", "1003")));
    eventually("b restarts", DEADLINE, || {
        sandbox.panes()["s/w/b"].pid != before["s/w/b"].pid
    });
    comes_to(&sandbox, &["a", "b"]);
    assert_eq!(
        identity(&before["s/w/a"]),
        identity(&sandbox.panes()["s/w/a"])
    );
    sandbox.manifest(&layout(""));
    comes_to(&sandbox, &["a"]);
}

#[test]
fn a_person_is_asked() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&layout(&pane("b")));
    let terminal = Terminal::new(&sandbox, (100, 40), "$triad watch --ask");
    terminal.shows("watching triad.kdl");
    let before = sandbox.panes();
    let edited = |seconds: &str| sandbox.manifest(&layout(&pane("b").replace("1002", seconds)));
    edited("1003");
    terminal.shows("This ends 1 live process. Continue?");
    // Others can work meanwhile.
    sandbox
        .triad(&["apply", "--only", "a", "--lock-timeout", "1ms"])
        .exits(0);
    terminal.types(&["n", "Enter"]);
    terminal.shows("the next edit asks again");
    assert_eq!(sandbox.panes()["s/w/b"].pid, before["s/w/b"].pid);
    edited("1004");
    terminal.shows("+ sleep 1004");
    terminal.types(&["y", "Enter"]);
    eventually("b restarts", DEADLINE, || {
        sandbox.panes()["s/w/b"].pid != before["s/w/b"].pid
    });
    // An answer is not needed to end it.
    edited("1005");
    terminal.shows("+ sleep 1005");
    terminal.types(&["C-c"]);
    terminal.shows("code 130");
}
