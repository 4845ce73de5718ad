//! The effects of geometry on running programs: no process ends, none starts at a size it does not
//! keep, and none is notified of a change that is not its own.

use super::model::{
    Node, RUN, Size, Titles, Window, cell, columns, manifest, names, pane, rows, share, tiled,
};
use super::{apply_on_terminal, assert_exact, mixed, pids, shares};
use crate::support::sandbox::{DEADLINE, Sandbox, SeenPane, eventually};
use crate::support::seen::identity;

#[test]
fn sixty_panes_are_exact_and_survive_insertions_and_removals() {
    let sandbox = Sandbox::new();
    let window = |names: &[String]| {
        [Window {
            name: "w".to_owned(),
            titles: Titles::None,
            root: tiled(names),
        }]
    };
    let text = |window: &Window| format!("session \"s\" {{\n{}}}\n", window.without_splits());
    let mut all = names(60);
    let before = window(&all);
    sandbox.manifest(&text(&before[0]));
    apply_on_terminal(&sandbox, (200, 51));
    assert_exact(&sandbox, &before, (200, 51), "sixty");
    let pids = pids(&sandbox);
    assert_eq!(pids.len(), 60);

    for (at, name) in [(0, "first"), (30, "middle"), (62, "last")] {
        all.insert(at, name.to_owned());
    }
    all.retain(|name| !["p7", "p41"].contains(&name.as_str()));
    let after = window(&all);
    sandbox.apply(&text(&after[0]));
    assert_exact(&sandbox, &after, (200, 51), "three more and two less");
    let mut expected = pids;
    expected.retain(|address, _| !["s/w/p7", "s/w/p41"].contains(&address.as_str()));
    let mut seen = self::pids(&sandbox);
    seen.retain(|address, _| expected.contains_key(address));
    assert_eq!(
        seen, expected,
        "a pane that stays keeps its id and its process"
    );
}

#[test]
fn edits_in_a_window_of_forty_panes_end_nothing() {
    let sandbox = Sandbox::new();
    let names = names(40);
    let row = |names: &[String]| columns(names.iter().map(|name| pane(name)));
    let root = |names: &[String]| rows(names.chunks(10).map(row));
    let window = |root| {
        [Window {
            name: "w".to_owned(),
            titles: Titles::Top,
            root,
        }]
    };
    let check = |root: Node, what: &str| {
        let windows = window(root);
        sandbox.apply(&manifest(&windows));
        assert_exact(&sandbox, &windows, (200, 50), what);
        pids(&sandbox)
    };
    let before = check(root(&names), "when made");
    assert_eq!(before.len(), 40);

    let mut sized = root(&names);
    sized.child(1).child(4).size = Size::Share(35);
    assert_eq!(check(sized.clone(), "another size"), before);

    let mut titled = sized.clone();
    titled.child(2).child(3).title = Some("a title of its own".to_owned());
    assert_eq!(check(titled, "another title"), before);

    let mut order = names.clone();
    let moved = order.remove(35);
    order.insert(3, moved);
    assert_eq!(check(root(&order), "another order"), before);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// Writes its size at the start and at each SIGWINCH, one line each; on SIGUSR1, after everything
/// sent before, adds `seen`.
const WATCH: &str = r#"
file=sizes-${TRIAD_PANE##*/}
seen=
trap 'stty size >>$file' WINCH
trap 'seen=1' USR1
stty size >>$file
sleep 1000 &
while kill -0 $! 2>/dev/null; do
    wait $!
    if [ "$seen" ]; then echo seen >>$file; seen=; fi
done
"#;

#[test]
fn programs_start_at_their_final_size() {
    let sandbox = Sandbox::new();
    sandbox.file("watch.sh", WATCH);
    for (titles, root) in [
        (Titles::None, mixed()),
        (Titles::Top, shares()),
        (Titles::None, tiled(&names(12))),
    ] {
        let windows = [Window {
            name: "w".to_owned(),
            titles,
            root,
        }];
        let text = manifest(&windows).replace(RUN, "run \"sh\" \"watch.sh\"");
        sandbox.manifest(&text);
        apply_on_terminal(&sandbox, (101, 33));
        for (address, pane) in sandbox.panes() {
            assert_eq!(
                sizes_seen(&sandbox, &address, &pane),
                [size_line(&pane)],
                "{address}"
            );
        }
        sandbox.triad(&["down", "--yes"]).exits(0);
        for name in windows[0].root.names() {
            std::fs::remove_file(sandbox.path(format!("sizes-{name}"))).expect("the file exists");
        }
    }
}

#[test]
fn a_new_pane_disturbs_only_those_whose_size_changes() {
    let sandbox = Sandbox::new();
    sandbox.file("watch.sh", WATCH);
    let root = |right: &[&str]| {
        let right = rows(right.iter().map(|name| pane(name)));
        columns([
            share(40, rows([pane("a"), share(25, pane("b"))])),
            right,
            cell(30, pane("z")),
        ])
    };
    let window = |root| {
        [Window {
            name: "w".to_owned(),
            titles: Titles::Top,
            root,
        }]
    };
    let text = |windows| manifest(windows).replace(RUN, "run \"sh\" \"watch.sh\"");
    let first = window(root(&["c", "d", "e"]));
    sandbox.apply(&text(&first));
    let before = sandbox.panes();
    for (address, pane) in &before {
        assert_eq!(sizes_seen(&sandbox, address, pane), [size_line(pane)]);
    }
    let second = window(root(&["c", "new", "d", "e"]));
    sandbox.apply(&text(&second));
    assert_exact(&sandbox, &second, (200, 50), "one more");
    let after = sandbox.panes();
    // tmux notifies all programs in one turn: once one knows, all do.
    let changed = |address: &str| before[address].size != after[address].size;
    let (changed, same): (Vec<_>, Vec<_>) = before.keys().partition(|address| changed(address));
    assert_eq!(changed, ["s/w/c", "s/w/d", "s/w/e"]);
    for address in changed.into_iter().chain(same) {
        let pane = &after[address];
        if before[address].size == pane.size {
            let seen = sizes_seen(&sandbox, address, pane);
            assert_eq!(seen, [size_line(pane)], "{address}");
        } else {
            // A busy server may check sizes while the batch is still running, and notify a program
            // of an intermediate one.
            eventually("the program knows its new size", DEADLINE, || {
                sizes_seen(&sandbox, address, pane).last() == Some(&size_line(pane))
            });
        }
    }
}

#[test]
fn a_program_cannot_change_the_title_in_its_border() {
    let sandbox = Sandbox::new();
    sandbox.config("set -g status off\n");
    sandbox.apply(
        r#"session "s" { window "w" { rows {
            pane "a" title="🧠 OURS · a" { run (raw)"printf '\\033]2;THEIRS\\007\\033kTHEIRS\\033\\\\'; exec cat" }
            pane "b" title="plain" { run "exec cat" }
        } } }"#,
    );
    let id = &sandbox.panes()["s/w/a"].id;
    let show = |format: &str| sandbox.tmux(&["display-message", "-p", "-t", id, format]);
    eventually("the program sets a title of its own", DEADLINE, || {
        show("#{pane_title}").trim() == "THEIRS"
    });
    assert_eq!(show("#{@triad_title}").trim(), "🧠 OURS · a");
    assert_eq!(show("#{T:pane-border-format}").trim(), "🧠 OURS · a");
    assert_eq!(show("#{window_name}").trim(), "w");
    sandbox.attach((80, 24), "s");
    let mut screen = String::new();
    eventually("the borders are drawn", DEADLINE, || {
        screen = sandbox.terminal(&["capture-pane", "-p"]);
        screen.contains(" plain ")
    });
    assert!(
        screen
            .lines()
            .next()
            .is_some_and(|top| top.contains(" 🧠 OURS · a ")),
        "{screen}"
    );
    assert!(!screen.contains("THEIRS"), "{screen}");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

/// Returns the output of a pane's program once it has handled every signal sent so far.
#[track_caller]
fn sizes_seen(sandbox: &Sandbox, address: &str, pane: &SeenPane) -> Vec<String> {
    let file = format!("sizes-{}", address.rsplit('/').next().unwrap_or_default());
    let read = || sandbox.read(&file).unwrap_or_default();
    let seen = |text: &str| text.lines().filter(|line| *line == "seen").count();
    eventually("the program is up", DEADLINE, || read().contains('\n'));
    let before = seen(&read());
    let pid = rustix::process::Pid::from_raw(i32::try_from(pane.pid).expect("a pid"));
    let pid = pid.expect("a live process");
    eventually("the program answers", DEADLINE, || {
        // Repeatedly: a shell that is about to wait does not notice.
        rustix::process::kill_process(pid, rustix::process::Signal::USR1)
            .expect("the process is alive");
        seen(&read()) > before
    });
    read()
        .lines()
        .filter(|line| *line != "seen")
        .map(str::to_owned)
        .collect()
}

/// Writes the size as `stty size` does.
fn size_line(pane: &SeenPane) -> String {
    format!("{} {}", pane.size.1, pane.size.0)
}

#[test]
fn borders_that_lose_their_titles_free_their_row() {
    let sandbox = Sandbox::new();
    let text = "session \"s\" { window \"w\" { columns { pane \"a\" title=\"t\"; pane \"b\" } } }";
    sandbox.apply(text);
    let before = sandbox.panes()["s/w/a"].clone();
    sandbox.apply(&text.replace(" title=\"t\"", ""));
    let after = sandbox.panes()["s/w/a"].clone();
    assert_eq!(identity(&before), identity(&after));
    assert_eq!((after.at.1, after.size.1), (0, before.size.1 + 1));
    sandbox.triad(&["plan", "--check"]).exits(0);
}
