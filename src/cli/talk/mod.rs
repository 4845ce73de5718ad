//! The verbs that connect people, panes and the programs in them, and the command that panes run
//! themselves.

pub(super) mod attach;
pub(super) mod capture;
mod client;
pub(super) mod exec;
pub(super) mod report;
pub(super) mod send;
pub(super) mod shim;
