//! Sockets without a tmux server, or with a silent one: reported with the reason, within a
//! deadline, with the documented exit code, and nothing is touched.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run, soon};
use crate::support::seen::{Running, signal, words};
use crate::support::standin::{Break, Fault};

const MANIFEST: &str =
    "session \"s\" { window \"w\" { service \"p\" { run \"sleep\" \"1001\" } } }";

/// The verbs that talk to a server.
const VERBS: [&[&str]; 3] = [&["plan"], &["apply", "--yes"], &["down", "--yes"]];

/// Returns triad on the server behind this path.
fn triad(sandbox: &Sandbox, socket: &Path, verb: &[&str]) -> Command {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_triad"));
    command.arg("-S").arg(socket).args(verb);
    command
}

/// Checks that each verb reports it and exits with 69.
#[track_caller]
fn is_told(sandbox: &Sandbox, socket: &Path, reason: &str) {
    sandbox.manifest(MANIFEST);
    for verb in VERBS {
        let ran = run(&mut triad(sandbox, socket, verb)).exits(69);
        assert!(
            words(&ran.stderr).contains(reason),
            "{verb:?}: {}",
            ran.stderr
        );
    }
}

/// Starts another program behind a socket, which does this with each client.
fn stranger(sandbox: &Sandbox, answer: &'static [u8]) -> PathBuf {
    let socket = sandbox.root().join("s/stranger");
    let listener = UnixListener::bind(&socket).expect("the sandbox is writable");
    thread::spawn(move || {
        for mut caller in listener.incoming().flatten() {
            let mut heard = [0; 64];
            let _ = caller.read(&mut heard);
            let _ = caller.write_all(answer);
        }
    });
    socket
}

#[test]
fn a_file_that_is_not_a_socket_stays() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("folder");
    fs::create_dir(&folder).expect("the sandbox is writable");
    is_told(&sandbox, &folder, "is not a socket of a tmux server");
    let file = sandbox.file("notes.txt", "precious");
    is_told(&sandbox, &file, "is not a socket of a tmux server");
    assert_eq!(sandbox.read("notes.txt").as_deref(), Some("precious"));
}

#[test]
fn another_program_behind_the_socket_is_reported() {
    for answer in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n", &[0xff; 4096]] {
        let sandbox = Sandbox::new();
        let socket = stranger(&sandbox, answer);
        is_told(&sandbox, &socket, "cannot reach the tmux server");
    }
}

#[test]
fn a_socket_without_a_listener_is_no_server() {
    let sandbox = Sandbox::new();
    sandbox.manifest(MANIFEST);
    let socket = sandbox.root().join("s/left");
    drop(UnixListener::bind(&socket).expect("the sandbox is writable"));
    let ran = run(&mut triad(&sandbox, &socket, &["down"])).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    run(&mut triad(&sandbox, &socket, &["apply"])).exits(0);
    run(&mut triad(&sandbox, &socket, &["down", "--yes"])).exits(0);
}

/// Both wait for triad's own deadline, in parallel.
#[test]
fn a_silent_server_is_given_up() {
    let sandbox = Sandbox::new();
    sandbox.apply(MANIFEST);
    let silent = sandbox.root().join("s/silent");
    // The kernel accepts connections, and nothing ever reads them.
    let _listener = UnixListener::bind(&silent).expect("the sandbox is writable");
    let server = sandbox.tmux(&["display-message", "-p", "#{pid} #{socket_path}"]);
    let (pid, socket) = server.trim().split_once(' ').expect("two words");
    signal("STOP", pid);
    let sockets = [silent, PathBuf::from(socket)];
    let waits = sockets.map(|socket| sandbox.start_command(triad(&sandbox, &socket, &["apply"])));
    let mut waits: Vec<Running> = waits.into();
    let deadline = triad::tmux::server::DEADLINE * 2;
    let all_end = soon(deadline, || waits.iter_mut().all(Running::has_ended));
    signal("CONT", pid);
    assert!(all_end, "a call still waits");
    for wait in waits {
        let ran = wait.ends().exits(69);
        let told = words(&ran.stderr);
        assert!(told.contains("timed out after 30 s"), "{told}");
    }
    sandbox.triad(&["apply", "--lock-timeout", "0s"]).exits(0);
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_truncated_listing_is_requested_again() {
    let sandbox = Sandbox::new();
    sandbox.apply(MANIFEST);
    // As if a server ended while it answers: nothing, or the first part, and no complaint.
    for (name, first) in [
        ("silent", "exit 0"),
        ("half", "\"$real\" \"$@\" | head -c 40; exit 0"),
    ] {
        let body =
            format!("mkdir '{name}-once' 2>/dev/null && {{ {first}; }}\nexec \"$real\" \"$@\"\n");
        let body = format!("cd '{}'\n{body}", sandbox.root().display());
        let tmux = sandbox.script(name, &body);
        let ran = run(sandbox.triad_command(&["plan"]).env("TRIAD_TMUX", tmux)).exits(0);
        assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
        assert!(sandbox.root().join(format!("{name}-once")).exists());
    }
    // One that never sends more is reported.
    let tmux = sandbox.script("mute", "exit 0\n");
    run(sandbox.triad_command(&["plan"]).env("TRIAD_TMUX", tmux)).exits(69);
}

#[test]
fn a_server_whose_socket_was_removed_is_not_started_a_second_time() {
    let sandbox = Sandbox::new();
    let layout = "layout \"shop\"\nsession \"s\" { window \"w\" { service \"db\" { run \"sleep\" \"1001\" } } }";
    sandbox.apply(layout);
    let before = sandbox.panes()["s/w/db"].clone();
    let server = sandbox.tmux(&["display-message", "-p", "#{pid} #{socket_path}"]);
    let (pid, socket) = server.trim().split_once(' ').unwrap();
    std::fs::remove_file(socket).unwrap();
    for verb in [
        &["apply", "--yes"][..],
        &["plan"],
        &["ps"],
        &["down", "--yes"],
    ] {
        let ran = sandbox.triad(verb).exits(7);
        let said = words(&ran.stderr);
        assert!(
            said.contains("is running, but its socket"),
            "{verb:?}: {said}"
        );
        assert!(
            said.contains(&format!("kill -USR1 {pid}")),
            "{verb:?}: {said}"
        );
    }
    signal("USR1", pid);
    eventually("tmux makes its socket again", DEADLINE, || {
        std::path::Path::new(socket).exists()
    });
    assert_eq!(sandbox.panes()["s/w/db"], before, "it is the same server");
    sandbox.triad(&["plan", "--check"]).exits(0);
}

#[test]
fn a_server_that_does_not_tell_how_a_task_ended_ends_the_wait() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        "session \"s\" { window \"w\" { pane \"p\" { run \"sleep\" \"1001\" }; task \"t\" { run \"sleep\" \"0.1\" } } }",
    );
    let how = Break {
        fault: Fault::Hang,
        // After the look, the geometry and the start.
        at: 4,
        line: 0,
        lasts: true,
    };
    let mut triad = sandbox.triad_command(&["apply"]);
    triad.env("TRIAD_TMUX_TIMEOUT", "300ms");
    let ran = sandbox.with_break(how, triad).expect("it asks").exits(4);
    assert!(
        words(&ran.stderr).contains("is running, but no longer answers"),
        "{}",
        ran.stderr
    );
    let commands = sandbox.listed(&["list-panes", "-a", "-F", "#{pane_current_command}"]);
    assert_eq!(commands[0], "sleep", "nothing was ended");
}
