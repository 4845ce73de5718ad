//! Everything in a diagnostic besides its message: the rule's code, the labels and the help.

use super::ManifestError as E;
use super::shorten::shorten;
use crate::layout::{NAME_MAX, as_name};
use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::Span;
use crate::manifest::table::{self, Arguments, Place};

impl E {
    /// The place of the mistake, also where the fix belongs elsewhere.
    pub fn span(&self) -> Span {
        match self {
            E::Syntax(error) => error.span(),
            E::Include(error) => error.span(),
            _ => labels(self)
                .first()
                .map_or_else(Span::default, |label| label.span),
        }
    }

    /// The mistake as data for the view.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            E::Syntax(error) => error.diagnostic(),
            E::Include(error) => error.diagnostic(),
            _ => Diagnostic {
                code: code(self),
                message: self.to_string(),
                labels: labels(self),
                help: help(self),
            },
        }
    }
}

fn code(error: &E) -> &'static str {
    match error {
        E::Syntax(_) => "triad::manifest::syntax",
        E::Empty { .. } => "triad::manifest::empty",
        E::NoSession { .. } => "triad::manifest::no-session",
        E::UnknownNode { .. } => "triad::manifest::unknown-node",
        E::Foreign { .. } => "triad::manifest::word-of-other-tools",
        E::UnknownProperty { .. } => "triad::manifest::unknown-property",
        E::NotAProperty { .. } => "triad::manifest::not-a-property",
        E::NotSupported { .. } => "triad::manifest::not-supported",
        E::WrongPlace { .. } => "triad::manifest::wrong-place",
        E::MissingArgument { .. } => "triad::manifest::missing-argument",
        E::ExtraArguments { .. } => "triad::manifest::extra-arguments",
        E::NoBlock { .. } => "triad::manifest::no-block",
        E::BadName { .. } => "triad::manifest::bad-name",
        E::BadKey { .. } => "triad::manifest::bad-key",
        E::ReservedName { .. } => "triad::manifest::reserved-name",
        E::DuplicateName { .. } => "triad::manifest::duplicate-name",
        E::DuplicateNode { .. } => "triad::manifest::duplicate-node",
        E::DuplicateProperty { .. } => "triad::manifest::duplicate-property",
        E::PropertyAndChild { .. } => "triad::manifest::property-and-child",
        E::WrongType { .. } => "triad::manifest::wrong-type",
        E::BadValue { .. } => "triad::manifest::bad-value",
        E::NulInText { .. } => "triad::manifest::nul-in-text",
        E::Null { .. } => "triad::manifest::null",
        E::TypeAnnotation { .. } => "triad::manifest::type-annotation",
        E::RawNotText { .. } => "triad::manifest::raw-not-text",
        E::EmptyRun { .. } => "triad::manifest::empty-run",
        E::EmptySplit { .. } => "triad::manifest::empty-split",
        E::EmptyReady { .. } => "triad::manifest::empty-ready",
        E::SeveralSplits { .. } => "triad::manifest::several-splits",
        E::SplitAndPanes { .. } => "triad::manifest::split-and-panes",
        E::PaneInPane { .. } => "triad::manifest::pane-in-pane",
        E::ReadyInTask { .. } => "triad::manifest::ready-in-task",
        E::SizeAndGrow { .. } => "triad::manifest::size-and-grow",
        E::SizeOutsideSplit { .. } => "triad::manifest::size-outside-split",
        E::ServerWithoutAddress { .. } => "triad::manifest::server-without-address",
        E::ServerWithBoth { .. } => "triad::manifest::server-with-both",
        E::EnvWithoutValue { .. } => "triad::manifest::env-without-value",
        E::EnvWithBoth { .. } => "triad::manifest::env-with-both",
        E::OptionalWithoutFrom { .. } => "triad::manifest::optional-without-from",
        E::ExecWithOther { .. } => "triad::manifest::exec-with-other",
        E::ExecWithoutSecret { .. } => "triad::manifest::exec-without-secret",
        E::TooEarly { .. } => "triad::manifest::too-early",
        E::BadOptionName { .. } => "triad::manifest::bad-option-name",
        E::OptionWithoutValue { .. } => "triad::manifest::option-without-value",
        E::SeveralWaysToStop { .. } => "triad::manifest::several-ways-to-stop",
        E::LayoutOfSplit { .. } => "triad::manifest::layout-of-split",
        E::Include(error) => error.code(),
    }
}

fn labels(error: &E) -> Vec<Label> {
    let one = |span, text: &str| vec![Label::new(span, text)];
    let two =
        |span, text: &str, first, note: &str| vec![Label::new(span, text), Label::new(first, note)];
    match error {
        E::Syntax(_) | E::Include(_) => Vec::new(),
        E::Empty { span } => one(*span, "nothing here"),
        E::NoSession { span } => one(*span, "no session up to here"),
        E::UnknownNode { span, place, .. } => one(*span, &format!("unknown {}", place.within())),
        E::Foreign { span, .. } => one(*span, "not a word of triad"),
        E::UnknownProperty { span, node, .. } => {
            one(*span, &format!("not a property of `{}`", node.name))
        }
        E::NotAProperty { span, .. } => one(*span, "must be a node in the block"),
        E::NotSupported { span, .. } => one(*span, "not supported yet"),
        E::WrongPlace { span, .. } => one(*span, "not allowed here"),
        E::MissingArgument { span, what, .. } => one(*span, &format!("{what} is missing")),
        E::ExtraArguments { span, .. } => one(*span, "unexpected value"),
        E::NoBlock { span, .. } => one(*span, "unexpected block"),
        E::BadName { span, .. } | E::BadKey { span, .. } => one(*span, "not a name"),
        E::ReservedName { span, .. } => one(*span, "reserved for templates"),
        E::DuplicateName { span, first, .. }
        | E::DuplicateNode { span, first, .. }
        | E::DuplicateProperty { span, first, .. } => {
            two(*span, "second time here", *first, "first here")
        }
        E::PropertyAndChild { span, first, .. } => {
            two(*span, "as a child", *first, "as a property")
        }
        E::WrongType { span, found, .. } => one(*span, found),
        E::BadValue { span, expected, .. } => one(*span, &format!("expected {expected}")),
        E::NulInText { span, .. } => one(*span, "contains NUL"),
        E::Null { span } => one(*span, "null"),
        E::TypeAnnotation { span, .. } => one(*span, "unknown annotation"),
        E::RawNotText { span } => one(*span, "not a string"),
        E::EmptyRun { span } => one(*span, "nothing to run"),
        E::EmptySplit { span } => one(*span, "nothing to split"),
        E::EmptyReady { span } => one(*span, "nothing to wait for"),
        E::SeveralSplits { span, first } => two(*span, "another split", *first, "the first split"),
        E::SplitAndPanes { split, pane } => two(*pane, "beside the split", *split, "the split"),
        E::PaneInPane { span, window } => two(
            *span,
            "not allowed here",
            *window,
            "this window is a pane itself",
        ),
        E::ReadyInTask { span, task } => two(*span, "not allowed in a task", *task, "the task"),
        E::SizeAndGrow { size, grow } => two(*grow, "by weight", *size, "by size"),
        E::SizeOutsideSplit { span, .. } => one(*span, "no split around it"),
        E::ServerWithoutAddress { span } => one(*span, "which server?"),
        E::ServerWithBoth { socket, path } => two(*path, "by path", *socket, "by name"),
        E::EnvWithoutValue { span, .. } => one(*span, "no value"),
        E::EnvWithBoth { value, from, .. } => {
            two(*from, "the caller's value", *value, "a value of its own")
        }
        E::OptionalWithoutFrom { span } => one(*span, "only for variables of the caller"),
        E::ExecWithOther { exec, other } => two(*other, "cannot stand here", *exec, "the value"),
        E::ExecWithoutSecret { span, .. } => one(*span, "prints a secret"),
        E::TooEarly { span, .. } => one(*span, "read before variables exist"),
        E::BadOptionName { span, .. } => one(*span, "not an option's name"),
        E::OptionWithoutValue { span, .. } => one(*span, "no value"),
        E::SeveralWaysToStop { span, first } => two(*span, "second way", *first, "first way"),
        E::LayoutOfSplit { span, split } => {
            two(*span, "only for panes without a split", *split, "the split")
        }
    }
}

/// The help for an invalid name: a valid one, with the text as the title of a window or pane.
fn bad_name(written: &str, node: &str) -> String {
    let rule = format!("use 1 to {NAME_MAX} letters, digits, `_` and `-`");
    let is_plain = |text: &str| !text.contains(|c: char| c.is_control() || "\"\\".contains(c));
    match (as_name(written).filter(|_| is_plain(written)), node) {
        (None, _) | (_, "") => format!("{rule}, and put other text into `title`"),
        (Some(name), "layout" | "session" | "template") => {
            format!("{rule}: `{node} \"{name}\"`")
        }
        (Some(name), _) => format!("{rule}: `{node} \"{name}\" title=\"{written}\"`"),
    }
}

fn help(error: &E) -> Option<String> {
    let help = match error {
        E::Syntax(_) | E::NotSupported { .. } | E::BadValue { nearest: None, .. } => return None,
        E::Empty { .. } | E::NoSession { .. } => {
            "write at least one session: `session \"main\"`".to_owned()
        }
        E::UnknownNode {
            nearest: Some(nearest),
            ..
        }
        | E::UnknownProperty {
            nearest: Some(nearest),
            ..
        } => format!("did you mean `{nearest}`?"),
        E::BadValue {
            nearest: Some(nearest),
            ..
        } => format!("did you mean `{nearest}`?"),
        E::UnknownNode { place, .. } => known_nodes(*place),
        E::UnknownProperty { node, .. } => {
            let names: Vec<&str> = node.property_names().collect();
            known(&format!("properties of `{}`:", node.name), &names)
                .unwrap_or_else(|| format!("`{}` has no properties", node.name))
        }
        E::NotAProperty { usage, .. } => format!("write it in the block: `{usage}`"),
        E::WrongPlace { name, allowed, .. } => {
            let places: Vec<&str> = allowed.iter().map(|place| place.within_in_full()).collect();
            format!("`{name}` is allowed {}", listed(&places))
        }
        E::MissingArgument { node, .. } => format!("write `{}`", node.usage),
        E::ExtraArguments { node, .. } => match node.arguments {
            Arguments::None => format!("it takes no value: `{}`", node.usage),
            Arguments::Two(_) => format!("it takes two values: `{}`", node.usage),
            _ => format!("it takes one value: `{}`", node.usage),
        },
        E::NoBlock { usage, .. } | E::Foreign { usage, .. } => format!("write `{usage}`"),
        E::BadName { name, node, .. } => bad_name(name, node),
        E::BadKey { .. } => "use letters, digits and `_`, not starting with a digit".to_owned(),
        E::ReservedName { .. } => "choose another name".to_owned(),
        E::DuplicateName { what: "pane", .. } => {
            "pane names are unique within their window: rename one of them".to_owned()
        }
        E::DuplicateName { .. } => "rename or remove one of them".to_owned(),
        E::DuplicateNode { name: "run", .. } => {
            "a pane runs one command: join them with `&&`, or use a second pane".to_owned()
        }
        E::DuplicateNode { .. } | E::DuplicateProperty { .. } | E::PropertyAndChild { .. } => {
            "keep one of them".to_owned()
        }
        E::WrongType { write, .. } => return write.as_ref().map(|text| format!("write `{text}`")),
        _ => return help_on_structure(error).map(str::to_owned),
    };
    Some(help)
}

fn help_on_structure(error: &E) -> Option<&'static str> {
    let help = match error {
        E::NulInText { .. } => "remove the `\\u{0}`",
        E::Null { .. } => "remove the value",
        E::TypeAnnotation { .. } => {
            "remove it; only `(raw)` is known, for text that is not a template"
        }
        E::RawNotText { .. } => "remove `(raw)`; only strings are templates",
        E::EmptyRun { .. } => "write `run \"command\"`, or leave `run` out for a shell",
        E::EmptySplit { .. } => "add panes or splits, or remove it",
        E::EmptyReady { .. } => "add a probe such as `port`, `http` or `exec`, or remove the block",
        E::SeveralSplits { .. } | E::SplitAndPanes { .. } => {
            "put everything into one `columns { … }` or `rows { … }`"
        }
        E::PaneInPane { .. } => "move the window's `run` and its other settings into a pane",
        E::ReadyInTask { .. } => {
            "a task is ready when it has exited with 0: remove the block, or make it a `service`"
        }
        E::SizeAndGrow { .. } => "keep one: `size` is fixed, `grow` shares the remaining space",
        E::SizeOutsideSplit { .. } => {
            "put it into `columns { … }` or `rows { … }`; only the first pane of a `layout=\"main-…\"` has a `size` of its own"
        }
        E::ServerWithoutAddress { .. } => "write `server socket=\"name\"` or `server path=\"…\"`",
        E::ServerWithBoth { .. } => "keep one of them",
        E::EnvWithoutValue { .. } => {
            "write `KEY \"value\"`, or `KEY from=\"env\"` for the caller's"
        }
        E::EnvWithBoth { .. } => "keep either the value or `from=\"env\"`",
        E::ExecWithOther { .. } => "keep `secret=#true` and `exec`, and remove the rest",
        E::ExecWithoutSecret { .. } => "add `secret=#true`",
        E::OptionalWithoutFrom { .. } => "add `from=\"env\"`, or remove `optional`",
        E::TooEarly { .. } => "write it literally, without `{{…}}`",
        E::BadOptionName { .. } => {
            "use letters, digits, `-` and `_`, with an optional `@` at the start or an index \
             such as `[0]` at the end"
        }
        E::OptionWithoutValue { .. } => {
            "write `name \"value\"`; `name \"\"` is an empty value, `name #true` is tmux's `on`"
        }
        E::SeveralWaysToStop { .. } => "keep one: `signal`, `keys` or `run`",
        E::LayoutOfSplit { .. } => "remove `layout`, or write the panes without a split",
        _ => return None,
    };
    Some(help)
}

fn known_nodes(place: Place) -> String {
    let names: Vec<&str> = table::inside(place).map(|spec| spec.name).collect();
    known(&format!("allowed {}:", place.within()), &names).unwrap_or_default()
}

fn known(introduction: &str, names: &[&str]) -> Option<String> {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", shorten(name)))
        .collect();
    (!names.is_empty()).then(|| format!("{introduction} {}", names.join(", ")))
}

fn listed(parts: &[&str]) -> String {
    match parts {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
