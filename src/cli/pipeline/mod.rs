//! What verbs share on the way from a command line to its end: which panes are meant, what is asked
//! of a plan, the plan itself, the approval, the hooks, the execution, the report. The order of all
//! that is in `stages`; what is particular to a verb is its `Verb`.

pub mod act;
pub mod approval;
pub mod hooks;
pub mod lookup;
pub mod planning;
pub mod request;
pub mod saved;
pub mod selection;
pub mod site;
pub mod stages;
pub mod verb;
