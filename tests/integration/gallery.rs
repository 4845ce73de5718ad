//! The layouts that ship, each applied for real. Programs that a test machine may lack are replaced
//! by small ones of the same names.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::support;
use crate::support::sandbox::{Ran, Sandbox, run};

/// Answers every request on the port in its arguments, or on that of Ollama.
const SERVER: &str = r#"#!/usr/bin/env python3
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        print("asked for", self.path, flush=True)

words = sys.argv[1:]
flags = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-p", "--port")]
port = flags[0] if flags else os.environ["OLLAMA_HOST"].rsplit(":", 1)[1]
HTTPServer(("127.0.0.1", int(port)), Answer).serve_forever()
"#;
/// Prints its arguments, and stays.
const STAYS: &str = "#!/bin/sh\necho \"$0 $*\"\nexec tail -f /dev/null\n";
const DOES: &str = "#!/bin/sh\necho done\n";

const SERVERS: [&str; 5] = ["ollama", "vllm", "uvicorn", "npm", "postgres"];
const STAYING: [&str; 6] = ["psql", "journalctl", "claude", "ssh", "watch", "pytest"];
const DOING: [&str; 2] = ["pg_isready", "alembic"];

/// A clone of the project with the replacements first on the path.
struct Gallery {
    sandbox: Sandbox,
}

impl Gallery {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let from = support::project("layouts");
        let mut copy = Command::new("cp");
        copy.arg("-R").arg(from).arg(sandbox.path("layouts"));
        assert!(copy.status().expect("cp runs").success());
        fs::create_dir(sandbox.path("bin")).expect("the sandbox is writable");
        let of = |names: &[&str], text: &str| {
            for name in names {
                let path = sandbox.file(&format!("bin/{name}"), text);
                let mode = fs::Permissions::from_mode(0o755);
                fs::set_permissions(path, mode).expect("the sandbox is writable");
            }
        };
        of(&SERVERS, SERVER);
        of(&STAYING, STAYS);
        of(&DOING, DOES);
        Gallery { sandbox }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.triad_command(arguments);
        let path = std::env::var("PATH").unwrap_or_default();
        let bin = self.sandbox.path("bin");
        command.env("PATH", format!("{}:{path}", bin.display()));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn triad(&self, verb: &str, flags: &[&str], name: &str, vars: &[String]) -> Ran {
        let manifest = format!("layouts/{name}.kdl");
        let mut words = vec![verb, manifest.as_str()];
        words.extend(flags);
        let mut command = self.command(&words);
        for var in vars {
            command.args(["--var", var]);
        }
        run(&mut command)
    }

    /// Applies a layout, checks it, and takes it down.
    #[track_caller]
    fn check(&self, name: &str, vars: &[String], expected: &[&str]) {
        let checked = self.triad("check", &[], name, vars).exits(0);
        assert_eq!((checked.stdout.as_str(), checked.stderr.as_str()), ("", ""));
        self.triad("apply", &["--yes"], name, vars).exits(0);
        let seen: Vec<String> = self.sandbox.panes().into_keys().collect();
        assert_eq!(seen, expected, "{name}");
        self.triad("plan", &["--check"], name, vars).exits(0);
        self.triad("down", &["--yes"], name, vars).exits(0);
        assert!(self.sandbox.panes().is_empty(), "{name}");
    }
}

fn port(name: &str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("the socket is bound").port();
    format!("{name}={port}")
}

/// Returns the manifests of the gallery, without included files.
fn manifests() -> Vec<PathBuf> {
    let entries = fs::read_dir(support::project("layouts")).expect("the layouts exist");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut manifests: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "kdl"))
        .filter(|path| path.file_name().is_some_and(|name| name != "local.kdl"))
        .collect();
    manifests.sort();
    manifests
}

#[test]
fn every_layout_states_its_purpose_and_passes_check() {
    let sandbox = Sandbox::new();
    let manifests = manifests();
    assert!(manifests.len() >= 6, "{manifests:?}");
    for path in manifests {
        let text = fs::read_to_string(&path).expect("readable");
        let comment = text.lines().take_while(|line| line.starts_with("//"));
        assert!(comment.count() >= 3, "{}", path.display());
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name");
        assert!(
            text.contains(&format!("triad apply layouts/{name}.kdl")),
            "{name}"
        );
        let path = path.to_str().expect("UTF-8");
        let checked = sandbox.triad(&["check", path]).exits(0);
        assert_eq!((checked.stdout.as_str(), checked.stderr.as_str()), ("", ""));
    }
}

#[test]
fn the_live_masterclass_comes_up_with_each_of_its_engines() {
    let gallery = Gallery::new();
    fs::create_dir(gallery.sandbox.path("agent")).expect("the sandbox is writable");
    gallery
        .sandbox
        .file("agent/agent.py", "import signal\nsignal.pause()\n");
    let project = format!("project={}", gallery.sandbox.path("agent").display());
    let panes = ["engine", "state", "worker"];
    let panes = panes.map(|pane| format!("ai-masterclass-live/ControlCenter/{pane}"));
    let panes: Vec<&str> = panes.iter().map(String::as_str).collect();
    for engine in ["ollama", "vllm"] {
        let vars = [project.clone(), format!("engine={engine}"), port("port")];
        gallery.check("masterclass-live", &vars, &panes);
    }
}

#[test]
fn the_web_application_comes_up_in_the_order_of_its_needs() {
    let gallery = Gallery::new();
    gallery.sandbox.file(
        "layouts/local.kdl",
        "env { LOG_LEVEL \"debug\" }\nsession \"mine\"",
    );
    let vars = [port("port"), port("web"), port("db")];
    gallery.check(
        "webapp",
        &vars,
        &[
            "mine/main/shell",
            "webapp/app/api",
            "webapp/app/db",
            "webapp/app/migrate",
            "webapp/app/web",
            "webapp/shell/shell",
            "webapp/tests/tests",
        ],
    );
}

#[test]
fn each_agent_gets_a_worktree_that_stays() {
    let gallery = Gallery::new();
    let git = |words: &[&str]| {
        let mut command = gallery.sandbox.command("git");
        let ran = run(command.args(words)).exits(0);
        ran.stdout
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    let by = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    git(&[
        &by[..],
        &["commit", "--quiet", "--allow-empty", "-m", "first"],
    ]
    .concat());
    let trees = gallery.sandbox.path("trees");
    let vars = [format!("trees={}", trees.display())];
    let mut panes = Vec::new();
    for agent in ["auth", "docs", "search"] {
        for part in ["agent", "changes", "shell", "tree"] {
            panes.push(format!("agents/{agent}/{part}"));
        }
    }
    let panes: Vec<&str> = panes.iter().map(String::as_str).collect();
    gallery.check("agents", &vars, &panes);
    let listed = git(&["worktree", "list"]);
    for branch in ["feature/auth", "feature/search", "docs/getting-started"] {
        assert!(listed.contains(&format!("[{branch}]")), "{listed}");
    }
    // The second time they exist.
    gallery.check("agents", &vars, &panes);
}

#[test]
fn the_wall_has_twelve_panes() {
    let gallery = Gallery::new();
    let names = [
        "cpu",
        "disks",
        "eaters",
        "files",
        "inodes",
        "load",
        "memory",
        "network",
        "pressure",
        "processes",
        "sockets",
        "users",
    ];
    let panes = names.map(|name| format!("monitoring/wall/{name}"));
    let panes: Vec<&str> = panes.iter().map(String::as_str).collect();
    gallery.check("monitoring", &[], &panes);
}

#[test]
fn remote_development_has_its_windows() {
    let gallery = Gallery::new();
    gallery.check(
        "remote-dev",
        &["host=example.org".to_owned()],
        &[
            "remote-dev/monitoring/journal",
            "remote-dev/monitoring/top",
            "remote-dev/server/server",
            "remote-dev/server/shell",
            "remote-dev/testing/editor",
            "remote-dev/testing/git",
            "remote-dev/testing/tests",
        ],
    );
}
