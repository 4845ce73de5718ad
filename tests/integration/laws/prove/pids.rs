//! Reused process ids: a dead pane keeps the id of its process in `#{pane_pid}`, and another pane
//! of the same server gets a process with that id.

use std::process::Command;

use crate::support::sandbox::{Sandbox, run};

const LAYOUT: &str = r#"
layout "shop"
session "s" {
    window "w" {
        task "migrate" { run "exit 3" }
        agent "worker" { run "exit 4" }
        service "db" { run "sleep" "1001" }
    }
    window "other" { service "web" { run "sleep" "1002" } }
}
"#;

/// The same without the dead panes.
const WITHOUT: &str = r#"
layout "shop"
session "s" {
    window "w" { service "db" { run "sleep" "1001" } }
    window "other" { service "web" { run "sleep" "1002" } }
}
"#;

/// tmux reports the process of a live pane for dead ones, on every machine.
#[test]
fn a_dead_pane_with_the_id_of_a_live_one_costs_the_live_one_nothing() {
    let verbs: [&[&str]; 6] = [
        &["apply", "--yes"],
        &["restart", "migrate"],
        &["restart", "worker"],
        &["stop", "migrate"],
        &["stop", "worker"],
        &["apply", "--yes", "without.kdl"],
    ];
    for verb in verbs {
        let mut sandbox = Sandbox::new();
        sandbox.manifest(LAYOUT);
        sandbox.triad(&["apply", "--yes"]).exits(4);
        let panes = sandbox.panes();
        let live = panes["s/w/db"].pid;
        let dead = [&panes["s/w/migrate"], &panes["s/w/worker"]].map(|pane| pane.pid);
        sandbox.call_through(&format!(
            "answer='{}'.$$; \"$real\" \"$@\" >\"$answer\"; status=$?\n\
             sed 's/\\b{}\\b/{live}/; s/\\b{}\\b/{live}/' \"$answer\"; exit $status",
            sandbox.path("answer").display(),
            dead[0],
            dead[1],
        ));
        if verb.contains(&"without.kdl") {
            sandbox.manifest(WITHOUT);
            sandbox.triad(&["apply", "--yes"]).exits(0);
        } else {
            sandbox.triad(verb);
        }
        let after = sandbox.panes();
        for address in ["s/w/db", "s/other/web"] {
            let pane = &after[address];
            assert_eq!(pane.pid, panes[address].pid, "{verb:?}");
            let is_dead = ["display-message", "-p", "-t", &pane.id, "#{pane_dead}"];
            assert_eq!(sandbox.tmux(&is_dead).trim(), "0", "{verb:?}: {address}");
        }
    }
}

/// The real case, in a pid namespace, where the next id can be chosen.
#[test]
fn a_pane_that_really_gets_the_id_of_a_dead_one_is_left_alone() {
    let Some(namespace) = namespace() else {
        // Elsewhere the test above covers it.
        return;
    };
    let script = r#"
        set -eu
        "$triad" -L "$name" apply --yes >said || test $? = 4
        tmux="$TRIAD_TMUX -L $name"
        pid() { $tmux list-panes -aF '#{s/ .*//:@triad_pane} #{pane_pid}' | sed -n "s|^$1 ||p"; }
        # From tmux 3.8 on, a dead pane has no pid of its own.
        last='#{?pane_pid,#{pane_pid},#{@triad_pid}}'
        dead=$($tmux list-panes -aF '#{pane_dead} '$last | sed -n 's/^1 //p' | head -n 1)
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
            # The client takes one id before the pane does.
            echo $((dead - 2)) >/proc/sys/kernel/ns_last_pid
            $tmux new-window -d -t =foreign: 'exec sleep 2001'
            $tmux list-panes -aF '#{pane_dead} #{pane_pid}' | grep -qx "0 $dead" && break
        done
        $tmux list-panes -aF '#{pane_dead} #{pane_pid}' | grep -x "0 $dead" >reused
        "$triad" -L "$name" "$@" >>said 2>&1 || true
        kill -0 $dead && echo lives >>reused
        $tmux kill-server
    "#;
    for verb in [
        &["down", "--yes"][..],
        &["restart", "migrate"],
        &["apply", "--yes"],
    ] {
        let sandbox = Sandbox::new();
        sandbox.manifest(&LAYOUT.replace("agent \"worker\" { run \"exit 4\" }", ""));
        let name = format!("{}-pids", sandbox.socket_name());
        let mut command = sandbox.command("unshare");
        command.args(namespace).args(["sh", "-c"]);
        command.arg(format!(
            "$TRIAD_TMUX -L {name} -f /dev/null new-session -d -s foreign 'exec sleep 2000'\n{script}"
        ));
        command.arg("sh").args(verb);
        command
            .env("triad", env!("CARGO_BIN_EXE_triad"))
            .env("name", &name);
        let ran = run(&mut command);
        let reused = sandbox.read("reused").unwrap_or_default();
        assert!(
            reused.contains("lives"),
            "{verb:?}: {reused}{}{}",
            ran.stdout,
            ran.stderr
        );
    }
}

/// Returns how to make a pid namespace here, if it is allowed.
fn namespace() -> Option<&'static [&'static str]> {
    const WAYS: [&[&str]; 2] = [
        &["--pid", "--fork", "--mount-proc", "--kill-child"],
        &[
            "--user",
            "--map-root-user",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ],
    ];
    WAYS.into_iter().find(|way| {
        let mut command = Command::new("unshare");
        command
            .args(*way)
            .args(["sh", "-c", "echo 100 >/proc/sys/kernel/ns_last_pid"]);
        command.output().is_ok_and(|output| output.status.success())
    })
}
