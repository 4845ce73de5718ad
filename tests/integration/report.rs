//! `triad report`: a program reports readiness and status from inside its pane.

use crate::needs::{apply, waits};
use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::seen::words;
use crate::support::terminal::Terminal;

/// Returns the call of a program in a pane, with only the environment of the pane.
fn call(sandbox: &Sandbox, words: &str) -> String {
    let tmux = sandbox.command("true");
    let tmux = tmux.get_envs().find(|(name, _)| *name == "TRIAD_TMUX");
    let tmux = tmux.and_then(|(_, value)| value).unwrap_or_default();
    let triad = env!("CARGO_BIN_EXE_triad");
    format!("TRIAD_TMUX={} {triad} report {words}", tmux.display())
}

/// A service that reports once there is a file `go`, and a pane that needs it.
fn manifest(sandbox: &Sandbox) -> String {
    let status = call(sandbox, "--status 'warming up: #{x} \"50 %\"' 2>err");
    let ready = call(sandbox, "ready --json >out 2>>err");
    let until = "until test -e go; do sleep 0.01; done";
    sandbox.file(
        "program.sh",
        &format!("{status}\ntouch said\n{until}\n{ready}\necho $? >code\nexec sleep 1000\n"),
    );
    "session \"s\" { window \"w\" {\n\
     service \"p\" { run \"sh\" \"program.sh\"; ready every=\"20ms\" deadline=\"10m\" { notify } }\n\
     pane \"after\" { run \"sleep\" \"1000\"; needs \"p\" }\n\
     } }"
        .to_owned()
}

/// Returns the value of a format for the pane with this address.
fn told(sandbox: &Sandbox, address: &str, format: &str) -> String {
    let filter = format!("#{{==:#{{s/ .*//:@triad_pane}},{address}}}");
    let told = sandbox.tmux(&["list-panes", "-a", "-f", &filter, "-F", format]);
    told.trim().to_owned()
}

/// Returns the state of the service in `ps`.
fn state(sandbox: &Sandbox) -> String {
    let rows = sandbox.triad(&["ps"]).exits(0).stdout;
    let row = rows.lines().find(|row| row.starts_with("s/w/p "));
    let state = row.and_then(|row| row.split_whitespace().nth(1));
    state.unwrap_or_default().to_owned()
}

#[test]
fn reports_of_a_program_reach_its_waiters() {
    let sandbox = Sandbox::new();
    let status = call(&sandbox, "--status 'table 3 of 9'");
    sandbox.file("program.sh", &format!("{status}\nexec sleep 1000\n"));
    sandbox.manifest(
        r#"session "s" { window "w" {
            service "p" { run "sh" "program.sh"; ready every="20ms" deadline="10m" { file "go" } }
            pane "after" { run "sleep" "1000"; needs "p" }
        } }"#,
    );
    let apply = Terminal::new(&sandbox, (100, 20), "$triad apply");
    apply.shows("probing: table 3 of 9");
    let wait = Terminal::new(&sandbox, (100, 20), "$triad wait p");
    wait.shows("probing: table 3 of 9");
    let json = sandbox.start(&["wait", "p", "--json"]);
    json.says("\"says\":\"table 3 of 9\"");
    sandbox.file("go", "");
    apply.shows("code 0");
    wait.shows("code 0");
    json.ends().exits(0);
}

#[test]
fn a_program_reports_from_its_pane() {
    let sandbox = Sandbox::new();
    let running = apply(&sandbox, &manifest(&sandbox));
    eventually("the program has reported", DEADLINE, || {
        sandbox.read("said").is_some()
    });
    waits(&sandbox, "s/w/after");
    assert_eq!(state(&sandbox), "starting");
    sandbox.file("go", "");
    let ran = running.ends().exits(0);
    assert!(
        words(&ran.stdout).contains("reported by its program"),
        "{}",
        ran.stdout
    );
    let id = told(&sandbox, "s/w/p", "#{pane_id}");
    assert_eq!(
        sandbox.read("out").unwrap_or_default(),
        format!(
            "{{\"format\":1,\"address\":\"s/w/p\",\"pane\":\"{id}\",\"ready\":true,\"status\":null}}\n"
        )
    );
    assert_eq!(
        sandbox.read("err").as_deref(),
        Some(""),
        "`report` prints nothing"
    );
    assert_eq!(sandbox.read("code").as_deref(), Some("0\n"));
    let tag = told(&sandbox, "s/w/p", "#{@triad_status}");
    let pid = told(&sandbox, "s/w/p", "#{pane_pid}");
    assert!(tag.starts_with(&format!("{pid}:")), "{tag} of {pid}");
    assert_eq!(state(&sandbox), "ready");
    // It belongs to that run. The next one has not reported yet.
    std::fs::remove_file(sandbox.path("go")).expect("the file exists");
    let mut again = sandbox.start(&["restart", "--yes", "p"]);
    eventually("another process runs", DEADLINE, || {
        told(&sandbox, "s/w/p", "#{pane_pid}") != pid
    });
    assert_eq!(state(&sandbox), "starting");
    assert!(!again.has_ended());
    sandbox.file("go", "");
    again.ends().exits(0);
}

#[test]
fn outside_of_a_pane_nothing_is_reported() {
    let sandbox = Sandbox::new();
    let ran = sandbox.triad(&["report", "ready"]).exits(1);
    assert!(
        ran.stderr.contains("triad did not create this pane") && ran.stderr.contains("help:"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.sessions(), [""; 0], "no server was started");
    sandbox
        .apply("session \"s\" { window \"w\" { pane \"p\" { run \"sleep 1000\" }; pane \"q\" } }");
    sandbox.triad(&["report", "ready"]).exits(1);
    for words in [
        &["report"][..],
        &["report", "done"],
        &["report", "ready", "x"],
    ] {
        sandbox.triad(words).exits(64);
    }
    // A pane made by hand is not triad's, whatever it has inherited.
    sandbox.tmux(&["new-window", "-d", "-t", "=s:", "-n", "hand", "sh"]);
    let hand = sandbox.tmux(&["list-panes", "-t", "=s:=hand", "-F", "#{pane_id}"]);
    let line = format!(
        "cd {}; TRIAD_PANE=s/w/p TRIAD_SOCKET=${{TMUX%%,*}} {} 2>err; echo $? >code",
        sandbox.path("").display(),
        call(&sandbox, "ready")
    );
    sandbox.tmux(&["send-keys", "-t", hand.trim(), "-l", "--", &line]);
    sandbox.tmux(&["send-keys", "-t", hand.trim(), "Enter"]);
    eventually("the report was refused", DEADLINE, || {
        sandbox
            .read("code")
            .is_some_and(|code| code.ends_with('\n'))
    });
    assert_eq!(sandbox.read("code").as_deref(), Some("1\n"));
    assert!(
        sandbox
            .read("err")
            .unwrap_or_default()
            .contains("no program that triad started")
    );
    let tags = ["list-panes", "-a", "-F", "#{@triad_ready}#{@triad_status}"];
    assert_eq!(sandbox.tmux(&tags).trim(), "", "nothing was written");
}

#[test]
fn the_environment_must_match_the_pane() {
    let sandbox = Sandbox::new();
    sandbox.apply(
        "session \"s\" { window \"w\" { pane \"p\" { run \"sleep 1000\" }; pane \"q\" { run \"sleep 1000\" } } }",
    );
    let socket = told(&sandbox, "s/w/p", "#{socket_path}");
    let pid = told(&sandbox, "s/w/p", "#{pid}");
    let (p, q) = (
        told(&sandbox, "s/w/p", "#{pane_id}"),
        told(&sandbox, "s/w/q", "#{pane_id}"),
    );
    // As in a container or behind a daemon: the pane's process is not an ancestor.
    let report = |variables: &[(&str, &str)]| -> Ran {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_triad"));
        command
            .args(["report", "ready"])
            .env("TRIAD_SOCKET", &socket);
        run(command.envs(variables.iter().copied()))
    };
    let tmux = format!("{socket},{pid},0");
    let other = format!("{socket},1,0");
    let ready = || told(&sandbox, "s/w/p", "#{@triad_ready}");
    for variables in [
        &[
            ("TRIAD_PANE", "s/w/p"),
            ("TMUX", tmux.as_str()),
            ("TMUX_PANE", q.as_str()),
        ][..],
        &[
            ("TRIAD_PANE", "s/w/p"),
            ("TMUX", other.as_str()),
            ("TMUX_PANE", p.as_str()),
        ],
    ] {
        let ran = report(variables).exits(7);
        assert!(
            ran.stderr.contains("`TRIAD_PANE` names `s/w/p`"),
            "{}",
            ran.stderr
        );
        assert_eq!(ready(), "");
    }
    for variables in [
        &[][..],
        &[("TRIAD_PANE", "s/w/x")],
        &[("TMUX", other.as_str()), ("TMUX_PANE", p.as_str())],
    ] {
        report(variables).exits(1);
        assert_eq!(ready(), "");
    }
    for variables in [
        &[("TRIAD_PANE", "s/w/p")][..],
        &[("TMUX", tmux.as_str()), ("TMUX_PANE", p.as_str())],
        &[
            ("TRIAD_PANE", "s/w/p"),
            ("TMUX", tmux.as_str()),
            ("TMUX_PANE", p.as_str()),
        ],
    ] {
        report(variables).exits(0);
        assert!(!ready().is_empty());
        sandbox.tmux(&["set-option", "-pu", "-t", &p, "@triad_ready"]);
    }
}
