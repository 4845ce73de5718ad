//! Whether panes are ready: probes, what programs say of themselves, and the engine that decides
//! when to ask and when to give up.

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
