//! `triad watch`: an edit is applied, a broken one is reported, ending a process needs
//! confirmation, and `--heal` restarts dead panes.

mod ends;
mod heals;

use std::fs;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{Running, events, identity, words};

/// Two services, of which the first takes more panes beside it.
fn layout(more: &str) -> String {
    format!(
        "layout \"shop\"\n\
         session \"s\" {{ window \"w\" {{ columns {{\n\
         service \"a\" {{ run \"sleep\" \"1001\" }}\n\
         {more}\n\
         }} }} }}\n"
    )
}

fn pane(name: &str) -> String {
    format!("pane \"{name}\" {{ run \"sleep\" \"1002\" }}")
}

/// Returns a watch of this manifest that has applied it.
#[track_caller]
fn watching(sandbox: &Sandbox, manifest: &str, flags: &[&str]) -> Running {
    sandbox.manifest(manifest);
    let running = sandbox.start(&[&["watch"], flags].concat());
    running.says("watching triad.kdl");
    running
}

/// Waits until exactly these panes exist, and their programs are started.
#[track_caller]
fn comes_to(sandbox: &Sandbox, names: &[&str]) {
    eventually(&format!("the panes are {names:?}"), DEADLINE, || {
        let panes = sandbox.panes();
        let seen: Vec<&str> = panes
            .keys()
            .filter_map(|at| at.rsplit('/').next())
            .collect();
        seen == names && panes.values().all(|pane| pane.phase == "started")
    });
}

/// Replaces the manifest as most editors do.
fn replace(sandbox: &Sandbox, text: &str) {
    let new = sandbox.file(".triad.kdl.swp", text);
    fs::rename(new, sandbox.path("triad.kdl")).expect("the folder is writable");
}

#[test]
fn every_way_to_edit_is_applied() {
    let sandbox = Sandbox::new();
    let running = watching(&sandbox, &layout(""), &[]);
    let before = sandbox.panes();
    sandbox.manifest(&layout(&pane("b")));
    comes_to(&sandbox, &["a", "b"]);
    replace(&sandbox, &layout(&[pane("b"), pane("c")].join("\n")));
    comes_to(&sandbox, &["a", "b", "c"]);
    assert_eq!(
        identity(&before["s/w/a"]),
        identity(&sandbox.panes()["s/w/a"])
    );
    // The same text once more is no edit, and a different comment changes nothing.
    running.says("triad.kdl changed");
    let text = sandbox.read("triad.kdl").expect("the file exists");
    sandbox.manifest(&format!("// more\n{text}"));
    running.says("triad.kdl changed; nothing to do");
    assert_eq!(running.stderr(), "");
}

#[test]
fn included_files_count_even_before_they_exist() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("parts")).expect("a new folder");
    let part = |name: &str| {
        format!(
            "session \"{name}\" {{ window \"w\" {{ {} }} }}\n",
            pane("p")
        )
    };
    sandbox.file("parts/one.kdl", &part("one"));
    let manifest =
        layout("") + "include \"parts/one.kdl\"\ninclude \"parts/two.kdl\" optional=#true\n";
    let running = watching(&sandbox, &manifest, &[]);
    running.says("with 2 other files");
    let before = sandbox.panes();
    sandbox.file("parts/two.kdl", &part("two"));
    eventually("the second part has started", DEADLINE, || {
        sandbox.panes().contains_key("two/w/p")
    });
    let more = part("one").replace("pane \"p\"", &format!("{}\npane \"p\"", pane("q")));
    sandbox.file(
        "parts/one.kdl",
        &more
            .replace("{ pane", "{ columns { pane")
            .replace("} }\n", "} } }\n"),
    );
    eventually("one more pane", DEADLINE, || {
        sandbox.panes().contains_key("one/w/q")
    });
    running.says("parts/one.kdl changed");
    // The target of a link counts, wherever it is.
    let elsewhere = sandbox.root().join("elsewhere.kdl");
    fs::rename(sandbox.path("parts/two.kdl"), &elsewhere).expect("the folder is writable");
    std::os::unix::fs::symlink(&elsewhere, sandbox.path("parts/two.kdl"))
        .expect("the folder is writable");
    fs::write(&elsewhere, part("two") + &part("three")).expect("the path is writable");
    eventually("the third part has started", DEADLINE, || {
        sandbox.panes().contains_key("three/w/p")
    });
    for same in ["s/w/a", "one/w/p"] {
        assert_eq!(identity(&before[same]), identity(&sandbox.panes()[same]));
    }
}

#[test]
fn a_broken_edit_is_reported_and_changes_nothing() {
    let sandbox = Sandbox::new();
    let running = watching(&sandbox, &layout(&pane("b")), &[]);
    let before = sandbox.identities();
    sandbox.manifest(&layout("pane \"b\" { runn \"x\" }"));
    eventually("the mistake is shown", DEADLINE, || {
        running.stderr().contains("runn")
    });
    let first = running.stderr();
    sandbox.manifest(&layout("pane \"b\" {"));
    eventually("the other mistake is shown", DEADLINE, || {
        running.stderr().len() > first.len()
    });
    let rest = running.stderr().split_off(first.len());
    assert!(
        !rest.contains("runn"),
        "each mistake is reported once: {rest}"
    );
    assert_eq!(sandbox.identities(), before);
    sandbox.manifest(&layout(&[pane("b"), pane("c")].join("\n")));
    comes_to(&sandbox, &["a", "b", "c"]);
    // A missing one is reported, and awaited.
    let text = sandbox.read("triad.kdl").expect("the file exists");
    fs::remove_file(sandbox.path("triad.kdl")).expect("the file exists");
    eventually("the mistake is reported", DEADLINE, || {
        words(&running.stderr()).contains("cannot read")
    });
    sandbox.manifest(&text.replace("\"c\"", "\"d\" was=\"c\""));
    comes_to(&sandbox, &["a", "b", "d"]);
}

#[test]
fn a_manifest_broken_from_the_start_is_awaited() {
    let sandbox = Sandbox::new();
    let running = watching(&sandbox, &layout("nonsense"), &[]);
    assert!(
        running.stderr().contains("nonsense"),
        "{}",
        running.stderr()
    );
    assert_eq!(sandbox.sessions(), [""; 0]);
    sandbox.manifest(&layout(""));
    comes_to(&sandbox, &["a"]);
}

#[test]
fn many_quick_edits_are_few_rounds_and_the_last_one_counts() {
    let sandbox = Sandbox::new();
    let running = watching(&sandbox, &layout(""), &[]);
    for edit in 0..50 {
        let name = format!("b{edit}");
        sandbox.manifest(&layout(
            &pane(&name).replace("{ run", &format!("{{ title \"{edit}\"; run")),
        ));
    }
    comes_to(&sandbox, &["a", "b49"]);
    let rounds = running.stdout().matches("changed").count();
    assert!(rounds < 10, "{rounds} rounds: {}", running.stdout());
}

#[test]
fn an_edit_during_a_wait_ends_it_and_counts_at_once() {
    let sandbox = Sandbox::new();
    let service = |name: &str, probe: &str| {
        format!(
            "service \"{name}\" {{ run \"sleep\" \"1002\"; ready every=\"20ms\" deadline=\"none\" {{ \
             exec \"test -e {probe}\" }} }}"
        )
    };
    let waiting = "service \"d\" { run \"sleep\" \"1003\"; needs \"b\" }";
    let with = |probe: &str, more: &str| layout(&[&service("b", probe), waiting, more].join("\n"));
    sandbox.manifest(&with("mistyped", ""));
    let running = sandbox.start(&["watch"]);
    running.says("waiting until it is ready");
    let pid = sandbox.panes()["s/w/b"].pid;
    // A broken one is no reason to end the wait.
    sandbox.manifest("window");
    eventually("the edit is reported", DEADLINE, || {
        words(&running.stderr()).contains("but has mistakes: this round continues")
    });
    assert!(!running.stdout().contains("not started"));
    // A different one is awaited, instead.
    sandbox.manifest(&with("right", &pane("c")));
    eventually("c is there", DEADLINE, || {
        sandbox.panes().contains_key("s/w/c")
    });
    assert!(words(&running.stdout()).contains("d not started: the manifest has changed"));
    sandbox.file("right", "");
    comes_to(&sandbox, &["a", "b", "c", "d"]);
    assert_eq!(sandbox.panes()["s/w/b"].pid, pid, "b was not restarted");
    running.signal("INT");
    running.ends().exits(130);
}

#[test]
fn an_apply_of_the_same_layout_is_waited_for() {
    let sandbox = Sandbox::new();
    let slow = "service \"b\" { run \"sleep\" \"1003\"; ready every=\"20ms\" deadline=\"10m\" { exec \
                \"test -e go\" } }";
    let running = watching(&sandbox, &layout(slow), &["--only", "a"]);
    let holder = sandbox.start(&["apply", "--lock-timeout", "0s"]);
    holder.says("waiting until it is ready");
    sandbox.manifest(&layout(slow).replace("\"1001\"", "\"1001\"; title \"Engine\""));
    eventually("the holder is reported", DEADLINE, || {
        words(&running.stderr()).contains(&format!("pid {}", holder.pid()))
    });
    assert!(!running.stdout().contains("changed in place"));
    sandbox.file("go", "");
    holder.ends().exits(0);
    running.says("changed in place");
}

#[test]
fn json_reports_each_round() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&layout(""));
    let running = sandbox.start(&["watch", "--json"]);
    running.says("\"end\"");
    sandbox.manifest(&layout(&pane("b")));
    eventually("the second round has ended", DEADLINE, || {
        running.stdout().matches("\"end\"").count() == 2
    });
    sandbox.manifest(&layout("nonsense"));
    running.says("\"error\"");
    running.signal("TERM");
    let events = events(&running.ends().exits(143));
    assert_eq!(
        (&events[0]["event"], &events[0]["format"]),
        (&"round".into(), &1.into())
    );
    let rounds: Vec<_> = events
        .iter()
        .filter(|event| event["event"] == "round")
        .collect();
    let told: Vec<_> = rounds
        .iter()
        .map(|round| (&round["round"], &round["why"]))
        .collect();
    assert_eq!(
        told,
        [(&1.into(), &"start".into()), (&2.into(), &"edit".into())]
    );
    assert_eq!(rounds[1]["files"][0], "triad.kdl");
    assert!(events.iter().any(|event| event["event"] == "plan"));
}

#[test]
fn manifests_that_cannot_be_watched_are_refused_at_once() {
    let sandbox = Sandbox::new();
    sandbox.triad(&["watch"]).exits(66);
    sandbox.triad(&["watch", "-"]).exits(64);
    sandbox.manifest(&layout(""));
    sandbox.triad(&["watch", "--ask"]).exits(64);
    sandbox.triad(&["watch", "--ask", "--yes"]).exits(64);
    sandbox
        .triad(&["watch", "--tmux", "/nowhere/tmux"])
        .exits(69);
    assert_eq!(sandbox.sessions(), [""; 0]);
}

#[test]
fn signals_end_the_watch_and_nothing_else() {
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let sandbox = Sandbox::new();
        let running = watching(&sandbox, &layout(&pane("b")), &["--heal"]);
        let before = sandbox.identities();
        running.signal(signal);
        running.ends().exits(status);
        assert_eq!(sandbox.identities(), before);
        // The lock is free.
        sandbox.triad(&["apply", "--lock-timeout", "1ms"]).exits(0);
    }
    // Also in the middle of a round.
    let sandbox = Sandbox::new();
    let slow = "service \"b\" { run \"sleep\" \"1002\"; ready { exec \"false\" } }";
    sandbox.manifest(&layout(slow));
    let running = sandbox.start(&["watch"]);
    running.says("waiting until it is ready");
    running.signal("INT");
    running.ends().exits(130);
    comes_to(&sandbox, &["a", "b"]);
}

#[test]
fn running_panes_are_awaited_at_the_start() {
    let sandbox = Sandbox::new();
    let ready = "{ exec \"test -e go\" } }";
    sandbox.manifest(&layout(&format!(
        "service \"b\" {{ run \"sleep\" \"1002\"; ready every=\"20ms\" {ready}"
    )));
    sandbox.triad(&["apply", "--no-wait"]).exits(0);
    let running = sandbox.start(&["watch", "--json"]);
    running.says("\"waiting\"");
    sandbox.file("go", "");
    running.says("\"ready\"");
    running.says("\"end\"");
    assert_eq!(running.stdout().matches("\"event\":\"round\"").count(), 1);
    // The next look finds it.
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_missing_manifest_is_not_replaced_by_one_further_up() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"above\" { window \"w\" { pane \"p\" } }");
    fs::create_dir(sandbox.path("sub")).expect("a new folder");
    sandbox.file("sub/triad.kdl", &layout(""));
    let running = sandbox.start(&["watch", "-C", "sub"]);
    running.says("watching triad.kdl");
    fs::remove_file(sandbox.path("sub/triad.kdl")).expect("the file exists");
    eventually("the mistake is reported", DEADLINE, || {
        words(&running.stderr()).contains("cannot read")
    });
    assert_eq!(sandbox.sessions(), ["s"]);
    sandbox.file("sub/triad.kdl", &layout(&pane("b")));
    comes_to(&sandbox, &["a", "b"]);
    assert_eq!(sandbox.sessions(), ["s"]);
}
