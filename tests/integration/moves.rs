//! Panes and windows that the manifest, or a person, moves: their processes survive.
//!
//! Layouts are written `session[window(pane pane) window(pane)] …`; the program of a pane follows
//! its name after `=`, or is the name itself.

use std::collections::BTreeMap;

use crate::support::sandbox::Sandbox;
use crate::support::seen::assert_same;

/// Each pair is applied there and back, and every common process survives.
const PAIRS: [(&str, &str); 27] = [
    // Panes between windows and sessions.
    ("s[v(a b) w(c)]", "s[v(a) w(c b)]"),
    ("s[v(a b) w(c d)]", "s[v(a d) w(c b)]"),
    ("s[v(a b)] t[w(c)]", "s[v(a)] t[w(c b)]"),
    ("s[v(a b c)]", "s[v(c a b)]"),
    // The only panes of two windows, of three, and of windows in two sessions.
    ("s[v(a) w(b)]", "s[v(b) w(a)]"),
    ("s[v(a) w(b) x(c)]", "s[v(b) w(c) x(a)]"),
    ("s[v(a)] t[w(b)]", "s[v(b)] t[w(a)]"),
    ("s[v(a b) w(c d)]", "s[v(c d) w(a b)]"),
    ("s[v(a b) w(c d e)]", "s[v(e d c) w(b a)]"),
    // A window's last pane leaves, and new ones come.
    ("s[v(a) w(b)]", "s[v(n) w(b a)]"),
    ("s[v(a) w(b)]", "s[v(n m) w(a b)]"),
    ("s[v(a) w(b)]", "s[v(n b) w(a m)]"),
    ("s[v(a)]", "s[w(n) v(m) x(a)]"),
    // The current window leaves, and others change their order.
    ("s[v(a) w(b c) x(d)]", "s[w(b) y(a) x(d)]"),
    // A pane becomes a window, and a window a pane.
    ("s[v(a b)]", "s[v(a) w(b)]"),
    ("s[v(a b c)]", "s[v(a) w(b) x(c)]"),
    ("s[v(a) w(b c)]", "s[v(a b c)]"),
    // Whole windows move to other sessions, including the last one of a session.
    ("s[v(a b) w(c)] t[x(d)]", "s[v(a b)] t[w(c) x(d)]"),
    ("s[v(a) w(b)]", "s[v(a)] t[w(b)]"),
    ("s[v(a)] t[w(b)]", "s[w(b)] t[v(a)]"),
    ("s[v(a)] t[w(b)]", "s[n(n)] t[w(b) v(a)]"),
    ("s[v(a)] t[w(b)]", "t[v(a) w(b)]"),
    ("s[v(a) w(b)] t[x(c)]", "s[x(c) w(b)] t[v(a)]"),
    // Renamed without `was`: the only possible matches.
    ("s[v(a b)]", "s[v(x=a b)]"),
    ("s[v(a b) w(c)]", "s[x(a b) w(c)]"),
    ("s[v(a b) w(c)]", "t[v(a b) w(c)]"),
    ("s[v(a) w(b)]", "s[v(x=a) y(b)] t[z(n)]"),
];

/// Returns the manifest of a layout in short, each pane with its own program.
fn manifest(short: &str) -> String {
    let mut text = "layout \"moves\"\n".to_owned();
    for session in short
        .split(']')
        .filter(|session| !session.trim().is_empty())
    {
        let (name, windows) = session.trim().split_once('[').expect("`name[…]`");
        text.push_str(&format!("session \"{name}\" {{\n"));
        for window in windows
            .split(')')
            .filter(|window| !window.trim().is_empty())
        {
            let (name, panes) = window.trim().split_once('(').expect("`name(…)`");
            text.push_str(&format!("    window \"{name}\" {{ columns {{\n"));
            for pane in panes.split(' ') {
                let (name, program) = pane.split_once('=').unwrap_or((pane, pane));
                let seconds = 1000 + u32::from(program.as_bytes()[0]);
                text.push_str(&format!(
                    "        pane \"{name}\" {{ run \"sleep\" \"{seconds}\" }}\n"
                ));
            }
            text.push_str("    } }\n");
        }
        text.push_str("}\n");
    }
    text
}

/// Returns every program with its pane and its pid.
fn processes(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let format = "#{s/ .*//:@triad_pane}|#{pane_start_command}|#{pane_id} #{pane_pid}";
    let panes = sandbox.listed(&["list-panes", "-a", "-F", format]);
    let ours = panes.iter().filter(|pane| !pane.starts_with('|'));
    let processes = ours.map(|pane| {
        let mut fields = pane.split('|').skip(1).map(str::to_owned);
        let mut field = || fields.next().expect("three fields");
        (field(), field())
    });
    processes.collect()
}

/// Returns the place of every program: `session:window:name`, in tmux's order.
fn places(sandbox: &Sandbox) -> Vec<String> {
    let format = "#{session_name}[#{window_name}(#{s/ .*//:@triad_pane})";
    sandbox.listed(&["list-panes", "-a", "-F", format])
}

#[test]
fn panes_moved_in_the_manifest_keep_their_processes() {
    for (one, other) in PAIRS {
        let sandbox = Sandbox::new();
        sandbox.foreign("stranger");
        let foreign = sandbox.dump(&["stranger"]);
        sandbox.apply(&manifest(one));
        let (mut before, first) = (processes(&sandbox), places(&sandbox));
        for (way, text) in [(other, "there"), (one, "back")] {
            sandbox.manifest(&manifest(way));
            let ran = sandbox.triad(&["apply", "--yes"]);
            let what = format!("{one} to {other}, {text}: {}{}", ran.stdout, ran.stderr);
            assert_eq!(ran.status, 0, "{what}");
            let after = processes(&sandbox);
            for (program, identity) in &before {
                if let Some(now) = after.get(program) {
                    assert_eq!(now, identity, "{program}, {what}");
                }
            }
            let plan = sandbox.triad(&["plan", "--check"]);
            assert_eq!(plan.status, 0, "{what}{}", plan.stdout);
            before = after;
        }
        assert_eq!(places(&sandbox), first, "{one} to {other} and back");
        assert_same(&foreign, &sandbox.dump(&["stranger"]), "moving");
    }
}

#[test]
fn panes_moved_by_hand_come_back_with_their_processes() {
    let layout = "s[v(a b) w(c)] t[x(d e)]";
    let ways: [&[&[&str]]; 9] = [
        // A pane moves to a window of another session, of a foreign session, and to a new one.
        &[&["join-pane", "-d", "-s", "%a", "-t", "=t:x"]],
        &[&["join-pane", "-d", "-s", "%a", "-t", "=stranger:"]],
        &[&["break-pane", "-d", "-s", "%a", "-t", "=t:"]],
        &[&["break-pane", "-d", "-s", "%a", "-t", "=stranger:"]],
        // Windows do, too.
        &[&["move-window", "-d", "-a", "-s", "=s:w", "-t", "=t:{end}"]],
        &[&[
            "move-window",
            "-d",
            "-a",
            "-s",
            "=s:v",
            "-t",
            "=stranger:{end}",
        ]],
        &[
            &["move-window", "-d", "-a", "-s", "=s:v", "-t", "=t:{end}"],
            &["move-window", "-d", "-a", "-s", "=t:x", "-t", "=s:{end}"],
        ],
        // Two change places.
        &[&["swap-pane", "-d", "-s", "%a", "-t", "%d"]],
        &[
            &["rename-session", "-t", "=t:", "u"],
            &["rename-window", "-t", "=s:w", "q"],
        ],
    ];
    for way in ways {
        let sandbox = Sandbox::new();
        sandbox.foreign("stranger");
        let foreign = sandbox.dump(&["stranger"]);
        sandbox.apply(&manifest(layout));
        let (before, first) = (processes(&sandbox), places(&sandbox));
        let panes = sandbox.panes();
        for command in way {
            let words = command.iter().map(|word| match word.strip_prefix('%') {
                Some(name) => {
                    let end = format!("/{name}");
                    let mut panes = panes.iter();
                    let (_, pane) = panes.find(|(address, _)| address.ends_with(&end)).unwrap();
                    pane.id.clone()
                }
                None => (*word).to_owned(),
            });
            sandbox.tmux(&words.collect::<Vec<_>>());
        }
        assert_eq!(sandbox.triad(&["plan", "--check"]).status, 2, "{way:?}");
        // Nothing ends, so no confirmation is needed.
        let ran = sandbox.triad(&["apply"]);
        assert_eq!(ran.status, 0, "{way:?}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(processes(&sandbox), before, "{way:?}: {}", ran.stdout);
        assert_eq!(places(&sandbox), first, "{way:?}: {}", ran.stdout);
        sandbox.triad(&["plan", "--check"]).exits(0);
        assert_same(&foreign, &sandbox.dump(&["stranger"]), "moving back");
    }
}

#[test]
fn names_swapped_by_hand_are_swapped_back() {
    let sandbox = Sandbox::new();
    sandbox.apply(&manifest("s[v(a)] t[w(b)]"));
    let before = processes(&sandbox);
    for (from, to) in [("s", "x"), ("t", "s"), ("x", "t")] {
        sandbox.tmux(&["rename-session", "-t", &format!("={from}:"), to]);
    }
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert_eq!(processes(&sandbox), before, "{}", ran.stdout);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_session_of_others_is_not_emptied() {
    let sandbox = Sandbox::new();
    sandbox.foreign("stranger");
    sandbox.apply(&manifest("s[v(a) w(b)]"));
    let pane = sandbox.panes()["s/v/a"].clone();
    sandbox.tmux(&["join-pane", "-d", "-s", &pane.id, "-t", "=stranger:"]);
    sandbox.tmux(&["kill-pane", "-a", "-t", &pane.id]);
    let before = sandbox.dump_all();
    let ran = sandbox.triad(&["apply", "--yes"]).exits(7);
    assert!(ran.stderr.contains("`stranger`"), "{}", ran.stderr);
    assert_same(&before, &sandbox.dump_all(), "the refusal");
    // `down` ends triad's panes, wherever they are.
    sandbox.triad(&["down", "--yes"]).exits(0);
    assert!(!sandbox.is_running("sleep 1097"));
}

#[test]
fn a_pane_belongs_to_its_layout_wherever_it_is() {
    let sandbox = Sandbox::new();
    let other = sandbox.file(
        "other.kdl",
        "layout \"other\"\nsession \"o\" { window \"w\" { pane \"a\" { run \"sleep\" \"2001\" }\n\
         pane \"b\" { run \"sleep\" \"2002\" } } }",
    );
    let other = other.display().to_string();
    sandbox.triad(&["apply", &other]).exits(0);
    sandbox.apply(&manifest("s[v(a) w(b)]"));
    let id = sandbox.panes()["o/w/a"].id.clone();
    sandbox.tmux(&["join-pane", "-d", "-s", &id, "-t", "=s:v"]);
    // It is foreign here: neither taken nor ended.
    let ran = sandbox.triad(&["apply", "--yes", "triad.kdl"]).exits(0);
    assert!(ran.stdout.contains("made by hand"), "{}", ran.stdout);
    sandbox.triad(&["down", "--yes", "triad.kdl"]).exits(0);
    assert!(sandbox.is_running("sleep 2001"));
    // Its own layout takes it back, which ends a session that only it kept open.
    sandbox.tmux(&["new-window", "-d", "-t", "=s:", "sleep 3000"]);
    sandbox.triad(&["apply", &other]).exits(0);
    assert_eq!(sandbox.panes()["o/w/a"].id, id);
    sandbox.triad(&["plan", "--check", &other]).exits(0);
}

#[test]
fn a_window_linked_by_hand_into_its_wanted_session_is_there_once() {
    let sandbox = Sandbox::new();
    sandbox.apply(&manifest("s[v(a) w(b)] t[x(c)]"));
    let before = processes(&sandbox);
    sandbox.tmux(&["link-window", "-d", "-s", "=s:w", "-t", "=t:9"]);
    sandbox.manifest(&manifest("s[v(a)] t[w(b) x(c)]"));
    let plan = sandbox.triad(&["plan", "--json"]).exits(0);
    let reason = r#""action":"move","reason":"it is in session s""#;
    assert!(plan.stdout.contains(reason), "{}", plan.stdout);
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert_eq!(processes(&sandbox), before, "{}", ran.stdout);
    let names = sandbox.listed(&["list-windows", "-t", "=t:", "-F", "#{window_name}"]);
    assert_eq!(names, ["w", "x"], "{}", ran.stdout);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_window_linked_twice_into_its_session_is_fixed_by_one_apply() {
    for (source, target) in [("a", "7"), ("b", "7"), ("b", "8")] {
        let sandbox = Sandbox::new();
        let window = |name: &str| {
            format!("window \"{name}\" {{ pane \"{name}p\" {{ run \"sleep\" \"1001\" }} }}\n")
        };
        let layout = |names: [&str; 3]| {
            let windows = names.map(window).concat();
            format!("layout \"shop\"\nsession \"s\" {{\n{windows}}}\n")
        };
        sandbox.apply(&layout(["a", "b", "c"]));
        let before = sandbox.identities();
        sandbox.tmux(&[
            "link-window",
            "-s",
            &format!("s:{source}"),
            "-t",
            &format!("s:{target}"),
        ]);
        sandbox.apply(&layout(["c", "b", "a"]));
        sandbox.triad(&["plan", "--check"]).exits(0);
        let windows = sandbox.listed(&["list-windows", "-t", "=s:", "-F", "#{window_name}"]);
        assert_eq!(windows, ["c", "b", "a"], "{source} at {target}");
        assert_eq!(before, sandbox.identities());
    }
}

#[test]
fn a_window_linked_elsewhere_is_ordered_in_its_own_session() {
    let sandbox = Sandbox::new();
    sandbox.apply(&manifest("t[v(c)] s[w(a) x(d)]"));
    sandbox.tmux(&["link-window", "-d", "-s", "=t:v", "-t", "=s:9"]);
    sandbox.tmux(&["select-window", "-t", "=s:9"]);
    sandbox.manifest(&manifest("t[w(a) v(b)] s[x(d c)]"));
    sandbox.triad(&["apply"]).exits(0);
    let names = sandbox.listed(&["list-windows", "-t", "=t:", "-F", "#{window_name}"]);
    assert_eq!(names, ["w", "v"]);
}

#[test]
fn linked_windows_and_grouped_sessions_do_not_confuse_anybody() {
    let sandbox = Sandbox::new();
    sandbox.foreign("stranger");
    sandbox.apply(&manifest("s[v(a b) w(c)] t[x(d)]"));
    let before = processes(&sandbox);
    sandbox.tmux(&["link-window", "-d", "-s", "=s:v", "-t", "=stranger:7"]);
    sandbox.tmux(&["new-session", "-d", "-t", "=t:", "-s", "group"]);
    // Linked into another of triad's, whichever comes first by name.
    for (window, session) in [("s:w", "t"), ("t:x", "s")] {
        let (window, session) = (format!("={window}"), format!("={session}:9"));
        sandbox.tmux(&["link-window", "-d", "-s", &window, "-t", &session]);
        sandbox.triad(&["plan", "--check"]).exits(0);
        sandbox.tmux(&["unlink-window", "-t", &session]);
    }
    let windows = |session: &str| {
        let target = format!("={session}:");
        sandbox.listed(&[
            "list-windows",
            "-t",
            &target,
            "-F",
            "#{window_index} #{window_id}",
        ])
    };
    let foreign = windows("stranger");
    // Order, splits and sessions change in triad's alone.
    for way in [
        "s[w(c) v(b a)] t[x(d)]",
        "s[w(c)] t[v(b a) x(d)]",
        "s[w(c) v(a b)] t[x(d)]",
    ] {
        sandbox.manifest(&manifest(way));
        let ran = sandbox.triad(&["apply"]).exits(0);
        assert_eq!(processes(&sandbox), before, "{way}: {}", ran.stdout);
        assert_eq!(windows("stranger"), foreign, "{way}");
        let plan = sandbox.triad(&["plan", "--check"]);
        assert_eq!(plan.status, 0, "{way}: {}", plan.stdout);
    }
}

#[test]
fn a_window_that_swaps_panes_with_another_gets_its_exact_sizes() {
    let text = |first: &str, inner: [&str; 2], far: &str| {
        let [upper, lower] = inner;
        let pane = |name: &str| format!("pane \"{name}\" {{ run \"sleep\" \"10{name}\" }}");
        let (first, upper, lower, far) = (pane(first), pane(upper), pane(lower), pane(far));
        format!(
            "session \"s\" {{ window \"w\" {{ rows {{ {first}
                rows {{ rows {{ {upper}; {}; {} }}; {lower} }}; {} }} }}
             window \"far\" {{ columns {{ {}; {far} }} }} }}",
            pane("12"),
            pane("13"),
            pane("14"),
            pane("15"),
        )
    };
    let sandbox = Sandbox::new();
    let sizes = || {
        let format = "#{pane_top} #{pane_height}";
        sandbox.listed(&["list-panes", "-t", "=s:w", "-F", format])
    };
    sandbox.apply(&text("20", ["21", "22"], "23"));
    let before = sizes();
    // The hook that keeps the ratio of the former panes must not run after the arrangement.
    sandbox.apply(&text("23", ["22", "21"], "20"));
    assert_eq!(sizes(), before);
}
