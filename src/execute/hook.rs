//! The manifest's own commands around `apply` and `down`: run by the shell, told as they speak, and
//! ended as a whole at their deadline or when triad is told to stop.

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

/// How long a hook of a manifest may take: long enough to pull images, and not for ever.
pub const DEADLINE: Duration = Duration::from_secs(600);
/// How long a hook that is told to end has until it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How long to read on when the hook has ended: what it left running may hold the pipe.
const DRAIN: Duration = Duration::from_millis(200);
/// The longest end of its output that is kept to quote from.
const TAIL_MAX: usize = 4096;

/// A command that triad runs itself.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its name in the manifest: `before-apply`.
    pub name: &'static str,
    pub line: String,
    /// Where it runs.
    pub folder: PathBuf,
    /// All of its environment, secrets too.
    pub environment: Environment,
    /// Hides those in what is quoted of it.
    pub veil: Veil,
    /// How long it may take.
    pub deadline: Duration,
}

/// Why a hook did not do what it is for.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error("cannot run the hook `{name}`")]
    Start {
        name: &'static str,
        source: std::io::Error,
    },
    #[error("the hook `{name}` ended with {status}{said}")]
    Failed {
        name: &'static str,
        status: ExitStatus,
        /// Its last line, after a colon.
        said: String,
    },
    #[error("the hook `{name}` did not end within {} s and was ended", deadline.as_secs())]
    Late {
        name: &'static str,
        deadline: Duration,
    },
    #[error("the hook `{name}` was ended by signal {signal} to triad")]
    Interrupted { name: &'static str, signal: i32 },
}

/// Runs a hook to its end; `say` gets what it prints, as it comes.
///
/// # Errors
/// When it does not succeed.
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

/// Both outputs are one pipe, so that they stay in their order.
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
        // A Ctrl-C at the terminal is for triad, which ends the hook with all that it started.
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

/// The signal that triad gets, once it does.
async fn interrupted(interrupt: &mut Interrupt) -> i32 {
    interrupt.wait().await;
    interrupt.received().unwrap_or_default()
}

/// A hook and all that it started and did not detach.
struct Group(Option<i32>);

impl Group {
    /// Asks it to end, and kills what is left.
    async fn end(&self, child: &mut Child) {
        self.signal(Signal::TERM);
        // Whether it listens shows in its end; what is left of its group is killed anyway.
        let _ = timeout(GRACE, child.wait()).await;
        self.signal(Signal::KILL);
        let _ = timeout(GRACE, child.wait()).await;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0.and_then(Pid::from_raw) {
            // Nobody may be left in it.
            let _ = kill_process_group(group, signal);
        }
    }
}

/// The end of what was printed.
#[derive(Default)]
struct Tail(Vec<u8>);

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        let excess = self.0.len().saturating_sub(TAIL_MAX);
        self.0.drain(..excess);
    }

    /// `: ` and the last line that says something; empty if none does.
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
    fn a_hook_ends_and_says_how() {
        check("exit 0", "done");
        check("/bin/sleep 1 & exit 0", "done");
        let ended = "the hook `before-apply` ended with exit status: 3";
        check("exit 3", ended);
        check(
            "echo a; echo \" b $KEY\" >&2; echo; exit 3",
            &format!("{ended}: b ${{KEY:?}}"),
        );
        let late = "the hook `before-apply` did not end within 1 s and was ended";
        check("trap '' TERM; while :; do /bin/sleep 0.1; done", late);
    }
}
