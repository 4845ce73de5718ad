//! The sandbox of one test on a real tmux: its own directory, server and environment.
//!
//! Only `PATH` leaks in, and nothing leaks out: on drop the servers are ended by their own names,
//! and a process that outlives them fails the test. `TRIAD_TMUX` selects another build of tmux for
//! all tests.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The time limit of any program and any condition in a test.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// The pause between two looks at a condition.
const LOOK: Duration = Duration::from_millis(5);
/// The bit of the one signal that every Rust program ignores, and restores for its children.
const SIGPIPE: u64 = 1 << (13 - 1);
/// The bits of the signals 1 to 31.
const STANDARD_SIGNALS: u64 = (1 << 31) - 1;
/// tmux's limit on a socket's path.
const SOCKET_PATH_MAX: usize = 107;

/// Separates the words of a call in the log of [`Sandbox::count_tmux`], and the calls.
const WORD_END: char = '\u{1f}';
const CALL_END: char = '\u{1e}';

/// A sandbox, removed on drop.
pub struct Sandbox {
    directory: TempDir,
    name: String,
    tmux: PathBuf,
    /// The tmux that triad calls: the real one, or the counting one.
    called: PathBuf,
}

/// The exit and output of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The exit code; 128 and the signal's number for a signal.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A pane that triad created, as tmux shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenPane {
    pub id: String,
    pub pid: u32,
    pub command: String,
    /// Columns and rows.
    pub size: (u32, u32),
    /// The first column and row in its window.
    pub at: (u32, u32),
    pub phase: String,
}

/// One call of tmux in the log of [`Sandbox::count_tmux`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call(pub Vec<String>);

impl Sandbox {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = tempfile::Builder::new()
            .prefix("tt")
            .tempdir()
            .expect("a directory");
        let name = format!("triad-test-{}-{count}", std::process::id());
        let tmux = std::env::var_os("TRIAD_TMUX").unwrap_or_else(|| "tmux".into());
        let tmux = program(Path::new(&tmux));
        let sandbox = Sandbox {
            directory,
            name,
            called: tmux.clone(),
            tmux,
        };
        for folder in ["home", "s", "work"] {
            fs::create_dir(sandbox.directory.path().join(folder)).expect("a new directory");
        }
        let socket = sandbox
            .root()
            .join(format!("s/tmux-0000000000/{}-outer", sandbox.name));
        assert!(
            socket.as_os_str().len() <= SOCKET_PATH_MAX,
            "the temporary directory is too deep for a socket: {}",
            socket.display()
        );
        sandbox
    }

    /// Returns the sandbox's own directory, canonical.
    pub fn root(&self) -> PathBuf {
        self.directory
            .path()
            .canonicalize()
            .expect("the directory exists")
    }

    /// Returns the path of a file or folder beside the manifest, where triad is called.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root().join("work").join(name)
    }

    /// Returns the name of the server, as for `-L`.
    pub fn socket_name(&self) -> &str {
        &self.name
    }

    /// Writes `text` to the one manifest of this sandbox.
    pub fn manifest(&self, text: &str) -> PathBuf {
        self.file("triad.kdl", text)
    }

    /// Writes a file next to the manifest.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("the sandbox is writable");
        path
    }

    /// Returns the content of a file next to the manifest; `None` if it does not exist.
    pub fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// Writes the user's configuration, which the server reads at its start.
    pub fn config(&self, text: &str) {
        fs::write(self.root().join("home/.tmux.conf"), text).expect("the sandbox is writable");
    }

    /// Returns the tmux program that triad is told to call.
    pub fn tmux_path(&self) -> &Path {
        &self.called
    }

    /// Returns a program in this sandbox, not yet run: with the sandbox's environment alone.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = with_default_signals(program.as_ref());
        command.env_clear().current_dir(self.path(""));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.root().join("home"));
        command.env("TMUX_TMPDIR", self.root().join("s"));
        command.env("TRIAD_TMUX", &self.called);
        command.envs([("LANG", "C.UTF-8"), ("TERM", "xterm"), ("SHELL", "/bin/sh")]);
        command
    }

    /// Returns the tmux that triad calls.
    pub fn tmux_program(&self) -> &Path {
        &self.called
    }

    /// Returns `triad -L NAME` with these arguments, not yet run.
    pub fn triad_command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_triad"));
        command.arg("-L").arg(self.socket_name()).args(arguments);
        command
    }

    /// Runs triad to its end.
    #[track_caller]
    pub fn triad<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        run(&mut self.triad_command(arguments))
    }

    /// Writes a manifest and applies it, which must succeed.
    #[track_caller]
    pub fn apply(&self, manifest: &str) -> Ran {
        self.manifest(manifest);
        self.triad(&["apply", "--yes"]).exits(0)
    }

    /// Runs triad to its end on a terminal of that size.
    #[track_caller]
    pub fn triad_on_terminal(&self, size: (u32, u32), arguments: &[&str]) -> Ran {
        for file in ["out", "err", "code"] {
            let _ = fs::remove_file(self.path(file));
        }
        let script = "\"$@\" >out 2>err; echo $? >code; exec cat";
        let words = ["/bin/sh", "-c", script, "sh", env!("CARGO_BIN_EXE_triad")];
        self.open_terminal(size, &[&words, &["-L", &self.name][..], arguments].concat());
        let mut code = None;
        eventually("triad ends on its terminal", DEADLINE, || {
            code = self.read("code").and_then(|code| code.trim().parse().ok());
            code.is_some()
        });
        self.terminal(&["kill-server"]);
        let said = |name| self.read(name).unwrap_or_default();
        Ran {
            status: code.unwrap_or_default(),
            stdout: said("out"),
            stderr: said("err"),
        }
    }

    /// Attaches a client on a terminal of that size, and waits until the server knows it.
    #[track_caller]
    pub fn attach(&self, size: (u32, u32), session: &str) {
        let tmux = self.tmux.to_str().expect("a path in UTF-8");
        let target = format!("={session}");
        self.open_terminal(
            size,
            &[tmux, "-u", "-L", &self.name, "attach", "-t", &target],
        );
        eventually("the client is attached", DEADLINE, || {
            !self.tmux(&["list-clients"]).is_empty()
        });
    }

    /// Runs a program on a terminal of that size, which is a pane of another tmux server.
    #[track_caller]
    fn open_terminal(&self, (width, height): (u32, u32), words: &[&str]) {
        let (columns, rows) = (width.to_string(), height.to_string());
        // No status line there: the pane is the whole terminal.
        let bare = self.root().join("outer.conf");
        fs::write(&bare, "set -g status off\nset -g escape-time 0\n")
            .expect("the path is writable");
        let mut command = self.command(&self.tmux);
        command
            .arg("-u")
            .arg("-L")
            .arg(self.outer())
            .arg("-f")
            .arg(bare);
        // tmux 3.2 creates a new session at another size than requested.
        command.args(["new-session", "-d", "--", "cat", "-", ";"]);
        command.args(["resize-window", "-x", &columns, "-y", &rows, ";"]);
        command.args(["respawn-pane", "-k", "--"]);
        command
            .args(["env", "-u", "TMUX", "-u", "TMUX_PANE"])
            .args(words);
        run(&mut command).exits(0);
    }

    /// Runs a tmux command on the server that is the terminal of [`Sandbox::attach`]:
    /// `resize-window`, `capture-pane`, `send-keys`, `kill-server`.
    #[track_caller]
    pub fn terminal(&self, arguments: &[&str]) -> String {
        let mut command = self.command(&self.tmux);
        command
            .arg("-u")
            .arg("-L")
            .arg(self.outer())
            .args(arguments);
        run(&mut command).exits(0).stdout
    }

    fn outer(&self) -> String {
        format!("{}-outer", self.name)
    }

    /// Runs `tmux -L NAME` with these arguments, which must succeed; returns the output.
    #[track_caller]
    pub fn tmux<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        self.try_tmux(arguments).exits(0).stdout
    }

    /// Runs `tmux -L NAME` with these arguments.
    #[track_caller]
    pub fn try_tmux<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        run(self
            .command(&self.tmux)
            .args(["-u", "-L", &self.name])
            .args(arguments))
    }

    /// Returns a value as it is set, where tmux prints it so: 3.4 adds a backslash before each `$` that a
    /// letter, `_` or `{` follows.
    #[track_caller]
    pub fn without_escapes(&self, value: &str) -> String {
        if !self.is_at_least(3, 4) || self.is_at_least(3, 5) {
            return value.to_owned();
        }
        let mut plain = String::new();
        for (at, c) in value.char_indices() {
            let mut next = value[at + c.len_utf8()..].chars();
            let is_added = c == '\\'
                && next.next() == Some('$')
                && next
                    .next()
                    .is_some_and(|c| c.is_alphabetic() || "_{".contains(c));
            plain.extend((!is_added).then_some(c));
        }
        plain
    }

    /// Whether the server is `major.minor` or newer; it must be running.
    #[track_caller]
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        let version = self.tmux(&["display-message", "-p", "#{version}"]);
        let mut numbers = version.trim().splitn(2, '.').map(|part| {
            let end = part
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(part.len());
            part[..end].parse::<u32>()
        });
        match (numbers.next(), numbers.next()) {
            (Some(Ok(has_major)), Some(Ok(has_minor))) => (has_major, has_minor) >= (major, minor),
            // `next-3.8`, `master`, `openbsd-7.5`: newer than any release.
            _ => true,
        }
    }

    /// Returns the panes with an address of triad, by that address; none without a server.
    #[track_caller]
    pub fn panes(&self) -> BTreeMap<String, SeenPane> {
        let format = [
            "#{s/ .*//:@triad_pane}",
            "#{pane_id}",
            // From tmux 3.8 on a dead pane has no pid of its own.
            "#{?pane_pid,#{pane_pid},#{?@triad_pid,#{@triad_pid},0}}",
            "#{pane_width}",
            "#{pane_height}",
            "#{pane_left}",
            "#{pane_top}",
            "#{@triad_phase}",
            "#{pane_current_command}",
        ];
        let listing = self.try_tmux(&["list-panes", "-a", "-F", &format.join(" ")]);
        let panes = listing.stdout.lines().filter_map(|line| {
            let fields: Vec<&str> = line.splitn(9, ' ').collect();
            let number = |at: usize| fields[at].parse().expect("tmux prints numbers");
            let pane = SeenPane {
                id: fields[1].to_owned(),
                pid: number(2),
                size: (number(3), number(4)),
                at: (number(5), number(6)),
                phase: fields[7].to_owned(),
                command: fields[8].to_owned(),
            };
            let address = decoded(fields[0]);
            (!address.is_empty()).then_some((address, pane))
        });
        panes.collect()
    }

    /// Makes triad call tmux through a script that logs the arguments of each call.
    pub fn count_tmux(&mut self) {
        let log = self.log();
        self.call_through(&format!(
            "{{ printf '%s\\037' \"$@\"; printf '\\036'; }} >>'{}'\nexec \"$real\" \"$@\"",
            log.display(),
        ));
    }

    /// Makes triad call tmux through this script of `/bin/sh`; `$real` is the program.
    pub fn call_through(&mut self, script: &str) {
        let script = format!("#!/bin/sh\nreal='{}'\n{script}\n", self.tmux.display());
        let path = self.root().join("tmux-called-through");
        fs::write(&path, script).expect("the sandbox is writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the test owns it");
        self.called = path;
    }

    /// Returns the calls since [`Sandbox::count_tmux`] or the last look.
    pub fn take_calls(&self) -> Vec<Call> {
        let text = fs::read_to_string(self.log()).unwrap_or_default();
        let _ = fs::remove_file(self.log());
        let words = |call: &str| call.split_terminator(WORD_END).map(str::to_owned).collect();
        text.split_terminator(CALL_END)
            .map(|call| Call(words(call)))
            .collect()
    }

    fn log(&self) -> PathBuf {
        self.root().join("tmux-calls")
    }

    /// Returns the live processes of this sandbox, with their command lines.
    pub fn processes(&self) -> Vec<(i32, String)> {
        let root = self.root().into_os_string().into_encoded_bytes();
        let holds = |bytes: &[u8]| bytes.windows(root.len()).any(|window| window == root);
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let found = entries.filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let words = fs::read(entry.path().join("cmdline")).ok()?;
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let is_ours = holds(&words)
                || holds(&environment)
                || words
                    .split(|byte| *byte == 0)
                    .any(|word| word == self.name.as_bytes());
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let state = stat.rsplit_once(") ")?.1.chars().next()?;
            let is_alive = !matches!(state, 'Z' | 'X');
            let shown = String::from_utf8_lossy(&words).replace('\0', " ");
            (is_ours && is_alive).then_some((pid, shown))
        });
        found.collect()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for name in [self.outer(), self.name.clone()] {
            let mut kill = self.command(&self.tmux);
            let _ = finish(kill.args(["-L", &name, "kill-server"]), DEADLINE);
        }
        let mut left = Vec::new();
        soon(DEADLINE / 4, || {
            left = self.processes();
            left.is_empty()
        });
        for (pid, _) in &left {
            let _ = finish(
                Command::new("kill").args(["-9", &pid.to_string()]),
                DEADLINE,
            );
        }
        if !left.is_empty() && !thread::panicking() {
            panic!("processes outlived the test: {left:#?}");
        }
    }
}

impl Ran {
    /// Returns this, if it ended with that code.
    #[track_caller]
    pub fn exits(self, status: i32) -> Ran {
        let Ran {
            status: seen,
            stdout,
            stderr,
        } = &self;
        assert_eq!(
            *seen, status,
            "unexpected exit code\nstdout:\n{stdout}\nstderr:\n{stderr}"
        );
        self
    }
}

impl Call {
    /// Whether it sent the server more than questions.
    pub fn is_writing(&self) -> bool {
        const READING: [&str; 8] = [
            "list-panes",
            "list-sessions",
            "list-windows",
            "list-clients",
            "display-message",
            "show-options",
            "show-hooks",
            "capture-pane",
        ];
        // The flags before the first command: `-u`, `-V`, and `-L` or `-S` with a value.
        let mut words = self.0.iter().map(String::as_str).peekable();
        while let Some(flag) = words.next_if(|word| word.starts_with('-')) {
            if matches!(flag, "-L" | "-S" | "-f") {
                words.next();
            }
        }
        let words: Vec<&str> = words.collect();
        let commands = words
            .split(|word| *word == ";")
            .filter_map(|command| command.first());
        commands
            .into_iter()
            .any(|command| !READING.contains(command))
    }
}

/// Waits until `condition` is true; fails at the deadline, naming `what` was awaited.
#[track_caller]
pub fn eventually(what: &str, deadline: Duration, condition: impl FnMut() -> bool) {
    assert!(
        soon(deadline, condition),
        "timed out after {deadline:?}: {what}"
    );
}

/// Whether `condition` becomes true before the deadline. All waits go through here.
#[expect(
    clippy::disallowed_methods,
    reason = "the pause between two looks, and no more"
)]
pub fn soon(deadline: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() >= deadline {
            return false;
        }
        thread::sleep(LOOK);
    }
    true
}

/// Runs a program to its end; fails if it takes too long.
#[track_caller]
pub fn run(command: &mut Command) -> Ran {
    match finish(command, DEADLINE) {
        Ok(ran) => ran,
        Err(why) => panic!("{why}: {command:?}"),
    }
}

/// Sends output to files instead of pipes, which a remaining server could hold open.
fn finish(command: &mut Command, deadline: Duration) -> Result<Ran, String> {
    let file = || tempfile::tempfile().map_err(|error| error.to_string());
    let (mut stdout, mut stderr) = (file()?, file()?);
    let handle = |file: &fs::File| file.try_clone().map(Stdio::from).expect("a handle");
    command
        .stdin(Stdio::null())
        .stdout(handle(&stdout))
        .stderr(handle(&stderr));
    let mut child = None;
    let mut failed = String::new();
    // A program that was just written is busy as long as another test's child, forked meanwhile,
    // has not become its own program.
    soon(deadline, || match command.spawn() {
        Ok(spawned) => {
            child = Some(spawned);
            true
        }
        Err(error) => {
            failed = error.to_string();
            error.kind() != ErrorKind::ExecutableFileBusy
        }
    });
    let mut child = child.ok_or(failed)?;
    let mut status = None;
    soon(deadline, || {
        status = child.try_wait().expect("a child of this process");
        status.is_some()
    });
    let text = |file: &mut fs::File| {
        let mut bytes = Vec::new();
        file.rewind()
            .and_then(|()| file.read_to_end(&mut bytes))
            .expect("the test owns the file");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (stdout, stderr) = (text(&mut stdout), text(&mut stderr));
    let Some(status) = status else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!(
            "no end within {deadline:?}\nstdout:\n{stdout}\nstderr:\n{stderr}"
        ));
    };
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    let code = status
        .code()
        .unwrap_or_else(|| 128 + signal.unwrap_or_default());
    Ok(Ran {
        status: code,
        stdout,
        stderr,
    })
}

/// Returns a program that ignores no signal from the start, even if the tests run under `nohup` or
/// in a shell that ignores the interrupt key: a child would ignore them too.
fn with_default_signals(program: &OsStr) -> Command {
    static ARE_IGNORED: LazyLock<bool> = LazyLock::new(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        ignored_signals(&status) & !SIGPIPE != 0
    });
    if !*ARE_IGNORED {
        return Command::new(program);
    }
    let mut command = Command::new(self::program(Path::new("env")));
    command.args(["--default-signal", "--"]).arg(program);
    command
}

/// Returns the mask of the signals that a process ignores, from its `/proc/…/status`; without those
/// of the C library's own.
fn ignored_signals(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.map_or(0, |mask| {
        let mask = u64::from_str_radix(mask.trim(), 16).expect("the kernel prints a mask");
        mask & STANDARD_SIGNALS
    })
}

/// Returns the path of a named program, so that the counting script finds it too.
fn program(name: &Path) -> PathBuf {
    if name.components().count() > 1 {
        return name.canonicalize().expect("TRIAD_TMUX names a program");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name));
    found
        .into_iter()
        .find(|path| path.is_file())
        .expect("the program is on PATH")
}

/// Decodes a tag of triad: ASCII, in which `=` and two hexadecimal digits stand for any other byte.
pub fn decoded(tag: &str) -> String {
    let mut parts = tag.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, plain) = part.split_at_checked(2).expect("two digits follow");
        bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits"));
        bytes.extend_from_slice(plain.as_bytes());
    }
    String::from_utf8(bytes).expect("tags hold UTF-8")
}

#[test]
#[should_panic(expected = "processes outlived the test")]
fn a_process_that_outlives_its_test_is_a_failure() {
    let sandbox = Sandbox::new();
    let stays = "trap '' HUP; : >up; exec sleep 1000";
    sandbox.tmux(&["new-session", "-d", "--", "/bin/sh", "-c", stays]);
    eventually(
        "the program ignores the end of its terminal",
        DEADLINE,
        || sandbox.read("up").is_some(),
    );
}

#[test]
fn a_program_of_the_sandbox_ignores_no_signal() {
    let sandbox = Sandbox::new();
    let ran = run(sandbox.command("cat").arg("/proc/self/status")).exits(0);
    assert_eq!(ignored_signals(&ran.stdout), 0, "{}", ran.stdout);
}

#[test]
fn not_even_if_the_tests_were_started_with_signals_ignored() {
    let this = std::env::current_exe().expect("a path");
    let script = "trap '' INT HUP; exec \"$@\"";
    let test = "support::sandbox::a_program_of_the_sandbox_ignores_no_signal";
    let mut again = Command::new("sh");
    again.args(["-c", script, "sh"]).arg(this);
    let ran = run(again.args(["--exact", test])).exits(0);
    assert!(ran.stdout.contains("1 passed"), "{}", ran.stdout);
}
