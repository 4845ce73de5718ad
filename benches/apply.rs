//! How long an apply takes, as a ratio to the same programs started by one plain hand-written
//! `source-file` in the same run: medians of pairs, so that a busy machine slows both.
//!
//! `cargo bench` prints a table; nothing is asserted, because a machine's speed is no property of
//! the program.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Pairs of runs of each comparison.
const PAIRS: usize = 15;
const SOCKET: &str = "triad-bench";

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the bench");
    let bench = Bench {
        folder: folder.path().to_owned(),
        tmux: std::env::var_os("TRIAD_TMUX").map_or_else(|| "tmux".into(), PathBuf::from),
    };
    println!(
        "{:<34} {:>10} {:>10} {:>7}",
        "medians of 15 pairs", "triad", "plain", "ratio"
    );
    for panes in [3, 100] {
        bench.apply(panes);
    }
    bench.no_op(100);
    bench.check();
}

struct Bench {
    folder: PathBuf,
    tmux: PathBuf,
}

impl Drop for Bench {
    /// Also where a run has failed: its server must not outlive it.
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

impl Bench {
    /// A first apply against a plain script, both with the server that the run starts.
    fn apply(&self, panes: usize) {
        let (manifest, script) = (self.manifest(panes), plain_script(panes));
        let (mut ours, mut plain) = (Vec::new(), Vec::new());
        for _ in 0..=PAIRS {
            self.stop();
            ours.push(timed(|| self.triad(&["apply", &manifest])));
            assert_eq!(self.live_panes(), panes, "triad started them all");
            self.stop();
            plain.push(timed(|| self.source(&script)));
            assert_eq!(
                self.live_panes(),
                panes,
                "the plain script started them all"
            );
        }
        report(&format!("apply of {panes} panes"), &ours, &plain);
    }

    /// An apply that finds nothing to do, against one bare tmux process that lists the panes.
    fn no_op(&self, panes: usize) {
        let manifest = self.manifest(panes);
        self.stop();
        self.triad(&["apply", &manifest]);
        let (mut ours, mut plain) = (Vec::new(), Vec::new());
        for _ in 0..=PAIRS {
            ours.push(timed(|| self.triad(&["apply", &manifest])));
            plain.push(timed(|| drop(self.tmux(&["list-panes", "-a"]))));
        }
        report(&format!("no-op apply of {panes} panes"), &ours, &plain);
    }

    /// Reading a manifest, against a program that does nothing.
    fn check(&self) {
        let manifest = self.manifest(3);
        let (mut ours, mut plain) = (Vec::new(), Vec::new());
        for _ in 0..=PAIRS {
            ours.push(timed(|| self.triad(&["check", &manifest])));
            plain.push(timed(|| {
                let status = Command::new("true").status().expect("true runs");
                assert!(status.success());
            }));
        }
        report("check of 3 panes, against `true`", &ours, &plain);
    }

    fn manifest(&self, panes: usize) -> String {
        let mut text = format!("layout \"bench{panes}\"\nsession \"bench{panes}\" {{\n");
        for window in 0..panes.div_ceil(10) {
            writeln!(text, "window \"w{window}\" {{").expect("a String grows");
            for pane in 0..10.min(panes - window * 10) {
                writeln!(
                    text,
                    "pane \"p{window}-{pane}\" {{ run \"sleep\" \"1000\" }}"
                )
                .expect("a String grows");
            }
            text.push_str("}\n");
        }
        text.push_str("}\n");
        let path = self.folder.join(format!("bench{panes}.kdl"));
        fs::write(&path, text).expect("the manifest is written");
        path.display().to_string()
    }

    fn triad(&self, arguments: &[&str]) {
        let output = self
            .command(Path::new(env!("CARGO_BIN_EXE_triad")))
            .args(["-L", SOCKET, "--tmux"])
            .arg(&self.tmux)
            .args(arguments)
            .output()
            .expect("triad runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn source(&self, script: &str) {
        let mut child = self
            .command(&self.tmux)
            .args(["-L", SOCKET, "start-server", ";", "source-file", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("tmux runs");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(script.as_bytes()).expect("tmux reads");
        drop(stdin);
        assert!(child.wait().expect("tmux ends").success());
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = self
            .command(&self.tmux)
            .args(["-L", SOCKET])
            .args(arguments)
            .output()
            .expect("tmux runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn live_panes(&self) -> usize {
        self.tmux(&["list-panes", "-a", "-F", "#{pane_pid}"])
            .lines()
            .count()
    }

    /// Ends the server, and waits until its process is gone: its socket may be there a little
    /// longer than it answers.
    fn stop(&self) {
        let pid = self.tmux(&["display-message", "-p", "#{pid}"]);
        self.tmux(&["kill-server"]);
        let deadline = Instant::now() + Duration::from_secs(10);
        while is_running(pid.trim()) {
            assert!(Instant::now() < deadline, "the server ends");
            std::thread::yield_now();
        }
    }

    /// A program in a world of its own: no user's configuration, a socket in the bench's folder.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("TMUX_TMPDIR", &self.folder)
            .env("HOME", &self.folder)
            .env_remove("TMUX")
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::null());
        command
    }
}

fn is_running(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(')').map(|(_, fields)| fields.trim_start());
    !pid.is_empty() && state.is_some_and(|state| !state.starts_with(['Z', 'X']))
}

/// What one writes by hand: programs started by the splits that make their panes.
fn plain_script(panes: usize) -> String {
    let mut text = String::new();
    for window in 0..panes.div_ceil(10) {
        let target = format!("=bench{panes}:w{window}");
        let create = if window == 0 {
            format!("new-session -d -s bench{panes} -n w0 -x 200 -y 50 -- sleep 1000")
        } else {
            format!("new-window -d -t =bench{panes}: -n w{window} -- sleep 1000")
        };
        writeln!(text, "{create}").expect("a String grows");
        for _ in 1..10.min(panes - window * 10) {
            writeln!(text, "split-window -d -t {target} -- sleep 1000").expect("a String grows");
            writeln!(text, "select-layout -t {target} tiled").expect("a String grows");
        }
    }
    text
}

fn timed(mut run: impl FnMut()) -> Duration {
    let begun = Instant::now();
    run();
    begun.elapsed()
}

/// Prints medians and the median of the ratios pair by pair; the first pair warms up.
fn report(what: &str, ours: &[Duration], plain: &[Duration]) {
    let (ours, plain) = (&ours[1..], &plain[1..]);
    let mut ratios: Vec<f64> = std::iter::zip(ours, plain)
        .map(|(ours, plain)| ours.as_secs_f64() / plain.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{what:<34} {:>7.1} ms {:>7.1} ms {:>7.2}",
        millis(ours),
        millis(plain),
        ratios[ratios.len() / 2]
    );
}

fn millis(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2].as_secs_f64() * 1_000.0
}
