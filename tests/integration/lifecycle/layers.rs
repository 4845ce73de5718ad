//! Services in layers, with real servers: the order, the time, and the effects of a death on the
//! others.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::{Running, events, identity};

const LAYERS: usize = 5;
const IN_A_LAYER: usize = 4;
/// The time that a server of the first column works before it listens; the others work a little
/// less.
const WORK: Duration = Duration::from_secs(2);
/// The maximum ratio of a layout's start time to its critical path.
const RATIO_MAX: f64 = 1.2;
/// The number of measurements: the machine may be busy, and the claim is about triad.
const RUNS: usize = 3;

/// A server that works for a while before it listens, and then answers every request. It notes when
/// its process was created and when it listens, in seconds since boot.
const SERVER: &str = r#"
import os, socket, sys, time
name, port, work = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
made = int(open("/proc/self/stat").read().rsplit(") ", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
if os.path.exists(name + ".dies"):
    time.sleep(work)
    open(name + ".died", "w").close()
    sys.exit("no disk")
time.sleep(work)
server = socket.create_server(("127.0.0.1", port))
now = time.clock_gettime(time.CLOCK_BOOTTIME)
with open(name + ".new", "w") as file:
    file.write(f"{made} {now}")
os.rename(name + ".new", name + ".times")
while True:
    connection, _ = server.accept()
    connection.recv(1024)
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    connection.close()
"#;

/// Returns free loopback ports.
fn free_ports(count: usize) -> Vec<u16> {
    let listener = |_| TcpListener::bind("127.0.0.1:0").expect("a free port");
    let listeners: Vec<TcpListener> = (0..count).map(listener).collect();
    let port = |listener: &TcpListener| listener.local_addr().expect("the socket is bound").port();
    listeners.iter().map(port).collect()
}

fn name(layer: usize, column: usize) -> String {
    format!("s{layer}{column}")
}

/// A server as a service that is ready by its port or by an answer, and needs others.
fn service(name: &str, port: u16, work: Duration, needs: &[String]) -> String {
    let probe = if port.is_multiple_of(2) {
        format!("port {port}")
    } else {
        format!("http \"http://127.0.0.1:{port}/\"")
    };
    let needs: String = needs
        .iter()
        .map(|needed| format!(" \"{needed}\""))
        .collect();
    let needs = if needs.is_empty() {
        needs
    } else {
        format!("needs{needs};")
    };
    let work = work.as_secs_f64();
    format!(
        "service \"{name}\" {{ run \"python3\" \"server.py\" \"{name}\" \"{port}\" \"{work}\"; {needs} \
         ready {{ {probe} }} }}\n"
    )
}

/// Each service of a layer needs all of the one before. A window a layer, the last layer first.
fn layers() -> String {
    let ports = free_ports(LAYERS * IN_A_LAYER);
    let mut windows = Vec::new();
    for layer in 0..LAYERS {
        let needed = |column| name(layer.saturating_sub(1), column);
        let needs: Vec<String> = (0..IN_A_LAYER).filter(|_| layer > 0).map(needed).collect();
        let panes = (0..IN_A_LAYER).map(|column| {
            let less = Duration::from_millis(50 * column as u64);
            let port = ports[layer * IN_A_LAYER + column];
            service(&name(layer, column), port, WORK - less, &needs)
        });
        let panes: String = panes.collect();
        windows.insert(0, format!("window \"w{layer}\" {{ rows {{ {panes} }} }}\n"));
    }
    format!(
        "layout \"layers\"\nsession \"s\" {{\n{}}}\n",
        windows.concat()
    )
}

/// Returns when each server's process was created, and when it listened.
fn times(sandbox: &Sandbox) -> BTreeMap<String, (f64, f64)> {
    let times = |name: String| {
        let text = sandbox
            .read(&format!("{name}.times"))
            .expect("the server has written its times");
        let (made, listens) = text.split_once(' ').expect("two times");
        let seconds = |text: &str| text.parse().expect("seconds");
        (name, (seconds(made), seconds(listens)))
    };
    (0..LAYERS).flat_map(of).map(times).collect()
}

/// Returns the names of a layer.
fn of(layer: usize) -> impl Iterator<Item = String> {
    (0..IN_A_LAYER).map(move |column| name(layer, column))
}

/// Checks that no service was started before the whole layer before it listened, and returns the
/// time of the longest chain.
#[track_caller]
fn longest_chain(times: &BTreeMap<String, (f64, f64)>) -> f64 {
    let mut sum = 0.0;
    let mut all_listen = 0.0;
    for layer in 0..LAYERS {
        let made = of(layer)
            .map(|name| times[&name].0)
            .fold(f64::MAX, f64::min);
        // The start time of a process is in hundredths.
        assert!(
            made + 0.01 >= all_listen,
            "layer {layer} was early: {times:?}"
        );
        all_listen = of(layer).map(|name| times[&name].1).fold(0.0, f64::max);
        let took = of(layer).map(|name| times[&name].1 - times[&name].0);
        sum += took.fold(0.0, f64::max);
    }
    sum
}

#[test]
fn twenty_services_in_five_layers_come_up_in_order_and_hardly_later_than_they_can() {
    let mut measured = Vec::new();
    for _ in 0..RUNS {
        let sandbox = Sandbox::new();
        sandbox.file("server.py", SERVER);
        sandbox.manifest(&layers());
        let ran = sandbox.triad(&["apply", "--json"]).exits(0);
        let chain = longest_chain(&times(&sandbox));
        let end = events(&ran).pop().expect("an end");
        let took = end["milliseconds"].as_f64().expect("a time") / 1_000.0;
        measured.push(format!("{took:.2} s for a longest chain of {chain:.2} s"));
        if took <= RATIO_MAX * chain {
            return;
        }
    }
    panic!("more than {RATIO_MAX} times: {}", measured.join(", "));
}

/// `db`, which two others need, one of them indirectly, and two independent ones.
fn with_db() -> String {
    let ports = free_ports(5);
    let work = Duration::from_millis(500);
    let need = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    [
        "layout \"shop\"\nsession \"s\" { window \"w\" { rows {\n".to_owned(),
        service("db", ports[0], work, &[]),
        service("api", ports[1], Duration::ZERO, &need(&["db"])),
        service("web", ports[2], Duration::ZERO, &need(&["api"])),
        service("cache", ports[3], Duration::ZERO, &[]),
        service("queue", ports[4], Duration::ZERO, &need(&["cache"])),
        "} } }\n".to_owned(),
    ]
    .concat()
}

/// Waits until `text` is among the events of a run.
#[track_caller]
fn told(running: &Running, text: &str) -> Instant {
    running.says(text);
    Instant::now()
}

#[test]
fn a_dead_service_fails_its_dependents_within_a_second_and_a_second_apply_starts_only_those() {
    let sandbox = Sandbox::new();
    sandbox.file("server.py", SERVER);
    sandbox.file("db.dies", "");
    sandbox.manifest(&with_db());
    let running = sandbox.start(&["apply", "--json"]);
    eventually("db dies", DEADLINE, || sandbox.read("db.died").is_some());
    let died = Instant::now();
    let told = told(&running, "\"skipped\"");
    assert!(
        told - died < Duration::from_secs(1),
        "after {:?}",
        told - died
    );
    let ran = running.ends().exits(4);
    let events = events(&ran);
    let died = events
        .iter()
        .find(|event| event["event"] == "died")
        .expect("the event occurs");
    assert_eq!(died["address"], "s/w/db");
    assert!(died["lines"].to_string().contains("no disk"), "{died}");
    let skipped = events
        .iter()
        .filter(|event| event["event"] == "skipped")
        .count();
    assert_eq!(skipped, 2, "api and web: {}", ran.stdout);
    let before = sandbox.panes();
    for up in ["cache", "queue"] {
        assert!(
            sandbox.read(&format!("{up}.times")).is_some(),
            "{up} listens"
        );
    }
    std::fs::remove_file(sandbox.path("db.dies")).expect("the file exists");
    let ran = sandbox.triad(&["apply"]).exits(0);
    assert!(ran.stdout.contains("3 started"), "{}", ran.stdout);
    let after = sandbox.panes();
    for same in ["s/w/cache", "s/w/queue"] {
        assert_eq!(identity(&before[same]), identity(&after[same]));
    }
    sandbox.triad(&["plan", "--check"]).exits(0);
}
