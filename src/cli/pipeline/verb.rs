//! The parts of a verb that changes something: its plan, its approval, its messages.
//! [`stages`](crate::cli::pipeline::stages) has the order.

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

/// A plan made from one look at the server.
#[derive(Debug)]
pub(crate) struct Found {
    pub plan: Plan,
    /// The word that frames tmux's output.
    pub nonce: String,
    /// The patterns of the command line, resolved against the layout.
    pub named: Vec<Pattern>,
    /// The caller's environment for programs and probes.
    pub environment: Environment,
    /// The help if nothing has the given name.
    pub advice: Option<String>,
}

/// The way to execute a plan.
#[derive(Debug)]
pub(crate) struct Manner {
    /// The hooks of the manifest.
    pub hooks: Around,
    /// The panes to wait for.
    pub waits: Extent,
    pub stop_timeout: Option<Duration>,
    /// The folder of the layout as a person calls it.
    pub used: Option<UsedFolder>,
}

/// A verb that changes something.
pub(crate) trait Verb {
    /// Returns the purpose that is shown to others that wait for the lock.
    fn purpose(&self) -> String;

    /// Returns the time to wait for another triad.
    fn patience(&self) -> Duration;

    /// Returns the lock that is held from the approval to the end; `None` if only changes are
    /// locked.
    fn lock(&self, socket: &Path) -> Option<LockFile>;

    /// Looks at the server and plans.
    async fn plan(&self, site: &Site<'_>) -> Result<Found, Failure>;

    /// Whether there is nothing to do and nothing to wait for.
    fn is_nothing(&self, plan: &Plan) -> bool {
        plan.is_empty()
    }

    /// Shows the plan.
    fn show(&mut self, found: &Found, site: &Site<'_>);

    /// Whether no approval is needed.
    fn is_agreed(&self, found: &Found) -> bool;

    /// Asks for approval. `false` means that nothing happens, without a failure.
    async fn ask(&mut self, found: &Found, site: &Site<'_>) -> Result<bool, Failure>;

    /// Returns the way to execute the plan.
    fn manner(&self, found: &Found, site: &Site<'_>) -> Manner;

    /// Returns the last line after the plan was carried out.
    fn result(&self, done: &Done, site: &Site<'_>) -> Option<Printable>;
}

/// A plan that was carried out.
#[derive(Debug)]
pub(crate) struct Done {
    pub plan: Plan,
    pub outcome: Outcome,
    pub exit: Exit,
}
