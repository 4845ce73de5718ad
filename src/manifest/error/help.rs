//! What is said about a mistake besides its message: the rule's code, the labels, the way out.

use super::ManifestError as E;
use super::shorten::shorten;
use crate::layout::{NAME_MAX, as_name};
use crate::manifest::diagnostic::{Diagnostic, Label};
use crate::manifest::source::Span;
use crate::manifest::table::{self, Arguments, Place};

impl E {
    /// Where the mistake is; where something else must give way, the place of the mistake still.
    pub fn span(&self) -> Span {
        match self {
            E::Syntax(error) => error.span(),
            E::Include(error) => error.span(),
            _ => labels(self)
                .first()
                .map_or_else(Span::default, |label| label.span),
        }
    }

    /// The mistake as it is shown.
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
        E::NoSession { span } => one(*span, "ends without one"),
        E::UnknownNode { span, place, .. } => one(*span, &format!("not known {}", place.within())),
        E::Foreign { span, .. } => one(*span, "not one of triad's"),
        E::UnknownProperty { span, node, .. } => {
            one(*span, &format!("not known to `{}`", node.name))
        }
        E::NotAProperty { span, .. } => one(*span, "is a node of its own"),
        E::NotSupported { span, .. } => one(*span, "not yet"),
        E::WrongPlace { span, .. } => one(*span, "not here"),
        E::MissingArgument { span, what, .. } => one(*span, &format!("{what} is missing")),
        E::ExtraArguments { span, .. } => one(*span, "not expected"),
        E::NoBlock { span, .. } => one(*span, "not expected"),
        E::BadName { span, .. } | E::BadKey { span, .. } => one(*span, "not a name"),
        E::ReservedName { span, .. } => one(*span, "has a meaning in templates already"),
        E::DuplicateName { span, first, .. }
        | E::DuplicateNode { span, first, .. }
        | E::DuplicateProperty { span, first, .. } => {
            two(*span, "again here", *first, "first here")
        }
        E::PropertyAndChild { span, first, .. } => {
            two(*span, "as a child", *first, "as a property")
        }
        E::WrongType { span, found, .. } => one(*span, found),
        E::BadValue { span, expected, .. } => one(*span, &format!("expected {expected}")),
        E::NulInText { span, .. } => one(*span, "no program can be given this"),
        E::Null { span } => one(*span, "null"),
        E::TypeAnnotation { span, .. } => one(*span, "unknown"),
        E::RawNotText { span } => one(*span, "not a string"),
        E::EmptyRun { span } => one(*span, "nothing to run"),
        E::EmptySplit { span } => one(*span, "nothing to split"),
        E::EmptyReady { span } => one(*span, "nothing to wait for"),
        E::SeveralSplits { span, first } => two(*span, "another split", *first, "the first split"),
        E::SplitAndPanes { split, pane } => two(*pane, "beside the split", *split, "the split"),
        E::PaneInPane { span, window } => two(*span, "not here", *window, "is a pane itself"),
        E::ReadyInTask { span, task } => two(*span, "not in a task", *task, "the task"),
        E::SizeAndGrow { size, grow } => two(*grow, "by weight", *size, "by size"),
        E::SizeOutsideSplit { span, .. } => one(*span, "no split around it"),
        E::ServerWithoutAddress { span } => one(*span, "which server?"),
        E::ServerWithBoth { socket, path } => two(*path, "by path", *socket, "by name"),
        E::EnvWithoutValue { span, .. } => one(*span, "no value"),
        E::EnvWithBoth { value, from, .. } => two(*from, "the caller's", *value, "a value"),
        E::OptionalWithoutFrom { span } => one(*span, "only for the caller's variables"),
        E::TooEarly { span, .. } => one(*span, "read before there are variables"),
        E::BadOptionName { span, .. } => one(*span, "not an option's name"),
        E::OptionWithoutValue { span, .. } => one(*span, "no value"),
        E::SeveralWaysToStop { span, first } => two(*span, "another way", *first, "one way"),
        E::LayoutOfSplit { span, split } => two(*span, "for panes only", *split, "the split"),
    }
}

/// How to write what was meant as a name: a window or pane shows the text as its title.
fn bad_name(written: &str, node: &str) -> String {
    let rule = format!("a name is 1 to {NAME_MAX} letters, digits, `_` and `-`");
    let is_plain = |text: &str| !text.contains(|c: char| c.is_control() || "\"\\".contains(c));
    match (as_name(written).filter(|_| is_plain(written)), node) {
        (None, _) | (_, "") => format!("{rule}; other text goes into `title`"),
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
            known(&format!("known to `{}`:", node.name), &names)
                .unwrap_or_else(|| format!("`{}` has no properties", node.name))
        }
        E::NotAProperty { usage, .. } => format!("write it in the block: `{usage}`"),
        E::WrongPlace { name, allowed, .. } => {
            let places: Vec<&str> = allowed.iter().map(|place| place.within_in_full()).collect();
            format!("`{name}` stands {}", listed(&places))
        }
        E::MissingArgument { node, .. } => format!("write `{}`", node.usage),
        E::ExtraArguments { node, .. } => match node.arguments {
            Arguments::None => format!("it takes none: `{}`", node.usage),
            _ => format!("it takes one: `{}`", node.usage),
        },
        E::NoBlock { usage, .. } | E::Foreign { usage, .. } => format!("write `{usage}`"),
        E::BadName { name, node, .. } => bad_name(name, node),
        E::BadKey { .. } => "use letters, digits and `_`, and no digit at the start".to_owned(),
        E::ReservedName { .. } => "choose another name".to_owned(),
        E::DuplicateName { what: "pane", .. } => {
            "pane names are unique in their window: rename one of them".to_owned()
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
        E::NulInText { .. } => "leave the `\\u{0}` out",
        E::Null { .. } => "leave the value out",
        E::TypeAnnotation { .. } => "only `(raw)` is known: text that is not a template",
        E::RawNotText { .. } => "only strings are templates: leave `(raw)` out",
        E::EmptyRun { .. } => "write `run \"command\"`, or leave `run` out for a shell",
        E::EmptySplit { .. } => "put panes or splits into it, or remove it",
        E::EmptyReady { .. } => "put `port`, `http` or `exec` into it, or remove it",
        E::SeveralSplits { .. } | E::SplitAndPanes { .. } => {
            "put them into one `columns { … }` or `rows { … }`"
        }
        E::PaneInPane { .. } => "give the window's `run` and the like to a pane of its own",
        E::ReadyInTask { .. } => {
            "a task is ready when it has exited with 0: remove the block, or make it a `service`"
        }
        E::SizeAndGrow { .. } => "keep one: `size` is fixed, `grow` shares what is left",
        E::SizeOutsideSplit { .. } => {
            "put it into `columns { … }` or `rows { … }`; only the first pane of a `layout=\"main-…\"` has a `size` of its own"
        }
        E::ServerWithoutAddress { .. } => "write `server socket=\"name\"` or `server path=\"…\"`",
        E::ServerWithBoth { .. } => "keep one of them",
        E::EnvWithoutValue { .. } => {
            "write `KEY \"value\"`, or `KEY from=\"env\"` for the caller's"
        }
        E::EnvWithBoth { .. } => "keep the value, or let it be the caller's",
        E::OptionalWithoutFrom { .. } => "add `from=\"env\"`, or remove `optional`",
        E::TooEarly { .. } => "write it as it is, without `{{…}}`",
        E::BadOptionName { .. } => {
            "an option is letters, digits, `-` and `_`, perhaps with `@` before it or an index \
             such as `[0]` behind it"
        }
        E::OptionWithoutValue { .. } => {
            "write `name \"value\"`; `name \"\"` is an empty one, `name #true` is tmux's `on`"
        }
        E::SeveralWaysToStop { .. } => "keep one: `signal`, `keys` or `run`",
        E::LayoutOfSplit { .. } => "remove `layout`, or write the panes without a split",
        _ => return None,
    };
    Some(help)
}

fn known_nodes(place: Place) -> String {
    let names: Vec<&str> = table::inside(place).map(|spec| spec.name).collect();
    known(&format!("known {}:", place.within()), &names).unwrap_or_default()
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
