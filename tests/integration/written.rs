//! Output that cannot be written: a full disk, a file size limit, a closed pipe. Success means that
//! all of it has arrived.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};

/// The capacity of a pipe in bytes.
const PIPE: u64 = 65_536;

/// A service that notes the result of its own report where it is called.
fn manifest(sandbox: &Sandbox) -> String {
    let triad = env!("CARGO_BIN_EXE_triad");
    let tmux = sandbox.tmux_program().display();
    format!(
        r##"
session "main" {{
    window "w" {{
        service "a" {{ run "sleep" "1000"; }}
        service "c" {{ run "cat"; }}
        service "b" {{
            run #""{triad}" --tmux "{tmux}" -v report ready >/dev/full 2>report; echo "exit $?" >>report; exec sleep 1000"#
        }}
    }}
}}
"##
    )
}

/// The calls that print, and change nothing. Each is made with `/dev/full` as output.
const LOOKS: &[&[&str]] = &[
    &["capture", "a", "b"],
    &["capture", "a", "--html"],
    &["capture", "a", "--json"],
    &["check", "--verbose"],
    &["check", "--json"],
    &["check", "--explain", "include-twice"],
    &["explain", "main/w/a"],
    &["explain", "--json", "main/w/a"],
    &["fmt", "--diff"],
    &["fmt", "--json", "--diff"],
    &["graph"],
    &["graph", "--format", "dot"],
    &["graph", "--format", "mermaid", "--of", "removal"],
    &["graph", "--json", "--live"],
    &["init", "--stdout"],
    &["init", "--stdout", "--json"],
    &["plan"],
    &["plan", "--json"],
    &["plan", "--commands", "--replace", "a"],
    &["plan", "--check", "--replace", "a"],
    &["plan", "--out", "another"],
    &["ps"],
    &["ps", "--all"],
    &["ps", "--json"],
    &["render"],
    &["render", "--json"],
    &["render", "--print-template"],
    &["schema"],
    &["schema", "--format", "markdown"],
    &["schema", "--format", "json"],
    &["schema", "--json"],
    &["show", "saved"],
    &["show", "--json", "saved"],
    &["show", "--commands", "saved"],
    &["wait", "--json", "a"],
    &["--help"],
    &["--version"],
    &["ps", "--help"],
];
/// The calls that change something, in an order in which each has something to do.
const CHANGES: &[&[&str]] = &[
    &["send", "c", "text"],
    &["send", "c", "text", "--json"],
    &["restart", "--yes", "a"],
    &["stop", "--yes", "a"],
    &["start", "--json", "a"],
    &["apply", "--yes", "--replace", "a"],
    &["fmt"],
    &["init", "other/triad.kdl", "--yes"],
    &["down", "--yes"],
];
/// `report` is called in a pane; `attach` and `exec` print nothing, `up` is an apply before that; `watch`
/// ends with a signal, and its exit code is that signal's.
const ELSEWHERE: &[&str] = &["report", "attach", "exec", "up", "watch"];

/// Runs triad with a redirection of a shell.
#[track_caller]
fn redirected(sandbox: &Sandbox, redirection: &str, arguments: &[&str]) -> Ran {
    let script = format!("exec \"$@\" {redirection}");
    let triad = [env!("CARGO_BIN_EXE_triad"), "-L", sandbox.socket_name()];
    let mut command = sandbox.command("sh");
    command.args(["-c", &script, "sh"]).args(triad);
    run(command.args(arguments).env("COLUMNS", "1000"))
}

/// Runs triad with a file size limit, in blocks, and all its output in a pipe.
#[track_caller]
fn limited(sandbox: &Sandbox, blocks: u32, arguments: &[&str]) -> String {
    let script = format!("{{ (ulimit -f {blocks}; \"$@\"); echo \"exit $?\"; }} 2>&1 | cat");
    let triad = [env!("CARGO_BIN_EXE_triad"), "-L", sandbox.socket_name()];
    let mut command = sandbox.command("sh");
    command.args(["-c", &script, "sh"]).args(triad);
    run(command.args(arguments).env("COLUMNS", "1000")).stdout
}

/// Returns the names of the files in the sandbox's folder.
fn names(sandbox: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(sandbox.path("")).expect("a folder");
    let names = entries.map(|entry| entry.expect("the entry exists").file_name());
    let mut names: Vec<String> = names.map(|name| name.display().to_string()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_is_an_error_of_every_verb() {
    let sandbox = Sandbox::new();
    sandbox.apply(&manifest(&sandbox));
    sandbox
        .triad(&["plan", "--replace", "a", "--out", "saved"])
        .exits(0);
    for call in LOOKS.iter().chain(CHANGES) {
        let ran = redirected(&sandbox, ">/dev/full", call);
        let said = &ran.stderr;
        assert_eq!(ran.status, 1, "{call:?}: {said}");
        let why = "cannot write to standard output: No space left on device";
        assert_eq!(said.matches(why).count(), 1, "{call:?}: {said}");
    }
    // The work itself was done.
    assert!(sandbox.read("other/triad.kdl").is_some());
    assert!(sandbox.read("another").is_some());
    assert!(sandbox.panes().is_empty());
}

#[test]
fn a_report_from_a_pane_that_cannot_be_printed_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.apply(&manifest(&sandbox));
    let mut said = String::new();
    eventually("the service has reported", DEADLINE, || {
        said = sandbox.read("report").unwrap_or_default();
        said.contains("exit ")
    });
    assert!(said.contains("exit 1\n"), "{said}");
    assert!(said.contains("standard output"), "{said}");
}

#[test]
fn every_verb_is_tried() {
    let sandbox = Sandbox::new();
    let help = sandbox.triad(&["--help"]).exits(0).stdout;
    for verb in crate::support::verbs(&help) {
        let mut tried = LOOKS.iter().chain(CHANGES).map(|call| call[0]);
        assert!(
            tried.any(|tried| tried == verb) || ELSEWHERE.contains(&verb),
            "{verb}"
        );
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    for call in [
        &["render"][..],
        &["schema"],
        &["--help"],
        &["plan", "--json"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = sandbox.triad_command(call);
        let ran = command.stdin(Stdio::null()).stdout(writer).output();
        let ran = ran.expect("triad runs");
        assert_eq!(ran.status.code(), Some(0), "{call:?}");
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "", "{call:?}");
    }
}

#[test]
fn unwritable_standard_output_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    for call in [&["render"][..], &["check", "--json"], &["--version"]] {
        let ran = redirected(&sandbox, "1</dev/null", call).exits(1);
        let why = "cannot write to standard output: Bad file descriptor";
        assert!(ran.stderr.contains(why), "{call:?}: {}", ran.stderr);
    }
    // A closed one is `/dev/null` by the time that a Rust program begins: no opened file takes its
    // place.
    redirected(&sandbox, ">&-", &["plan", "--out", "saved"]).exits(0);
    sandbox.triad(&["show", "saved"]).exits(0);
}

#[test]
fn a_nonblocking_reader_gets_everything() {
    let sandbox = Sandbox::new();
    let panes: String = (0..1_000)
        .map(|number| format!("pane \"p{number}\" {{ run \"sleep\" \"{number}\"; }}\n"))
        .collect();
    sandbox.manifest(&format!(
        "session \"main\" {{ window \"w\" {{ {panes} }} }}"
    ));
    let expected = sandbox.triad(&["graph", "--json"]).exits(0).stdout;
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    rustix::fs::fcntl_setfl(&writer, rustix::fs::OFlags::NONBLOCK).expect("the flag can be set");
    let mut command = sandbox.triad_command(&["graph", "--json"]);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .spawn()
        .expect("triad runs");
    drop(command);
    eventually("the pipe is full", DEADLINE, || {
        let held = rustix::io::ioctl_fionread(&reader).expect("the system reports it");
        held >= PIPE || child.try_wait().expect("a child of this process").is_some()
    });
    let mut seen = String::new();
    reader.read_to_string(&mut seen).expect("text");
    assert!(child.wait().expect("the child ends").success());
    assert!(expected.len() as u64 > PIPE, "{}", expected.len());
    assert!(seen == expected, "{} bytes", seen.len());
}

#[test]
fn a_file_beyond_the_size_limit_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    let long = format!("session   \"main\"\n// {}\n", "x".repeat(5_000));
    sandbox.manifest(&long);
    for blocks in [0, 1] {
        for call in [
            &["fmt"][..],
            &["init", "new.kdl", "--from", "webapp"],
            &["init", "new/folder/", "--from", "webapp"],
            &["init", "--from", "masterclass", "--force"],
            &["init", "--from", "webapp", "--force"],
            &["plan", "--out", "saved"],
        ] {
            let said = limited(&sandbox, blocks, call);
            assert!(said.ends_with("exit 1\n"), "{call:?}: {said}");
            assert!(said.contains("cannot write `"), "{call:?}: {said}");
            assert!(said.contains("File too large"), "{call:?}: {said}");
            assert!(said.contains("`ulimit -f`"), "{call:?}: {said}");
            assert_eq!(names(&sandbox), ["triad.kdl"], "{call:?}");
            assert_eq!(sandbox.read("triad.kdl").as_ref(), Some(&long), "{call:?}");
        }
    }
}

#[test]
fn output_beyond_the_file_size_limit_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    for call in [&["render"][..], &["--help"], &["schema"]] {
        let mut words = vec!["sh", "-c", "exec \"$@\" >printed", "sh"];
        let triad = env!("CARGO_BIN_EXE_triad");
        words.extend([triad]);
        words.extend(call);
        let script = "{ (ulimit -f 1; \"$@\"); echo \"exit $?\"; } 2>&1 | cat";
        let mut command = sandbox.command("sh");
        command.args(["-c", script, "sh"]).args(&words);
        let said = run(command.env("COLUMNS", "1000")).stdout;
        assert!(said.ends_with("exit 1\n"), "{call:?}: {said}");
        let why = "cannot write to standard output: File too large";
        assert!(said.contains(why), "{call:?}: {said}");
    }
}

#[test]
fn programs_get_the_file_size_signal_as_usual() {
    let sandbox = Sandbox::new();
    let status = "grep -E 'Sig(Ign|Blk)' /proc/self/status";
    sandbox.manifest(&format!(
        "hooks {{ before-apply \"{status}\"; }}\n\
         session \"main\" {{ window \"w\" {{ task \"t\" {{ run \"{status} >seen\"; }} }} }}"
    ));
    let hook = sandbox.triad(&["apply", "--yes"]).exits(0).stderr;
    let mut pane = String::new();
    eventually("the task has printed", DEADLINE, || {
        pane = sandbox.read("seen").unwrap_or_default();
        pane.lines().count() == 2
    });
    let xfsz = 1_u64 << (rustix::process::Signal::XFSZ.as_raw() - 1);
    for said in [&hook, &pane] {
        let masks: Vec<u64> = said
            .lines()
            .filter_map(|line| line.split_once(':'))
            // A tab of a hook's is shown as a sign.
            .map(|(_, mask)| mask.trim_start_matches(|c: char| !c.is_ascii_hexdigit()))
            .map(|mask| u64::from_str_radix(mask, 16).expect("a mask"))
            .collect();
        assert_eq!(masks.len(), 2, "{said}");
        assert!(masks.iter().all(|mask| mask & xfsz == 0), "{said}");
    }
}

#[test]
fn a_file_size_limit_does_not_prevent_an_apply() {
    let sandbox = Sandbox::new();
    sandbox.manifest("session \"main\"");
    let said = limited(&sandbox, 0, &["apply", "--yes"]);
    assert!(said.ends_with("exit 0\n"), "{said}");
    let said = limited(&sandbox, 0, &["down", "--yes"]);
    assert!(said.ends_with("exit 0\n"), "{said}");
}
