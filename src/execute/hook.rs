//! The manifest's own commands around `apply` and `down`: run by the shell, with their output shown
//! as it comes, and ended with everything they started at their deadline or when triad is
//! interrupted.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::layout::Veil;
use crate::machine::interrupt::Interrupt;
use crate::tmux::environment::Environment;

/// The time limit of a hook: long enough to pull images, but not endless.
pub const DEADLINE: Duration = Duration::from_secs(600);
/// The time that a hook has to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// The time to keep reading after the hook has ended: processes it left running may hold the pipe.
const DRAIN: Duration = Duration::from_millis(200);
/// The length of the output's end that is kept for error messages.
const TAIL_MAX: usize = 4096;

/// A command that triad runs itself.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its name in the manifest: `before-apply`.
    pub name: &'static str,
    pub line: String,
    /// The working directory.
    pub folder: PathBuf,
    /// The whole environment, including secrets.
    pub environment: Environment,
    /// Hides the secrets in quoted output.
    pub veil: Veil,
    /// The time limit.
    pub deadline: Duration,
}

/// A reason why a hook failed.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error("cannot run hook `{name}`")]
    Start {
        name: &'static str,
        source: std::io::Error,
    },
    #[error("hook `{name}` failed with {status}{said}")]
    Failed {
        name: &'static str,
        status: ExitStatus,
        /// The last line of its output, after a colon.
        said: String,
    },
    #[error("hook `{name}` timed out after {} s", deadline.as_secs())]
    Late {
        name: &'static str,
        deadline: Duration,
    },
    #[error("hook `{name}` was interrupted by signal {signal}")]
    Interrupted { name: &'static str, signal: i32 },
}

/// Runs a hook to its end; `say` gets its output, as it comes.
///
/// # Errors
/// Returns why it did not succeed.
pub async fn run(
    hook: &Hook,
    interrupt: &mut Interrupt,
    say: &mut dyn FnMut(&[u8]),
) -> Result<(), HookError> {
    let name = hook.name;
    let failed = |source| HookError::Start { name, source };
    let (mut child, output) = start(hook).map_err(failed)?;
    let group = Group(child.id().and_then(|id| i32::try_from(id).ok()));
    let mut tail = Tail::default();
    let status = {
        let mut told = |bytes: &[u8]| {
            tail.push(bytes);
            say(bytes);
        };
        tokio::select! {
            status = finish(&mut child, output, &mut told) => Ok(status),
            signal = interrupted(interrupt) => Err(HookError::Interrupted { name, signal }),
            () = sleep(hook.deadline) => {
                let deadline = hook.deadline;
                Err(HookError::Late { name, deadline })
            }
        }
    };
    let status = match status {
        Ok(status) => status.map_err(failed)?,
        Err(error) => {
            group.end(&mut child).await;
            return Err(error);
        }
    };
    if status.success() {
        return Ok(());
    }
    Err(HookError::Failed {
        name,
        status,
        said: hook.veil.hide(&tail.last_line()),
    })
}

/// Starts the hook with one pipe for both outputs, so that they stay in order.
fn start(hook: &Hook) -> std::io::Result<(Child, Receiver)> {
    let (reader, writer) = std::io::pipe()?;
    let child = Command::new("/bin/sh")
        .args(["-c", &hook.line])
        .env_clear()
        .envs(hook.environment.all())
        .current_dir(&hook.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::from(writer.try_clone()?))
        .stderr(Stdio::from(writer))
        // Ctrl-C at the terminal is for triad, which ends the hook with everything it started.
        .process_group(0)
        .spawn()?;
    let reader = Receiver::from_owned_fd(OwnedFd::from(reader))?;
    Ok((child, reader))
}

async fn finish(
    child: &mut Child,
    mut output: Receiver,
    told: &mut dyn FnMut(&[u8]),
) -> std::io::Result<ExitStatus> {
    let mut said = Vec::new();
    let mut status = None;
    let mut until = Instant::now();
    loop {
        tokio::select! {
            read = output.read_buf(&mut said) => {
                if read? == 0 {
                    break;
                }
                told(&said);
                said.clear();
            },
            ended = child.wait(), if status.is_none() => {
                status = Some(ended?);
                until = Instant::now() + DRAIN;
            }
            () = sleep_until(until), if status.is_some() => break,
        }
    }
    match status {
        Some(status) => Ok(status),
        None => child.wait().await,
    }
}

/// Waits for a signal to triad and returns it.
async fn interrupted(interrupt: &mut Interrupt) -> i32 {
    interrupt.wait().await;
    interrupt.received().unwrap_or_default()
}

/// The process group of a hook: everything that it started and did not detach.
struct Group(Option<i32>);

impl Group {
    /// Asks the group to end, and kills the rest.
    async fn end(&self, child: &mut Child) {
        self.signal(Signal::TERM);
        // Its end shows whether it has reacted; the rest of its group is killed anyway.
        let _ = timeout(GRACE, child.wait()).await;
        self.signal(Signal::KILL);
        let _ = timeout(GRACE, child.wait()).await;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0.and_then(Pid::from_raw) {
            // The group may be empty.
            let _ = kill_process_group(group, signal);
        }
    }
}

/// The end of the output.
#[derive(Default)]
struct Tail(Vec<u8>);

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        let excess = self.0.len().saturating_sub(TAIL_MAX);
        self.0.drain(..excess);
    }

    /// Returns `: ` and the last non-empty line; empty if there is none.
    fn last_line(&self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        let mut lines = text.lines().map(str::trim);
        let last = lines.rfind(|line| !line.is_empty());
        last.map(|line| format!(": {line}")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Secret, Variable};

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let key = (
            "KEY".to_owned(),
            Variable::Secret(Secret::new("hidden".to_owned())),
        );
        let hook = Hook {
            name: "before-apply",
            line: line.to_owned(),
            folder: PathBuf::from("/"),
            environment: Environment::from([("KEY".to_owned(), "hidden".to_owned())]),
            veil: Veil::over([(&key.0, &key.1)].into_iter()),
            deadline: Duration::from_millis(1_000),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let ran = runtime.unwrap().block_on(async {
            let mut interrupt = Interrupt::listen().unwrap();
            run(&hook, &mut interrupt, &mut |_| {}).await
        });
        let told = ran.map_or_else(|error| error.to_string(), |()| "done".to_owned());
        assert_eq!(told, expected, "{line}");
    }

    #[test]
    fn a_hook_reports_how_it_ended() {
        check("exit 0", "done");
        check("/bin/sleep 1 & exit 0", "done");
        let ended = "hook `before-apply` failed with exit status: 3";
        check("exit 3", ended);
        check(
            "echo a; echo \" b $KEY\" >&2; echo; exit 3",
            &format!("{ended}: b ${{KEY:?}}"),
        );
        let late = "hook `before-apply` timed out after 1 s";
        check("trap '' TERM; while :; do /bin/sleep 0.1; done", late);
    }
}
