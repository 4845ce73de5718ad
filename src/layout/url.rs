//! Parses `http://` addresses for readiness probes.

/// The parts of an `http://` address.
#[derive(Debug, PartialEq, Eq)]
pub struct Url<'a> {
    pub host: &'a str,
    pub port: u16,
    pub path: &'a str,
    /// Host and port as written, for the `Host` header.
    pub authority: &'a str,
}

impl<'a> Url<'a> {
    /// `None` if it is not `http://HOST[:PORT][/PATH]` in printable ASCII.
    pub fn parse(url: &'a str) -> Option<Self> {
        let rest = url.strip_prefix("http://")?;
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or(rest);
        let (authority, path) = match rest.find(['/', '?']) {
            Some(at) if rest[at..].starts_with('/') => rest.split_at(at),
            Some(_) => return None,
            None => (rest, "/"),
        };
        let (host, port) = match authority.strip_prefix('[') {
            Some(bracketed) => {
                let (host, port) = bracketed.split_once(']')?;
                (host, port.strip_prefix(':'))
            }
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        let port = port.map_or(Some(80), |port| port.parse().ok())?;
        (!host.is_empty() && !host.contains('@')).then_some(Url {
            host,
            port,
            path,
            authority,
        })
    }
}

/// A host and a TCP port as `host:5432`, with an IPv6 address in brackets; `None` if it is not valid.
pub fn host_and_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port > 0)?;
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let is_of_address = |c: char| c.is_ascii_hexdigit() || ":.".contains(c);
    let host = match host.strip_prefix('[') {
        Some(inner) => inner
            .strip_suffix(']')
            .filter(|host| host.contains(':') && host.chars().all(is_of_address))?,
        None => Some(host).filter(|host| !host.is_empty() && host.chars().all(is_of_name))?,
    };
    Some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<(&str, u16, &str)>) {
        let parsed = Url::parse(url).map(|url| (url.host, url.port, url.path));
        assert_eq!(parsed, expected);
    }

    #[test]
    fn a_host_stands_before_its_port() {
        let check = |text, expected| assert_eq!(host_and_port(text), expected, "{text}");
        check("db.internal:5432", Some(("db.internal", 5432)));
        check("127.0.0.1:1", Some(("127.0.0.1", 1)));
        check("[::1]:80", Some(("::1", 80)));
        for text in [
            "5432",
            ":5432",
            "db:",
            "db:0",
            "db:65536",
            "::1:80",
            "[db]:80",
            "a b:80",
            "http://db:80",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn http_addresses_are_taken_apart() {
        check(
            "http://127.0.0.1:11435/api/tags",
            Some(("127.0.0.1", 11435, "/api/tags")),
        );
        check("http://localhost", Some(("localhost", 80, "/")));
        check("http://[::1]:8080/x?y=1#z", Some(("::1", 8080, "/x?y=1")));
        check("https://localhost/", None);
        check("http://", None);
        check("http://a b/", None);
        check("http://host:99999/", None);
    }
}
