//! The stages that verbs share between a command line and its end: the selected panes, the request,
//! the plan, the approval, the hooks, the execution, the report. `stages` has their order; a `Verb`
//! has what is particular to one verb.

pub(super) mod act;
pub(super) mod advice;
pub(super) mod approval;
pub(super) mod hooks;
pub(super) mod inside;
pub(super) mod lookup;
pub(super) mod planning;
pub(super) mod request;
pub(super) mod saved;
pub(super) mod selection;
pub(super) mod site;
pub(super) mod stages;
pub(super) mod target;
pub(super) mod verb;
