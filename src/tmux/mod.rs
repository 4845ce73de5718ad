//! tmux's own language: its commands and its answers.
//!
//! Grammar, quoting, versions and hazards of tmux live here and nowhere else. All of it is pure
//! except [`server`], the only place that starts a tmux process.

pub mod complaint;
pub mod delivery;
pub mod environment;
pub mod geometry;
pub mod hook;
pub mod id;
pub mod key;
pub mod layout_json;
pub mod layout_string;
pub mod name;
pub mod option;
pub mod pieces;
pub mod question;
pub mod quote;
pub mod script;
pub mod server;
pub mod styled;
pub mod tag;
pub mod text;
pub mod version;
