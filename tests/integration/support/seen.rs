//! Views of a server and of a running triad: full dumps, screens, processes, programs in the
//! background.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, SeenPane, eventually, run, soon};

/// The listed fields of a session, a window and a pane: all that do not change by themselves.
const SESSION: &str = "#{session_id} #{session_name} #{session_created} #{session_windows} \
    #{session_path} #{session_group} #{session_attached} #{session_stack} #{session_alerts}";
const WINDOW: &str = "#{window_id} #{window_index} #{window_name} #{window_layout} \
    #{window_visible_layout} #{window_flags} #{window_width} #{window_height} #{window_panes} \
    #{window_stack_index}";
const PANE: &str = "#{window_id} #{pane_id} #{pane_index} #{pane_pid} #{pane_tty} #{pane_width} \
    #{pane_height} #{pane_left} #{pane_top} #{pane_active} #{pane_dead} #{pane_mode} \
    #{pane_title} #{pane_current_path} #{pane_current_command} #{history_size} #{cursor_x} \
    #{cursor_y} #{pane_start_command} #{pane_pipe} #{pane_input_off} #{pane_marked}";

impl Sandbox {
    /// Returns everything about these sessions, and the server itself, as text: ids, pids, layouts,
    /// options, hooks, environments, screens.
    #[track_caller]
    pub fn dump(&self, sessions: &[&str]) -> String {
        let mut script = vec![
            "show-options -s".to_owned(),
            "show-options -g".to_owned(),
            "show-options -gw".to_owned(),
            "show-hooks -g".to_owned(),
            "show-environment -g".to_owned(),
            "list-buffers".to_owned(),
            "list-keys".to_owned(),
        ];
        for session in sessions {
            self.dump_session(session, &mut script);
        }
        let path = self.file("dump.tmux", &(script.join("\n") + "\n"));
        self.tmux(&["source-file".as_ref(), path.as_os_str()])
    }

    /// Adds the lines that print one session.
    #[track_caller]
    fn dump_session(&self, name: &str, script: &mut Vec<String>) {
        let at = format!("={name}:");
        script.push(format!(
            "list-sessions -f '#{{==:#{{session_name}},{name}}}' -F '{SESSION}'"
        ));
        script.push(format!("list-windows -t '{at}' -F '{WINDOW}'"));
        script.push(format!("list-panes -s -t '{at}' -F '{PANE}'"));
        for show in ["show-options", "show-hooks", "show-environment"] {
            script.push(format!("{show} -t '{at}'"));
        }
        for window in self.listed(&["list-windows", "-t", &at, "-F", "#{window_id}"]) {
            script.push(format!("show-options -w -t '{window}'"));
            script.push(format!("show-hooks -w -t '{window}'"));
        }
        for pane in self.listed(&["list-panes", "-s", "-t", &at, "-F", "#{pane_id}"]) {
            script.push(format!("show-options -p -t '{pane}'"));
            script.push(format!("show-hooks -p -t '{pane}'"));
            script.push(format!("capture-pane -e -p -t '{pane}' -S -"));
        }
    }

    /// Creates a session as a person would, and waits until its program is running.
    #[track_caller]
    pub fn foreign(&self, name: &str) {
        let size = ["-x", "80", "-y", "24"];
        let session = ["new-session", "-d", "-s", name, "-n", "w"];
        self.tmux(&[&session, &size[..], &["--", "sleep", "3001"]].concat());
        let at = format!("={name}:");
        eventually(&format!("{name} runs"), DEADLINE, || {
            // Both come a moment after the pane, and one after the other.
            let format = "#{pane_current_command}#{?#{pane_current_path}, is there,}";
            self.listed(&["list-panes", "-t", &at, "-F", format]) == ["sleep is there"]
        });
    }

    /// Returns the names of all sessions; none without a server.
    pub fn sessions(&self) -> Vec<String> {
        let listing = self.try_tmux(&["list-sessions", "-F", "#{session_name}"]);
        listing.stdout.lines().map(str::to_owned).collect()
    }

    /// Returns everything about all sessions; an empty text without a server.
    #[track_caller]
    pub fn dump_all(&self) -> String {
        let sessions = self.sessions();
        if sessions.is_empty() {
            return String::new();
        }
        self.dump(&sessions.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Returns the lines that a tmux command prints.
    #[track_caller]
    pub fn listed(&self, arguments: &[&str]) -> Vec<String> {
        self.tmux(arguments).lines().map(str::to_owned).collect()
    }

    /// Returns the screen of a pane.
    #[track_caller]
    pub fn screen(&self, pane: &str) -> String {
        self.tmux(&["capture-pane", "-p", "-t", pane])
    }

    /// Returns the screen of a pane and its scrollback: the line about the end of a program pushes
    /// the first one off the screen.
    #[track_caller]
    pub fn printed(&self, pane: &str) -> String {
        self.tmux(&["capture-pane", "-p", "-S", "-", "-t", pane])
    }

    /// Returns the address, id and pid of every pane of triad's.
    #[track_caller]
    pub fn identities(&self) -> Vec<(String, String, u32)> {
        let panes = self.panes().into_iter();
        panes
            .map(|(address, pane)| (address, pane.id, pane.pid))
            .collect()
    }

    /// Waits until the server knows how all these processes ended. A server may miss the signal for
    /// that, and gets it again.
    #[track_caller]
    pub fn ended(&self, address: &str) {
        let id = self.panes()[address].id.clone();
        let query = [
            "display-message",
            "-p",
            "-t",
            &id,
            // Before 3.3 tmux reports no signals.
            if self.is_at_least(3, 3) {
                "#{pane_dead_status}#{pane_dead_signal} #{pid}"
            } else {
                "#{?pane_dead,ended,} #{pid}"
            },
        ];
        eventually(&format!("{address} has ended"), DEADLINE, || {
            let said = self.tmux(&query);
            let (status, server) = said.trim_end().split_once(' ').expect("two fields");
            if status.is_empty() {
                signal("CHLD", server);
            }
            !status.is_empty()
        });
    }

    /// Starts triad in the background.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_command(self.triad_command(arguments))
    }

    /// Starts a program in the background.
    pub fn start_command(&self, mut command: Command) -> Running {
        let files = tempfile::tempdir_in(self.root())
            .expect("the sandbox is writable")
            .keep();
        let (out, err) = (files.join("out"), files.join("err"));
        let file = |path: &PathBuf| fs::File::create(path).expect("the sandbox is writable");
        command
            .stdin(Stdio::null())
            .stdout(file(&out))
            .stderr(file(&err));
        let child = command.spawn().expect("the program starts");
        Running { child, out, err }
    }

    /// Returns the live processes of this sandbox whose command line contains `text`.
    pub fn running(&self, text: &str) -> Vec<String> {
        let root = self.root().into_os_string().into_encoded_bytes();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let found = entries.filter_map(|entry| {
            let words = fs::read(entry.path().join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&words).replace('\0', " ");
            let environment = fs::read(entry.path().join("environ")).ok()?;
            let mut windows = environment.windows(root.len());
            let is_ours = line.contains(text) && windows.any(|window| window == root);
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let state = stat.rsplit_once(") ")?.1.chars().next()?;
            (is_ours && !matches!(state, 'Z' | 'X')).then_some(line)
        });
        found.collect()
    }

    /// Whether one of them is alive.
    pub fn is_running(&self, text: &str) -> bool {
        !self.running(text).is_empty()
    }
}

/// Returns the pane's id and pid. Its command may still be the shell that replaces itself.
pub fn identity(pane: &SeenPane) -> (&str, u32) {
    (&pane.id, pane.pid)
}

/// Returns the pid of every pane of triad's, by address.
#[track_caller]
pub fn pids(sandbox: &Sandbox) -> BTreeMap<String, u32> {
    let panes = sandbox.panes().into_iter();
    panes.map(|(address, pane)| (address, pane.pid)).collect()
}

/// Returns the addresses that are new, or whose pid has changed.
#[track_caller]
pub fn renewed(before: &BTreeMap<String, u32>, sandbox: &Sandbox) -> Vec<String> {
    let after = pids(sandbox).into_iter();
    let other = after.filter(|(address, pid)| before.get(address) != Some(pid));
    other.map(|(address, _)| address).collect()
}

/// Sends a signal to a process. Zero and negative numbers are process groups, the tests' own among
/// them.
#[track_caller]
pub fn signal(name: &str, pid: &str) {
    let is_process = pid.parse::<i32>().is_ok_and(|pid| pid > 1);
    assert!(is_process, "`{pid}` is no process");
    run(Command::new("kill").args([&format!("-{name}"), pid]));
}

/// A program in the background; killed on drop.
pub struct Running {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    pub fn pid(&self) -> String {
        self.child.id().to_string()
    }

    pub fn stdout(&self) -> String {
        fs::read_to_string(&self.out).unwrap_or_default()
    }

    pub fn stderr(&self) -> String {
        fs::read_to_string(&self.err).unwrap_or_default()
    }

    /// Waits until it has printed `text` on standard output.
    #[track_caller]
    pub fn says(&self, text: &str) {
        eventually(&format!("it says `{text}`"), DEADLINE, || {
            self.stdout().contains(text)
        });
    }

    pub fn signal(&self, name: &str) {
        signal(name, &self.pid());
    }

    pub fn has_ended(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("a child of this process")
            .is_some()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn ends(mut self) -> Ran {
        let mut status = None;
        let has_ended = || {
            status = self.child.try_wait().expect("a child of this process");
            status.is_some()
        };
        let said = (&self.out, &self.err);
        if !soon(DEADLINE, has_ended) {
            let said = [said.0, said.1].map(|file| fs::read_to_string(file).unwrap_or_default());
            panic!("no end within {DEADLINE:?}: {}", said.join("\n"));
        }
        let status = status.expect("the loop waited for it");
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        Ran {
            status: status
                .code()
                .unwrap_or_else(|| 128 + signal.unwrap_or_default()),
            stdout: self.stdout(),
            stderr: self.stderr(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the words of a text, however it was wrapped, without the margin.
pub fn words(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the events of a run with `--json`: every line of standard output must be one.
#[track_caller]
pub fn events(ran: &Ran) -> Vec<serde_json::Value> {
    let line =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    ran.stdout.lines().map(line).collect()
}

/// Compares two dumps and shows only the differences.
#[track_caller]
pub fn assert_same(before: &str, after: &str, what: &str) {
    if before == after {
        return;
    }
    let only = |of: &str, other: &str, sign: &str| -> String {
        let other: Vec<&str> = other.lines().collect();
        let lines = of.lines().filter(|line| !other.contains(line));
        lines.map(|line| format!("{sign} {line}\n")).collect()
    };
    panic!(
        "{what} changed something\n{}{}",
        only(before, after, "-"),
        only(after, before, "+")
    );
}
