//! Tests of the display of waits, as lines.

use super::*;
use crate::layout::StepId;
use crate::live::Exit;

const MS: Duration = Duration::from_millis(1);
const SIZE: Size = Size {
    columns: 80,
    rows: 24,
};
const PLAIN: Paint = Paint { color: false };

fn address(pane: &str) -> Address {
    Address::of_session("s").window("w").pane(pane)
}

fn on(pane: &str, state: Waits, what: &str, since: u32) -> Waiting {
    Waiting {
        address: address(pane),
        state,
        what: what.to_owned(),
        since: MS * since,
        line: None,
        says: None,
    }
}

/// Returns a progress of these panes, in this order, that heard at 1 s that these are waited for.
fn told(panes: &[&str], waiting: Vec<Waiting>) -> Progress {
    let mut progress = Progress::new(panes.iter().map(|pane| address(pane)).collect());
    progress.note(&waits(waiting), MS * 1_000);
    progress
}

fn waits(on: Vec<Waiting>) -> Event {
    let since = Duration::ZERO;
    Event::Waiting { on, since }
}

/// Returns the lines on the terminal after a drawing.
fn lines(drawing: Option<Drawing>) -> Vec<String> {
    let drawing = drawing.unwrap_or_default();
    let lines = drawing.as_str().split("\r\n").map(|line| {
        let line = line.strip_suffix("\x1b[K").unwrap_or(line);
        line.rsplit(['\r', 'A']).next().unwrap_or(line).to_owned()
    });
    lines.filter(|line| !line.starts_with('\x1b')).collect()
}

#[track_caller]
fn check(waiting: Vec<Waiting>, at: u32, size: Size, expected: &[&str]) {
    let mut progress = told(&["db", "migrate", "api"], waiting);
    assert_eq!(lines(progress.draw(MS * at, size, PLAIN)), expected);
}

fn three() -> Vec<Waiting> {
    vec![
        on("api", Waits::Needs, "migrate, cache", 900),
        on("migrate", Waits::Needs, "db", 900),
        on("db", Waits::Probing, "connection refused", 800),
    ]
}

#[test]
fn each_pane_has_a_line_that_says_what_for_and_how_long() {
    let mut waiting = three();
    waiting[2].line = Some("LOG: database system is starting up".to_owned());
    check(
        waiting,
        1_500,
        SIZE,
        &[
            "  … db          probing: connection refused          1.3 s  │ LOG: database sy…",
            "  … migrate     needs db                             1.4 s",
            "  … api         needs migrate, cache                 1.4 s",
        ],
    );
}

#[test]
fn a_long_answer_uses_the_width_of_the_terminal() {
    let long = "connect 127.0.0.1:5432: connection refused, for the seventh time in a row";
    let size = Size {
        columns: 120,
        rows: 24,
    };
    let waiting = || {
        vec![
            on("db", Waits::Probing, long, 0),
            on("api", Waits::Needs, "db", 0),
        ]
    };
    let whole = format!("  … db          probing: {long}   0.5 s");
    let other = format!(
        "  … api         {:<1$}   0.5 s",
        "needs db",
        "probing: ".len() + long.len()
    );
    check(waiting(), 1_500, size, &[&whole, &other]);
    // A line of output gets its share.
    let mut with_line = waiting();
    with_line[0].line = Some("starting up".to_owned());
    let mut progress = told(&["db", "migrate", "api"], with_line);
    let drawn = lines(progress.draw(MS * 1_500, size, PLAIN));
    assert!(drawn[0].contains("refused, for the sev…"), "{drawn:#?}");
    assert!(drawn[0].contains("│ starting up"), "{drawn:#?}");
}

#[test]
fn what_a_program_says_stands_for_the_answer_of_its_probe() {
    let mut waiting = vec![
        on("db", Waits::Probing, "connection refused", 0),
        on("migrate", Waits::Running, "its end", 0),
    ];
    waiting[0].says = Some("replaying the log".to_owned());
    waiting[1].says = Some("table 3 of 9".to_owned());
    check(
        waiting,
        1_500,
        SIZE,
        &[
            "  … db          probing: replaying the log           0.5 s",
            "  … migrate     running: table 3 of 9                0.5 s",
        ],
    );
}

#[test]
fn what_has_no_room_is_left_out() {
    let size = Size {
        columns: 40,
        rows: 3,
    };
    check(three(), 1_000, size, &["  … 3 waiting"]);
    let size = Size {
        columns: 20,
        rows: 24,
    };
    check(
        three(),
        1_000,
        size,
        &[
            "  … db      0.8 s",
            "  … migra…  0.9 s",
            "  … api     0.9 s",
        ],
    );
    let size = Size {
        columns: 5,
        rows: 24,
    };
    check(three(), 1_000, size, &["  … ", "  … ", "  … "]);
}

#[test]
fn more_panes_than_lines_are_counted() {
    let panes: Vec<String> = (0..40).map(|index| format!("p{index:02}")).collect();
    let names: Vec<&str> = panes.iter().map(String::as_str).collect();
    let waiting = panes.iter().map(|pane| on(pane, Waits::Probing, "no", 0));
    let mut progress = told(&names, waiting.collect());
    let size = Size {
        columns: 80,
        rows: 6,
    };
    let shown = lines(progress.draw(MS * 1_000, size, PLAIN));
    assert_eq!(shown.len(), 4);
    assert_eq!(shown[3], "  … and 37 more waiting");
}

#[test]
fn wide_and_hostile_texts_stay_in_their_cells() {
    let mut waiting = on("db", Waits::Probing, "🚀🚀🚀\u{1b}[2Jno\nno", 0);
    waiting.line = Some("データベース\u{1b}]0;x\u{7}を起動しています".to_owned());
    for columns in 1..120 {
        let size = Size { columns, rows: 24 };
        let mut progress = told(&["db"], vec![waiting.clone()]);
        let bytes = progress.draw(MS * 1_000, size, PLAIN).expect("it is drawn");
        let [line] = &lines(Some(bytes))[..] else {
            panic!("one line");
        };
        assert!(width(line) < columns, "{columns}: {line}");
        assert!(!line.contains('\u{1b}'), "{line:?}");
    }
}

#[test]
fn short_waits_are_not_drawn_and_long_ones_not_too_often() {
    let mut progress = Progress::new(vec![address("db")]);
    let waiting = on("db", Waits::Probing, "no", 0);
    progress.note(&waits(vec![waiting]), MS * 100);
    assert_eq!(progress.draw(MS * 200, SIZE, PLAIN), None, "too early");
    assert!(progress.draw(MS * 300, SIZE, PLAIN).is_some());
    assert_eq!(progress.draw(MS * 350, SIZE, PLAIN), None, "drawn just now");
    assert!(progress.draw(MS * 400, SIZE, PLAIN).is_some());
    let starting = on("db", Waits::Starting, "its first moments", 0);
    progress.note(&waits(vec![starting]), MS * 500);
    let cleared = progress.draw(MS * 600, SIZE, PLAIN);
    let cleared = cleared.expect("what stood goes");
    assert_eq!(cleared.as_str(), "\r\x1b[1A\x1b[J", "no news");
    assert_eq!(progress.clear(SIZE), None, "nothing stands any more");
}

#[test]
fn what_has_its_line_is_not_waited_for_any_more() {
    let mut progress = told(&["db", "migrate", "api"], three());
    let died = Event::Died {
        address: address("db"),
        exit: Some(Exit::Status(1)),
        lines: Vec::new(),
    };
    progress.note(&died, MS * 1_100);
    let why = "db ended".to_owned();
    progress.note(
        &Event::Skipped {
            step: StepId(1),
            why,
        },
        MS * 1_100,
    );
    let left = lines(progress.draw(MS * 1_200, SIZE, PLAIN));
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].contains("api"), "{left:?}");
}

#[test]
fn processes_that_are_asked_to_end_have_a_line_of_their_own() {
    let mut progress = told(&[], Vec::new());
    progress.note(&Event::Ending { count: 3 }, MS * 1_000);
    let shown = lines(progress.draw(MS * 3_000, SIZE, PLAIN));
    assert_eq!(shown, ["  … asking 3 live processes to exit  2.0 s"]);
}

#[test]
fn the_heartbeat_comes_after_a_second_and_then_every_ten() {
    let mut progress = told(&["db", "migrate", "api"], three());
    assert_eq!(progress.heartbeat(MS * 900, 100), None);
    let first = progress.heartbeat(MS * 1_000, 80).expect("it is due");
    assert_eq!(
        first.as_str(),
        "  … 1.0 s: waiting for db (probing: connection refused, 800 ms), migrate\n    \
         (needs db, 900 ms), api (needs migrate, cache, 900 ms)"
    );
    assert_eq!(progress.heartbeat(MS * 9_999, 80), None);
    let second = progress.heartbeat(MS * 10_000, 100).expect("it is due");
    assert!(
        second
            .as_str()
            .starts_with("  … 10.0 s: waiting for db (probing: connection refused, 9.8 s)")
    );
    assert_eq!(progress.heartbeat(MS * 19_000, 100), None);
    assert!(progress.heartbeat(MS * 20_100, 100).is_some());
    assert!(progress.heartbeat(MS * 30_000, 100).is_some());
}

#[test]
fn the_heartbeat_of_many_counts_the_rest() {
    let panes: Vec<String> = (0..20).map(|index| format!("p{index:02}")).collect();
    let waiting = panes.iter().map(|pane| on(pane, Waits::Needs, "db", 0));
    let mut progress = told(&[], waiting.collect());
    let line = progress.heartbeat(MS * 1_000, 1_000).expect("it is due");
    assert!(
        line.as_str().ends_with("p07 (needs db, 0 ms), and 12 more"),
        "{line:?}"
    );
}

#[test]
fn after_a_stop_it_is_drawn_below_what_others_wrote() {
    let mut progress = told(&["db"], vec![on("db", Waits::Probing, "no", 0)]);
    progress.draw(MS * 1_000, SIZE, PLAIN);
    let next = progress.draw(MS * 2_000, SIZE, PLAIN).expect("it is due");
    assert!(next.as_str().starts_with("\r\x1b[1A"), "{next:?}");
    let next = progress.draw(MS * 9_000, SIZE, PLAIN).expect("it is due");
    assert!(next.as_str().starts_with("\r  … db"), "{next:?}");
}
