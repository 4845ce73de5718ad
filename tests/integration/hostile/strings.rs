//! Texts that would affect a terminal, or mislead a reader.

/// Begins a line only if the terminal obeyed the line break before it.
pub const FORGED: &str = "××forged";

/// Returns escape sequences of all kinds, controls, directions, invisible and odd characters. None
/// is a colour that triad uses.
pub fn all() -> Vec<String> {
    let lines = [format!("\n{FORGED}"), format!("\r\n{FORGED}")];
    let odd = [
        "x".repeat(3_000),
        format!("e{}", "\u{301}".repeat(30)),
        "🧠 日本語 👩\u{200d}🔬".repeat(9),
    ];
    let fixed = FIXED.iter().map(|text| (*text).to_owned());
    fixed.chain(lines).chain(odd).collect()
}

const FIXED: [&str; 69] = [
    // OSC: titles, links, the clipboard, colours, files.
    "\u{1b}]2;t\u{7}",
    "\u{1b}]0;t\u{1b}\\",
    "\u{1b}]8;;http:x\u{1b}\\l",
    "\u{1b}]52;c;eA==\u{7}",
    "\u{1b}]4;1;red\u{7}",
    "\u{1b}]1337;File=x\u{7}",
    // DCS and similar.
    "\u{1b}Pq#0\u{1b}\\",
    "\u{1b}P$qm\u{1b}\\",
    "\u{1b}^p\u{1b}\\",
    "\u{1b}_a\u{1b}\\",
    "\u{1b}Xs\u{1b}\\",
    // CSI: clearing, moving, modes, questions, pasting.
    "\u{1b}[2J",
    "\u{1b}[2K",
    "\u{1b}[3;3H",
    "\u{1b}[5B",
    "\u{1b}[10D",
    "\u{1b}[?25l",
    "\u{1b}[?1049h",
    "\u{1b}[6n",
    "\u{1b}[c",
    "\u{1b}[1L",
    "\u{1b}[>0q",
    "\u{1b}[21t",
    "\u{1b}[200~x\u{1b}[201~",
    "\u{1b}[2;5r",
    // Colours that triad does not use.
    "\u{1b}[5mx",
    "\u{1b}[7mx",
    "\u{1b}[8mx\u{1b}[28m",
    "\u{1b}[38;5;196mx",
    "\u{1b}[41mx",
    "\u{1b}[mx",
    // Other sequences, and halves of them.
    "\u{1b}",
    "\u{1b}[",
    "\u{1b}]2;",
    "\u{1b}c",
    "\u{1b}7",
    "\u{1b}D",
    "\u{1b}(0",
    "\u{1b}#8",
    // Controls.
    "\u{7}",
    "\u{8}\u{8}\u{8}x",
    "\rx",
    "\u{b}x",
    "\u{c}x",
    "\u{e}x",
    "\u{5}x",
    "\u{1a}x",
    "\u{1}x",
    "\u{7f}x",
    "\tx",
    // The same in 8 bits.
    "\u{9b}31mx",
    "\u{9d}2;t\u{9c}",
    "\u{90}q\u{9c}",
    "\u{85}x",
    "\u{84}x",
    // Directions.
    "\u{202e}x",
    "\u{202a}x\u{202c}",
    "\u{2066}x\u{2069}",
    "\u{2067}x",
    "\u{200f}x",
    "\u{61c}x",
    // Invisible characters, and the other line ends.
    "\u{200b}x",
    "\u{feff}x",
    "\u{2060}x",
    "\u{ad}x",
    "\u{e0041}x",
    "\u{3164}x",
    "\u{2028}x",
    "\u{2029}x",
];

/// Returns the first part of a text that a terminal would obey instead of showing, if any.
/// Newlines, triad's colours and its drawing sequences are allowed.
pub fn obeyed(said: &str) -> Option<String> {
    let mut rest = said;
    while let Some(c) = rest.chars().next() {
        let next = &rest[c.len_utf8()..];
        let length = match c {
            '\n' => Some(1),
            // The terminal's own driver puts one before each newline; drawing begins with one.
            '\r' => next.starts_with(['\n', '\r', '\u{1b}', ' ']).then_some(1),
            '\u{1b}' => sequence(next).map(|length| 1 + length),
            c => (!c.is_control() && !is_unseen(c)).then(|| c.len_utf8()),
        };
        let Some(length) = length else {
            return Some(rest.chars().take(30).collect());
        };
        rest = &rest[length..];
    }
    None
}

/// Returns the length of one of triad's own escape sequences, without the escape.
fn sequence(text: &str) -> Option<usize> {
    const PAINTED: [&str; 12] = [
        "0", "1", "2", "4", "22", "24", "31", "32", "33", "35", "36", "39",
    ];
    let inner = text.strip_prefix('[')?;
    let end = inner.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    let parameters = &inner[..end];
    let is_own = match inner[end..].chars().next()? {
        'm' => parameters.split(';').all(|one| PAINTED.contains(&one)),
        'A' => !parameters.is_empty(),
        'H' | 'J' | 'K' => parameters.is_empty(),
        _ => false,
    };
    is_own.then_some(end + 2)
}

/// Whether this is one of the invisible characters in the texts above.
fn is_unseen(c: char) -> bool {
    "\u{ad}\u{61c}\u{2060}\u{feff}\u{e0041}\u{3164}\u{2028}\u{2029}".contains(c)
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}
