//! `ready`: the probes of a pane, and their timing.

use std::path::Path;

use crate::layout::{Header, Http, Pace, Probe, Ready, Url, expression, host_and_port};
use crate::manifest::ast::{HttpDecl, ProbeDecl, ReadyDecl, Scalar};
use crate::resolve::resolver::Resolver;

/// The longest path of a Unix socket, in bytes.
const SOCKET_MAX: usize = 107;

impl Resolver<'_> {
    pub(super) fn ready(&mut self, decl: &ReadyDecl, cwd: &Path) -> Option<Ready> {
        let probes = decl.probes.iter();
        let mut probes: Vec<Probe> = probes.filter_map(|probe| self.probe(probe, cwd)).collect();
        // The position of `notify` has no meaning and is not kept.
        probes.sort_by_key(|probe| *probe == Probe::Notify);
        let default = Pace::default();
        let every = self.duration(decl.every.as_ref()).unwrap_or(default.every);
        let timeout = self
            .duration(decl.timeout.as_ref())
            .unwrap_or(default.timeout);
        let pace = Pace {
            every,
            timeout,
            deadline: self.deadline(decl.deadline.as_ref(), default.deadline),
        };
        (!probes.is_empty()).then_some(Ready { probes, pace })
    }

    fn probe(&mut self, decl: &ProbeDecl, cwd: &Path) -> Option<Probe> {
        match decl {
            ProbeDecl::Port(scalar) => {
                let text = self.text(scalar)?;
                match (text.parse(), host_and_port(&text)) {
                    (Ok(port @ 1..), _) => Some(Probe::Port(port)),
                    (_, Some((host, port))) => Some(Probe::Tcp {
                        host: host.to_owned(),
                        port,
                    }),
                    _ => self.bad(&text, "a port, 1 to 65535, or `host:5432`", scalar),
                }
            }
            ProbeDecl::Http(http) => self.http(http, cwd).map(Probe::Http),
            ProbeDecl::Exec(scalar) => {
                let line = self.text(scalar)?;
                if line.trim().is_empty() {
                    return self.bad(&line, "a command", scalar);
                }
                Some(Probe::Exec(line))
            }
            ProbeDecl::Log(scalar) => self.pattern(scalar).map(Probe::Log),
            ProbeDecl::File(scalar) => self.path(cwd, scalar).map(Probe::File),
            ProbeDecl::Delay(scalar) => self.duration(Some(scalar)).map(Probe::Delay),
            ProbeDecl::Notify => Some(Probe::Notify),
        }
    }

    /// Reports every mistake in the probe, not only the first.
    fn http(&mut self, decl: &HttpDecl, cwd: &Path) -> Option<Http> {
        let status = match &decl.status {
            Some(scalar) => self.status(scalar),
            None => Some(200),
        };
        let url = self.url(&decl.url);
        let headers = decl.headers.iter();
        let headers: Vec<Option<Header>> = headers
            .map(|(name, value)| {
                let (name, value) = (self.header_name(name), self.pattern(value));
                Some(Header {
                    name: name?,
                    value: value?,
                })
            })
            .collect();
        let body = decl.body.as_ref().map(|body| self.pattern(body));
        let socket = decl.socket.as_ref().map(|scalar| {
            let path = self.path(cwd, scalar)?;
            let length = path.as_os_str().len();
            if length > SOCKET_MAX {
                let help = format!(
                    "use a shorter path: it has {length} bytes, and the limit is {SOCKET_MAX}"
                );
                let shown = path.display().to_string();
                return self.bad_with(&shown, "the path of a socket", scalar, Some(help));
            }
            Some(path)
        });
        Some(Http {
            url: url?,
            status: status?,
            headers: headers.into_iter().collect::<Option<_>>()?,
            body: body.map_or(Some(None), |body| body.map(Some))?,
            socket: socket.map_or(Some(None), |socket| socket.map(Some))?,
        })
    }

    fn url(&mut self, scalar: &Scalar) -> Option<String> {
        let text = self.text(scalar)?;
        if Url::parse(&text).is_some() {
            return Some(text);
        }
        let help = if text.starts_with("https://") {
            Some(format!(
                "use a program for https: `exec \"curl -fsS {text}\"`"
            ))
        } else if text.contains("unix:") {
            let example = "http \"http://localhost/\" socket=\"run/app.sock\"";
            Some(format!("write the Unix socket as a property: `{example}`"))
        } else {
            None
        };
        self.bad_with(&text, "an address `http://HOST:PORT/PATH`", scalar, help)
    }

    fn header_name(&mut self, scalar: &Scalar) -> Option<String> {
        let name = self.text(scalar)?;
        let is_of_name =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_of_name) {
            return self.bad(&name, "the name of a header such as `Content-Type`", scalar);
        }
        Some(name)
    }

    /// A regular expression.
    pub(super) fn pattern(&mut self, scalar: &Scalar) -> Option<String> {
        let text = self.text(scalar)?;
        match expression(&text) {
            Ok(_) => Some(text),
            Err(error) => {
                let why = Some(error.to_string());
                self.bad_with(&text, "a regular expression", scalar, why)
            }
        }
    }

    fn status(&mut self, scalar: &Scalar) -> Option<u16> {
        let text = self.text(scalar)?;
        match text.parse() {
            Ok(status @ 100..=599) => Some(status),
            _ => self.bad(&text, "an HTTP status, 100 to 599", scalar),
        }
    }
}
