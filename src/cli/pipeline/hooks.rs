//! The manifest's hooks around a verb: when they run, their environment, and the effect of a
//! failure.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::pipeline::site::Site;
use crate::execute::hook::{self, Hook, HookError};
use crate::layout::{Layout, Veil};
use crate::machine::interrupt::Interrupt;
use crate::machine::left_behind;
use crate::plan::Plan;
use crate::view::json;

/// The hooks of one verb; `None` where the manifest has none.
#[derive(Debug, Default)]
pub(crate) struct Around {
    before: Option<Hook>,
    after: Option<Hook>,
}

impl Around {
    /// Returns the hooks of an apply. A plan without steps only waits, and runs none.
    pub(crate) fn apply(plan: &Plan, layout: &Layout, site: &Site<'_>) -> Self {
        if plan.is_empty() {
            return Around::default();
        }
        let hooks = &layout.hooks;
        Around {
            before: hook("before-apply", hooks.before_apply.as_ref(), layout, site),
            after: hook("after-apply", hooks.after_apply.as_ref(), layout, site),
        }
    }

    pub(crate) fn down(layout: &Layout, site: &Site<'_>) -> Self {
        let hooks = &layout.hooks;
        Around {
            before: hook("before-down", hooks.before_down.as_ref(), layout, site),
            after: hook("after-down", hooks.after_down.as_ref(), layout, site),
        }
    }

    /// Runs the hook before anything is changed.
    pub(crate) async fn before(
        &self,
        interrupt: &mut Interrupt,
        output: &Output,
    ) -> Result<(), Failure> {
        let nothing = "nothing was changed";
        run(self.before.as_ref(), interrupt, output)
            .await
            .map_err(|error| failure(&error, Exit::Error, nothing))
    }

    /// Whether a hook runs before anything is changed.
    pub(crate) fn has_before(&self) -> bool {
        self.before.is_some()
    }

    /// Returns the name of the hook that runs after everything is done.
    pub(crate) fn name_of_after(&self) -> Option<&'static str> {
        self.after.as_ref().map(|hook| hook.name)
    }

    /// Runs the hook after everything is done.
    pub(crate) async fn after(
        &self,
        interrupt: &mut Interrupt,
        output: &Output,
    ) -> Result<(), Failure> {
        let all =
            "everything else is done; the hook runs again the next time there is something to do";
        run(self.after.as_ref(), interrupt, output)
            .await
            .map_err(|error| failure(&error, Exit::Partial, all))
    }
}

/// Returns a hook with its environment: the caller's, the variables that triad sets for every
/// program, and the `env` of the layout.
fn hook(
    name: &'static str,
    line: Option<&String>,
    layout: &Layout,
    site: &Site<'_>,
) -> Option<Hook> {
    let mut environment = site.world.environment.clone();
    let socket = site.server.socket_path().to_string_lossy().into_owned();
    let told = [
        ("TRIAD_LAYOUT", layout.name.clone()),
        ("TRIAD_MANIFEST", layout.manifest.clone()),
        ("TRIAD_SOCKET", socket),
    ];
    environment.extend(told.map(|(name, value)| (name.to_owned(), value)));
    let own = layout.env.iter();
    let folder = layout.used.as_ref();
    let folder = folder.map_or_else(|| layout.root.clone(), |used| used.path(&layout.root));
    // A shell trusts it if it leads to the shell's own directory.
    environment.insert("PWD".to_owned(), folder.to_string_lossy().into_owned());
    environment.insert(left_behind::MARK.to_owned(), left_behind::mark(name));
    environment
        .extend(own.filter_map(|(name, value)| Some((name.clone(), value.reveal()?.to_owned()))));
    Some(Hook {
        name,
        line: line?.clone(),
        folder,
        environment,
        veil: Veil::over(layout.env.iter()),
        deadline: hook::DEADLINE,
    })
}

async fn run(
    hook: Option<&Hook>,
    interrupt: &mut Interrupt,
    output: &Output,
) -> Result<(), HookError> {
    let Some(hook) = hook else { return Ok(()) };
    output.json(&json::hook(hook.name));
    let ran = hook::run(hook, interrupt, &mut |bytes| output.of_hook(bytes)).await;
    output.end_hook();
    if let Some(left) = left_behind::find().get(hook.name) {
        let what = left_behind::named(left);
        output.warning(&format!(
            "the hook `{}` left processes running: {what}",
            hook.name
        ));
    }
    ran
}

fn failure(error: &HookError, exit: Exit, help: &str) -> Failure {
    let exit = match error {
        HookError::Interrupted { signal, .. } => Exit::Signal(*signal),
        _ => exit,
    };
    Failure::new(exit, crate::cli::failure::chain(error), help)
}
