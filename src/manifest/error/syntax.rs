//! Mistakes in the text itself: not KDL 2, or too large.

use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::Span;

use super::shorten::shorten;

/// A reason why a text is not a KDL 2 document that triad reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    #[error("the file is not UTF-8 text")]
    InvalidUtf8 { span: Span },
    #[error("the file is not text: it contains a NUL character")]
    NotText { span: Span },
    #[error("the manifest is larger than {limit} bytes")]
    TooLarge { span: Span, limit: usize },
    #[error("the manifest has more than {limit} nodes and values")]
    TooMany { span: Span, limit: usize },
    #[error("blocks are nested more than {limit} deep")]
    TooDeep { span: Span, limit: usize },
    #[error("the system cannot create a thread to read the manifest in")]
    NoThread { span: Span },
    #[error("invisible character U+{:04X}", u32::from(*character))]
    ControlCharacter { span: Span, character: char },
    #[error("string has no closing quote")]
    UnclosedQuote { span: Span },
    #[error("comment has no closing `*/`")]
    UnclosedComment { span: Span },
    #[error("block has no closing `}}`")]
    UnclosedBrace {
        span: Span,
        /// The block that lacks its `}`, judging by the indentation.
        suspect: Option<Span>,
    },
    #[error("unexpected `}}`")]
    ExtraBrace { span: Span },
    #[error("block without a node")]
    BlockWithoutNode { span: Span },
    #[error("`{{` on a line of its own")]
    BraceOnOwnLine { span: Span, node: Span },
    #[error("text after an opening `\"\"\"`")]
    MultilineOpening { span: Span },
    #[error("text before a closing `\"\"\"`")]
    MultilineClosing { span: Span },
    #[error("line is indented less than its string")]
    Indentation { line: Span, span: Span },
    #[error("unknown escape `{}`", shorten(text))]
    BadEscape { span: Span, text: String },
    #[error("`{text}` is KDL 1 syntax")]
    OldKeyword { span: Span, text: String },
    #[error("raw string in KDL 1 syntax")]
    OldRaw { span: Span },
    #[error("`{}` needs quotes", shorten(text))]
    Unquoted { span: Span, text: String },
    #[error("string in single quotes")]
    SingleQuoted { span: Span },
    #[error("unknown keyword `{}`", shorten(text))]
    UnknownKeyword { span: Span, text: String },
    #[error("number `{}` is too large", shorten(text))]
    HugeNumber { span: Span, text: String },
    #[error("comma between values")]
    Comma { span: Span },
    #[error("comment starts with `#`")]
    HashComment { span: Span },
    #[error("no space between two values")]
    RunTogether { span: Span },
    #[error("`=` between a node and its value")]
    StrayEquals { span: Span },
    #[error("`;` without a node before it")]
    StraySemicolon { span: Span },
    #[error("property has no value")]
    MissingValue { span: Span },
    #[error("node on the line where another node's block ends")]
    NotSeparated { span: Span },
    #[error("`{}` cannot be a node's name", shorten(text))]
    BadNodeName { span: Span, text: String },
    #[error("`{}` cannot be a property's name", shorten(text))]
    BadKey { span: Span, text: String },
    #[error("`/-` with nothing to comment out")]
    StraySlashdash { span: Span },
    #[error("unexpected `{text}`")]
    Unexpected { span: Span, text: String },
    /// A mistake that only the KDL parser found, in its own words.
    #[error("{message}")]
    Other {
        span: Span,
        message: String,
        help: Option<String>,
    },
}

impl SyntaxError {
    /// The place of the mistake.
    pub fn span(&self) -> Span {
        use SyntaxError as E;
        match self {
            E::InvalidUtf8 { span }
            | E::NotText { span }
            | E::TooLarge { span, .. }
            | E::TooMany { span, .. }
            | E::TooDeep { span, .. }
            | E::NoThread { span }
            | E::ControlCharacter { span, .. }
            | E::UnclosedQuote { span }
            | E::UnclosedComment { span }
            | E::UnclosedBrace { span, .. }
            | E::ExtraBrace { span }
            | E::BlockWithoutNode { span }
            | E::BraceOnOwnLine { span, .. }
            | E::MultilineOpening { span }
            | E::MultilineClosing { span }
            | E::Indentation { line: span, .. }
            | E::BadEscape { span, .. }
            | E::OldKeyword { span, .. }
            | E::OldRaw { span }
            | E::Unquoted { span, .. }
            | E::SingleQuoted { span }
            | E::UnknownKeyword { span, .. }
            | E::HugeNumber { span, .. }
            | E::Comma { span }
            | E::HashComment { span }
            | E::RunTogether { span }
            | E::StrayEquals { span }
            | E::StraySemicolon { span }
            | E::MissingValue { span }
            | E::NotSeparated { span }
            | E::BadNodeName { span, .. }
            | E::BadKey { span, .. }
            | E::StraySlashdash { span }
            | E::Unexpected { span, .. }
            | E::Other { span, .. } => *span,
        }
    }

    pub(super) fn diagnostic(&self) -> Diagnostic {
        let mut labels = vec![Label::new(self.span(), self.label())];
        match self {
            SyntaxError::UnclosedBrace {
                suspect: Some(suspect),
                ..
            } => labels.push(Label::new(
                *suspect,
                "perhaps this one: its `}` is indented like that of an outer block",
            )),
            SyntaxError::Indentation { span, .. } => {
                labels.push(Label::new(*span, "the string"));
            }
            SyntaxError::BraceOnOwnLine { node, .. } => {
                labels.push(Label::new(*node, "the node it belongs to"));
            }
            _ => {}
        }
        Diagnostic {
            code: self.code(),
            message: self.to_string(),
            labels,
            help: self.help(),
        }
    }

    fn code(&self) -> &'static str {
        use SyntaxError as E;
        match self {
            E::InvalidUtf8 { .. } => "triad::manifest::invalid-utf8",
            E::NotText { .. } => "triad::manifest::not-text",
            E::TooLarge { .. } => "triad::manifest::too-large",
            E::TooMany { .. } => "triad::manifest::too-many-nodes",
            E::TooDeep { .. } => "triad::manifest::too-deep",
            E::NoThread { .. } => "triad::manifest::no-thread",
            E::ControlCharacter { .. } => "triad::manifest::control-character",
            E::UnclosedQuote { .. } => "triad::manifest::unclosed-quote",
            E::UnclosedComment { .. } => "triad::manifest::unclosed-comment",
            E::UnclosedBrace { .. } => "triad::manifest::unclosed-brace",
            E::ExtraBrace { .. } => "triad::manifest::extra-brace",
            E::BlockWithoutNode { .. } => "triad::manifest::block-without-node",
            E::BraceOnOwnLine { .. } => "triad::manifest::brace-on-own-line",
            E::MultilineOpening { .. } => "triad::manifest::multiline-opening",
            E::MultilineClosing { .. } => "triad::manifest::multiline-closing",
            E::Indentation { .. } => "triad::manifest::indentation",
            E::BadEscape { .. } => "triad::manifest::bad-escape",
            E::OldKeyword { .. } => "triad::manifest::kdl1-keyword",
            E::OldRaw { .. } => "triad::manifest::kdl1-raw-string",
            E::Unquoted { .. } => "triad::manifest::unquoted-value",
            E::SingleQuoted { .. } => "triad::manifest::single-quotes",
            E::UnknownKeyword { .. } => "triad::manifest::unknown-keyword",
            E::HugeNumber { .. } => "triad::manifest::huge-number",
            E::Comma { .. } => "triad::manifest::comma",
            E::HashComment { .. } => "triad::manifest::hash-comment",
            E::RunTogether { .. } => "triad::manifest::run-together",
            E::StrayEquals { .. } => "triad::manifest::stray-equals",
            E::StraySemicolon { .. } => "triad::manifest::stray-semicolon",
            E::MissingValue { .. } => "triad::manifest::missing-value",
            E::NotSeparated { .. } => "triad::manifest::not-separated",
            E::BadNodeName { .. } => "triad::manifest::bad-node-name",
            E::BadKey { .. } => "triad::manifest::bad-property-name",
            E::StraySlashdash { .. } => "triad::manifest::stray-slashdash",
            E::Unexpected { .. } => "triad::manifest::out-of-place",
            E::Other { .. } => "triad::manifest::syntax",
        }
    }

    fn label(&self) -> &'static str {
        use SyntaxError as E;
        match self {
            E::InvalidUtf8 { .. } => "first invalid byte",
            E::TooLarge { .. } | E::NoThread { .. } | E::Other { .. } => "here",
            E::TooMany { .. } => "one too many",
            E::TooDeep { .. } => "one level too deep",
            E::UnclosedQuote { .. } => "opened here",
            E::UnclosedComment { .. } => "opened here",
            E::UnclosedBrace { .. } => "never closed",
            E::ExtraBrace { .. } => "every block is already closed",
            E::BlockWithoutNode { .. } => "no node before this",
            E::BraceOnOwnLine { .. } => "the node ended with its line",
            E::MultilineOpening { .. } => "text on the line of the quotes",
            E::MultilineClosing { .. } => "not on a line of its own",
            E::Indentation { .. } => "indented too little",
            E::BadEscape { .. } => "unknown escape",
            E::OldKeyword { .. } => "`#` is missing",
            E::OldRaw { .. } => "KDL 2 writes no `r`",
            E::Unquoted { .. } => "neither a name nor a number",
            E::SingleQuoted { .. } => "KDL has no single quotes",
            E::UnknownKeyword { .. } => "unknown keyword",
            E::HugeNumber { .. } => "does not fit into 128 bits",
            E::Comma { .. } => "not valid in KDL",
            E::HashComment { .. } => "not a comment in KDL",
            E::RunTogether { .. } => "a space is missing here",
            E::StrayEquals { .. } => "not between a node and its value",
            E::StraySemicolon { .. } => "no node before this",
            E::MissingValue { .. } => "nothing after `=`",
            E::NotSeparated { .. } => "starts here",
            E::BadNodeName { .. } => "a node starts here",
            E::BadKey { .. } => "before `=`",
            E::StraySlashdash { .. } => "nothing after this",
            E::NotText { .. } | E::ControlCharacter { .. } | E::Unexpected { .. } => "this one",
        }
    }

    fn help(&self) -> Option<String> {
        use SyntaxError as E;
        let help = match self {
            E::InvalidUtf8 { .. } => "save the manifest as UTF-8",
            E::NotText { .. } => "check that this is the right file",
            E::TooLarge { .. } | E::TooMany { .. } => "split it into several manifests",
            E::TooDeep { .. } | E::NoThread { .. } => return None,
            E::ControlCharacter { character, .. } => {
                let code = u32::from(*character);
                return Some(format!("in a string, write it as `\\u{{{code:X}}}`"));
            }
            E::UnclosedQuote { .. } => {
                "end the string on its line, or write it over several lines between `\"\"\"`"
            }
            E::UnclosedComment { .. } => "add a `*/` for every `/*`, also for nested ones",
            E::UnclosedBrace { .. } => "add the missing `}`",
            E::ExtraBrace { .. } => "remove it, or add the `{` that is missing above",
            E::BlockWithoutNode { .. } => "write the node first: `session \"main\" { … }`",
            E::BraceOnOwnLine { .. } => "write the `{` at the end of the node's line",
            E::MultilineOpening { .. } => {
                "start the text on the next line, or use single `\"` for one line"
            }
            E::MultilineClosing { .. } => "put the closing `\"\"\"` on a line of its own",
            E::Indentation { .. } => {
                "indent every line at least as far as the closing `\"\"\"`, with the same characters"
            }
            E::BadEscape { .. } => "write `\\\\` for a backslash, or use a raw string: `#\"…\"#`",
            E::OldKeyword { text, .. } if text == "null" => {
                "remove the value: a manifest has no null (KDL 2 writes `#null`)"
            }
            E::OldKeyword { text, .. } => {
                return Some(format!("write `#{text}`, or `\"{text}\"` for the text"));
            }
            E::OldRaw { .. } => "write `#\"…\"#`",
            E::Unquoted { text, .. } => {
                let text = shorten(text).replace('\\', "\\\\");
                return Some(format!("write `\"{text}\"`"));
            }
            E::SingleQuoted { .. } => "write `\"…\"`, and a `\"` inside it as `\\\"`",
            E::UnknownKeyword { .. } => "write `#true`, `#false` or `#null`",
            E::HugeNumber { .. } => "write a smaller number, or put it in quotes",
            E::Comma { .. } => "separate values by spaces",
            E::HashComment { .. } => "write `//`",
            E::RunTogether { .. } => {
                "separate values by spaces, and write a `\"` inside a string as `\\\"`"
            }
            E::StrayEquals { .. } => {
                "write `name \"value\"` for a node, `name=\"value\"` for a property of the node before it"
            }
            E::StraySemicolon { .. } => "remove it",
            E::MissingValue { .. } => "write a value right after `=`, or remove the property",
            E::NotSeparated { .. } => "start it on a new line, or after `;`",
            E::BadNodeName { .. } => {
                "start the node with its name, and write values after it on the same line"
            }
            E::BadKey { .. } => "quote the name, or the value that contains `=`",
            E::StraySlashdash { .. } => "write `/-` before the node, value or block to comment out",
            E::Unexpected { .. } => "put text in quotes; `(raw)` goes before a string",
            E::Other { help, .. } => return help.clone(),
        };
        Some(help.to_owned())
    }
}
