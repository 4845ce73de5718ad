//! Readiness: ports, HTTP, commands, and unrelated processes.

use std::net::TcpListener;
use std::path::PathBuf;

use super::{apply, log, noting, waits};
use crate::support::sandbox::{DEADLINE, Sandbox, eventually};
use crate::support::seen::words;

/// Returns a free loopback port.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the socket is bound").port()
}

/// A server that listens as soon as there is a file `listen`, and answers with the status in the
/// file `status`.
const SERVER: &str = r#"
import http.server, os, sys, time
while not os.path.exists("listen"):
    time.sleep(0.01)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(open("status").read()))
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"#;

/// A service that runs `SERVER` with this probe, and a dependent.
fn served(sandbox: &Sandbox, port: u16, ready: &str) -> String {
    let server: PathBuf = sandbox.file("server.py", SERVER);
    format!(
        r#"
        session "s" {{
            window "w" {{
                service "server" {{
                    run "python3" "{server}" "{port}"
                    ready every="20ms" {ready}
                }}
                pane "client" {{ run "{client}"; needs "server" }}
            }}
        }}
        "#,
        server = server.display(),
        client = noting("client"),
    )
}

#[test]
fn a_port_is_ready_when_a_process_listens() {
    let sandbox = Sandbox::new();
    let port = free_port();
    sandbox.file("status", "200");
    let manifest = served(
        &sandbox,
        port,
        &format!("deadline=\"10m\" {{ port {port} }}"),
    );
    let running = apply(&sandbox, &manifest);
    waits(&sandbox, "s/w/client");
    assert_eq!(sandbox.read("log"), None);
    sandbox.file("listen", "");
    let ran = running.ends().exits(0);
    assert!(
        words(&ran.stdout).contains(&format!("port {port} is open")),
        "{}",
        ran.stdout
    );
    eventually("the client has started", DEADLINE, || {
        log(&sandbox) == ["client"]
    });
}

#[test]
fn http_is_ready_with_the_wanted_status() {
    for (wanted, property) in [("200", ""), ("204", " status=204")] {
        let sandbox = Sandbox::new();
        let port = free_port();
        sandbox.file("status", "503");
        sandbox.file("listen", "");
        let url = format!("\"http://127.0.0.1:{port}/health?deep=1\"");
        let probe = |deadline: &str| format!("deadline=\"{deadline}\" {{ http {url}{property} }}");
        sandbox.manifest(&served(&sandbox, port, &probe("1s")));
        let ran = sandbox.triad(&["apply"]).exits(4);
        let said = words(&ran.stdout).contains("503")
            && words(&ran.stdout).contains(&format!("expected {wanted}"));
        // A slow machine may not have got as far as an answer.
        assert!(
            said || words(&ran.stdout).contains("connection refused"),
            "{}",
            ran.stdout
        );
        let running = apply(&sandbox, &served(&sandbox, port, &probe("10m")));
        waits(&sandbox, "s/w/client");
        sandbox.file("status", wanted);
        let ran = running.ends().exits(0);
        assert!(
            words(&ran.stdout).contains(&format!("http {wanted}")),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn exec_runs_like_the_program_and_all_probes_must_succeed() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("sub")).expect("a new folder");
    let port = free_port();
    let running = apply(
        &sandbox,
        &format!(
            r#"
            session "s" {{
                window "w" {{
                    service "db" {{
                        cwd "sub"
                        env {{ MARK "yes" }}
                        run "sleep" "1000"
                        ready every="20ms" deadline="10m" {{
                            exec "test \"$MARK\" = yes && test -e marker"
                            port {port}
                        }}
                    }}
                    pane "client" {{ run "{client}"; needs "db" }}
                }}
            }}
            "#,
            client = noting("client"),
        ),
    );
    waits(&sandbox, "s/w/client");
    // The listener is not part of the pane, and younger: it may have been started for the pane.
    let _listener = Listener::start(port);
    assert_eq!(sandbox.panes()["s/w/client"].phase, "pending");
    sandbox.file("sub/marker", "");
    running.ends().exits(0);
}

/// A process that listens on a port.
struct Listener(std::process::Child);

impl Listener {
    fn start(port: u16) -> Self {
        let program = "import socket, sys, time; s = socket.create_server((\"127.0.0.1\", \
                       int(sys.argv[1]))); print(flush=True); time.sleep(1000)";
        let mut child = std::process::Command::new("python3")
            .args(["-c", program, &port.to_string()])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        let mut line = [0];
        let mut stdout = child.stdout.take().expect("piped");
        std::io::Read::read_exact(&mut stdout, &mut line).expect("the server listens");
        Listener(child)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_port_taken_by_an_older_process_is_not_ready() {
    let sandbox = Sandbox::new();
    let port = free_port();
    sandbox.file("status", "200");
    let manifest = served(
        &sandbox,
        port,
        &format!("deadline=\"2s\" {{ port {port} }}"),
    );
    let running = apply(&sandbox, &manifest);
    waits(&sandbox, "s/w/client");
    eventually("the server is started", DEADLINE, || {
        sandbox.panes()["s/w/server"].phase == "started"
    });
    let stranger = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    let ran = running.ends().exits(4);
    let own = std::process::id();
    let expected = format!("pid {own}, which is not in this pane");
    let said = words(&ran.stdout);
    assert!(
        said.contains(&format!("port {port} is in use by")) && said.contains(&expected),
        "{said}"
    );
    assert_eq!(sandbox.read("log"), None);
    drop(stranger);
}

#[test]
fn a_port_opened_by_another_pane_is_not_ready() {
    let sandbox = Sandbox::new();
    let port = free_port();
    let listen = "import socket, time; s = socket.create_server((\"127.0.0.1\", PORT)); \
                  time.sleep(1000)";
    sandbox.file("listen.py", &listen.replace("PORT", &port.to_string()));
    // Both start at the same moment, and only one of them listens.
    sandbox.manifest(&format!(
        "session \"s\" {{ window \"w\" {{\n\
         service \"other\" {{ run \"exec sleep 1000\"; ready deadline=\"2s\" {{ port {port} }} }}\n\
         service \"own\" {{ run \"python3 listen.py\"; ready deadline=\"1m\" {{ port {port} }} }} }} }}"
    ));
    let ran = sandbox.triad(&["apply"]).exits(4);
    let own = sandbox.panes()["s/w/own"].pid;
    let said = words(&ran.stdout);
    assert!(
        said.contains("own ready: port"),
        "the pane with its own port is ready: {said}"
    );
    let held = format!("port {port} is in use by");
    assert!(
        said.contains(&held) && said.contains("which is not in this pane"),
        "{said}, {own}"
    );
}

#[test]
fn a_port_opened_by_a_daemon_of_the_program_is_ready() {
    let sandbox = Sandbox::new();
    let port = free_port();
    // The daemon is an orphan by the time that it listens.
    let listen = "import socket, time; s = socket.create_server((\"127.0.0.1\", PORT)); \
                  time.sleep(1000)";
    sandbox.file("listen.py", &listen.replace("PORT", &port.to_string()));
    sandbox.file(
        "daemon.sh",
        "(setsid python3 listen.py >/dev/null 2>&1 & echo $! >daemon) & exec sleep 1000",
    );
    let manifest = format!(
        "session \"s\" {{ window \"w\" {{ service \"d\" {{ run \"sh daemon.sh\"; \
         ready deadline=\"1m\" {{ port {port} }} }} }} }}"
    );
    sandbox.apply(&manifest);
    let daemon = sandbox
        .read("daemon")
        .expect("the daemon has written its pid");
    let ended = std::process::Command::new("kill")
        .arg(daemon.trim())
        .status();
    assert!(ended.expect("kill is installed").success());
}

#[test]
fn a_port_used_by_an_unrelated_process_is_not_ready() {
    for http in [false, true] {
        let sandbox = Sandbox::new();
        let stranger = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = stranger.local_addr().expect("the socket is bound").port();
        let answers = std::thread::spawn({
            let stranger = stranger.try_clone().expect("a handle");
            move || answer_everybody(&stranger)
        });
        let probe = if http {
            format!("http \"http://127.0.0.1:{port}/\"")
        } else {
            format!("port {port}")
        };
        let ready = |deadline: &str| format!("deadline=\"{deadline}\" {{ {probe} }}");
        sandbox.manifest(&served(&sandbox, port, &ready("1s")));
        // The second time it does not restart, and the other process is unrelated all the same.
        for time in ["first", "second"] {
            let ran = sandbox.triad(&["apply"]).exits(4);
            for expected in [&format!("port {port}"), "already in use"] {
                assert!(
                    words(&ran.stdout).contains(expected),
                    "{time}, `{expected}`: {}",
                    ran.stdout
                );
            }
            assert_eq!(sandbox.read("log"), None, "{time}: no dependent started");
        }
        end(&stranger, answers);
        drop(stranger);
        sandbox.file("status", "200");
        sandbox.file("listen", "");
        sandbox.manifest(&served(&sandbox, port, &ready("1m")));
        sandbox.triad(&["apply"]).exits(0);
        eventually("the client has started", DEADLINE, || {
            log(&sandbox) == ["client"]
        });
    }
}

/// Answers each request with a 200, until one of a single byte.
fn answer_everybody(listener: &TcpListener) {
    use std::io::{Read, Write};
    for stream in listener.incoming() {
        let mut stream = stream.expect("a connection");
        let mut request = [0; 1024];
        match stream.read(&mut request) {
            Ok(1) => return,
            _ => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        }
    }
}

fn end(listener: &TcpListener, answers: std::thread::JoinHandle<()>) {
    use std::io::Write;
    let address = listener.local_addr().expect("the socket is bound");
    let mut stream = std::net::TcpStream::connect(address).expect("the server listens");
    stream.write_all(b"x").expect("the server reads");
    answers.join().expect("the thread has ended");
}

#[test]
fn localhost_is_both_address_families() {
    let hosts = ["127.0.0.1", "::1"].into_iter();
    // A machine may be without IPv6.
    for host in hosts.filter(|host| TcpListener::bind((*host, 0)).is_ok()) {
        let sandbox = Sandbox::new();
        let port = free_port();
        sandbox.file("status", "200");
        sandbox.file("listen", "");
        let ready = format!("{{ http \"http://localhost:{port}/\" }}");
        let manifest = served(&sandbox, port, &ready);
        let family = match host {
            "::1" => {
                "class Server(http.server.HTTPServer):\n    address_family = 10\nServer((\"::1\""
            }
            _ => "http.server.HTTPServer((\"127.0.0.1\"",
        };
        let server = SERVER.replace("http.server.HTTPServer((\"127.0.0.1\"", family);
        sandbox.file("server.py", &server);
        apply(&sandbox, &manifest).ends().exits(0);
    }
}
