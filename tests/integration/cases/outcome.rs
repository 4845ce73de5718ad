//! The files that the command of a case fills.

use std::collections::BTreeMap;
use std::path::Path;

use triad::layout::{Layout, SecretSource, Variable};
use triad::live::Snapshot;
use triad::manifest::fmt::FormatError;
use triad::manifest::source::Source;
use triad::plan::{Machine, Request};
use triad::render::standalone::{Call, TEMPLATE};
use triad::saved::Saved;
use triad::tmux::environment::Environment;
use triad::tmux::server::Socket;
use triad::view::text::diagnostic;
use triad::{manifest, plan, render, view};

use crate::cases::command::Verb;
use crate::cases::{Case, LOOK, Live};
use crate::support::resolved::SECRET;
use crate::support::snapshot;

/// A file of a case and its expected content; `None`: no such file.
pub type Outcome = (&'static str, Option<String>);

/// Returns all output of the command. Every verb reports the manifest's mistakes.
pub fn outcomes(case: &Case) -> Vec<Outcome> {
    let resolved = &case.resolved;
    let errors = diagnostic::text(&resolved.diagnostics, &resolved.sources, LOOK);
    let mut outcomes = vec![("errors.txt", Some(errors.into()))];
    let layout = resolved.layout.as_ref();
    match &case.command.verb {
        Verb::Check => {}
        Verb::Plan(wishes) => {
            let planned = layout.zip(case.live.as_ref());
            let planned = planned.map(|(layout, live)| planned_texts(layout, live, wishes));
            let (plan, script) = planned.unzip();
            outcomes.extend([("plan.txt", plan), ("script.txt", script)]);
        }
        Verb::Fmt => outcomes.push(("fmt.txt", formatted(resolved.sources.main()))),
        Verb::Render => outcomes.push(("render.sh", layout.map(standalone))),
        Verb::Graph(drawing) => {
            let live = case.live.as_ref().map(|live| &live.snapshot);
            let drawn = layout.map(|layout| drawing.text(layout, live));
            outcomes.push(("graph.txt", drawn));
        }
    }
    outcomes
}

/// Returns the formatted manifest, if it is not formatted yet.
fn formatted(manifest: &Source) -> Option<String> {
    match manifest::fmt::format(manifest) {
        Ok(text) => Some(text).filter(|text| *text != manifest.text),
        // Its mistakes are in `errors.txt`.
        Err(FormatError::Invalid(_)) => None,
        Err(error @ FormatError::Unfaithful { .. }) => Some(error.to_string()),
    }
}

/// Returns the shell script.
fn standalone(layout: &Layout) -> String {
    let conditions = plan::Conditions {
        salt: None,
        ..conditions()
    };
    let plan = plan::plan(layout, &Snapshot::default(), &conditions);
    let call = Call {
        program: "tmux",
        socket: &Socket::Name("work".to_owned()),
    };
    let plan = plan.expect("the plan has no conflicts");
    let script = render::standalone::script(layout, &plan, call, TEMPLATE)
        .expect("triad's own template is valid");
    let version = format!("triad {}.", env!("CARGO_PKG_VERSION"));
    script.replace(&version, "triad VERSION.")
}

/// Returns the conditions of all plans.
pub fn conditions() -> plan::Conditions {
    plan::Conditions {
        width: snapshot::WIDTH,
        height: snapshot::HEIGHT,
        own_pane: None,
        salt: Some(snapshot::SALT),
    }
}

/// Returns the plan as people see it, or the refusals; and its tmux commands.
fn planned_texts(layout: &Layout, live: &Live, asked: &Request) -> (String, String) {
    let Live {
        snapshot: live,
        machine,
    } = live;
    let wishes = match asked.clone().among(layout, live) {
        Ok(wishes) => wishes,
        Err(errors) => {
            let told = errors
                .iter()
                .map(|error| format!("{error}\n  {}\n", error.help()));
            return (told.collect(), String::new());
        }
    };
    let conditions = conditions();
    let plan = match plan::plan_as_asked(layout, live, &conditions, &wishes, machine) {
        Ok(plan) => plan,
        Err(refusals) => {
            let told = refusals
                .iter()
                .map(|refusal| format!("{refusal}\n  {}\n", refusal.help()));
            return (told.collect(), String::new());
        }
    };
    saved_and_read(layout, live, (&conditions, &wishes, machine), &plan);
    let conditions = render::Conditions {
        environment: &Environment::from([("LANG".to_owned(), "C.UTF-8".to_owned())]),
        triad: Path::new("/usr/bin/triad"),
        socket: Path::new("/tmp/tmux/default"),
        used: None,
        starts_with_panes: true,
        nonce: "N",
    };
    let scripts = render::render(&plan, &conditions).preview().into_iter();
    let scripts = scripts.map(|(name, script)| format!("## {name}\n\n{script}"));
    (
        view::look::plan::text(&plan, "default server", LOOK).into(),
        scripts.collect::<Vec<_>>().join("\n"),
    )
}

/// Checks that every plan can be saved and loaded unchanged, without the values of secrets.
fn saved_and_read(
    layout: &Layout,
    live: &Snapshot,
    asked: (&plan::Conditions, &Request, &Machine),
    plan: &plan::Plan,
) {
    let at = (
        "here".to_owned(),
        Vec::new(),
        Path::new("/tmp/tmux/default"),
    );
    let text = Saved::new(layout, live, asked, at).text().unwrap();
    assert!(!text.contains(SECRET), "{text}");
    let saved = Saved::read(text.as_bytes()).unwrap();
    let again = saved.plan().unwrap();
    let shown = |plan| view::json::line(&view::json::plan(plan));
    assert_eq!(shown(&again), shown(plan));
    let value = |name: &str| (name == "API_KEY").then(|| SECRET.to_owned());
    // The files say what they said to whatever reads the same ones.
    let in_files = |sources: &[SecretSource], _: &BTreeMap<String, Variable>| {
        let mut panes = layout.panes();
        let of_pane = panes.find(|pane| pane.secret_sources == sources);
        let env = of_pane.map_or(&layout.env, |pane| &pane.env);
        let of_files = env.iter().filter_map(|(name, variable)| {
            let is_of_file = matches!(variable, Variable::OfFile(_));
            let value = variable.secret().filter(|_| is_of_file)?;
            Some((name.clone(), value.reveal().to_owned()))
        });
        Ok(of_files.collect())
    };
    assert_eq!(saved.filled(value, in_files).as_ref(), Ok(layout));
}
