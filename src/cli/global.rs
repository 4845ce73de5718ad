//! The flags that every verb accepts, and the parsers of flag values.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::manifest::value;

/// The flags that every verb accepts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Use the tmux server with this name
    #[arg(
        short = 'L',
        long,
        global = true,
        value_name = "NAME",
        env = "TRIAD_SOCKET_NAME",
        hide_env_values = true
    )]
    pub socket_name: Option<String>,
    /// Use the tmux server at this socket
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
    /// Give up a call of tmux after this time
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
    /// Run in this directory
    #[arg(
        short = 'C',
        long,
        global = true,
        value_name = "DIR",
        env = "TRIAD_DIRECTORY",
        hide_env_values = true
    )]
    pub directory: Option<PathBuf>,
    /// Set a variable of the manifest
    #[arg(long = "var", global = true, value_name = "NAME=VALUE", value_parser = variable)]
    pub vars: Vec<(String, String)>,
    /// Read environment variables from this file, as the layout's last `env-file`; may be given
    /// several times
    #[arg(long = "env-file", global = true, value_name = "FILE")]
    pub env_files: Vec<String>,
    /// Turn on a profile of the manifest; may be given several times
    #[arg(
        long = "profile",
        global = true,
        value_name = "NAME",
        env = "TRIAD_PROFILE",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub profiles: Vec<String>,
    /// Colour the output; `auto` does so on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        env = "TRIAD_COLOR",
        hide_env_values = true,
        default_value = "auto"
    )]
    pub color: Color,
    /// Print less
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Print JSON: one document, or one line per event
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if name.is_empty() {
        return Err("expected a name before `=`".to_owned());
    }
    if value.contains('\0') {
        return Err("a value cannot contain NUL".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Parses a time that may be zero.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if ["0", "0s", "0ms"].contains(&text) {
        return Ok(Duration::ZERO);
    }
    some_time(text)
}

/// Parses a time greater than zero.
pub(super) fn some_time(text: &str) -> Result<Duration, String> {
    value::duration(text).ok_or_else(|| "expected a time such as `250ms`, `2s` or `1m`".to_owned())
}
