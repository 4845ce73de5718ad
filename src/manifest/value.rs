//! Parses sizes, times and paths, also those that templates produce.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::layout::Size;

/// The most cells of a size: the largest window of tmux.
pub const CELLS_MAX: u32 = crate::layout::EXTENT_MAX;
/// The longest time that can be written, so that no sum of times can overflow.
const TIME_MAX: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A share such as `30%`, or a number of cells from a template.
pub fn size(text: &str) -> Option<Size> {
    if let Some(share) = text.strip_suffix('%') {
        let share = digits(share)?.parse().ok()?;
        return (1..=100).contains(&share).then_some(Size::Percent(share));
    }
    cells(digits(text)?.parse().ok()?)
}

/// A number of cells.
pub fn cells(number: i128) -> Option<Size> {
    let cells = u32::try_from(number).ok()?;
    (1..=CELLS_MAX)
        .contains(&cells)
        .then_some(Size::Cells(cells))
}

/// A time such as `250ms`, `2s`, `1m` or `1h`, greater than zero.
pub fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = digits(&text[..unit])?.parse().ok()?;
    let time = match &text[unit..] {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(60 * 60)?),
        _ => return None,
    };
    (!time.is_zero() && time <= TIME_MAX).then_some(time)
}

/// A number of bytes such as `500K`, `10M` or `1G`, in powers of 1024, greater than zero.
pub fn bytes(text: &str) -> Option<u64> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = digits(&text[..unit])?.parse().ok()?;
    let power = match &text[unit..] {
        "K" => 1,
        "M" => 2,
        "G" => 3,
        _ => return None,
    };
    let bytes = number.checked_mul(1024_u64.pow(power))?;
    (1..=1 << 50).contains(&bytes).then_some(bytes)
}

/// A path with its relative parts resolved against `base`, without looking at the disk.
pub fn joined(base: &Path, path: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in base.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                joined.pop();
            }
            part => joined.push(part),
        }
    }
    joined
}

/// The text, if it is digits only: number parsers also take a sign.
fn digits(text: &str) -> Option<&str> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_size(text: &str, expected: Option<Size>) {
        assert_eq!(size(text), expected, "{text}");
    }

    #[test]
    fn sizes_are_shares_or_cells() {
        check_size("30%", Some(Size::Percent(30)));
        check_size("100%", Some(Size::Percent(100)));
        check_size("20", Some(Size::Cells(20)));
        for text in [
            "0%", "101%", "+3%", "2.5%", "%", "", "0", "10001", "-1", "20 %", "x",
        ] {
            check_size(text, None);
        }
    }

    #[test]
    fn bytes_are_a_number_and_a_unit() {
        assert_eq!(bytes("500K"), Some(500 << 10));
        assert_eq!(bytes("10M"), Some(10 << 20));
        assert_eq!(bytes("1G"), Some(1 << 30));
        for text in [
            "",
            "10",
            "0K",
            "-1M",
            "1.5M",
            "1 M",
            "1T",
            "99999999999999999999K",
        ] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[track_caller]
    fn check_duration(text: &str, expected: Option<u64>) {
        assert_eq!(
            duration(text),
            expected.map(Duration::from_millis),
            "{text}"
        );
    }

    #[test]
    fn times_are_a_number_and_a_unit() {
        check_duration("250ms", Some(250));
        check_duration("2s", Some(2_000));
        check_duration("1m", Some(60_000));
        check_duration("1h", Some(3_600_000));
        for text in [
            "",
            "5",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "1 s",
            "1d",
            "99999999999999999999s",
            "9999999h",
        ] {
            check_duration(text, None);
        }
    }
}
