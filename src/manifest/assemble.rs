//! Joins the files of a manifest: the nodes of an included file take the place of its `include`, and
//! of settings that can be given once, the last one counts.

use super::ast::{EnvDecl, HooksDecl, Item, Manifest, OptionDecl, VarDecl};
use super::error::ManifestError;
use super::parsed::{Parsed, ParsedFile};
use super::source::Source;

/// Assembles a manifest. `main` holds the items of all files in order, those of an included file in
/// place of its `include` node. `errors` are the mistakes in the other files.
pub fn assemble(source: &Source, main: ParsedFile, errors: Vec<ManifestError>) -> Parsed {
    let mut parsed = Parsed {
        manifest: Manifest::default(),
        errors: main.errors,
    };
    parsed.errors.extend(errors);
    let has_items = !main.items.is_empty();
    for item in main.items {
        take(&mut parsed.manifest, item);
    }
    let end = source.text.trim_end().len();
    if main.is_empty && !has_items {
        let span = source.span(0..0);
        parsed.errors.push(ManifestError::Empty { span });
    } else if parsed.manifest.sessions.is_empty() && !main.has_skipped {
        let span = source.span(end..end);
        parsed.errors.push(ManifestError::NoSession { span });
    }
    parsed.errors.sort_by_key(ManifestError::span);
    parsed
}

fn take(manifest: &mut Manifest, item: Item) {
    match item {
        Item::Layout(layout) => manifest.layout = Some(layout),
        Item::Root(path) => manifest.root = Some(path),
        Item::Server(server) => manifest.server = Some(server),
        Item::Vars(vars) => take_vars(&mut manifest.vars, vars),
        Item::Env(env) => take_env(&mut manifest.scope.env, env),
        Item::EnvFile(file) => manifest.scope.env_files.push(file),
        Item::Options(options) => take_options(&mut manifest.scope.options, options),
        Item::Shell(shell) => manifest.scope.shell = Some(shell),
        Item::Before(line) => manifest.scope.before.push(line),
        Item::Log(log) => manifest.scope.log = Some(log),
        Item::Hooks(hooks) => take_hooks(&mut manifest.hooks, *hooks),
        Item::Template(template) => manifest.templates.push(*template),
        Item::Session(session) => manifest.sessions.push(*session),
        // The file was read, or its mistakes were reported.
        Item::Include(_) => {}
    }
}

/// A later default replaces an earlier one at the earlier place, so that variables derived from it in
/// between follow it.
fn take_vars(vars: &mut Vec<VarDecl>, later: Vec<VarDecl>) {
    for var in later {
        match vars
            .iter_mut()
            .find(|known| known.name.text == var.name.text)
        {
            Some(known) if var.default.is_some() => *known = var,
            Some(_) => {}
            None => vars.push(var),
        }
    }
}

fn take_env(env: &mut Vec<EnvDecl>, later: Vec<EnvDecl>) {
    for entry in later {
        env.retain(|known| known.key.text != entry.key.text);
        env.push(entry);
    }
}

fn take_options(options: &mut Vec<OptionDecl>, later: Vec<OptionDecl>) {
    for option in later {
        options.retain(|known| known.name.text != option.name.text);
        options.push(option);
    }
}

fn take_hooks(hooks: &mut HooksDecl, later: HooksDecl) {
    let HooksDecl {
        before_apply,
        after_apply,
        before_down,
        after_down,
    } = later;
    hooks.before_apply = before_apply.or(hooks.before_apply.take());
    hooks.after_apply = after_apply.or(hooks.after_apply.take());
    hooks.before_down = before_down.or(hooks.before_down.take());
    hooks.after_down = after_down.or(hooks.after_down.take());
}
