//! What is particular to a verb that changes something: where it leads, who has to agree, what is
//! said. The order in which it is asked is that of [`stages`](crate::cli::pipeline::stages).

use std::path::Path;
use std::time::Duration;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::pipeline::hooks::Around;
use crate::cli::pipeline::site::Site;
use crate::event::Outcome;
use crate::layout::{Pattern, UsedFolder};
use crate::machine::lock::LockFile;
use crate::plan::Plan;
use crate::readiness::engine::Extent;
use crate::tmux::environment::Environment;
use crate::view::text::printable::Printable;

/// A plan as one look at the server leads to it.
#[derive(Debug)]
pub(crate) struct Found {
    pub plan: Plan,
    /// Frames what tmux prints.
    pub nonce: String,
    /// What the command line names, as it is meant among what there is.
    pub named: Vec<Pattern>,
    /// What programs and probes get of the caller's environment.
    pub environment: Environment,
    /// What may have been meant, where nothing is there of what was named.
    pub advice: Option<String>,
}

/// How a plan is to be executed.
#[derive(Debug)]
pub(crate) struct Manner {
    /// What the manifest has run before and after.
    pub hooks: Around,
    /// Which panes are waited for.
    pub waits: Extent,
    pub stop_timeout: Option<Duration>,
    /// How a person calls the folder of the layout.
    pub used: Option<UsedFolder>,
}

/// A verb that changes something.
pub(crate) trait Verb {
    /// What others are told that wait for it.
    fn purpose(&self) -> String;

    /// How long another triad is waited for that is at work.
    fn patience(&self) -> Duration;

    /// The lock that is held from the agreement to the end; `None`: only changes are locked.
    fn lock(&self, socket: &Path) -> Option<LockFile>;

    /// Looks at the server and plans.
    async fn plan(&self, site: &Site<'_>) -> Result<Found, Failure>;

    /// Whether there is nothing to do, nor to wait for.
    fn is_nothing(&self, plan: &Plan) -> bool {
        plan.is_empty()
    }

    /// Says what is to be done.
    fn show(&mut self, found: &Found, site: &Site<'_>);

    /// Whether nobody has to be asked.
    fn is_agreed(&self, found: &Found) -> bool;

    /// Asks for somebody's word. Where it is refused without a failure, nothing happens.
    async fn ask(&mut self, found: &Found, site: &Site<'_>) -> Result<bool, Failure>;

    /// How the plan is to be executed.
    fn manner(&self, found: &Found, site: &Site<'_>) -> Manner;

    /// The last line, once the plan has been carried out.
    fn result(&self, done: &Done, site: &Site<'_>) -> Option<Printable>;
}

/// A plan that was carried out.
#[derive(Debug)]
pub(crate) struct Done {
    pub plan: Plan,
    pub outcome: Outcome,
    pub exit: Exit,
}
