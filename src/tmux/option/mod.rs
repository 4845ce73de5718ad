//! tmux's options: the objects each is set on and its valid values, as far as they are known
//! without a server. A server may know more; options it does not know are found before anything is
//! changed.
//!
//! Reading order: [`find`] looks a name up in the table (`table`); [`TmuxOption::value`] checks a
//! value (`kind`); [`shows`] compares it with the output of a format.

mod kind;
mod table;

pub use kind::{Kind, OptionScope, TmuxOption, WrongValue};

use crate::tmux::name;

/// The option whose value a pane gets at its creation.
pub const HISTORY_LIMIT: &str = "history-limit";

/// Returns the option of this name, perhaps with an index.
pub fn find(name: &str) -> Option<&'static TmuxOption> {
    let base = base(name);
    table::OPTIONS.iter().find(|option| option.name == base)
}

/// Returns the names in the table.
pub fn names() -> impl Iterator<Item = &'static str> {
    table::OPTIONS.iter().map(|option| option.name)
}

/// Returns the release of tmux that an option came with, if that was after 3.2.
pub fn since(name: &str) -> Option<(u32, u32)> {
    let base = base(name);
    let mut newer = table::NEWER.iter();
    newer
        .find(|(_, names)| names.contains(&base))
        .map(|(release, _)| *release)
}

/// Returns an option's name without its index.
pub fn base(name: &str) -> &str {
    name.split_once('[').map_or(name, |(base, _)| base)
}

/// Whether users may define options of such a name.
pub fn is_of_user(name: &str) -> bool {
    name.starts_with('@')
}

/// Whether a format returns this option's value as it was set, so that it can be compared.
pub fn is_comparable(name: &str, value: &str) -> bool {
    let is_plain = !value.chars().any(char::is_control) && !name.contains('[');
    let kind = find(name).map(|option| option.kind);
    is_plain
        && match kind {
            Some(Kind::Colour | Kind::Key | Kind::Command | Kind::Array) => false,
            Some(_) => true,
            None => is_of_user(name),
        }
}

/// Returns the format that prints an option's value on one line. Control characters would break the
/// listing's frames: they are printed as `?`.
pub fn format(name: &str) -> String {
    format!("#{{s/[\u{1}-\u{1f}]/?/:{name}}}")
}

/// Whether `shown`, the output of a format, is the value `set`. Formats print flags as digits.
pub fn shows(shown: &str, set: &str) -> bool {
    let is_flag = matches!((shown, set), ("1", "on") | ("0", "off"));
    is_flag || name::is_same(shown, set)
}

/// Returns the output of a format as it would be set.
pub fn as_set<'a>(shown: &'a str, set: &str) -> &'a str {
    match (shown, set) {
        ("1", "off") => "on",
        ("0", "on") => "off",
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, expected: Result<&str, &str>) {
        let option = find(name).expect("a known option");
        let found = option.value(value);
        let found = found.as_deref().map_err(|wrong| wrong.help.as_str());
        assert_eq!(found, expected, "{name} {value}");
    }

    #[test]
    fn values_are_read_as_tmux_reads_them() {
        check("mouse", "yes", Ok("on"));
        check(
            "mouse",
            "maybe",
            Err("write `mouse #true` or `mouse #false`"),
        );
        check("history-limit", "50000", Ok("50000"));
        check(
            "base-index",
            "-1",
            Err("`base-index` must be between 0 and 2147483647"),
        );
        check("status", "2", Ok("2"));
        check("status-position", "botom", Err("did you mean `bottom`?"));
        check("status-format[1]", "#[align=left]", Ok("#[align=left]"));
    }

    #[test]
    fn the_table_names_each_option_once() {
        let mut all: Vec<&str> = names().collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn shown_values_match_the_set_ones() {
        assert!(shows("1", "on") && shows("off", "off") && shows("80", "80"));
        assert!(shows(r"\$HOME", "$HOME"));
        assert!(!shows("0", "on") && !shows("top", "bottom"));
        assert!(is_comparable("mouse", "on") && is_comparable("@mine", "x"));
        assert!(!is_comparable("status-bg", "red") && !is_comparable("other", "x"));
    }
}
