//! What verbs share on the way from a command line to its end: which panes are meant, what is asked
//! of a plan, the plan itself, the approval, the hooks, the execution, the report. The order of all
//! that is in `stages`; what is particular to a verb is its `Verb`.

pub(super) mod act;
pub(super) mod advice;
pub(super) mod approval;
pub(super) mod hooks;
pub(super) mod lookup;
pub(super) mod planning;
pub(super) mod request;
pub(super) mod saved;
pub(super) mod selection;
pub(super) mod site;
pub(super) mod stages;
pub(super) mod verb;
