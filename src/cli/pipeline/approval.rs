//! The approval of a plan that ends processes.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::plan::Plan;
use crate::view::text::words;

/// Asks on the terminal. `help` says what to do without a terminal.
pub(crate) fn ask(plan: &Plan, help: &str, output: &Output) -> Result<(), Failure> {
    let ending = plan.steps.iter().filter(|step| step.ends.is_some());
    let what = words::processes(ending.count());
    if !output.is_interactive() {
        return Err(Failure::new(
            Exit::Refused,
            format!("this ends {what}, and there is no terminal to ask on"),
            help,
        ));
    }
    if output.is_confirmed(&format!("This ends {what}. Continue?")) {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "nothing was changed", ""))
}
