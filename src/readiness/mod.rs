//! Readiness of panes: probes, notifications of programs, and the engine that decides when to ask
//! and when to give up.

pub mod engine;
mod http;
mod notify;
mod panes;
pub mod printed;
mod probe;
pub mod prober;
pub mod report;
mod scrollback;
pub mod search;
pub mod watch;
