//! Parses the answer of a server, as far as it has arrived. Pure: accepts anything, and keeps at
//! most [`BODY_MAX`] of the body.

/// The maximum length of a body.
pub(super) const BODY_MAX: usize = 1024 * 1024;

/// The head of an answer, as far as it has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub status: u16,
    /// Names in lower case, values without surrounding space.
    pub headers: Vec<(String, &'a [u8])>,
    /// Whether the empty line at its end has arrived.
    pub is_whole: bool,
    /// The offset of the body.
    pub length: usize,
}

/// The decoded body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub bytes: Vec<u8>,
    pub is_whole: bool,
}

impl<'a> Head<'a> {
    /// Returns `None` if the answer is not HTTP, or has no complete status line yet. Interim
    /// answers, such as `100 Continue`, are skipped.
    pub(super) fn parse(answer: &'a [u8]) -> Option<Self> {
        let mut head = Head::first(answer)?;
        let mut before = 0;
        while (100..200).contains(&head.status) && head.status != SWITCHING {
            if !head.is_whole {
                return None;
            }
            before += head.length;
            head = Head::first(&answer[before..])?;
        }
        head.length += before;
        Some(head)
    }

    fn first(answer: &'a [u8]) -> Option<Self> {
        let mut length = 0;
        let mut line = || {
            let rest = &answer[length..];
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            length += end + 1;
            Some(rest[..end].trim_ascii_end())
        };
        let status = line()?.strip_prefix(b"HTTP/")?;
        let status = std::str::from_utf8(status).ok()?.split(' ').nth(1)?;
        let status = status.parse().ok().filter(|code| *code >= 100)?;
        let mut headers = Vec::new();
        let mut is_whole = false;
        while let Some(line) = line() {
            if line.is_empty() {
                is_whole = true;
                break;
            }
            if let Some(colon) = line.iter().position(|byte| *byte == b':') {
                let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
                headers.push((name, line[colon + 1..].trim_ascii()));
            }
        }
        Some(Head {
            status,
            headers,
            is_whole,
            length,
        })
    }

    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = std::borrow::Cow<'a, str>> {
        let name = name.to_ascii_lowercase();
        let headers = self.headers.iter();
        let named = headers.filter(move |(other, _)| *other == name);
        named.map(|(_, value)| String::from_utf8_lossy(value))
    }

    /// Decodes the rest after the head.
    pub(super) fn body(&self, rest: &[u8]) -> Body {
        let coded = |value: std::borrow::Cow<str>| value.to_ascii_lowercase().contains("chunked");
        if self.values("Transfer-Encoding").any(coded) {
            return chunks(rest);
        }
        let length = self.values("Content-Length").next();
        let length = length.and_then(|length| length.parse::<usize>().ok());
        // Without a length, the end of the connection ends the body.
        let is_whole = length.is_some_and(|length| rest.len() >= length);
        let end = length.unwrap_or(BODY_MAX).min(rest.len()).min(BODY_MAX);
        Body {
            bytes: rest[..end].to_vec(),
            is_whole,
        }
    }
}

/// The server switches to another protocol.
const SWITCHING: u16 = 101;

/// Joins the chunks of a body, as far as they have arrived and are valid.
fn chunks(mut rest: &[u8]) -> Body {
    let mut bytes = Vec::new();
    let is_whole = loop {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            break false;
        };
        let line = String::from_utf8_lossy(&rest[..end]);
        let size = line.split(';').next().unwrap_or_default().trim();
        // An invalid size ends the body.
        let Ok(size) = usize::from_str_radix(size, 16) else {
            break true;
        };
        if size == 0 || bytes.len() >= BODY_MAX {
            break true;
        }
        rest = &rest[end + 1..];
        let here = size.min(rest.len());
        bytes.extend_from_slice(&rest[..here]);
        if here < size {
            break false;
        }
        rest = &rest[size..];
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    };
    bytes.truncate(BODY_MAX);
    Body { bytes, is_whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_protocols_have_no_head() {
        for answer in [
            &b""[..],
            b"\n",
            b"SSH-2.0-OpenSSH\r\n",
            b"HTTP/1.1\r\n",
            b"HTTP/1.1 abc\r\n",
            b"HTTP/1.1 99999\r\n",
            b"HTTP/1.1 \xff\xfe\r\n",
        ] {
            assert_eq!(Head::parse(answer), None, "{answer:?}");
        }
        let huge = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab";
        let head = Head::parse(huge).expect("an HTTP answer");
        assert_eq!(head.body(&huge[head.length..]).bytes, b"ab");
    }
}
