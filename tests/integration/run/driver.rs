//! The driver on a tmux that hangs or is silent: a signal ends it soon in every phase.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::seen::{Running, words};

/// A running call is given up 2 s after a signal; the rest is for a busy machine.
const SOON: Duration = Duration::from_millis(4500);

/// Ends with triad, and not before.
const HANG: &str = "while kill -0 $PPID 2>/dev/null; do sleep 0.05; done";

/// Interrupts it, which must end it soon.
#[track_caller]
fn interrupted(running: Running, what: &str) -> Ran {
    let begun = Instant::now();
    running.signal("INT");
    let ran = running.ends();
    let took = begun.elapsed();
    assert!(took < SOON, "{what}: {took:?} {}", ran.stdout);
    ran.exits(130)
}

/// Writes a stand-in that passes scripts on as `what` makes them of the file `input`.
fn stand_in(sandbox: &Sandbox, what: &str) -> std::path::PathBuf {
    let body = format!(
        "case \"$*\" in *source-file*) ;; *) exec \"$real\" \"$@\" ;; esac\n\
         cd '{}'; input=input.$$; tab=$(printf '\\t'); cat >$input\n{what}\n",
        sandbox.path("").display()
    );
    sandbox.script("tmux-between", &body)
}

/// Whether an apply whose tmux hangs from the `at`-th call on reached that call; a signal ends it
/// soon.
fn hangs_from(at: usize) -> bool {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "s" { window "w" { columns {
            service "db" { run "sleep" "1000"; ready { exec "true" } }
            pane "api" { run "sleep" "1001"; needs "db" }
            pane "shell" { type "true"; needs "db" }
        } } }"#,
    );
    let body = format!(
        "cd '{}'; echo call >>calls\n\
         [ $(wc -l <calls) -ge {at} ] || exec \"$real\" \"$@\"\n\
         touch hangs; {HANG}\n",
        sandbox.path("").display()
    );
    let mut triad = sandbox.triad_command(&["apply"]);
    triad.env("TRIAD_TMUX", sandbox.script("tmux-that-hangs", &body));
    let mut running = sandbox.start_command(triad);
    let has_hung = || sandbox.read("hangs").is_some();
    eventually("the run hangs or is over", DEADLINE, || {
        has_hung() || running.has_ended()
    });
    if has_hung() {
        interrupted(running, &format!("call {at} hangs"));
    }
    has_hung()
}

#[test]
fn a_hanging_tmux_is_abandoned_soon_after_a_signal() {
    let runs = (1..=10).map(|at| thread::spawn(move || hangs_from(at)));
    let runs: Vec<_> = runs.collect();
    let hung = runs.into_iter().map(|run| run.join().unwrap());
    let hung = hung.filter(|has_hung| *has_hung).count();
    assert!(hung > 5, "{hung} calls hung");
}

#[test]
fn unread_secrets_do_not_delay_the_end_after_a_signal() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "s" { window "w" {
            service "db" { run "cat"; env { API_KEY secret=#true } }
        } }"#,
    );
    // In a file, so that the editor is not taken for the program.
    let edit = sandbox.file("slow.sed", "s|/bin/cat|/bin/sleep 1234; /bin/cat|\n");
    let slow = format!(
        "sed -f '{}' $input >slow.$$\nexec \"$real\" \"$@\" <slow.$$",
        edit.display()
    );
    let mut triad = sandbox.triad_command(&["apply"]);
    triad
        .env("API_KEY", "not to be seen")
        .env("TRIAD_TMUX", stand_in(&sandbox, &slow));
    let running = sandbox.start_command(triad);
    eventually("the program is about to read them", DEADLINE, || {
        sandbox.is_running("sleep 1234")
    });
    let ran = interrupted(running, "secrets are not read");
    let said = words(&format!("{} {}", ran.stdout, ran.stderr));
    assert!(
        said.contains("interrupted before it read its secrets"),
        "{said}"
    );
    let folder = sandbox.root().join("s");
    let folder = fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    let names = fs::read_dir(folder.path()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pipes: Vec<String> = names.filter(|name| name.contains(".triad")).collect();
    assert_eq!(pipes, [] as [String; 0], "the pipes are gone");
}

/// Twelve services that are dead at once, and a tmux that has not collected them.
fn twelve_dead(sandbox: &Sandbox, look: &str) -> Running {
    let services =
        (0..12).map(|at| format!("service \"s{at}\" {{ run \"sh\" \"-c\" \"exit 3\" }}\n"));
    sandbox.manifest(&format!(
        "session \"s\" {{ window \"w\" {{ rows {{ {} }} }} }}",
        services.collect::<String>()
    ));
    let what = format!(
        "grep -q pane_dead_status $input || exec \"$real\" \"$@\" <$input\n\
         grep -c capture-pane $input >>looks\n{look}"
    );
    let mut triad = sandbox.triad_command(&["apply"]);
    triad.env("TRIAD_TMUX", stand_in(sandbox, &what));
    sandbox.start_command(triad)
}

#[test]
fn dead_services_without_a_status_are_checked_together() {
    let sandbox = Sandbox::new();
    let uncollected = "\"$real\" \"$@\" <$input |\n\
                       sed \"s/${tab}1${tab}[0-9]*${tab}[0-9A-Z]*${tab}/${tab}1${tab}${tab}${tab}/\"";
    let ran = twelve_dead(&sandbox, uncollected).ends();
    let looks = sandbox.read("looks").unwrap();
    let looks: Vec<usize> = looks.lines().map(|count| count.parse().unwrap()).collect();
    // One after the other: 25 looks each.
    let sum: usize = looks.iter().sum();
    assert!(looks.len() < 150, "{} of {sum}: {looks:?}", looks.len());
    assert!(sum >= 12 * 20, "{looks:?}");
    assert_ne!(ran.status, 0, "{}", ran.stdout);
}

#[test]
fn a_signal_ends_the_wait_for_twelve_statuses() {
    let sandbox = Sandbox::new();
    let running = twelve_dead(&sandbox, &format!("touch hangs; {HANG}"));
    eventually("tmux is asked", DEADLINE, || {
        sandbox.read("hangs").is_some()
    });
    interrupted(running, "no status comes");
}

#[test]
fn a_silent_tmux_closes_no_pane() {
    let sandbox = Sandbox::new();
    sandbox.manifest(
        r#"session "s" { window "w" { columns {
            service "db" { run "sleep" "1000"; ready { exec "sleep 0.2" } }
            pane "api" { run "sleep" "1001"; needs "db" }
        } } }"#,
    );
    let body = "case \"$*\" in *\"list-panes -a -F #{pid}\"*) echo broken >&2; exit 1 ;; esac\n\
                exec \"$real\" \"$@\"\n";
    let mut triad = sandbox.triad_command(&["apply"]);
    triad.env("TRIAD_TMUX", sandbox.script("tmux-that-is-dumb", body));
    let ran = run(&mut triad);
    let said = words(&ran.stdout);
    let why = "tmux did not report the state of its pane: broken";
    assert!(said.contains(why), "{said}");
    assert!(!said.contains("somebody"), "{said}");
    assert_ne!(ran.status, 0);
}
