//! Compose files: a pane for each service, so that each has its own output and can be stopped alone.

use super::data::{self, Data};
use super::draft::{Draft, Findings, Role, Run};
use super::env_file::{self, Variables};
use super::found::Found;
use crate::layout::PaneKind;

pub(super) const FILES: &[&str] = &[
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];

/// Images of databases, which migrations change.
const DATABASES: &[&str] = &[
    "cockroach",
    "mariadb",
    "mongo",
    "mysql",
    "percona",
    "pgvector",
    "postgis",
    "postgres",
    "timescaledb",
];
/// The host addresses whose ports triad can probe.
const LOOPBACK: &[&str] = &["", "0.0.0.0", "127.0.0.1", "localhost", "[::]", "[::1]"];

/// Finds the services; those that build the project itself only if `own` does not run it. Returns
/// whether there are any of those.
pub(super) fn find(found: &Found, own: &[Draft], findings: &mut Findings) -> bool {
    let Some((file, text)) = found.file(FILES) else {
        return false;
    };
    let compose = match data::yaml(text) {
        Ok(compose) => compose,
        Err(why) => {
            findings.skip(file, &why);
            return false;
        }
    };
    let services = compose.at("services").entries();
    let runs_here = own.iter().any(|draft| draft.role == Role::Run);
    let awaited = awaited(services);
    let env = env_file::variables(found);
    for (name, service) in services {
        if let Some(why) = left_out(name, service, runs_here) {
            findings.skip(file, &why);
            continue;
        }
        findings
            .drafts
            .push(draft(file, name, service, (&awaited, &env)));
    }
    if compose.at("include").is_there() {
        findings.skip(file, "services from included files");
    }
    services
        .iter()
        .any(|(_, service)| service.at("build").is_there())
}

fn left_out(name: &str, service: &Data, runs_here: bool) -> Option<String> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if !is_name {
        return Some("a service with an invalid name".to_owned());
    }
    if service.entries().is_empty() {
        return Some(format!("service `{name}` is empty"));
    }
    if service.at("profiles").is_there() {
        return Some(format!("service `{name}` belongs to a profile"));
    }
    if service.at("build").is_there() && runs_here {
        return Some(format!(
            "service `{name}` builds this project, which already runs without a container"
        ));
    }
    None
}

/// The services whose success others wait for.
fn awaited(services: &[(String, Data)]) -> Vec<&str> {
    let needs = services
        .iter()
        .flat_map(|(_, service)| service.at("depends_on").entries());
    needs
        .filter(|(_, how)| how.at("condition").text() == Some("service_completed_successfully"))
        .map(|(name, _)| name.as_str())
        .collect()
}

/// Whether a service runs the image of a database.
fn is_database(service: &Data) -> bool {
    let image = service.at("image").text().unwrap_or_default();
    let name = image.rsplit('/').next().unwrap_or_default();
    let name = name.split([':', '@']).next().unwrap_or_default();
    DATABASES.contains(&name)
}

fn draft(
    file: &'static str,
    name: &str,
    service: &Data,
    (awaited, env): (&[&str], &Variables),
) -> Draft {
    // Its dependencies have panes of their own.
    let is_task = awaited.contains(&name);
    let run = if is_task {
        Run::words(&["docker", "compose", "run", "--rm", "--no-deps", name])
    } else {
        Run::words(&["docker", "compose", "up", "--no-deps", name])
    };
    let mut draft = Draft::new(file, "compose", name, Role::Run, run);
    if is_task {
        draft.kind = PaneKind::Task;
    } else {
        let mut ports = service.at("ports").items().iter();
        draft.port = ports.find_map(|port| host_port(port, env));
        draft.is_database = is_database(service);
    }
    draft.is_foreign = !service.at("build").is_there();
    let depends = service.at("depends_on");
    let listed = depends.items().iter().filter_map(Data::text);
    // The short form only waits for the start, but a dependent usually needs the service ready.
    let listed = listed.map(|name| (name.to_owned(), false));
    draft.needs.extend(listed);
    for (name, how) in depends.entries() {
        let is_started_enough = how.at("condition").text() == Some("service_started");
        draft.needs.push((name.clone(), is_started_enough));
    }
    draft
}

/// The port of this machine that leads to a service, if the file names it.
fn host_port(port: &Data, env: &Variables) -> Option<u16> {
    let number = |text: &str| text.parse().ok().filter(|port: &u16| *port > 0);
    if let Some(text) = port.text() {
        let text = &*env.filled(text)?;
        let (text, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let (host, _container) = text.rsplit_once(':')?;
        let (address, published) = host.rsplit_once(':').unwrap_or(("", host));
        let is_near = protocol == "tcp" && LOOPBACK.contains(&address);
        return number(published).filter(|_| is_near);
    }
    let address = port.at("host_ip").text().unwrap_or_default();
    let protocol = port.at("protocol").text().unwrap_or("tcp");
    let is_near = protocol == "tcp" && (LOOPBACK.contains(&address) || address == "::1");
    number(&env.filled(port.at("published").text()?)?).filter(|_| is_near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(port: &str, expected: Option<u16>) {
        let read = data::yaml(&format!("- {port}")).unwrap();
        let env = Variables::read("WEB=8081\n");
        assert_eq!(host_port(&read.items()[0], &env), expected, "{port}");
    }

    #[test]
    fn a_port_counts_if_it_is_one_of_this_machine() {
        check("\"8080:80\"", Some(8080));
        check("8080:80", Some(8080));
        check("127.0.0.1:8080:80/tcp", Some(8080));
        check("\"[::1]:8080:80\"", Some(8080));
        check("{published: 8080, target: 80}", Some(8080));
        check("\"${PORT:-8080}:80\"", Some(8080));
        check("\"${WEB:-8080}:80\"", Some(8081));
        check("\"127.0.0.1:$WEB:80\"", Some(8081));
        check("{published: \"8080\", target: 80}", Some(8080));
        for port in [
            "80",
            "8080:80/udp",
            "192.0.2.1:8080:80",
            "8000-8005:80-85",
            "\"${PORT}:80\"",
            "\"${WEB}-8090:80-85\"",
            "\"0:80\"",
            "{target: 80}",
            "{published: 8080, protocol: udp}",
            "[1]",
        ] {
            check(port, None);
        }
    }
}
