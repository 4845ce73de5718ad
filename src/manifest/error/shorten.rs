//! Shortens the texts of a manifest that messages quote.

/// The message for a text that is not a valid name.
pub(super) fn not_a_name(name: &str) -> String {
    match name {
        "" => "an empty name".to_owned(),
        _ => format!("`{}` is not a name", shorten(name)),
    }
}

/// The longest text from a manifest that a message quotes, in characters.
const QUOTE_MAX: usize = 40;

/// The text, or its beginning where the whole would drown the message.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
