//! Two sends to one pane at the same time.

use super::applied;
use crate::support::sandbox::{DEADLINE, eventually};

#[test]
fn texts_do_not_mix() {
    let sandbox = applied();
    let text = |letter: &str| format!("{}\n", letter.repeat(70)).repeat(40);
    let texts = ["a", "b", "c", "d"].map(text);
    let sends = texts
        .each_ref()
        .map(|text| sandbox.start(&["send", "api", text]));
    for send in sends {
        send.ends().exits(0);
    }
    let read = sandbox.read("api.txt").unwrap_or_default();
    let mut rest = read.as_str();
    while !rest.is_empty() {
        let text = texts.iter().find(|text| rest.starts_with(text.as_str()));
        let text = text.unwrap_or_else(|| panic!("mixed: {rest}"));
        rest = &rest[text.len()..];
    }
    assert_eq!(read.len(), texts.iter().map(String::len).sum::<usize>());
}

#[test]
fn a_send_that_has_to_wait_says_for_whom_and_gives_up() {
    let sandbox = applied();
    // Nothing is read there, so that the first one waits for it.
    let mut first = sandbox.start(&["send", "busy", "hello"]);
    eventually("the text is there", DEADLINE, || {
        let id = &sandbox.panes()["web/main/busy"].id;
        sandbox.screen(id).contains("hello")
    });
    if first.has_ended() {
        return;
    }
    let ran = sandbox.triad(&["send", "busy", "x", "--lock-timeout", "0s"]);
    if !first.has_ended() {
        assert_eq!(ran.status, 5, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("is sending to this pane"),
            "{}",
            ran.stderr
        );
    }
    first.ends().exits(10);
    let id = &sandbox.panes()["web/main/busy"].id;
    assert!(!sandbox.screen(id).contains('x'));
}
