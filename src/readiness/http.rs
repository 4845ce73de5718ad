//! Makes the request of an `http` probe and checks the answer. The parser of answers ([`answer`])
//! is pure.

mod answer;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::layout::{Header, Http, Url, one_line};
use crate::readiness::http::answer::{BODY_MAX, Head};
use crate::readiness::search::{Searches, compiled};

/// The maximum length of an answer's status line and headers.
const HEAD_MAX: usize = 64 * 1024;
/// The maximum length of a body's line in messages, in characters.
const SHOWN_MAX: usize = 60;

/// Succeeds if the answer is the expected one.
///
/// # Errors
/// Returns, for people, what came instead.
pub(super) async fn probe(http: &Http, searches: &Searches) -> Result<String, String> {
    let url = &http.url;
    let parsed = Url::parse(url).ok_or_else(|| format!("`{url}` is not an HTTP URL"))?;
    let place = match &http.socket {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", parsed.host, parsed.port),
    };
    let failed = |error: std::io::Error| format!("{place}: {}", reason(&error));
    let answer = match &http.socket {
        Some(socket) => get(connect(socket).await.map_err(failed)?, &parsed, http).await,
        None => get(connect_tcp(&parsed).await.map_err(failed)?, &parsed, http).await,
    };
    let answer = answer.map_err(failed)?;
    let http = http.clone();
    // An expression may be slow on a large answer, and other probes must not wait for it.
    let judged = searches.search(move || {
        let head = Head::parse(&answer).ok_or_else(|| format!("{place} does not speak HTTP"))?;
        judged(&http, &place, &head, &answer[head.length..])
    });
    judged.await?
}

async fn connect(socket: &Path) -> std::io::Result<UnixStream> {
    UnixStream::connect(socket).await
}

/// Connects to the first address of a host that accepts it.
async fn connect_tcp(url: &Url<'_>) -> std::io::Result<TcpStream> {
    if !url.host.eq_ignore_ascii_case("localhost") {
        return TcpStream::connect((url.host, url.port)).await;
    }
    // Many machines resolve the name to one family only, and many programs listen on the other.
    let both = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, url.port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, url.port)),
    ];
    TcpStream::connect(&both[..]).await
}

/// Returns why there is no answer, without the system's error number.
pub(super) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        std::io::ErrorKind::NotFound => "not found".to_owned(),
        std::io::ErrorKind::ConnectionReset => "connection reset".to_owned(),
        _ => error.to_string(),
    }
}

/// Sends the request, and reads as much of the answer as is needed to check it.
async fn get(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    url: &Url<'_>,
    http: &Http,
) -> std::io::Result<Vec<u8>> {
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: triad\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        url.path, url.authority
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !is_enough(&answer, http) {
        match stream.read_buf(&mut answer).await {
            Ok(0) => break,
            Ok(_) => {}
            // A server that closes without having read the request resets the connection.
            Err(_) if !answer.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

/// Whether the rest of the answer makes no difference.
fn is_enough(answer: &[u8], http: &Http) -> bool {
    let Some(head) = Head::parse(answer) else {
        return answer.len() >= HEAD_MAX;
    };
    let needs_headers = !http.headers.is_empty() || http.body.is_some();
    if head.status != http.status || !needs_headers {
        return true;
    }
    if !head.is_whole {
        return answer.len() >= HEAD_MAX;
    }
    let rest = &answer[head.length..];
    http.body.is_none() || rest.len() >= BODY_MAX || head.body(rest).is_whole
}

/// Whether an answer is the expected one.
fn judged(http: &Http, place: &str, head: &Head, rest: &[u8]) -> Result<String, String> {
    let came = format!("http {} on {place}", head.status);
    if head.status != http.status {
        let elsewhere = head.values("Location").next();
        let elsewhere = elsewhere.filter(|_| (300..400).contains(&head.status));
        let elsewhere = elsewhere.map(|to| format!("; it redirects to {}", one_line(&to)));
        return Err(format!(
            "{came}, expected {}{}",
            http.status,
            elsewhere.unwrap_or_default()
        ));
    }
    for header in &http.headers {
        has_header(header, head).map_err(|why| format!("{came}, {why}"))?;
    }
    let Some(wanted) = &http.body else {
        return Ok(came);
    };
    let body = head.body(rest).bytes;
    let body = String::from_utf8_lossy(&body);
    let regex = compiled(wanted)?;
    if body.lines().any(|line| regex.is_match(line)) {
        return Ok(format!("{came}, with `{wanted}` in its body"));
    }
    let shown = body.lines().map(one_line).find(|line| !line.is_empty());
    let shown = match shown {
        Some(line) if line.chars().count() > SHOWN_MAX => {
            let cut: String = line.chars().take(SHOWN_MAX).collect();
            format!("it begins with `{cut}…`")
        }
        Some(line) => format!("it begins with `{line}`"),
        None => "it is empty".to_owned(),
    };
    Err(format!(
        "{came}, but no line of the body matches `{wanted}`: {shown}"
    ))
}

fn has_header(wanted: &Header, head: &Head) -> Result<(), String> {
    let regex = compiled(&wanted.value)?;
    let values: Vec<_> = head.values(&wanted.name).collect();
    if values.iter().any(|value| regex.is_match(value)) {
        return Ok(());
    }
    let name = &wanted.name;
    match values.first() {
        Some(value) => Err(format!(
            "but header `{name}` does not match `{}`: it is `{}`",
            wanted.value,
            one_line(value)
        )),
        None => Err(format!("but header `{name}` is missing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(headers: &[(&str, &str)], body: Option<&str>) -> Http {
        let headers = headers.iter().map(|(name, value)| Header {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        });
        Http {
            url: "http://localhost/".to_owned(),
            status: 200,
            headers: headers.collect(),
            body: body.map(str::to_owned),
            socket: None,
        }
    }

    #[track_caller]
    fn check(http: &Http, answer: &[u8], expected: Result<&str, &str>) {
        let head = Head::parse(answer).expect("an HTTP answer");
        let judged = judged(http, "x:80", &head, &answer[head.length..]);
        assert_eq!(judged.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn status_headers_and_body_are_compared() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-TYPE:  application/json \r\nX: 1\r\nX: 2\r\n\r\n{\n  \"up\": true\n}\n";
        let plain = "http 200 on x:80";
        check(&wanted(&[], None), answer, Ok(plain));
        let headers = [("Content-Type", "^application/json$"), ("x", "2")];
        check(&wanted(&headers, None), answer, Ok(plain));
        check(
            &wanted(&[], Some(r#""up": true$"#)),
            answer,
            Ok("http 200 on x:80, with `\"up\": true$` in its body"),
        );
        check(
            &wanted(&[("X", "3")], None),
            answer,
            Err("http 200 on x:80, but header `X` does not match `3`: it is `1`"),
        );
        check(
            &wanted(&[("Y", "")], None),
            answer,
            Err("http 200 on x:80, but header `Y` is missing"),
        );
        check(
            &wanted(&[], Some("down")),
            answer,
            Err("http 200 on x:80, but no line of the body matches `down`: it begins with `{`"),
        );
        check(
            &wanted(&[], Some("x")),
            b"HTTP/1.0 200\n\n",
            Err("http 200 on x:80, but no line of the body matches `x`: it is empty"),
        );
        check(
            &wanted(&[], None),
            b"HTTP/1.1 301 Moved\r\nLocation: /\x1b[31mlogin\r\n",
            Err("http 301 on x:80, expected 200; it redirects to /\\u{1b}[31mlogin"),
        );
    }

    #[test]
    fn chunks_are_joined() {
        let answer =
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n\
            5;x=1\r\nready\r\n7\r\n to go\n\r\n0\r\n\r\n";
        let http = wanted(&[], Some("^ready to go$"));
        check(
            &http,
            answer,
            Ok("http 200 on x:80, with `^ready to go$` in its body"),
        );
        assert!(is_enough(answer, &http));
        for cut in 0..answer.len() - 4 {
            assert!(!is_enough(&answer[..cut], &http), "{cut}");
        }
    }

    #[test]
    fn an_answer_is_read_as_far_as_it_matters() {
        let plain = wanted(&[], None);
        assert!(!is_enough(b"HTTP/1.1 20", &plain));
        assert!(is_enough(b"HTTP/1.1 200 OK\r\n", &plain));
        let body = wanted(&[], Some("x"));
        assert!(is_enough(b"HTTP/1.1 503 No\r\n", &body));
        assert!(!is_enough(b"HTTP/1.1 200 OK\r\n\r\n", &body));
        assert!(is_enough(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
            &body
        ));
        let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        endless.resize(BODY_MAX + 100, b'a');
        assert!(is_enough(&endless, &body));
        assert!(is_enough(&vec![b'a'; HEAD_MAX], &plain));
    }
}
