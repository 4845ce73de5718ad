//! PostgreSQL from the distribution's package: a layout creates a cluster, starts the server, and
//! runs a task with it as soon as `pg_isready` succeeds.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::sandbox::{DEADLINE, Sandbox, eventually, run};
use crate::support::seen::{events, signal};

/// The folders in which packages put the programs of a version, which are seldom on the path.
const FOLDERS: [&str; 3] = ["/usr/lib/postgresql", "/usr/libexec", "/opt/homebrew/opt"];

/// Returns the folder of `postgres`, `initdb`, `psql` and `pg_isready`.
#[track_caller]
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for folder in FOLDERS {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut versions: Vec<PathBuf> = entries.map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        places.extend(versions.into_iter().rev());
    }
    let has_all = |place: &PathBuf| {
        let needed = ["postgres", "initdb", "psql", "pg_isready"];
        needed.iter().all(|name| place.join(name).is_file())
    };
    let found = places.into_iter().find(has_all);
    found
        .expect("PostgreSQL is there: .ci/setup --tests installs it, or apt-get install postgresql")
}

/// The user that runs the programs: PostgreSQL refuses to run as root.
struct Cluster {
    folder: tempfile::TempDir,
    as_whom: &'static str,
}

impl Cluster {
    fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("ttpg")
            .tempdir()
            .expect("a folder");
        let is_root = run(Command::new("id").arg("-u")).exits(0).stdout.trim() == "0";
        let as_whom = if is_root {
            let open = fs::Permissions::from_mode(0o777);
            fs::set_permissions(folder.path(), open).expect("the test owns it");
            "\"setpriv\" \"--reuid=nobody\" \"--regid=nogroup\" \"--clear-groups\" \"--\" "
        } else {
            ""
        };
        Cluster { folder, as_whom }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the server's process, while there is one.
    fn pid(&self) -> Option<String> {
        let text = fs::read_to_string(self.path().join("data/postmaster.pid")).ok()?;
        text.lines().next().map(str::to_owned)
    }

    fn manifest(&self, programs: &Path) -> String {
        let (at, bin, own) = (self.path().display(), programs.display(), self.as_whom);
        format!(
            r#"
            layout "shop"
            root "{at}"
            session "s" {{
                window "db" {{
                    rows {{
                        task "init" {{ run {own}"{bin}/initdb" "-D" "{at}/data" "-U" "triad" "-A" "trust" "-N" }}
                        service "db" {{
                            run {own}"{bin}/postgres" "-D" "{at}/data" "-k" "{at}" "-c" "listen_addresses="
                            needs "init"
                            ready {{ exec "{bin}/pg_isready -q -h {at} -U triad -d postgres" }}
                            stop signal="INT"
                        }}
                    }}
                }}
                window "app" {{
                    rows {{
                        task "migrate" {{
                            run {own}"{bin}/psql" "-X" "-h" "{at}" "-U" "triad" "-d" "postgres" "-c" "create table orders (id int)"
                            needs "db/db"
                        }}
                        service "app" {{ run "sleep" "1001"; needs "migrate" }}
                    }}
                }}
            }}
            "#
        )
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(pid) = self.pid() {
            signal("QUIT", &pid);
        }
    }
}

#[test]
fn a_database_is_ready_before_the_task_that_needs_it() {
    let programs = programs();
    let cluster = Cluster::new();
    let sandbox = Sandbox::new();
    sandbox.manifest(&cluster.manifest(&programs));
    let ran = sandbox.triad(&["apply", "--json"]).exits(0);
    let events = events(&ran);
    let place = |name: &str, address: &str| {
        let steps = events[0]["steps"].as_array().expect("a list");
        let of = |event: &serde_json::Value| {
            let step = event["step"]
                .as_u64()
                .and_then(|step| steps.get(step as usize));
            event["address"] == address || step.is_some_and(|step| step["address"] == address)
        };
        let mut all = events.iter();
        let place = all.position(|event| event["event"] == name && of(event));
        place.unwrap_or_else(|| panic!("no `{name}` of {address}: {}", ran.stdout))
    };
    let order = [
        place("ready", "s/db/init"),
        place("started", "s/db/db"),
        place("ready", "s/db/db"),
        place("started", "s/app/migrate"),
        place("started", "s/app/app"),
    ];
    assert!(order.is_sorted(), "{order:?}: {}", ran.stdout);
    let mut psql = sandbox.command(programs.join("psql"));
    psql.arg("-h").arg(cluster.path());
    psql.args([
        "-X",
        "-U",
        "triad",
        "-d",
        "postgres",
        "-Atc",
        "select count(*) from orders",
    ]);
    assert_eq!(run(&mut psql).exits(0).stdout.trim(), "0");
    // Everything is done, including the tasks.
    sandbox.triad(&["plan", "--check"]).exits(0);
    sandbox.triad(&["down", "--yes"]).exits(0);
    eventually("the server has ended", DEADLINE, || cluster.pid().is_none());
}
