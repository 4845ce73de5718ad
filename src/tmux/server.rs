//! The only place that starts tmux: one process for each call, with a deadline, a cleaned
//! environment and the folder `/`, because a server that the call happens to start keeps both for
//! life.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{Access, MemfdFlags, access, memfd_create};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::tmux::environment::{self, Environment};
use crate::tmux::version::Version;

/// The default time limit of a tmux process, after which it is killed.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// The time to keep reading after the process has ended: a child of it may hold the pipe.
const DRAIN: Duration = Duration::from_secs(2);
/// The maximum output of tmux in MiB, on each of its streams, before it is killed. A server with a
/// thousand panes has 64 KiB for each of them, many times what one takes.
const OUTPUT_MAX: usize = 64;
/// tmux's own limit on the path of a socket, in bytes.
pub const SOCKET_PATH_MAX: usize = 107;

/// The variable with the folder of the sockets. tmux uses `/tmp` if that does not exist.
const SOCKET_FOLDER: &str = "TMUX_TMPDIR";

/// The address of a server: `-S path` > `-L name` > `$TMUX` > tmux's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Socket {
    Default,
    Name(String),
    Path(PathBuf),
}

/// A tmux program and the server it talks to.
#[derive(Debug, Clone)]
pub struct Server {
    /// As the user named it.
    program: PathBuf,
    /// Its path: looked up once, and not relative to the folder in which it is started.
    executable: PathBuf,
    socket: Socket,
    /// For a server or session that is created, which keeps it for life.
    environment: Arc<Environment>,
    /// For every other call.
    handed: Arc<Environment>,
    /// Variables that no call may get.
    secrets: BTreeSet<String>,
    deadline: Duration,
}

/// The output of one tmux process, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// A reason why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot run `{}`", program.display())]
    Start { program: PathBuf, source: io::Error },
    #[error("`{command}` timed out after {} s", deadline.as_secs_f64())]
    Deadline { command: String, deadline: Duration },
    #[error("`{command}` printed more than {OUTPUT_MAX} MiB and was killed")]
    TooMuch { command: String },
    #[error("lost the connection to `{command}`")]
    Pipe { command: String, source: io::Error },
}

impl ServerError {
    /// Returns one thing to do next.
    pub fn help(&self) -> &'static str {
        match self {
            ServerError::Start { source, .. } => match Errno::from_io_error(source) {
                Some(Errno::NOENT | Errno::NOTDIR) => {
                    "install tmux 3.2 or newer, or set its path with `--tmux PATH`"
                }
                Some(Errno::ACCESS | Errno::PERM) => {
                    "check that you may execute it, or use another one with `--tmux PATH`"
                }
                Some(Errno::NOEXEC) => {
                    "it is not a program for this machine: use another one with `--tmux PATH`"
                }
                Some(Errno::AGAIN) => {
                    "too many processes are running: end some, or raise the limit (`ulimit -u`)"
                }
                _ => "try again, or use another one with `--tmux PATH`",
            },
            ServerError::Deadline { .. } => "if the server hangs, kill it by its pid",
            ServerError::TooMuch { .. } => {
                "check that it is tmux, or use another one with `--tmux PATH`"
            }
            ServerError::Pipe { .. } => "try again",
        }
    }
}

impl Server {
    /// Makes a server address; `caller` is the environment that triad was started with.
    pub fn new(program: PathBuf, socket: Socket, caller: &Environment) -> Self {
        let mut environment = environment::for_programs(caller);
        // tmux finds its sockets below this folder. Resolved once, whatever is created there
        // meanwhile, and not relative to the folder in which tmux is started.
        let folder = caller
            .get(SOCKET_FOLDER)
            .and_then(|folder| std::fs::canonicalize(folder).ok());
        if let Some(folder) = folder.as_ref().and_then(|folder| folder.to_str()) {
            environment.insert(SOCKET_FOLDER.to_owned(), folder.to_owned());
        }
        let path = environment.get("PATH").map_or("", String::as_str);
        let executable = std::env::current_dir()
            .ok()
            .and_then(|folder| find_program(&program, path, &folder));
        Server {
            executable: executable.unwrap_or_else(|| program.clone()),
            program,
            socket,
            handed: Arc::new(environment::for_clients(&environment, &[])),
            environment: Arc::new(environment),
            secrets: BTreeSet::new(),
            deadline: DEADLINE,
        }
    }

    /// Removes these names from the environment of tmux: a new server keeps it for life and shows
    /// it to everybody, and a session copies from that of a client that attaches.
    #[must_use]
    pub fn without(mut self, names: &BTreeSet<String>) -> Self {
        for environment in [&mut self.environment, &mut self.handed] {
            *environment = Arc::new(Environment::clone(environment).without(names));
        }
        self.secrets.extend(names.iter().cloned());
        self
    }

    /// Passes the whole environment to each call: a new session copies from it what the server's
    /// `update-environment` names.
    #[must_use]
    pub fn making_sessions(mut self) -> Self {
        self.handed = Arc::clone(&self.environment);
        self
    }

    /// Sets another deadline for each process.
    #[must_use]
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Returns the tmux program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Returns the path of the socket, as tmux makes it from its flags and environment.
    pub fn socket_path(&self) -> PathBuf {
        let name = match &self.socket {
            Socket::Path(path) => return path.clone(),
            Socket::Name(name) => name,
            Socket::Default => "default",
        };
        let folder = self.environment.get(SOCKET_FOLDER);
        let folder = folder.map_or("/tmp", String::as_str);
        let user = rustix::process::getuid().as_raw();
        Path::new(folder).join(format!("tmux-{user}")).join(name)
    }

    /// Whether a file that is not a socket is in its place. tmux would remove it.
    pub fn is_barred(&self) -> bool {
        let found = std::fs::metadata(self.socket_path());
        found.is_ok_and(|found| !found.file_type().is_socket())
    }

    /// Returns the flags that select the server, for people to type.
    pub fn flags(&self) -> Vec<String> {
        match &self.socket {
            Socket::Default => Vec::new(),
            Socket::Name(name) => vec!["-L".to_owned(), name.clone()],
            Socket::Path(path) => vec!["-S".to_owned(), path.display().to_string()],
        }
    }

    /// Runs a sequence of commands as the arguments of one process. They must not contain text of a
    /// manifest: arguments have rules of their own.
    ///
    /// # Errors
    /// Returns an error if tmux cannot be started, or does not end within its deadline.
    pub async fn query(&self, arguments: &[&str]) -> Result<Output, ServerError> {
        self.run(arguments, "", &self.handed).await
    }

    /// Does the same with an input for a command that reads it.
    ///
    /// # Errors
    /// As [`Server::query`].
    pub async fn query_with(&self, arguments: &[&str], input: &str) -> Result<Output, ServerError> {
        self.run(arguments, input, &self.handed).await
    }

    /// Sends a script to the running server, in sources that it reads one after another.
    ///
    /// # Errors
    /// As [`Server::query`]. Only the acknowledgements in the output show whether the script did
    /// its work.
    pub async fn source(&self, sources: &[String]) -> Result<Output, ServerError> {
        self.read_by(&["source-file"], sources, &self.handed).await
    }

    /// Sends a script to a server that this starts if it is not running.
    ///
    /// # Errors
    /// As [`Server::source`].
    pub async fn start_and_source(&self, sources: &[String]) -> Result<Output, ServerError> {
        let words = ["start-server", ";", "source-file"];
        self.read_by(&words, sources, &self.environment).await
    }

    /// Sends sources. Several are files in memory, which only their owner can open and which end
    /// with triad.
    async fn read_by(
        &self,
        words: &[&str],
        sources: &[String],
        environment: &Environment,
    ) -> Result<Output, ServerError> {
        if let Some(files) = handed(sources) {
            let folder = format!("{HANDED}{}/fd", std::process::id());
            let paths = files
                .iter()
                .map(|file| format!("{folder}/{}", file.as_raw_fd()));
            let paths: Vec<String> = paths.collect();
            let paths = paths.iter().map(String::as_str);
            let words: Vec<&str> = words.iter().copied().chain(paths).collect();
            let output = self.run(&words, "", environment).await?;
            if !is_unseen(&output, &folder) {
                return Ok(output);
            }
        }
        // One source takes longer.
        let words = [words, &["-"]].concat();
        self.run(&words, &sources.concat(), environment).await
    }

    /// Returns the version of the tmux program itself, which a server that it starts will have.
    pub async fn client_version(&self) -> Option<Version> {
        let output = self.query(&["-V"]).await.ok()?;
        let text = output.stdout.trim().strip_prefix("tmux ")?;
        Some(Version::parse(text))
    }

    /// Returns the `tmux` invocation for `attach`, which takes over the terminal: the caller
    /// replaces its own process with it. It keeps the variables of the terminal, and those that the
    /// session may copy: `updates` is the server's `update-environment`.
    pub fn attach(
        &self,
        target: &str,
        read_only: bool,
        caller: &Environment,
        updates: &[&str],
    ) -> std::process::Command {
        let mut command = std::process::Command::new(&self.executable);
        let handed = environment::for_clients(caller, updates).without(&self.secrets);
        command.env_clear().envs(handed.all());
        command.env_remove(SOCKET_FOLDER);
        command.envs(self.environment.get_key_value(SOCKET_FOLDER));
        command.arg("-u").args(self.flags());
        command.args(["attach-session", "-t", target]);
        if read_only {
            command.arg("-r");
        }
        command
    }

    async fn run(
        &self,
        arguments: &[&str],
        input: &str,
        environment: &Environment,
    ) -> Result<Output, ServerError> {
        let mut command = Command::new(&self.executable);
        command
            .arg("-u")
            .args(self.flags())
            .args(arguments)
            .env_clear()
            .envs(environment.all())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C at the terminal is for triad, which finishes the running batch.
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn().map_err(|source| ServerError::Start {
            program: self.program.clone(),
            source,
        })?;
        let shown = self.shown(arguments);
        match timeout(self.deadline, finish(child, input)).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(Unfinished::Pipe(source))) => Err(ServerError::Pipe {
                command: shown,
                source,
            }),
            Ok(Err(Unfinished::TooMuch)) => Err(ServerError::TooMuch { command: shown }),
            Err(_) => Err(ServerError::Deadline {
                command: shown,
                deadline: self.deadline,
            }),
        }
    }

    /// Returns the command for messages: the program, the server, and the first command's name.
    fn shown(&self, arguments: &[&str]) -> String {
        let program = self.program.display().to_string();
        let first = arguments.first().map(|word| (*word).to_owned());
        let words = [program].into_iter().chain(self.flags()).chain(first);
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The folder of the files that triad hands to tmux.
pub const HANDED: &str = "/proc/";

/// The maximum number of files that are handed over at once: descriptors and arguments are limited.
const FILES_MAX: usize = 256;

/// Returns files in memory with several sources; `None` for a single one, or if the system has no
/// such files.
fn handed(sources: &[String]) -> Option<Vec<OwnedFd>> {
    if sources.len() < 2 {
        return None;
    }
    let groups = sources.chunks(sources.len().div_ceil(FILES_MAX));
    groups.map(in_memory).collect()
}

fn in_memory(sources: &[String]) -> Option<OwnedFd> {
    let file = memfd_create("triad", MemfdFlags::CLOEXEC).ok()?;
    let mut file = std::fs::File::from(file);
    for source in sources {
        file.write_all(source.as_bytes()).ok()?;
    }
    Some(file.into())
}

/// Whether the server cannot see these files, in another container for example: it has done nothing
/// then.
fn is_unseen(output: &Output, folder: &str) -> bool {
    output.stdout.is_empty() && output.stderr.contains(folder)
}

/// Finds a program: a name in the folders of `path`, or a path. Both are relative to `folder`.
/// `None` if there is no executable.
pub fn find_program(program: &Path, path: &str, folder: &Path) -> Option<PathBuf> {
    let is_executable = |path: &PathBuf| path.is_file() && access(path, Access::EXEC_OK).is_ok();
    if program.components().count() > 1 {
        return Some(folder.join(program)).filter(is_executable);
    }
    std::env::split_paths(path)
        .map(|there| folder.join(there).join(program))
        .find(is_executable)
}

/// Reminds a server to collect the processes that have ended. The kernel's own signal can get lost,
/// and without it the server does not learn the exit status.
pub fn remind(server: i32) {
    if let Some(pid) = Pid::from_raw(server).filter(|_| server > 1) {
        // A server that is gone needs no reminder.
        let _ = kill_process(pid, Signal::CHILD);
    }
}

/// A reason why a process was not read to its end.
enum Unfinished {
    Pipe(io::Error),
    TooMuch,
}

impl From<io::Error> for Unfinished {
    fn from(error: io::Error) -> Self {
        Unfinished::Pipe(error)
    }
}

/// Feeds and drains the pipes in parallel, so that neither end blocks the other.
async fn finish(mut child: Child, input: &str) -> Result<Output, Unfinished> {
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let mut stdout = child.stdout.take().expect("stdout is piped");
    let mut stderr = child.stderr.take().expect("stderr is piped");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = {
        let feed = async {
            // If tmux ends without reading, its output tells why, not the broken pipe.
            let _ = stdin.write_all(input.as_bytes()).await;
            drop(stdin);
            child.wait().await
        };
        let drain = async {
            // A process that prints too much would wait for its reader for ever.
            tokio::try_join!(
                drained(&mut stdout, &mut out),
                drained(&mut stderr, &mut err)
            )
        };
        tokio::pin!(feed, drain);
        tokio::select! {
            status = &mut feed => {
                if let Ok(drained) = timeout(DRAIN, &mut drain).await {
                    drained?;
                }
                status?
            }
            drained = &mut drain => {
                drained?;
                feed.await?
            }
        }
    };
    Ok(Output {
        status,
        stdout: text(out),
        stderr: text(err),
    })
}

/// Reads all output, up to the maximum.
async fn drained(
    from: &mut (impl AsyncRead + Unpin),
    into: &mut Vec<u8>,
) -> Result<(), Unfinished> {
    let most = OUTPUT_MAX << 20;
    from.take(most as u64 + 1).read_to_end(into).await?;
    if into.len() > most {
        return Err(Unfinished::TooMuch);
    }
    Ok(())
}

fn text(bytes: Vec<u8>) -> String {
    // Valid UTF-8 is not copied.
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(errno: Errno, expected: &str) {
        let error = ServerError::Start {
            program: "tmux".into(),
            source: errno.into(),
        };
        assert!(error.help().contains(expected), "{}", error.help());
    }

    #[test]
    fn the_help_names_the_reason_why_a_program_did_not_start() {
        check(Errno::NOENT, "install tmux");
        check(Errno::ACCESS, "check that you may execute it");
        check(Errno::NOEXEC, "not a program for this machine");
        check(Errno::AGAIN, "ulimit -u");
        for other in [Errno::MFILE, Errno::NOMEM, Errno::IO] {
            check(other, "try again");
        }
    }
}
