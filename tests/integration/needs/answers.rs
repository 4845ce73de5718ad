//! Answers to probes: headers, bodies, floods, programs that leave others running, lines in a flood
//! of lines.

use std::time::{Duration, Instant};

use super::apply;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{signal, words};

/// A server on a Unix socket that sends the file `answer` to every client.
const SERVER: &str = r#"
import os, socket
server = socket.socket(socket.AF_UNIX)
server.bind("app.sock")
server.listen()
while True:
    peer, _ = server.accept()
    peer.recv(4096)
    try:
        peer.sendall(open("answer", "rb").read())
    except OSError:
        pass
    peer.close()
"#;

/// A service with this `run` and these probes, and a dependent: an apply waits.
fn service(run: &str, ready: &str) -> String {
    format!(
        "session \"s\" {{ window \"w\" {{\n\
         service \"p\" {{ run {run}; ready every=\"20ms\" {ready} }}\n\
         pane \"after\" {{ run \"sleep 1000\"; needs \"p\" }}\n\
         }} }}"
    )
}

#[test]
fn http_checks_headers_and_body_over_a_socket() {
    let sandbox = Sandbox::new();
    sandbox.file("server.py", SERVER);
    let manifest = |deadline: &str| {
        let ready = format!(
            "deadline=\"{deadline}\" {{ http \"http://localhost/health\" socket=\"app.sock\" {{\n\
             header \"content-type\" \"^text/\"\n\
             body \"^up$\"\n\
             }} }}"
        );
        service("\"python3\" \"server.py\"", &ready)
    };
    for (answer, expected) in [
        ("SSH-2.0-x\r\n", "app.sock does not speak HTTP"),
        ("HTTP/1.1 503 No\r\n\r\n", "expected 200"),
        (
            "HTTP/1.1 200 OK\r\n\r\nup\n",
            "header `content-type` is missing",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nup\n",
            "it is `image/png`",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\ndown\nuppish\n",
            "no line of the body matches `^up$`: it begins with `down`",
        ),
    ] {
        sandbox.file("answer", answer);
        sandbox.manifest(&manifest("700ms"));
        let ran = sandbox.triad(&["apply"]).exits(4);
        assert!(words(&ran.stdout).contains(expected), "{}", ran.stdout);
    }
    sandbox.file(
        "answer",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nx\n\r\n1\r\nu\r\n2\r\np\n\r\n0\r\n\r\n",
    );
    let ran = sandbox.apply(&manifest("10s"));
    assert!(
        words(&ran.stdout).contains("with `^up$` in its body"),
        "{}",
        ran.stdout
    );
    sandbox.file("answer", "HTTP/1.1 204 No Content\r\n\r\n");
    let ready = "{ http \"http://localhost/\" socket=\"no.sock\" }";
    sandbox.manifest(&service(
        "\"sleep 1000\"",
        &format!("deadline=\"200ms\" {ready}"),
    ));
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("no.sock: not found"), "{said}");
}

/// Returns the message of a failed `exec` probe with this command.
#[track_caller]
fn not_ready(sandbox: &Sandbox, command: &str) -> String {
    sandbox.file("probe.sh", command);
    sandbox.manifest(&service(
        "\"sleep 1000\"",
        "timeout=\"1s\" deadline=\"300ms\" { exec \"sh probe.sh\" }",
    ));
    let start = Instant::now();
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    words(&ran.stdout)
}

#[test]
fn exec_kills_a_hanging_command_and_reports_its_output() {
    let sandbox = Sandbox::new();
    let said = not_ready(&sandbox, "echo first; echo last >&2; exit 3");
    assert!(said.contains("exit status: 3: last"), "{said}");
    let said = not_ready(&sandbox, "no-such-program --check");
    assert!(said.contains("exit status: 127"), "{said}");
    assert!(said.contains("no-such-program: not found"), "{said}");
    // It hangs, and so does its child.
    let said = not_ready(
        &sandbox,
        "sleep 1234 & echo $! >child; echo $$ >own; sleep 1235",
    );
    assert!(said.contains("timed out after 1s"), "{said}");
    for file in ["child", "own"] {
        let pid = sandbox.read(file).expect("the program was started");
        let process = format!("/proc/{}/stat", pid.trim());
        eventually("the probe's process was killed", DEADLINE, || {
            std::fs::read_to_string(&process).map_or(true, |stat| stat.contains(") Z "))
        });
    }
    // A flood is read but not kept.
    let said = not_ready(&sandbox, "yes | head -c 30000000; echo the end; exit 1");
    assert!(said.contains("exit status: 1: the end"), "{said}");
}

#[test]
fn exec_succeeds_despite_output_and_orphans() {
    let sandbox = Sandbox::new();
    let ready = |command: &str| {
        sandbox.file("probe.sh", command);
        let ready = "timeout=\"20s\" { exec \"sh probe.sh\" }";
        let start = Instant::now();
        sandbox.apply(&service(
            &format!("\"sleep 1000 # {}\"", command.len()),
            ready,
        ));
        start.elapsed()
    };
    ready("yes | head -c 1000000; exit 0");
    // The child has left the group and holds the output.
    let took = ready(
        "setsid sh -c 'echo $$ >child; exec sleep 1000' &\n\
         until test -s child; do sleep 0.01; done; exit 0",
    );
    let pid = sandbox.read("child").expect("the program was started");
    let _ = std::process::Command::new("kill").arg(pid.trim()).status();
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn a_line_in_a_flood_is_found_as_long_as_tmux_keeps_it() {
    let sandbox = Sandbox::new();
    let flood = |lines: u32, at: u32, more: &str| {
        format!(
            "\"awk 'BEGIN {{ for (i = 0; i < {lines}; i++) {{ if (i == {at}) print \\\"it is up\\\"; \
             print \\\"line \\\" i \\\" xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\\\" }} }}'; {more} exec sleep 1000\""
        )
    };
    let ready = "deadline=\"1m\" { log \"^it is up$\" }";
    let manifest = service(&flood(300_000, 200_000, ""), ready)
        .replace("service \"p\" {", "service \"p\" history=400000 {");
    let ran = sandbox.apply(&manifest);
    assert!(
        words(&ran.stdout).contains("it printed `it is up`"),
        "{}",
        ran.stdout
    );
    // The second time there is no room for it, and by the time of the look it is long gone. The
    // session is another: from tmux 3.7 on, all its panes would have the room of the first.
    sandbox.triad(&["down", "--yes"]).exits(0);
    let ready = "deadline=\"4s\" { exec \"test -e flooded\"; log \"^it is up$\" }";
    sandbox.manifest(
        &service(&flood(20_000, 5_000, "touch flooded;"), ready).replace("\"p\"", "\"q\""),
    );
    let ran = sandbox.triad(&["apply", "--yes"]).exits(4);
    let said = words(&ran.stdout);
    assert!(
        said.contains("no line matches `^it is up$` among the"),
        "{said}"
    );
    assert!(said.contains("set a larger `history`"), "{said}");
}

#[test]
fn a_seen_line_that_scrolled_away_counts() {
    let sandbox = Sandbox::new();
    let run = "\"echo up; until test -e go; do sleep 0.01; done; seq 100000; touch flooded; exec sleep 1000\"";
    let ready = "deadline=\"10m\" { log \"^up$\"; exec \"touch looked; test -e flooded\" }";
    let running = apply(&sandbox, &service(run, ready));
    eventually("the line was seen", DEADLINE, || {
        sandbox.read("looked").is_some()
    });
    sandbox.file("go", "");
    running.ends().exits(0);
}

/// The longest allowed expression, on the largest body: a search that takes seconds.
#[test]
fn a_slow_expression_blocks_no_other_probe() {
    let sandbox = Sandbox::new();
    sandbox.file("server.py", SERVER);
    let body = "a".repeat(1_000_000);
    sandbox.file("answer", &format!("HTTP/1.1 200 OK\r\n\r\n{body}"));
    let manifest = r#"session "s" { window "w" {
        service "slow" {
            run "python3" "server.py"
            ready every="20ms" timeout="300ms" deadline="1s" {
                http "http://localhost/" socket="app.sock" { body "(a{0,30}){15}b" }
            }
        }
        service "quick" {
            run "touch up; exec sleep 1000"
            ready every="20ms" deadline="20s" { exec "test -e go" }
        }
        pane "asks" { run "until test -e app.sock; do sleep 0.01; done; touch go; exec sleep 1000" }
    } }"#;
    sandbox.manifest(manifest);
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("✓ quick ready"), "{said}");
    let late = said.find("× slow not ready after").expect(&said);
    assert!(
        said.find("✓ quick ready").is_some_and(|quick| quick < late),
        "{said}"
    );
    // It does not delay the end either.
    let after = &said[late..];
    let seconds = |text: &str| after.contains(text);
    assert!(
        seconds("timed out after 300ms") || seconds("is still running"),
        "{said}"
    );
}

#[test]
fn orphans_of_a_probe_or_hook_are_named_once() {
    let sandbox = Sandbox::new();
    // It has its own session before the probe ends; otherwise it would end with the probe.
    let daemon =
        |seconds: u32| format!("setsid sleep {seconds} </dev/null >/dev/null 2>&1 & sleep 0.2;");
    sandbox.manifest(&format!(
        "hooks {{ before-apply \"{}\" }}\n\
         session \"s\" {{ window \"w\" {{ service \"p\" {{\n\
         run \"sleep 1000\"\n\
         ready every=\"20ms\" {{ exec \"{} test -e second || {{ touch second; exit 1; }}\" }}\n\
         }} }} }}",
        daemon(3001),
        daemon(3002),
    ));
    let ran = sandbox.triad(&["apply"]).exits(0);
    let (said, warned) = (words(&ran.stdout), words(&ran.stderr));
    // By the name of its program, before it has an argv.
    let told = "- p its `exec` probe left processes running: `s";
    assert_eq!(said.matches(told).count(), 1, "{said}");
    let told = "the hook `before-apply` left processes running: `s";
    assert_eq!(warned.matches(told).count(), 1, "{warned}");
    // They may be wanted: they keep running.
    for program in ["sleep 3001", "sleep 3002"] {
        assert!(sandbox.is_running(program), "{program}");
    }
    for (pid, command) in sandbox.processes() {
        if command.contains("sleep 300") {
            signal("KILL", &pid.to_string());
        }
    }
}

#[test]
fn the_port_of_a_host_is_awaited() {
    let sandbox = Sandbox::new();
    // A local address that stands for another host, whose listener is not checked.
    let listener = std::net::TcpListener::bind("127.0.0.2:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let manifest = |host: &str| {
        let ready = format!("deadline=\"1s\" {{ port \"{host}:{port}\" }}");
        service("\"sleep\" \"1000\"", &ready)
    };
    sandbox.manifest(&manifest("127.0.0.2"));
    let ran = sandbox.triad(&["apply"]).exits(0);
    let said = format!("ready: 127.0.0.2:{port} is open");
    assert!(ran.stdout.contains(&said), "{}", ran.stdout);
    drop(listener);
    sandbox.triad(&["down", "--yes"]).exits(0);
    for (host, why) in [
        ("127.0.0.2", format!("127.0.0.2:{port}: connection refused")),
        (
            "no-such-host.invalid",
            format!("no-such-host.invalid:{port}: "),
        ),
    ] {
        sandbox.manifest(&manifest(host));
        let ran = sandbox.triad(&["apply"]).exits(4);
        assert!(ran.stdout.contains(&why), "{}", ran.stdout);
        sandbox.triad(&["down", "--yes"]).exits(0);
    }
}
