//! `pyproject.toml` and `manage.py`: scripts, servers and tests of a Python project.

use super::data::{self, Data};
use super::draft::{Draft, Findings, Role, Run};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &["pyproject.toml"];
pub(super) const MARKS: &[&str] = &[
    "manage.py",
    "main.py",
    "app.py",
    "app/main.py",
    "pytest.ini",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
];

const PYPROJECT: &str = "pyproject.toml";
const MANAGE: &str = "manage.py";
/// The files that `fastapi dev` looks for.
const FASTAPI_FILES: &[&str] = &["main.py", "app.py", "app/main.py"];
/// The default development port of both Django and FastAPI.
const PORT: u16 = 8_000;
/// A project that depends on one of these is a server.
const SERVERS: &[&str] = &[
    "aiohttp",
    "bottle",
    "django",
    "fastapi",
    "flask",
    "gunicorn",
    "hypercorn",
    "litestar",
    "quart",
    "sanic",
    "starlette",
    "tornado",
    "uvicorn",
];
const TEST: &str = "pytest";

pub(super) fn find(found: &Found, findings: &mut Findings) {
    let project = match found.file(FILES).map(|(_, text)| data::toml(text)) {
        Some(Ok(project)) => project,
        Some(Err(why)) => return findings.skip(PYPROJECT, &why),
        None if found.has(MANAGE) => Data::Nothing,
        None => return,
    };
    let runner = runner(&project, found);
    let dependencies = dependencies(&project);
    if !findings.has(Role::Run) {
        let server = served(found, &dependencies, runner);
        let drafts =
            server.map_or_else(|| scripts(&project, &dependencies, runner), |one| vec![one]);
        findings.drafts.extend(drafts);
    }
    if found.has(MANAGE) {
        let run = Run::of(runner, &[python(runner), MANAGE, "migrate"]);
        findings
            .drafts
            .push(Draft::new(MANAGE, "django", "migrate", Role::Migrate, run));
    }
    let is_configured = project.at_path(&["tool", TEST]).is_there() || found.has("pytest.ini");
    if is_configured || dependencies.iter().any(|name| name == TEST) {
        let run = match runner {
            "" => Run::words(&["python3", "-m", TEST]),
            runner => Run::of(runner, &[TEST]),
        };
        findings
            .drafts
            .push(Draft::new(PYPROJECT, "python", "test", Role::Test, run));
    }
}

/// The command that runs a program in the project's own environment.
fn runner(project: &Data, found: &Found) -> &'static str {
    let tool = project.at("tool");
    let has = |name: &str, lock: &str| found.has(lock) || tool.at(name).is_there();
    if has("uv", "uv.lock") {
        "uv run"
    } else if has("poetry", "poetry.lock") {
        "poetry run"
    } else if has("pdm", "pdm.lock") {
        "pdm run"
    } else {
        ""
    }
}

fn python(runner: &str) -> &'static str {
    // Inside an environment Python has its short name.
    if runner.is_empty() {
        "python3"
    } else {
        "python"
    }
}

/// The names of all dependencies, those for development too, with their extras.
fn dependencies(project: &Data) -> Vec<String> {
    let lists = [
        project.at_path(&["project", "dependencies"]),
        project.at_path(&["tool", "uv", "dev-dependencies"]),
    ];
    let groups = [
        project.at_path(&["project", "optional-dependencies"]),
        project.at("dependency-groups"),
    ];
    let grouped = groups.iter().flat_map(|group| group.entries());
    let lists = lists.into_iter().chain(grouped.map(|(_, list)| list));
    let listed = lists.flat_map(Data::items).filter_map(Data::text);
    let poetry = project.at_path(&["tool", "poetry"]);
    let poetry_groups = poetry.at("group").entries().iter();
    let tables = poetry_groups.map(|(_, group)| group.at("dependencies"));
    let tables = tables.chain([poetry.at("dependencies"), poetry.at("dev-dependencies")]);
    let keys = tables
        .flat_map(Data::entries)
        .map(|(name, _)| name.as_str());
    listed.chain(keys).map(requirement).collect()
}

/// `FastAPI[standard] >= 0.1` is `fastapi[standard]`.
fn requirement(text: &str) -> String {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "-_.[]".contains(c)));
    text[..end.unwrap_or(text.len())].to_lowercase()
}

/// The development server of a framework.
fn served(found: &Found, dependencies: &[String], runner: &str) -> Option<Draft> {
    let mut draft = if found.has(MANAGE) {
        let at = format!("127.0.0.1:{PORT}");
        let run = Run::of(runner, &[python(runner), MANAGE, "runserver", &at]);
        Draft::new(MANAGE, "django", "web", Role::Run, run)
    } else if dependencies.iter().any(|name| name == "fastapi[standard]")
        && FASTAPI_FILES.iter().any(|file| found.has(file))
    {
        let run = Run::of(runner, &["fastapi", "dev", "--port", &PORT.to_string()]);
        Draft::new(PYPROJECT, "fastapi", "api", Role::Run, run)
    } else {
        return None;
    };
    draft.port = Some(PORT);
    Some(draft)
}

/// The scripts of a server project, or the only script of another project.
fn scripts(project: &Data, dependencies: &[String], runner: &str) -> Vec<Draft> {
    let of_project = project.at_path(&["project", "scripts"]).entries();
    let of_poetry = project.at_path(&["tool", "poetry", "scripts"]).entries();
    let names = of_project.iter().chain(of_poetry).map(|(name, _)| name);
    let is_server = dependencies.iter().any(|name| {
        let name = name.split('[').next().unwrap_or_default();
        SERVERS.contains(&name)
    });
    let mut drafts: Vec<Draft> = names
        .filter(|name| !name.trim().is_empty())
        .map(|name| {
            let run = match runner {
                "" => Run::Line(super::quote::shell_word(name)),
                runner => Run::of(runner, &[name]),
            };
            Draft::new(PYPROJECT, "python", name, Role::Run, run)
        })
        .collect();
    if !is_server {
        for draft in &mut drafts {
            draft.kind = PaneKind::Pane;
        }
    }
    if is_server || drafts.len() == 1 {
        drafts
    } else {
        Vec::new()
    }
}
