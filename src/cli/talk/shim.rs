//! `triad shim`: what a pane runs before its program, where it reads secrets itself. tmux starts it,
//! also when no other triad runs; it is no verb for people.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::dotenv;
use crate::layout::{EnvFile, SecretFile, SecretSource};
use crate::load;
use crate::machine::terminal;
use crate::preflight::WORD_MAX;
use crate::tmux::environment::is_passed_on;

/// The exit status of a shell for a program that is not found.
const NOT_FOUND: u8 = 127;

/// How long a pane that fails waits for tmux to read why.
const LINGER: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Read the secrets of a pane, and become its program
    Env {
        /// Files and commands, as JSON
        sources: String,
        /// The program with its arguments
        #[arg(last = true, required = true)]
        program: Vec<OsString>,
    },
}

/// Becomes the program; comes back only where that cannot be.
pub(crate) fn run(own: &Arguments) -> ExitCode {
    let Task::Env { sources, program } = &own.task;
    let (failure, code) = match secrets(sources) {
        Ok(secrets) => {
            let error = become_program(program, &secrets);
            let name = program.first().map(|name| name.to_string_lossy());
            let message = format!("cannot run `{}`: {error}", name.unwrap_or_default());
            let code = match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                _ => Exit::Error.code(),
            };
            (Failure::new(Exit::Error, message, ""), code)
        }
        Err(why) => {
            let message = format!("this pane was not started: {why}");
            (Failure::new(Exit::Error, message, ""), Exit::Error.code())
        }
    };
    Output::unasked().failure(&failure);
    terminal::drain(LINGER);
    ExitCode::from(code)
}

fn become_program(program: &[OsString], secrets: &BTreeMap<String, String>) -> io::Error {
    let Some((name, arguments)) = program.split_first() else {
        return io::Error::from(io::ErrorKind::NotFound);
    };
    Command::new(name).args(arguments).envs(secrets).exec()
}

/// Reads the sources; later ones override earlier ones.
fn secrets(sources: &str) -> Result<BTreeMap<String, String>, String> {
    let sources: Vec<SecretSource> = serde_json::from_str(sources)
        .map_err(|_| "another release of triad made it; `triad apply` starts it".to_owned())?;
    let (mut secrets, mut of_files) = (BTreeMap::new(), BTreeMap::new());
    for source in &sources {
        match source {
            SecretSource::File(file) => {
                let given = of_file(file, &of_files)?;
                of_files.extend(given.clone());
                secrets.extend(given);
            }
            SecretSource::Exec { name, line } => {
                let value =
                    printed(line).map_err(|why| format!("`{line}`, which gives {name}, {why}"))?;
                secrets.insert(name.clone(), value);
            }
        }
    }
    Ok(secrets)
}

fn of_file(
    file: &SecretFile,
    earlier: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    let path = file.path.display();
    let text = match load::env_file(&file.path, false) {
        EnvFile::Text(text) => text,
        EnvFile::Missing if file.optional => return Ok(BTreeMap::new()),
        EnvFile::Missing => return Err(format!("the environment file `{path}` was not found")),
        EnvFile::Unreadable(why) | EnvFile::Untrusted(why) => {
            return Err(format!(
                "the environment file `{path}` cannot be read: {why}"
            ));
        }
    };
    // As when the manifest was spelled out: without what is the pane's own.
    let lookup = |name: &str| std::env::var(name).ok().filter(|_| is_passed_on(name));
    let given = dotenv::given(file, text.reveal(), earlier, &lookup);
    given.map_err(|error| error.within(&file.path))
}

/// Returns the output of a shell line without trailing line breaks. The line can ask at the terminal and
/// prints its errors there. It does not get the other secrets.
fn printed(line: &str) -> Result<String, String> {
    let ran = Command::new("/bin/sh")
        .args(["-c", line])
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot be run: {error}"))?;
    match ran.status.code() {
        Some(0) => {}
        Some(status) => return Err(format!("exited with status {status}")),
        None => return Err("was ended by a signal".to_owned()),
    }
    let value =
        String::from_utf8(ran.stdout).map_err(|_| "printed what is not UTF-8".to_owned())?;
    let value = value.trim_end_matches(['\n', '\r']);
    match value {
        "" => Err("printed nothing".to_owned()),
        _ if value.contains('\0') => Err("printed a NUL character".to_owned()),
        _ if value.len() > WORD_MAX => Err("printed more than a program can be given".to_owned()),
        _ => Ok(value.to_owned()),
    }
}
