//! `http://` addresses, as far as a readiness probe needs them.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<(&str, u16, &str)>) {
        let parsed = Url::parse(url).map(|url| (url.host, url.port, url.path));
        assert_eq!(parsed, expected);
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
