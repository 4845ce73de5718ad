//! The body of a pane.

use std::time::Duration;

use crate::layout::{
    Address, Before, Command, OnExit, Options, Origin, Pane, PaneBody, PaneKind, Presence, Restart,
    RestartWhen, Stop, StopHow, TypeWhen, Typed,
};
use crate::manifest::ast::{BodyDecl, PaneDecl, RestartDecl, RunDecl, StopDecl, TypeDecl};
use crate::manifest::source::Span;
use crate::manifest::table::SIGNALS;
use crate::resolve::conditions::FromEnv;
use crate::resolve::environment::Environment;
use crate::resolve::error::ResolveError;
use crate::resolve::option::{self, Level};
use crate::resolve::resolver::Resolver;
use crate::resolve::scope::Inheritance;

/// The name of the pane of a window without panes.
pub(super) const DEFAULT_PANE: &str = "shell";
/// The shell of a `run` line without a `shell`.
const DEFAULT_SHELL: &str = "/bin/sh";
/// The default number of restarts.
const RESTARTS: u32 = 5;

/// The default length of a run that resets the count of restarts.
const SOUND_AFTER: Duration = Duration::from_secs(60);
/// The pause before the first restart.
const DELAY: Duration = Duration::from_secs(1);
/// The default limit up to which the pauses double.
const DELAY_MAX: Duration = Duration::from_secs(30);

/// The pane for `decl`, with `body` already merged with its templates.
pub(super) fn pane(
    resolver: &mut Resolver,
    decl: &PaneDecl,
    body: &BodyDecl,
    address: Address,
    outer: &Inheritance,
) -> Pane {
    let scope = resolver.inner(outer, &body.scope, Level::Pane);
    check_run(resolver, decl, body);
    let command = command(resolver, body.run.as_ref(), &scope);
    let ready = body.ready.as_ref();
    if let (PaneKind::Task, Some(ready)) = (decl.kind, ready) {
        // The decoder has reported a block of the pane's own.
        resolver.errors.push(ResolveError::ReadyInTask {
            span: decl.span,
            ready: ready.span,
        });
    }
    if let Some(deadline) = body
        .deadline
        .as_ref()
        .filter(|_| decl.kind != PaneKind::Task)
    {
        resolver.errors.push(ResolveError::DeadlineOfNoTask {
            span: deadline.span,
        });
    }
    let environment = resolver.environment_of(&scope);
    check_ends(resolver, decl, body, &environment);
    let before = before(resolver, &command, &scope);
    Pane {
        kind: decl.kind,
        body: PaneBody {
            unnamed: false,
            start_by_hand: resolver.optional_flag(body.start.as_ref()) == Some(false),
            title: resolver.printable(body.title.as_ref()),
            focus: resolver.flag(body.focus.as_ref()),
            typed: typed(resolver, body, &command, &scope),
            before,
            needs: Vec::new(),
            ready: ready.and_then(|ready| resolver.ready(ready, &scope.cwd)),
            restart: body
                .restart
                .as_ref()
                .and_then(|decl| restart(resolver, decl)),
            stop: body
                .stop
                .as_ref()
                .map_or_else(Stop::default, |decl| stop(resolver, decl)),
            on_exit: resolver.word(
                body.on_exit.as_ref(),
                &[
                    ("hold", OnExit::Hold),
                    ("shell", OnExit::Shell),
                    ("close", OnExit::Close),
                ],
                "`hold`, `shell` or `close`",
            ),
            history: resolver.number(body.history.as_ref(), 0..=10_000_000),
            log: scope.log,
            protect: resolver.flag(body.protect.as_ref()),
            deadline: resolver.deadline(body.deadline.as_ref(), None),
            secret_sources: environment.secret_sources,
        },
        former: Vec::new(),
        origin: resolver.origin(decl.span),
        options: option::of_pane(&scope.options),
        command,
        cwd: scope.cwd,
        env: environment.env,
        open_env: environment.open_env,
        unread: environment.unread,
        address,
    }
}

/// The shell pane of a window without panes.
pub(super) fn bare_shell(
    resolver: &mut Resolver,
    window: &Address,
    scope: &Inheritance,
    origin: &Origin,
) -> Pane {
    let environment = resolver.environment_of(scope);
    let command = Command::Shell(scope.shell.clone());
    Pane {
        address: window.pane(DEFAULT_PANE),
        kind: PaneKind::Pane,
        cwd: scope.cwd.clone(),
        env: environment.env,
        options: Options::new(),
        open_env: environment.open_env,
        unread: environment.unread,
        body: PaneBody {
            log: scope.log.clone(),
            typed: typed_before(&command, scope),
            secret_sources: environment.secret_sources,
            ..PaneBody::default()
        },
        former: Vec::new(),
        command,
        origin: origin.clone(),
    }
}

fn command(resolver: &mut Resolver, run: Option<&RunDecl>, scope: &Inheritance) -> Command {
    let Some(run) = run else {
        return Command::Shell(scope.shell.clone());
    };
    let words: Vec<Option<String>> = run.words.iter().map(|word| resolver.text(word)).collect();
    // A word that could not be rendered is already an error, and the result is discarded.
    let mut words: Vec<String> = words.into_iter().flatten().collect();
    if words.len() > 1 {
        return Command::Argv(words);
    }
    Command::Line {
        shell: scope
            .shell
            .clone()
            .unwrap_or_else(|| DEFAULT_SHELL.to_owned()),
        line: words.pop().unwrap_or_default(),
    }
}

/// Reports a pane that has to have a command and has none.
fn check_run(resolver: &mut Resolver, decl: &PaneDecl, body: &BodyDecl) {
    if body.run.is_none() && decl.kind != PaneKind::Pane {
        let (kind, span) = (decl.kind.as_str(), decl.span);
        resolver
            .errors
            .push(ResolveError::NothingToRun { kind, span });
    }
}

/// Reports restarts and exits that tmux cannot carry out for this pane.
fn check_ends(
    resolver: &mut Resolver,
    decl: &PaneDecl,
    body: &BodyDecl,
    environment: &Environment,
) {
    if let Some(restart) = &body.restart {
        let is_never = resolver
            .text(&restart.when)
            .is_none_or(|when| when == "never");
        let error = kept_secret(resolver, environment, restart.span);
        resolver.errors.extend(error.filter(|_| !is_never));
    }
    if let (PaneKind::Task, Some(on_exit)) = (decl.kind, &body.on_exit)
        && resolver
            .text(on_exit)
            .is_some_and(|on_exit| on_exit == "close")
    {
        let span = on_exit.span;
        resolver.errors.push(ResolveError::TaskCloses { span });
    }
}

/// A secret that tmux would have to keep for a restart.
fn kept_secret(resolver: &Resolver, environment: &Environment, span: Span) -> Option<ResolveError> {
    let env = environment.env.iter();
    let handed = env.filter(|(_, value)| value.is_handed_over());
    let open = environment.open_env.iter();
    let open = open.filter(|(_, presence)| **presence == Presence::Filled);
    // In a script that stands alone, what is read is open too.
    let is_told = resolver.conditions.from_env != FromEnv::Runner;
    let open = open.filter(|_| is_told).map(|(name, _)| name);
    let name = handed.map(|(name, _)| name).chain(open).next()?.clone();
    Some(ResolveError::RestartWithSecret { name, span })
}

/// The lines to run before the command. In an interactive shell they are typed instead.
fn before(resolver: &mut Resolver, command: &Command, scope: &Inheritance) -> Option<Before> {
    if command.is_interactive_shell() {
        return None;
    }
    let shell = scope.shell.as_deref().unwrap_or(DEFAULT_SHELL);
    let (_, first) = scope.before.first()?;
    let lines = scope.before.iter().map(|(line, _)| line.clone()).collect();
    let before = Before {
        shell: shell.to_owned(),
        lines,
    };
    if !before.is_known_shell() {
        resolver.errors.push(ResolveError::BeforeInShell {
            shell: shell.to_owned(),
            span: *first,
        });
    }
    Some(before)
}

/// The lines of `before`, for the shell that runs; nothing where none does.
fn typed_before(command: &Command, scope: &Inheritance) -> Vec<Typed> {
    let Some(when) = command
        .typed_when()
        .filter(|_| command.is_interactive_shell())
    else {
        return Vec::new();
    };
    let lines = scope.before.iter().map(|(text, _)| text.clone());
    let typed = |text| Typed {
        text,
        enter: true,
        when: when.clone(),
    };
    lines.map(typed).collect()
}

/// The texts to type, after the `before` lines.
fn typed(
    resolver: &mut Resolver,
    body: &BodyDecl,
    command: &Command,
    scope: &Inheritance,
) -> Vec<Typed> {
    let mut typed = typed_before(command, scope);
    for decl in &body.types {
        let when = typed_when(resolver, decl, body.run.as_ref(), command);
        let Some(text) = resolver.text(&decl.text) else {
            continue;
        };
        let is_typable = |c: char| !c.is_control() || c == '\n' || c == '\t';
        if !text.chars().all(is_typable) {
            let shown: String = text.escape_debug().take(80).collect();
            resolver.wrong(&shown, "text that can be typed", &decl.text, None);
            continue;
        }
        let enter = decl.enter.is_none() || resolver.flag(decl.enter.as_ref());
        typed.extend(when.map(|when| Typed { text, enter, when }));
    }
    typed
}

/// When a text is typed; `None` where that is a mistake, which is noted. Only a shell has a prompt
/// that triad knows.
fn typed_when(
    resolver: &mut Resolver,
    decl: &TypeDecl,
    run: Option<&RunDecl>,
    command: &Command,
) -> Option<TypeWhen> {
    let into = decl.into.as_ref();
    let into = into.map(|into| resolver.word(Some(into), &[("any", ())], "`any`"));
    if let Some(after) = &decl.after {
        return resolver.pattern(after).map(TypeWhen::Line);
    }
    if let Some(into) = into {
        return into.map(|()| TypeWhen::Still);
    }
    let when = command.typed_when();
    if let (None, Some(run)) = (&when, run) {
        resolver.errors.push(ResolveError::TypeWithoutShell {
            span: decl.text.span,
            run: run.span,
        });
    }
    when
}

fn restart(resolver: &mut Resolver, decl: &RestartDecl) -> Option<Restart> {
    let when = resolver.word(
        Some(&decl.when),
        &[
            ("on-failure", Some(RestartWhen::OnFailure)),
            ("always", Some(RestartWhen::Always)),
            ("never", None),
        ],
        "`on-failure`, `always` or `never`",
    )?;
    let max = resolver.number(decl.max.as_ref(), 1..=1_000_000);
    let within = resolver.deadline(decl.within.as_ref(), Some(SOUND_AFTER));
    let delay = resolver.duration(decl.delay.as_ref());
    let max_delay = resolver.duration(decl.max_delay.as_ref());
    Some(Restart {
        when: when?,
        max: max.unwrap_or(RESTARTS),
        delay: delay.unwrap_or(DELAY),
        within,
        max_delay: Some(max_delay.unwrap_or(DELAY_MAX)),
    })
}

fn stop(resolver: &mut Resolver, decl: &StopDecl) -> Stop {
    let default = Stop::default();
    let keys: Vec<String> = decl
        .keys
        .iter()
        .filter_map(|key| resolver.text(key))
        .collect();
    let run = resolver.optional(decl.run.as_ref());
    let signals: Vec<(&str, &str)> = SIGNALS.iter().map(|name| (*name, *name)).collect();
    let signal = resolver.word(decl.signal.as_ref(), &signals, "a signal such as `INT`");
    let how = match (run, signal) {
        (Some(line), _) => StopHow::Run(line),
        (None, _) if !keys.is_empty() => StopHow::Keys(keys),
        (None, Some(signal)) => StopHow::Signal(signal.to_owned()),
        (None, None) => default.how,
    };
    Stop {
        how,
        timeout: resolver
            .duration(decl.timeout.as_ref())
            .unwrap_or(default.timeout),
        always: resolver.flag(decl.always.as_ref()),
        pause: resolver
            .duration(decl.pause.as_ref())
            .unwrap_or(default.pause),
    }
}
