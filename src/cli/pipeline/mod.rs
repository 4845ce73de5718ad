//! What verbs share on the way from a command line to its end: which panes are meant, what is asked
//! of a plan, the plan itself, the approval, the hooks, the execution, the report.

pub mod act;
pub mod hooks;
pub mod lookup;
pub mod request;
pub mod saved;
pub mod selection;
