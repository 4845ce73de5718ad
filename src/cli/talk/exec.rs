//! `triad exec`: runs a command in this terminal with the directory and environment of a pane.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::cli::caller::owner_of;
use crate::cli::context::World;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global::Global;
use crate::cli::output::Output;
use crate::cli::pipeline::advice;
use crate::cli::pipeline::target::{self, Count, Targets};
use crate::layout::{Address, AppliedPane, SecretSource};
use crate::live::LivePane;

/// Run a command with the directory and environment of a pane
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "triad exec [OPTIONS] [MANIFEST|NAME] <ADDRESS> -- <COMMAND>...",
    before_help = "triad exec api -- env",
    after_long_help = DETAILS
)]
pub(crate) struct Arguments {
    /// Manifest or the name of a layout, unless the pane is found from here, then one pane:
    /// `session/window/pane`, or its name if it is unique
    #[arg(value_name = "ADDRESS", num_args = 1..=2, required = true)]
    words: Vec<String>,
    /// The command and its arguments
    #[arg(value_name = "COMMAND", last = true, required = true, num_args = 1..)]
    command: Vec<OsString>,
}

const DETAILS: &str = "\
The command runs in this terminal and not in the pane, whose program does not notice it; `triad \
exec` ends with its exit status. It gets the variables that the pane was started with, and the \
pane's `before` lines run first. Secrets come from your environment, or are read as the pane reads \
them.";

pub(crate) async fn run(
    global: &Global,
    own: &Arguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let world = World::read(global)?;
    let found = target::targets(&world, global, &own.words, Count::One).await?;
    let written = own.words.last().map_or("", String::as_str);
    let pane = found.panes.first();
    let live = pane.and_then(|pane| found.snapshot.pane(pane.id?));
    let (Some(live), Some(pane)) = (live, pane) else {
        let up = advice::command(&found.server, &["up"]);
        let name = pane.map_or_else(|| written.to_owned(), |pane| pane.address.to_string());
        let message = format!("the pane `{name}` does not exist");
        return Err(Failure::new(
            Exit::Error,
            message,
            format!("`{up}` creates it"),
        ));
    };
    let Some(applied) = &live.applied else {
        let message = format!("what `{}` was started with is not known", pane.address);
        let apply = advice::command(&found.server, &["apply"]);
        let help = format!("`{apply}` starts it and records that on the pane");
        return Err(Failure::new(Exit::Error, message, help));
    };
    let mut secret_names = found.snapshot.secret_names();
    // Panes that do not run now have secrets, too.
    let manifest = owner_of(live, &found.snapshot).map(|owner| owner.manifest.as_str());
    let layout = manifest.and_then(|path| world.open_layout(global, Some(path)).ok());
    secret_names.extend(layout.into_iter().flat_map(|layout| layout.secret_names));
    let context = Context {
        secret_names: &secret_names,
        world: &world,
        found: &found,
        address: &pane.address,
        live,
        applied,
    };
    for warning in context.unlike() {
        output.warning(&warning);
    }
    let error = context.become_command(&own.command);
    Err(context.failed(&own.command, &error))
}

/// A pane, for a command that is to run as its program does.
struct Context<'a> {
    world: &'a World,
    found: &'a Targets,
    address: &'a Address,
    live: &'a LivePane,
    applied: &'a AppliedPane,
    /// The secrets of all panes: each gets only its own.
    secret_names: &'a BTreeSet<String>,
}

impl Context<'_> {
    /// Becomes the command; comes back only where that cannot be.
    fn become_command(&self, command: &[OsString]) -> io::Error {
        let words = self.words(command);
        let Some((name, arguments)) = words.split_first() else {
            return io::Error::from(io::ErrorKind::NotFound);
        };
        let base = self.world.environment.clone().without(self.secret_names);
        let mut process = Command::new(name);
        process.args(arguments).env_clear().envs(base.all());
        // It is the address of the caller's own service manager.
        process.env_remove("NOTIFY_SOCKET");
        process.envs(self.variables());
        process.current_dir(&self.applied.cwd).exec()
    }

    /// Returns the variables that the pane has beyond those of the caller.
    fn variables(&self) -> BTreeMap<String, OsString> {
        let mut variables: BTreeMap<String, OsString> = BTreeMap::new();
        let owner = owner_of(self.live, &self.found.snapshot);
        variables.extend(owner.map(|owner| ("TRIAD_LAYOUT".to_owned(), (&owner.layout).into())));
        variables.insert("TRIAD_PANE".to_owned(), self.address.to_string().into());
        let socket = self.found.server.socket_path();
        variables.insert("TRIAD_SOCKET".to_owned(), socket.into_os_string());
        let plain = self.applied.env.iter();
        variables.extend(plain.map(|(name, value)| (name.clone(), value.into())));
        let secrets = self.applied.secrets.keys();
        let known = secrets.filter_map(|name| {
            let value = self.world.environment.get(name)?;
            Some((name.clone(), value.into()))
        });
        variables.extend(known);
        variables
    }

    /// Returns the command behind what runs before the program of the pane: the reader of its
    /// secrets, and its `before` lines.
    fn words(&self, command: &[OsString]) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        if !self.applied.secret_sources.is_empty() {
            let sources = serde_json::to_string(&self.applied.secret_sources);
            let sources = sources.expect("texts and paths that are texts");
            words.push(self.world.triad.clone().into_os_string());
            words.extend(["shim", "env", &sources, "--"].map(OsString::from));
        }
        if let Some(before) = &self.applied.before {
            words.extend([&before.shell, "-c", &before.script()].map(OsString::from));
            // fish has no `$0`: all words after the script are arguments.
            words.extend((!before.is_fish()).then(|| OsString::from("triad")));
        }
        words.extend_from_slice(command);
        words
    }

    /// Returns what differs from the environment of the pane's program.
    fn unlike(&self) -> Vec<String> {
        let sources = &self.applied.secret_sources;
        if sources
            .iter()
            .any(|source| matches!(source, SecretSource::File(_)))
        {
            // Any of them may come from the file.
            return Vec::new();
        }
        let salts = self.found.snapshot.salts();
        let secrets = self.applied.secrets.iter();
        let unlike = secrets.filter_map(|(name, hash)| {
            let Some(value) = self.world.environment.get(name) else {
                return Some(format!(
                    "the secret `{name}` is not set here, so the command has none"
                ));
            };
            let salt = salts.iter().find(|salt| salt.is_of(hash))?;
            let is_same = salt.hash(name, value) == *hash;
            let address = self.address;
            (!is_same).then(|| {
                format!("the secret `{name}` has another value here than in the pane `{address}`")
            })
        });
        unlike.collect()
    }

    fn failed(&self, command: &[OsString], error: &io::Error) -> Failure {
        let cwd = &self.applied.cwd;
        if !cwd.is_dir() {
            let message = format!(
                "the directory of the pane does not exist: {}",
                cwd.display()
            );
            return Failure::new(
                Exit::Error,
                message,
                "create it, or change `cwd` in the manifest",
            );
        }
        let name = command.first().cloned().unwrap_or_default();
        let exit = match error.kind() {
            io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::NotExecutable,
        };
        let message = format!("cannot run `{}`: {error}", name.display());
        let help = "check the name, and `PATH` as the pane has it";
        Failure::new(exit, message, help)
    }
}
