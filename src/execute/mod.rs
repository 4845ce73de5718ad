//! Stage 6: executes scripts. Sends the batches, starts panes as their needs are met, ends
//! processes, and reports events. Every decision is made by the plan, or by the `run`, which is a
//! state machine; the rest is effects.

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
mod sights;
mod stop;

pub use driver::execute;
pub use secret_pipes::remove_old as remove_left_behind;
pub use settings::Settings;
