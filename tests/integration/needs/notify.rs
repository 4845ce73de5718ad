//! `ready { notify }`: programs notify their readiness, on a socket of their own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{apply, log, noting, waits};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::words;

/// A program that sends the lines of the file `say` whenever there is one, after it has written the
/// address of the socket.
const PROGRAM: &str = r#"
import os, socket, sys, time
name = sys.argv[1]
with open(name + ".new", "w") as file:
    file.write(os.environ["NOTIFY_SOCKET"])
os.rename(name + ".new", name + ".socket")
while True:
    try:
        # Taken away before it is read: what is said next may lie there a moment later.
        os.rename(name + ".say", name + ".taken")
        with open(name + ".taken") as file:
            text = file.read()
    except OSError:
        time.sleep(0.01)
        continue
    if text == "exit":
        sys.exit(1)
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    peer.connect(os.environ["NOTIFY_SOCKET"])
    peer.send(text.encode())
    peer.close()
"#;

fn manifest(sandbox: &Sandbox, ready: &str) -> String {
    sandbox.file("program.py", PROGRAM);
    format!(
        r#"
        session "s" {{
            window "w" {{
                service "p" {{
                    run "python3" "program.py" "p"
                    ready every="20ms" {ready}
                }}
                pane "client" {{ run "{client}"; needs "p" }}
            }}
        }}
        "#,
        client = noting("client"),
    )
}

/// Makes the program send this, once it is running.
#[track_caller]
fn say(sandbox: &Sandbox, name: &str, text: &str) -> PathBuf {
    let mut socket = None;
    eventually("the program is up", DEADLINE, || {
        socket = sandbox.read(&format!("{name}.socket"));
        socket.is_some()
    });
    sandbox.file(&format!("{name}.new"), text);
    let from = sandbox.path(format!("{name}.new"));
    std::fs::rename(from, sandbox.path(format!("{name}.say"))).expect("the folder is writable");
    PathBuf::from(socket.expect("the loop waited for it"))
}

fn mode(path: &Path) -> u32 {
    let found = std::fs::metadata(path).expect("the file exists");
    found.permissions().mode() & 0o777
}

#[test]
fn a_program_notifies_its_readiness() {
    let sandbox = Sandbox::new();
    let running = apply(&sandbox, &manifest(&sandbox, "deadline=\"10m\" { notify }"));
    let socket = say(&sandbox, "p", "STATUS=reading\nREADY=0\n");
    waits(&sandbox, "s/w/client");
    let folder = socket
        .parent()
        .expect("the socket is in a folder")
        .to_owned();
    assert!(socket.exists() && mode(&folder) == 0o700);
    assert_eq!(sandbox.read("log"), None);
    say(&sandbox, "p", "READY=1");
    let ran = running.ends().exits(0);
    let said = words(&ran.stdout);
    assert!(said.contains("it sent `READY=1`"), "{said}");
    eventually("the client has started", DEADLINE, || {
        log(&sandbox) == ["client"]
    });
    assert!(
        !socket.exists() && !folder.exists(),
        "the socket and its folder are removed"
    );
    // It is tagged on the pane, and no apply waits again.
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(
        words(&ran.stdout).contains("nothing to do"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_program_can_extend_its_deadline_and_its_status_is_reported() {
    let sandbox = Sandbox::new();
    let text = manifest(&sandbox, "deadline=\"2s\" { notify }");
    let running = apply(&sandbox, &text);
    say(&sandbox, "p", "EXTEND_TIMEOUT_USEC=600000000");
    sandbox.file("slow.sh", "sleep 3; touch slept");
    let sleeping = std::process::Command::new("sh")
        .arg("slow.sh")
        .current_dir(sandbox.path("."))
        .spawn();
    eventually("the deadline has passed", DEADLINE, || {
        sandbox.read("slept").is_some()
    });
    sleeping
        .and_then(|mut child| child.wait())
        .expect("the process ended");
    say(&sandbox, "p", "READY=1");
    running.ends().exits(0);
    // The next program starts from scratch.
    std::fs::remove_file(sandbox.path("p.socket")).expect("the file exists");
    let running = apply(&sandbox, &text.replace("\"p\"\n", "\"p\" \"again\"\n"));
    say(&sandbox, "p", "STATUS=step 1\x1b[31m of 9");
    let ran = running.ends().exits(4);
    let said = words(&ran.stdout);
    assert!(
        said.contains("it has not sent `READY=1`; its status is `step 1\\u{1b}[31m of 9`"),
        "{said}"
    );
}

#[test]
fn no_wait_still_waits_for_notifications() {
    let sandbox = Sandbox::new();
    let text = manifest(&sandbox, "deadline=\"10m\" { notify }");
    let alone = text.lines().filter(|line| !line.contains("client"));
    sandbox.manifest(&alone.collect::<Vec<_>>().join("\n"));
    let mut running = sandbox.start(&["apply", "--no-wait"]);
    say(&sandbox, "p", "STATUS=x");
    assert!(!running.has_ended());
    say(&sandbox, "p", "READY=1");
    running.ends().exits(0);
    let told = sandbox.tmux(&["list-panes", "-a", "-F", "#{@triad_ready}"]);
    assert!(!told.trim().is_empty());
}

#[test]
fn a_flood_blocks_no_other_notification() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "flood.py",
        "import os, socket\n\
         peer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n\
         peer.connect(os.environ[\"NOTIFY_SOCKET\"])\n\
         while True:\n\
         \x20   try:\n\
         \x20       peer.send(b\"STATUS=\" + b\"x\" * 60000)\n\
         \x20   except OSError:\n\
         \x20       pass\n",
    );
    let text = manifest(&sandbox, "deadline=\"10m\" { notify }").replace(
        "pane \"client\"",
        "service \"a\" { run \"timeout\" \"20\" \"python3\" \"flood.py\"; ready deadline=\"3s\" { notify } }\n\
         pane \"client\"",
    );
    let running = apply(&sandbox, &text);
    say(&sandbox, "p", "READY=1");
    let ran = running.ends().exits(4);
    let said = words(&ran.stdout);
    assert!(said.contains("it sent `READY=1`"), "{said}");
    assert!(said.contains("its status is `xxx"), "{said}");
    eventually("the client has started", DEADLINE, || {
        log(&sandbox) == ["client"]
    });
}

#[test]
fn a_file_in_place_of_the_socket_stays() {
    let sandbox = Sandbox::new();
    let text = manifest(&sandbox, "deadline=\"300ms\" { notify }");
    sandbox.manifest(&text);
    let ran = sandbox.triad(&["apply"]).exits(4);
    assert!(
        words(&ran.stdout).contains("it has not sent `READY=1` to its NOTIFY_SOCKET"),
        "{}",
        ran.stdout
    );
    // On a busy machine, triad gives up before the program has begun.
    let mut socket = PathBuf::new();
    eventually("the program knows its socket", DEADLINE, || {
        socket = sandbox.read("p.socket").unwrap_or_default().into();
        !socket.as_os_str().is_empty()
    });
    let folder = socket.parent().expect("the socket is in a folder");
    std::fs::create_dir(folder).expect("the folder was removed");
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
        .expect("the test owns it");
    std::fs::write(&socket, "mine").expect("the path is writable");
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&ran.stdout);
    assert!(
        said.contains("its notifications cannot be received") && said.contains("not a socket"),
        "{said}"
    );
    assert_eq!(
        std::fs::read_to_string(&socket).expect("the file stays"),
        "mine"
    );
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
        .expect("the test owns it");
    let ran = sandbox.triad(&["apply"]).exits(4);
    let said = words(&ran.stdout);
    assert!(
        said.contains("not a folder that only you can access"),
        "{said}"
    );
    std::fs::remove_file(&socket).expect("the file exists");
    std::fs::remove_dir(folder).expect("the folder exists");
}

#[test]
fn a_restart_by_tmux_uses_the_same_socket() {
    let sandbox = Sandbox::new();
    let text = manifest(&sandbox, "deadline=\"10m\" { notify }").replace(
        "run \"python3\"",
        "restart \"always\" delay=\"10ms\"; run \"python3\"",
    );
    let running = apply(&sandbox, &text);
    let before = say(&sandbox, "p", "exit");
    std::fs::remove_file(sandbox.path("p.socket")).expect("the file exists");
    assert_eq!(say(&sandbox, "p", "READY=1"), before);
    running.ends().exits(0);
}
