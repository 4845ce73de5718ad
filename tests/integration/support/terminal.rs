//! A terminal for triad, which is a pane of a second tmux server: its program, its screen, its
//! input.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use crate::support::sandbox::{DEADLINE, Ran, Sandbox, run};

/// A terminal on which a command runs; afterwards it shows the exit code.
pub struct Terminal<'a> {
    sandbox: &'a Sandbox,
    /// The session on the outer server.
    name: String,
}

impl<'a> Terminal<'a> {
    /// Runs a line of shell on a new terminal of that size; `$triad` calls triad on the sandbox's
    /// server, `$tmux` is the tmux program.
    #[track_caller]
    pub fn new(sandbox: &'a Sandbox, (width, height): (u32, u32), line: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("terminal{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let terminal = Terminal { sandbox, name };
        let tmux = sandbox.script("outer-tmux", "exec \"$real\" \"$@\"\n");
        let script = format!(
            "trap : INT; triad='{} -L {}' tmux='{} -u -L {}'\n{line}\necho \"code $?\"; exec cat",
            env!("CARGO_BIN_EXE_triad"),
            sandbox.socket_name(),
            tmux.display(),
            sandbox.socket_name(),
        );
        let (width, height) = (width.to_string(), height.to_string());
        // The server outlives its terminals, so that none meets one that is ending.
        terminal.outer(&[
            "-f",
            "/dev/null",
            "start-server",
            ";",
            "set-option",
            "-s",
            "exit-empty",
            "off",
            ";",
            "set-option",
            "-g",
            "status",
            "off",
            ";",
            "new-session",
            "-d",
            "-s",
            &terminal.name,
            "--",
            "cat",
            "-",
            ";",
            // tmux 3.2 creates a new session at another size than requested.
            "resize-window",
            "-x",
            &width,
            "-y",
            &height,
            ";",
            "respawn-pane",
            "-k",
            "--",
            "/bin/sh",
            "-c",
            &script,
        ]);
        terminal
    }

    /// Runs tmux on the outer server.
    #[track_caller]
    fn outer(&self, arguments: &[&str]) -> Ran {
        let name = format!("{}-outer", self.sandbox.socket_name());
        let tmux = self.sandbox.root().join("outer-tmux");
        let mut command = self.sandbox.command(tmux);
        run(command.args(["-u", "-L", &name]).args(arguments)).exits(0)
    }

    /// Returns the screen, as `capture-pane` with these flags prints it.
    #[track_caller]
    pub fn captured(&self, flags: &[&str]) -> String {
        let at = format!("={}:", self.name);
        self.outer(&[&["capture-pane", "-p", "-t", &at], flags].concat())
            .stdout
    }

    #[track_caller]
    pub fn screen(&self) -> String {
        self.captured(&[])
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        let mut last = String::new();
        let start = Instant::now();
        while !last.contains(text) {
            assert!(
                start.elapsed() < DEADLINE,
                "no `{text}` on the screen:\n{last}"
            );
            last = self.screen();
        }
    }

    #[track_caller]
    pub fn resizes(&self, (width, height): (u32, u32)) {
        let at = format!("={}:", self.name);
        let (width, height) = (width.to_string(), height.to_string());
        self.outer(&["resize-window", "-t", &at, "-x", &width, "-y", &height]);
    }

    #[track_caller]
    pub fn types(&self, keys: &[&str]) {
        let at = format!("={}:", self.name);
        self.outer(&[&["send-keys", "-t", &at], keys].concat());
    }
}
