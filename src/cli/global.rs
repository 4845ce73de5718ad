//! The flags of every verb, and how values of flags are read.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::manifest::value;

/// The flags of every verb.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Use the tmux server of this name
    #[arg(
        short = 'L',
        long,
        global = true,
        value_name = "NAME",
        env = "TRIAD_SOCKET_NAME",
        hide_env_values = true
    )]
    pub socket_name: Option<String>,
    /// Use the tmux server behind this socket
    #[arg(
        short = 'S',
        long,
        global = true,
        value_name = "PATH",
        env = "TRIAD_SOCKET_PATH",
        hide_env_values = true
    )]
    pub socket_path: Option<PathBuf>,
    /// Use this tmux program
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "TRIAD_TMUX",
        hide_env_values = true,
        default_value = "tmux"
    )]
    pub tmux: PathBuf,
    /// How long one call of tmux may take before it is given up
    #[arg(
        long,
        global = true,
        value_name = "TIME",
        env = "TRIAD_TMUX_TIMEOUT",
        hide_env_values = true,
        value_parser = some_time,
        default_value = "30s"
    )]
    pub tmux_timeout: Duration,
    /// Work as if started in this directory
    #[arg(
        short = 'C',
        long,
        global = true,
        value_name = "DIR",
        env = "TRIAD_DIRECTORY",
        hide_env_values = true
    )]
    pub directory: Option<PathBuf>,
    /// Give a variable of the manifest a value
    #[arg(long = "var", global = true, value_name = "NAME=VALUE", value_parser = variable)]
    pub vars: Vec<(String, String)>,
    /// Take what the manifest has for this profile; may be given several times
    #[arg(
        long = "profile",
        global = true,
        value_name = "NAME",
        env = "TRIAD_PROFILE",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub profiles: Vec<String>,
    /// Colour the output
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        env = "TRIAD_COLOR",
        hide_env_values = true,
        default_value = "auto"
    )]
    pub color: Color,
    /// Say less
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Write JSON: one document, or one line an event
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if name.is_empty() {
        return Err("the name is missing before `=`".to_owned());
    }
    if value.contains('\0') {
        return Err("a value cannot hold NUL".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// A time that may be nothing at all.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if ["0", "0s", "0ms"].contains(&text) {
        return Ok(Duration::ZERO);
    }
    some_time(text)
}

/// A time that is more than nothing.
pub(super) fn some_time(text: &str) -> Result<Duration, String> {
    value::duration(text).ok_or_else(|| "expected a time such as `250ms`, `2s` or `1m`".to_owned())
}
