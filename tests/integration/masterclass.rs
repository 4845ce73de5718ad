//! The layout that ships, `layouts/masterclass.kdl`, from its start to its end.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, eventually, run};
use crate::support::seen::{assert_same, words};

const ENGINE: &str = "ai-masterclass/ControlCenter/engine";
const STATE: &str = "ai-masterclass/ControlCenter/state";
const WORKER: &str = "ai-masterclass/ControlCenter/worker";

/// The layout with a port and a database of this test's own.
struct Masterclass {
    sandbox: Sandbox,
    manifest: PathBuf,
    port: u16,
}

impl Masterclass {
    /// The manifest of this repository itself.
    fn shipped() -> Self {
        Masterclass::of(
            Sandbox::new(),
            &repository().join("layouts/masterclass.kdl"),
        )
    }

    /// A copy of it, which can be edited.
    fn copied() -> Self {
        let sandbox = Sandbox::new();
        let (from, to) = (repository().join("layouts"), sandbox.path("layouts"));
        fs::create_dir_all(to.join("masterclass")).expect("the sandbox is writable");
        fs::copy(from.join("masterclass.kdl"), to.join("masterclass.kdl"))
            .expect("the file exists");
        for entry in fs::read_dir(from.join("masterclass"))
            .expect("the file exists")
            .flatten()
        {
            if entry.path().is_file() {
                let copy = to.join("masterclass").join(entry.file_name());
                fs::copy(entry.path(), copy).expect("the sandbox is writable");
            }
        }
        Masterclass::of(sandbox, &to.join("masterclass.kdl"))
    }

    fn of(sandbox: Sandbox, manifest: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("the socket is bound").port();
        let manifest = manifest.to_owned();
        Masterclass {
            sandbox,
            manifest,
            port,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.triad_command(arguments);
        let db = self.sandbox.path("memory/agent_memory.db");
        command.arg(&self.manifest);
        command.args(["--var", &format!("port={}", self.port)]);
        command.arg("--var").arg(format!("db={}", db.display()));
        // The repository must not be written to.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    #[track_caller]
    fn triad(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// Returns the pid of a pane's program, which must be alive.
    #[track_caller]
    fn pid(&self, address: &str) -> u32 {
        let panes = self.sandbox.panes();
        let pane = panes
            .get(address)
            .unwrap_or_else(|| panic!("no {address}: {panes:?}"));
        assert_eq!(pane.phase, "started", "{address}");
        let format = "#{pane_dead}";
        let dead = self
            .sandbox
            .tmux(&["display-message", "-p", "-t", &pane.id, format]);
        assert_eq!(dead.trim(), "0", "{address} lives");
        pane.pid
    }

    #[track_caller]
    fn shows(&self, address: &str, text: &str) {
        let id = self.sandbox.panes()[address].id.clone();
        eventually(&format!("{address} shows `{text}`"), DEADLINE, || {
            self.sandbox.screen(&id).contains(text)
        });
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_script_starts_it_without_triad() {
    let masterclass = Masterclass::shipped();
    let sandbox = &masterclass.sandbox;
    let script = masterclass.triad(&["render"]).exits(0).stdout;
    for shell in ["dash", "bash"] {
        let mut piped = sandbox.shell_command(shell, &script);
        run(piped.env("PYTHONDONTWRITEBYTECODE", "1")).exits(0);
        let pids = [ENGINE, STATE, WORKER].map(|address| masterclass.pid(address));
        masterclass.shows(WORKER, "remember");
        masterclass.triad(&["plan", "--check"]).exits(0);
        let ran = masterclass.triad(&["apply"]).exits(0);
        assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
        let after = [ENGINE, STATE, WORKER].map(|address| masterclass.pid(address));
        assert_eq!(after, pids);
        masterclass.triad(&["down", "--yes"]).exits(0);
        assert!(sandbox.panes().is_empty());
    }
}

#[test]
fn it_starts_stays_and_is_taken_down() {
    let masterclass = Masterclass::shipped();
    let sandbox = &masterclass.sandbox;
    sandbox.foreign("foreign");
    let ran = masterclass.triad(&["apply"]).exits(0);
    assert!(
        ran.stdout.contains("http 200"),
        "the engine answers: {}",
        ran.stdout
    );
    let pids = || [ENGINE, STATE, WORKER].map(|address| masterclass.pid(address));
    let before = pids();
    let foreign = sandbox.dump(&["foreign"]);
    // The worker asks, the engine answers, and the memory shows the lessons.
    masterclass.shows(WORKER, "remember");
    masterclass.shows(ENGINE, "/api/chat");
    masterclass.shows(STATE, "agent_memory · ");
    let status = "#{pane-border-status} #{window_active} #{window_panes}";
    let window = "=ai-masterclass:ControlCenter";
    assert_eq!(
        sandbox
            .tmux(&["display-message", "-p", "-t", window, status])
            .trim(),
        "top 1 3"
    );
    let borders = "#{@triad_title}";
    let mut titles = sandbox.listed(&["list-panes", "-t", window, "-F", borders]);
    titles.sort_unstable();
    let expected = [
        "🗄️ STATE · agent_memory",
        "🤖 RUNTIME · Execution Worker",
        "🧠 LOGS · Reasoning Engine",
    ];
    assert!(
        expected
            .iter()
            .all(|title| titles.iter().any(|seen| seen == title)),
        "{titles:?}"
    );
    let ran = masterclass.triad(&["apply"]).exits(0);
    assert!(ran.stdout.contains("nothing to do"), "{}", ran.stdout);
    masterclass.triad(&["plan", "--check"]).exits(0);
    assert_eq!(before, pids());
    masterclass.triad(&["down", "--yes"]).exits(0);
    let left = ["engine.py", "state.py", "worker.py"].map(|program| sandbox.running(program));
    assert!(left.iter().all(Vec::is_empty), "{left:?}");
    assert_eq!(sandbox.sessions(), ["foreign"]);
    assert_same(&foreign, &sandbox.dump(&["foreign"]), "down");
    masterclass.triad(&["down", "--yes"]).exits(0);
}

#[test]
fn an_edit_of_the_worker_restarts_the_worker_alone() {
    let masterclass = Masterclass::copied();
    masterclass.triad(&["apply"]).exits(0);
    let before = [ENGINE, STATE, WORKER].map(|address| masterclass.pid(address));
    let id = masterclass.sandbox.panes()[WORKER].id.clone();
    let text = fs::read_to_string(&masterclass.manifest).expect("the copy exists");
    let edited = text.replace("\"worker.py\"", "\"worker.py\" \"--interval\" \"1\"");
    assert_ne!(text, edited);
    fs::write(&masterclass.manifest, edited).expect("the copy is writable");
    let plan = masterclass.triad(&["plan", "--check"]).exits(2);
    for expected in [
        "± ",
        "worker",
        "1 to restart; 2 unchanged",
        &format!("pid {}", before[2]),
    ] {
        assert!(
            plan.stdout.contains(expected),
            "`{expected}`: {}",
            plan.stdout
        );
    }
    masterclass.triad(&["apply", "--yes"]).exits(0);
    let after = [ENGINE, STATE, WORKER].map(|address| masterclass.pid(address));
    assert_eq!(before[..2], after[..2]);
    assert_ne!(before[2], after[2]);
    assert_eq!(masterclass.sandbox.panes()[WORKER].id, id);
    masterclass.triad(&["plan", "--check"]).exits(0);
    masterclass.triad(&["down", "--yes"]).exits(0);
    assert!(masterclass.sandbox.sessions().is_empty());
}

#[test]
fn a_used_port_is_a_clear_failure_and_no_obstacle_later() {
    let masterclass = Masterclass::shipped();
    let sandbox = &masterclass.sandbox;
    let stranger = TcpListener::bind(("127.0.0.1", masterclass.port)).expect("the port is free");
    let ran = masterclass.triad(&["apply"]).exits(4);
    let port = masterclass.port.to_string();
    let said = [
        "engine",
        "status 1",
        "cannot listen",
        "already in use",
        &port,
        "--var port=",
    ];
    for expected in said {
        assert!(
            words(&ran.stdout).contains(expected),
            "`{expected}`: {}",
            ran.stdout
        );
    }
    assert_eq!(
        sandbox.panes()[WORKER].phase,
        "pending",
        "the worker is not started"
    );
    let state = masterclass.pid(STATE);
    masterclass.triad(&["apply"]).exits(4);
    drop(stranger);
    masterclass.triad(&["apply"]).exits(0);
    assert_eq!(
        masterclass.pid(STATE),
        state,
        "the running service is unchanged"
    );
    masterclass.pid(ENGINE);
    masterclass.pid(WORKER);
    masterclass.triad(&["down", "--yes"]).exits(0);
    assert!(sandbox.sessions().is_empty());
}
