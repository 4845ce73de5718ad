//! Stage 6: scripts become changes. Sends the batches, starts panes as what they need comes up,
//! ends processes, and tells what happened. Every decision was made by the plan, or is made by the
//! `run`, which is a state machine; the rest is effects.

mod critical_path;
mod driver;
pub mod hook;
mod jobs;
mod last_lines;
mod ledger;
mod prompt;
mod reports;
pub mod run;
mod secret_pipes;
mod settings;
mod stop;

pub use driver::execute;
pub use secret_pipes::remove_old as remove_left_behind;
pub use settings::Settings;
