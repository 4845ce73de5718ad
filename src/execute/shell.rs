//! Runs a line of shell for triad itself: an `exec` probe, or what ends a program.

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::tmux::environment::Environment;

/// How much is read of what it says.
const ANSWER_MAX: u64 = 64 * 1024;

/// Runs a line by `/bin/sh -c`, and nothing of it is left when this is over, or given up.
///
/// # Errors
/// A text for people: how it ended, and the last line that it said.
pub(super) async fn run(
    line: &str,
    cwd: &Path,
    environment: &Environment,
) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("cannot run `{line}`: {error}");
    let mut child = Command::new("/bin/sh")
        .args(["-c", line])
        .env_clear()
        .envs(environment)
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let group = child.id();
    let _group = KillGroup(group.and_then(|id| i32::try_from(id).ok()));
    let stdout = child.stdout.take().expect("piped").take(ANSWER_MAX);
    let stderr = child.stderr.take().expect("piped").take(ANSWER_MAX);
    let (out, err, status) = tokio::join!(text(stdout), text(stderr), child.wait());
    let status = status.map_err(failed)?;
    if status.success() {
        return Ok(format!("`{line}` succeeded"));
    }
    let said = err
        .lines()
        .chain(out.lines())
        .rfind(|line| !line.trim().is_empty());
    let said = said
        .map(|said| format!(": {}", said.trim()))
        .unwrap_or_default();
    Err(format!("`{line}` ended with {status}{said}"))
}

async fn text(mut from: impl tokio::io::AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    // What was read before an error is still what it said.
    let _ = from.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Ends what a line started when it is over, however it ends.
struct KillGroup(Option<i32>);

impl Drop for KillGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0.and_then(rustix::process::Pid::from_raw) {
            // Usually there is nobody left in it.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
