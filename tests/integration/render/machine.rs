//! The effects of the machine on a script: its servers, its environment, its folders, and failures.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::render::SHELLS;
use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::assert_same;

/// Three panes whose needs oppose the order in which they are written.
const CHAIN: &str = "session \"s\" { window \"w\" { columns {
    service \"last\" { run \"cat\" \"-\"; needs \"middle\" }
    service \"middle\" { run \"cat\" \"-\"; needs \"first\" until=\"started\" }
    service \"first\" { run \"cat\" \"-\" }
} } }\n";

#[test]
fn triad_takes_over_from_a_script() {
    let sandbox = Sandbox::new();
    sandbox.manifest(CHAIN);
    let script = sandbox.render(&[]);
    for shell in SHELLS {
        let ran = sandbox.pipe(shell, &script).exits(0);
        let attach = format!("tmux -L {} attach-session -t =s\n", sandbox.socket_name());
        assert!(ran.stdout.ends_with(&attach), "{}", ran.stdout);
        let running = || {
            sandbox
                .panes()
                .into_values()
                .map(|pane| (pane.id, pane.pid))
        };
        let before: Vec<(String, u32)> = running().collect();
        sandbox.triad(&["plan", "--check"]).exits(0);
        let applied = sandbox.triad(&["apply"]).exits(0);
        assert!(
            applied.stdout.contains("nothing to do"),
            "{}",
            applied.stdout
        );
        assert!(running().eq(before));
        sandbox.triad(&["down", "--yes"]).exits(0);
        assert!(sandbox.panes().is_empty());
    }
}

#[test]
fn programs_start_in_the_order_of_needs() {
    let sandbox = Sandbox::new();
    sandbox.manifest(CHAIN);
    let script = sandbox.render(&[]);
    let place = |text: String| script.find(&text).unwrap_or_else(|| panic!("no {text}"));
    let starts =
        ["first", "middle", "last"].map(|name| place(format!("\"TRIAD_PANE=s/w/{name}\"")));
    assert!(starts.is_sorted(), "{starts:?}");
    let sent = [1, 2, 3].map(|wave| place(format!("said=$(wave_{wave} |")));
    assert!(sent.is_sorted(), "{sent:?}");
    assert!(
        script.contains("DOES NOT WAIT"),
        "the script warns that it does not wait"
    );
}

#[test]
fn a_truncated_script_does_nothing() {
    let sandbox = Sandbox::new();
    sandbox.manifest(CHAIN);
    let script = sandbox.render(&[]);
    let whole = script.trim_end().len();
    let cuts = (1..whole).step_by(whole / 60).chain(whole - 40..whole);
    let cuts = cuts.filter(|cut| script.is_char_boundary(*cut));
    for (cut, shell) in std::iter::zip(cuts, SHELLS.iter().cycle()) {
        sandbox.pipe(shell, &script[..cut]);
        assert!(
            !sandbox.has_server(),
            "{shell} ran the script truncated at {cut}"
        );
    }
}

#[test]
fn an_existing_session_of_that_name_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.manifest(&format!("{CHAIN}session \"t\"\n"));
    let script = sandbox.render(&[]);
    sandbox.foreign("t");
    let before = sandbox.dump(&["t"]);
    for shell in SHELLS {
        let ran = sandbox.pipe(shell, &script).exits(1);
        assert!(
            ran.stderr.contains("session t exists already"),
            "{}",
            ran.stderr
        );
        assert_same(&before, &sandbox.dump(&["t"]), shell);
        assert_eq!(sandbox.sessions(), ["t"]);
    }
}

#[test]
fn the_script_uses_the_given_or_the_present_server() {
    let sandbox = Sandbox::new();
    sandbox.manifest(CHAIN);
    let rendered = run(sandbox.command(env!("CARGO_BIN_EXE_triad")).arg("render"))
        .exits(0)
        .stdout;
    sandbox.foreign("foreign");
    let path = sandbox.tmux(&["display-message", "-p", "#{socket_path}"]);
    let inside = format!("{},1,0", path.trim());
    let (name, relative) = (sandbox.socket_name(), "../s");
    let below = path.trim().rsplit_once("/s/").unwrap().1.to_owned();
    for (variable, value) in [
        ("TMUX", inside.as_str()),
        ("TRIAD_SOCKET_NAME", name),
        ("TRIAD_SOCKET_PATH", path.trim()),
        ("TRIAD_SOCKET_PATH", &format!("{relative}/{below}")),
    ] {
        let mut piped = sandbox.shell_command("dash", &rendered);
        run(piped.env(variable, value)).exits(0);
        assert_eq!(sandbox.sessions(), ["foreign", "s"], "{variable}={value}");
        let socket = "tr '\\0' '\\n' </proc/#{pane_pid}/environ | grep TRIAD_SOCKET=";
        let told = sandbox.tmux(&["display-message", "-p", "-t", "=s:", socket]);
        let expected = format!("TRIAD_SOCKET={}", path.trim());
        // tmux has forked, and becomes the program in a moment.
        eventually("the program knows its server", DEADLINE, || {
            let told = run(sandbox.command("/bin/sh").args(["-c", told.trim()]));
            told.stdout.trim() == expected
        });
        sandbox.triad(&["down", "--yes"]).exits(0);
    }
}

#[test]
fn an_old_tmux_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.manifest(CHAIN);
    let old = sandbox.file(
        "old-tmux",
        "#!/bin/sh\ncase $* in *-V) echo tmux 3.1c;; *) exit 1;; esac\n",
    );
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
    let script = sandbox.render(&["--tmux", "./old-tmux"]);
    for shell in SHELLS {
        let mut piped = sandbox.shell_command(shell, &script);
        let ran = run(piped.current_dir("/").env_remove("TRIAD_TMUX")).exits(69);
        assert!(
            ran.stderr.contains("tmux 3.1c is too old"),
            "{}",
            ran.stderr
        );
        let mut piped = sandbox.shell_command(shell, &script);
        let ran = run(piped.env("TRIAD_TMUX", "/nowhere/tmux")).exits(69);
        assert!(
            ran.stderr.contains("cannot run /nowhere/tmux"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn directories_are_checked_before_anything_is_created() {
    let sandbox = Sandbox::new();
    for folder in ["a", "b/c", "other #D ##{x} #[y/a", "other #D ##{x} #[y/b/c"] {
        fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    sandbox.manifest(
        "session \"s\" cwd=\"a\" { window \"w\" { pane \"p\" cwd=\"../b/c\" { run \"cat\" \"-\" } } }\n",
    );
    let script = sandbox.render(&[]);
    let other = sandbox.path("other #D ##{x} #[y");
    for (shell, given) in [
        ("dash", other.to_str().unwrap()),
        ("bash", "other #D ##{x} #[y/"),
    ] {
        let mut piped = sandbox.shell_command(shell, &script);
        run(piped.env("TRIAD_ROOT", given)).exits(0);
        let at = [
            "display-message",
            "-p",
            "-t",
            "=s:",
            "#{pane_pid} #{session_path} #{@triad_layout}",
        ];
        let told = sandbox.tmux(&at);
        let (pid, session) = told.split_once(' ').unwrap();
        let cwd = fs::read_link(format!("/proc/{pid}/cwd")).unwrap();
        assert_eq!(cwd, other.join("b/c"));
        assert_eq!(
            session,
            format!("{} \n", other.join("a").display()),
            "no mark is on it"
        );
        let refused = sandbox.triad(&["apply"]).exits(7);
        assert!(
            refused.stderr.contains("cannot be created"),
            "{}",
            refused.stderr
        );
        sandbox.end_server();
    }
    fs::remove_dir(sandbox.path("b/c")).unwrap();
    fs::remove_dir(sandbox.path("a")).unwrap();
    for shell in SHELLS {
        let ran = sandbox.pipe(shell, &script).exits(1);
        for folder in ["a", "b/c"] {
            let line = format!("    {}\n", sandbox.path(folder).display());
            assert!(ran.stderr.contains(&line), "{}", ran.stderr);
        }
        assert!(!sandbox.has_server());
    }
}

#[test]
fn variables_come_from_the_callers_environment() {
    let mut sandbox = Sandbox::new();
    sandbox.count_tmux();
    let told = sandbox.path("told");
    sandbox.manifest(&format!(
        "env {{ API_KEY from=\"env\"; TOKEN secret=#true; MAYBE from=\"env\" optional=#true; TERM from=\"env\" }}\n\
         session \"s\" {{ window \"w\" {{ pane \"p\" {{\n\
         run \"sh\" \"-c\" \"printf '%s|' \\\"$API_KEY\\\" \\\"$TOKEN\\\" \\\"${{MAYBE-none}}\\\" \\\"$TERM\\\" >'{0}.new'; mv '{0}.new' '{0}'; exec cat\"\n\
         }} }} }}\n",
        told.display()
    ));
    let without = sandbox.render(&[]);
    let with = run(sandbox
        .triad_command(&["render"])
        .env("API_KEY", "of the renderer")
        .env("TOKEN", "of the renderer"))
    .exits(0);
    assert_eq!(
        with.stdout, without,
        "the environment of `render` has no effect"
    );
    assert_eq!(sandbox.take_calls(), [], "render calls no tmux");
    let secret = "it's\n\"a\" $secret `id` \\ #(x)~;\n";
    for shell in SHELLS {
        let ran = sandbox.pipe(shell, &with.stdout).exits(1);
        assert!(
            ran.stderr
                .contains("these variables are not set: API_KEY TOKEN"),
            "{}",
            ran.stderr
        );
        assert!(!sandbox.has_server());
        // An empty value is valid, but not for a secret.
        let mut piped = sandbox.shell_command(shell, &with.stdout);
        let ran = run(piped.env("API_KEY", "").env("TOKEN", "")).exits(1);
        assert!(ran.stderr.contains("not set: TOKEN;"), "{}", ran.stderr);
        sandbox.take_calls();
        let mut piped = sandbox.shell_command(shell, &with.stdout);
        run(piped.env("API_KEY", secret).env("TOKEN", secret)).exits(0);
        eventually("the program has written its file", DEADLINE, || {
            told.exists()
        });
        assert_eq!(
            fs::read_to_string(&told).unwrap(),
            format!("{secret}|{secret}|none|xterm|")
        );
        let words = sandbox.take_calls().into_iter().flat_map(|call| call.0);
        assert!(
            !words.into_iter().any(|word| word.contains("secret")),
            "no listing shows it"
        );
        // triad cannot know that the value is the same, and says so before it ends anything.
        let mut plan = sandbox.triad_command(&["plan", "--check"]);
        let ran = run(plan.env("API_KEY", secret).env("TOKEN", secret)).exits(2);
        assert!(ran.stdout.contains("env API_KEY"), "{}", ran.stdout);
        sandbox.end_server();
        fs::remove_file(&told).unwrap();
    }
}

#[test]
fn a_failed_step_is_named() {
    let sandbox = Sandbox::new();
    sandbox.manifest(CHAIN);
    let script = sandbox.render(&[]);
    let triad = sandbox.triad_command(&["x"]);
    let real = triad.get_envs().find(|(name, _)| *name == "TRIAD_TMUX");
    let real = real
        .and_then(|(_, real)| real?.to_str())
        .expect("the sandbox names it");
    // The n-th script does not arrive, and tmux reports why.
    let broken = sandbox.file(
        "broken-tmux",
        &format!(
            "#!/bin/sh\ncase $* in *source-file*)\n\
             echo x >>\"$HOME/count\"\n\
             if [ $(wc -l <\"$HOME/count\") -eq \"$FAILS\" ]; then cat >/dev/null; echo broken >&2; exit 1; fi;;\n\
             esac\nexec '{real}' \"$@\"\n"
        ),
    );
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    let steps = [
        ("1", 1, "cannot create the session (s); nothing was changed"),
        (
            "2",
            3,
            "cannot give the environment to the session (s); everything created",
        ),
        (
            "3",
            3,
            "cannot name and tag the window (s/w); everything created",
        ),
        (
            "4",
            3,
            "cannot start the program (s/w/first); everything created",
        ),
        (
            "6",
            3,
            "cannot start the program (s/w/last); everything created",
        ),
    ];
    for (shell, (fails, status, said)) in SHELLS.iter().cycle().zip(steps) {
        let mut piped = sandbox.shell_command(shell, &script);
        let ran = run(piped.env("TRIAD_TMUX", &broken).env("FAILS", fails)).exits(status);
        assert!(
            ran.stderr.contains("broken\n") && ran.stderr.contains(said),
            "{}",
            ran.stderr
        );
        assert_eq!(sandbox.has_server(), status == 3);
        if status == 3 {
            // The existing objects are triad's, and it continues with them.
            sandbox.triad(&["apply", "--yes"]).exits(0);
            sandbox.triad(&["plan", "--check"]).exits(0);
            sandbox.end_server();
        }
        fs::remove_file(sandbox.root().join("home/count")).unwrap();
    }
}
