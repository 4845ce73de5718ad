//! Saved plans: writing, reading, and carrying them out.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::context::{World, place};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Problem, What};
use crate::cli::global::Global;
use crate::cli::pipeline::planning::{Grounds, complete, machine, question};
use crate::dotenv;
use crate::layout::{EnvFile, Layout, SecretSource, Variable};
use crate::plan::{self, Plan};
use crate::saved::{self, Saved, SavedError, SecretError};
use crate::tmux::environment::Environment;
use crate::tmux::server::{Server, Socket};
use crate::{live, load, save};

/// The help for a plan that can no longer be used.
const AGAIN: &str = "make a new plan: `triad plan --out FILE`";
/// The first bytes of a saved plan.
const BEGINS: &[u8] = b"{\"";

/// Saves a plan to a file.
pub(crate) fn save(
    path: &Path,
    layout: &Layout,
    server: &Server,
    on: &Grounds,
) -> Result<(), Failure> {
    let socket = server.socket_path();
    let at = (place(server), server.flags(), socket.as_path());
    let saved = Saved::new(
        layout,
        &on.snapshot,
        (&on.conditions, &on.wishes, &on.machine),
        at,
    );
    let text = saved.text().map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Failure::new(Exit::Error, message, "")
    })?;
    Ok(save::private(path, &text, saved::is_replaceable)?)
}

/// Reads the plan at this path.
pub(crate) fn read(world: &World, name: &str) -> Result<Saved, Failure> {
    let path = world.current.join(name);
    let bytes = load::plan(&path, BEGINS, saved::SIZE_MAX)?;
    parsed(name, bytes)
}

fn parsed(name: &str, bytes: Option<Vec<u8>>) -> Result<Saved, Failure> {
    let saved = bytes.map_or(Err(SavedError::NotOne), |bytes| Saved::read(&bytes));
    saved.map_err(|error| {
        let help = match error {
            SavedError::NotOne => "`triad plan --out FILE` saves a plan",
            _ => AGAIN,
        };
        Failure::new(Exit::Stale, format!("cannot use `{name}`: {error}"), help)
    })
}

/// Returns the plan that an argument names where a manifest is possible, too; `None` if it is no
/// plan.
pub(crate) fn named(
    world: &World,
    global: &Global,
    argument: Option<&str>,
    asked: &plan::Request,
) -> Result<Option<Saved>, Failure> {
    let Some(name) = argument.filter(|name| *name != "-") else {
        return Ok(None);
    };
    let path = world.current.join(name);
    let bytes = match load::plan(&path, BEGINS, saved::SIZE_MAX) {
        // A file that cannot be read is reported like any manifest.
        Ok(None) | Err(load::LoadError::Read { .. }) => return Ok(None),
        bytes => bytes?,
    };
    let saved = parsed(name, bytes)?;
    let is_given = !global.vars.is_empty() || !global.env_files.is_empty();
    if is_given || *asked != plan::Request::default() {
        let message = "a saved plan cannot be combined with `--var`, `--env-file` or flags that change a plan";
        return Err(Failure::new(Exit::Usage, message, AGAIN));
    }
    Ok(Some(saved))
}

/// Returns the layout of the plan, with the caller's secrets filled in.
pub(crate) fn layout(saved: &Saved, world: &World) -> Result<Layout, Failure> {
    let value = |name: &str| world.environment.get(name).cloned();
    let passed = world.for_programs(&saved.layout().secret_names);
    let in_files = |sources: &[SecretSource], env: &BTreeMap<String, Variable>| {
        of_files(sources, env, &passed)
    };
    saved.filled(value, in_files).map_err(|errors| {
        let is_another = |error: &SecretError| !matches!(error, SecretError::Missing(_));
        let exit = if errors.iter().any(is_another) {
            Exit::Stale
        } else {
            Exit::Error
        };
        let problem = |error: &SecretError| Problem {
            message: error.to_string(),
            help: Some(match error {
                SecretError::Missing(name) => format!("set it: `{name}=… triad apply FILE`"),
                SecretError::Another(_) | SecretError::File(_) => AGAIN.to_owned(),
            }),
        };
        Failure {
            exit,
            what: What::Problems(errors.iter().map(problem).collect()),
        }
    })
}

/// Reads the secret files of a pane again.
///
/// # Errors
/// The reason why a file cannot be read.
fn of_files(
    sources: &[SecretSource],
    env: &BTreeMap<String, Variable>,
    passed: &Environment,
) -> Result<BTreeMap<String, String>, String> {
    let lookup = |name: &str| {
        let own = env.get(name).and_then(Variable::plain).map(str::to_owned);
        own.or_else(|| passed.get(name).cloned())
    };
    let mut values = BTreeMap::new();
    for source in sources {
        let SecretSource::File(file) = source else {
            continue;
        };
        let told = |why: String| format!("the environment file `{}` {why}", file.path.display());
        let text = match load::env_file(&file.path, false) {
            EnvFile::Text(text) => text,
            EnvFile::Missing if file.optional => continue,
            EnvFile::Missing => return Err(told("was not found".to_owned())),
            EnvFile::Unreadable(why) | EnvFile::Untrusted(why) => {
                return Err(told(format!("cannot be read: {why}")));
            }
        };
        let given = dotenv::given(file, text.reveal(), &values, &lookup);
        values.extend(given.map_err(|error| error.within(&file.path))?);
    }
    Ok(values)
}

/// Returns the server of the plan. If flags name one, it must be the same.
pub(crate) fn server(
    saved: &Saved,
    layout: &Layout,
    world: &World,
    global: &Global,
) -> Result<Server, Failure> {
    if global.socket_name.is_some() || global.socket_path.is_some() {
        let server = world.server(global, Some(layout))?;
        if server.socket_path() == saved.socket {
            return Ok(server);
        }
        let message = format!(
            "the plan is for the server at `{}`, not at `{}`",
            saved.socket.display(),
            server.socket_path().display()
        );
        return Err(Failure::new(
            Exit::Stale,
            message,
            "leave out `-L` and `-S`",
        ));
    }
    let socket = match &saved.flags[..] {
        [flag, name] if flag == "-L" => Socket::Name(name.clone()),
        [] => Socket::Default,
        _ => Socket::Path(saved.socket.clone()),
    };
    let server = world.reach(global, socket, Some(layout))?;
    // The name may lead to another socket by now.
    if server.socket_path() == saved.socket {
        return Ok(server);
    }
    world.reach(global, Socket::Path(saved.socket.clone()), Some(layout))
}

/// Plans again on the current live state: the same steps, or a failure.
pub(crate) async fn planned(
    saved: &Saved,
    layout: &Layout,
    world: &World,
    server: &Server,
    nonce: &str,
) -> Result<Plan, Failure> {
    let snapshot = live::observe(server, nonce, &question(layout, &saved.wishes)).await?;
    let snapshot = snapshot.called_by(layout);
    let conditions = plan::Conditions {
        own_pane: world.own_pane(server, &snapshot),
        ..saved.conditions
    };
    let machine = machine(layout, &snapshot, &saved.wishes);
    let planned = saved.planned(layout, &snapshot, &conditions, &machine);
    let since = saved::since(saved, layout, &snapshot, planned.as_ref().ok(), &conditions);
    if !since.is_empty() {
        return Err(stale(&since));
    }
    let plan = planned?;
    complete(&plan, &snapshot, (layout, &saved.wishes.purpose), world)?;
    Ok(plan)
}

fn stale(since: &[saved::Difference]) -> Failure {
    let mut problems = vec![Problem {
        message: "the plan is out of date, and nothing was changed".to_owned(),
        help: Some(AGAIN.to_owned()),
    }];
    problems.extend(since.iter().map(|difference| Problem {
        message: difference.to_string(),
        help: None,
    }));
    Failure {
        exit: Exit::Stale,
        what: What::Problems(problems),
    }
}
