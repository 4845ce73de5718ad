//! Random sessions without any tag, as if made by hand: `--adopt` of the same manifest finds every
//! pane, that of an edited one ends nothing, and there is nothing left to do after either.

use std::collections::BTreeSet;

use super::Runs;
use super::edits::{self, Edit};
use super::law::{Checked, Failure, Law, Shortening, caught, prove};
use super::numbers::Numbers;
use super::worlds::World;
use crate::geometry;
use crate::support::sandbox::Sandbox;
use crate::support::seen::assert_same;

/// A running layout, and the wanted one.
#[derive(Debug, Clone)]
struct Adoption {
    growth: Vec<Edit>,
    changes: Vec<Edit>,
}

#[test]
fn untagged_panes_are_adopted_without_ending_any() {
    prove::<Adoption>();
}

impl Law for Adoption {
    const KIND: &'static str = "adoptions";
    const NAME: &'static str = "adoption";
    const RUNS: Runs = Runs {
        small: 8,
        large: 300,
    };
    const APPLIES: u64 = 3;
    const PAIRS: u64 = 1;

    fn of(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        Adoption {
            growth: edits::growth(&mut numbers),
            changes: edits::changes(&mut numbers),
        }
    }

    fn check(&self) -> Result<(), Failure> {
        match self.found_again() {
            // An edit can create cells that fit no window.
            Err(failure) if failure.class.ends_with("exits 65") => Ok(()),
            result => result,
        }
    }

    fn shortened(&self, shortening: &mut Shortening) -> Self {
        let adoption = shortening.list(self, |adoption| &mut adoption.changes);
        shortening.list(&adoption, |adoption| &mut adoption.growth)
    }
}

impl Adoption {
    fn found_again(&self) -> Result<(), Failure> {
        let first = World::new().edited(&self.growth);
        let second = first.clone().edited(&self.changes);
        for wanted in [&first, &second] {
            let sandbox = Sandbox::new();
            sandbox.foreign("foreign");
            let foreign = sandbox.dump(&["foreign"]);
            caught("adoption", Some(&first), wanted, || {
                applied(&sandbox, &first, &["apply", "--yes"])?;
                untag(&sandbox, &first);
                let before = processes(&sandbox);
                applied(&sandbox, wanted, &["apply", "--yes", "--adopt"])?;
                let after = processes(&sandbox);
                let lost: Vec<&String> = before.difference(&after).collect();
                if !lost.is_empty() {
                    return Err(("a process has ended".to_owned(), format!("{lost:?}")));
                }
                let plan = sandbox.triad(&["plan", "--check"]);
                if plan.status != 0 {
                    return Err(("a second plan is not empty".to_owned(), plan.stdout));
                }
                assert_same(&foreign, &sandbox.dump(&["foreign"]), "the adoption");
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// Returns every pane of the server, with its process.
fn processes(sandbox: &Sandbox) -> BTreeSet<String> {
    let listed = sandbox.listed(&["list-panes", "-a", "-F", "#{pane_id} #{pane_pid}"]);
    listed.into_iter().collect()
}

fn applied(sandbox: &Sandbox, world: &World, arguments: &[&str]) -> Checked {
    let known = geometry::pids(sandbox).len();
    sandbox.manifest(&world.text());
    let ran = sandbox.triad(arguments);
    if ran.status != 0 {
        let class = format!("apply exits {}", ran.status);
        return Err((class, format!("{}{}", ran.stdout, ran.stderr)));
    }
    let panes = geometry::pids(sandbox).len();
    let wanted = world.panes().len();
    if panes != wanted {
        let text = format!(
            "{known} before, {panes} after, {wanted} wanted\n{}",
            ran.stdout
        );
        return Err(("panes are missing".to_owned(), text));
    }
    Ok(())
}

/// Removes all tags of triad. Ended programs stay on the screen.
fn untag(sandbox: &Sandbox, world: &World) {
    let mut script = String::new();
    let mut unset = |flags: &str, target: &str| {
        let shown = sandbox.listed(&["show-options", flags, "-t", target]);
        for name in shown.iter().filter_map(|line| line.split(' ').next()) {
            if name.starts_with("@triad") {
                script += &format!("set-option {flags}u -t '{target}' {name}\n");
            }
        }
    };
    for pane in sandbox.listed(&["list-panes", "-a", "-F", "#{pane_id}"]) {
        unset("-p", &pane);
    }
    for window in sandbox.listed(&["list-windows", "-a", "-F", "#{window_id}"]) {
        unset("-w", &window);
    }
    for session in sandbox.listed(&["list-sessions", "-F", "#{session_id}"]) {
        unset("-q", &session);
    }
    assert!(script.matches("@triad_layout").count() == world.sessions.len());
    let path = sandbox.file("untag.tmux", &script);
    sandbox.tmux(&["source-file".as_ref(), path.as_os_str()]);
    assert!(sandbox.panes().is_empty(), "no tags are left");
}
