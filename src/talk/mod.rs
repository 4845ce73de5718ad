//! Talks with the programs in panes: reads their screens, and sends them text and keys.

mod arrival;
pub mod capture;
pub mod look;
mod output;
pub mod picker;
pub mod program;
pub mod request;
pub mod send;
pub mod text;
