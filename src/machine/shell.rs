//! Runs a line of shell for triad itself: an `exec` probe, or a stop command.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

use crate::layout::one_line;
use crate::tmux::environment::Environment;

/// The length of the output's end that is kept.
const TAIL_MAX: usize = 8 * 1024;
/// The time to wait for output after its end. Another process may hold the pipe open.
const DRAIN: Duration = Duration::from_millis(100);

/// Runs a line by `/bin/sh -c`; none of its processes remain after the end, or if the future is
/// dropped.
///
/// # Errors
/// Returns, for people, how it ended, and its last line of output.
pub async fn run(line: &str, cwd: &Path, environment: &Environment) -> Result<String, String> {
    if !cwd.is_dir() {
        let cwd = cwd.display();
        return Err(format!("cannot run `{line}`: `{cwd}` is not a directory"));
    }
    let failed = |error: std::io::Error| format!("cannot run `{line}`: {error}");
    let mut child = Command::new("/bin/sh")
        .args(["-c", line])
        .env_clear()
        .envs(environment.all())
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let group = KillGroup(child.id().and_then(|id| i32::try_from(id).ok()));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = {
        let said = async { tokio::join!(tail(stdout, &mut out), tail(stderr, &mut err)) };
        tokio::pin!(said);
        // A process may close its output and continue, or end and leave another that holds it.
        let (status, is_drained) = tokio::select! {
            status = child.wait() => (status, false),
            _ = &mut said => (child.wait().await, true),
        };
        drop(group);
        if !is_drained {
            // The output up to then is enough.
            let _ = timeout(DRAIN, said).await;
        }
        status.map_err(failed)?
    };
    if status.success() {
        return Ok(format!("`{line}` succeeded"));
    }
    let said = last_line(&err).or_else(|| last_line(&out));
    let said = said.map(|said| format!(": {said}")).unwrap_or_default();
    Err(format!("`{line}` failed with {status}{said}"))
}

/// Reads to the end and keeps the last part.
async fn tail(from: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut from) = from else { return };
    // Output before an error still counts.
    while let Ok(1..) = from.read_buf(kept).await {
        let over = kept.len().saturating_sub(TAIL_MAX);
        kept.drain(..over);
    }
}

fn last_line(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let line = said.lines().rfind(|line| !line.trim().is_empty())?;
    Some(one_line(line))
}

/// Kills the processes that a line has started, however it ends.
struct KillGroup(Option<i32>);

impl Drop for KillGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0.and_then(rustix::process::Pid::from_raw) {
            // The group is usually empty by then.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
