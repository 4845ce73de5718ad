//! The caller's environment and folders, the manifest in them, and the tmux server to use: shared
//! by all verbs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use etcetera::{BaseStrategy, choose_base_strategy};

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, What};
use crate::cli::global::Global;
use crate::layout::{Layout, Salt, ServerChoice, UsedFolder};
use crate::live::Snapshot;
use crate::load::{self, Included, LoadError, Loaded, Places};
use crate::manifest::diagnostic::Diagnostic;
use crate::manifest::error::ManifestError;
use crate::plan;
use crate::resolve::{self, EnvFiles, FromEnv, ResolveError};
use crate::saved;
use crate::tmux;
use crate::tmux::environment::Environment;
use crate::tmux::server::{SOCKET_PATH_MAX, Server, Socket};

/// The size of a window without a client.
pub(super) const UNSEEN: (u32, u32) = (200, 50);

/// The caller's environment and folders, read once.
#[derive(Debug)]
pub(super) struct World {
    pub environment: Environment,
    pub current: PathBuf,
    /// The path of triad itself.
    pub triad: PathBuf,
    home: Option<PathBuf>,
    config: Option<PathBuf>,
}

impl World {
    pub(super) fn read(global: &Global) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            let message = format!("cannot read the current directory: {error}");
            Failure::new(Exit::Error, message, "change to a directory that exists")
        };
        let mut current = std::env::current_dir().map_err(failed)?;
        if let Some(directory) = &global.directory {
            current = current.join(directory);
            if !current.is_dir() {
                let what = match current.exists() {
                    true => "is not a directory",
                    false => "does not exist",
                };
                let message = format!("`{}` {what}", current.display());
                return Err(Failure::new(Exit::Usage, message, "check `--directory`"));
            }
        }
        let environment: Environment = std::env::vars_os().collect();
        let home = environment
            .get("HOME")
            .filter(|home| !home.is_empty())
            .map(PathBuf::from);
        let config = choose_base_strategy()
            .ok()
            .map(|folders| folders.config_dir().join("triad"));
        Ok(World {
            environment,
            current,
            // Panes that need it say so where it is not there.
            triad: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("triad")),
            home,
            config,
        })
    }

    /// Finds, reads and resolves a manifest.
    pub(super) fn layout(
        &self,
        global: &Global,
        argument: Option<&str>,
    ) -> Result<Layout, Failure> {
        self.read_layout(global, argument, FromEnv::Caller)
    }

    /// The same for verbs that know only later which programs they start: a variable that is
    /// missing in the environment stays open.
    pub(super) fn found_layout(
        &self,
        global: &Global,
        argument: Option<&str>,
    ) -> Result<Layout, Failure> {
        self.read_layout(global, argument, FromEnv::Found)
    }

    /// The same for a layout that is not started now: variables from the environment stay open.
    pub(super) fn open_layout(
        &self,
        global: &Global,
        argument: Option<&str>,
    ) -> Result<Layout, Failure> {
        self.read_layout(global, argument, FromEnv::Runner)
    }

    fn read_layout(
        &self,
        global: &Global,
        argument: Option<&str>,
        from_env: FromEnv,
    ) -> Result<Layout, Failure> {
        let loaded = self.load(argument)?;
        let included = load::with_included(&loaded);
        self.resolved(global, &loaded, &included, from_env).0
    }

    /// Finds and reads a manifest.
    pub(super) fn load(&self, argument: Option<&str>) -> Result<Loaded, Failure> {
        manifest(load::load(argument, self.places())?)
    }

    /// Whether exactly one manifest is found from here.
    pub(super) fn has_one_manifest(&self) -> bool {
        let found = load::load(None, self.places());
        !matches!(found, Err(LoadError::NoneHere | LoadError::Several { .. }))
    }

    fn places(&self) -> Places<'_> {
        Places {
            current: &self.current,
            config: self.config.as_deref(),
        }
    }

    /// Resolves a manifest that was read again, with the files that it includes; also returns the paths
    /// of its environment files.
    pub(super) fn watched(
        &self,
        global: &Global,
        loaded: Loaded,
        included: &Included,
    ) -> (Result<Layout, Failure>, BTreeSet<PathBuf>) {
        match manifest(loaded) {
            Ok(loaded) => self.resolved(global, &loaded, included, FromEnv::Caller),
            Err(failure) => (Err(failure), BTreeSet::new()),
        }
    }

    /// Resolves a manifest with the files that it includes and the environment files that it names;
    /// also returns the paths of these.
    fn resolved(
        &self,
        global: &Global,
        loaded: &Loaded,
        included: &Included,
        from_env: FromEnv,
    ) -> (Result<Layout, Failure>, BTreeSet<PathBuf>) {
        let last = match self.last_env_files(global) {
            Ok(last) => last,
            Err(failure) => return (Err(failure), BTreeSet::new()),
        };
        let (parsed, sources) = (&included.parsed, &included.sources);
        let vars: BTreeMap<String, String> = global.vars.iter().cloned().collect();
        let profiles: BTreeSet<String> = global.profiles.iter().cloned().collect();
        let none = EnvFiles {
            last,
            ..EnvFiles::default()
        };
        let conditions = resolve::Conditions {
            vars: &vars,
            profiles: &profiles,
            environment: &self.environment,
            from_env,
            env_files: &none,
            home: self.home.as_deref(),
            manifest: &loaded.path,
            folder: &loaded.folder,
            stem: &loaded.stem,
        };
        let wanted = resolve::env_files(&parsed.manifest, sources, &conditions);
        let read = wanted.keys().map(|path| {
            let is_checked = loaded.is_found && !none.last.contains(path);
            (path.clone(), load::env_file(path, is_checked))
        });
        let env_files = EnvFiles {
            read: read.collect(),
            secret: (wanted.iter().filter(|(_, is_secret)| **is_secret))
                .map(|(path, _)| path.clone())
                .collect(),
            last: none.last.clone(),
        };
        let conditions = resolve::Conditions {
            env_files: &env_files,
            ..conditions
        };
        let resolved = resolve::resolve(&parsed.manifest, sources, &conditions);
        let layout = self.diagnosed(resolved, loaded, included);
        (layout, wanted.into_keys().collect())
    }

    /// The files of `--env-file`, each as a path that can be written down.
    fn last_env_files(&self, global: &Global) -> Result<Vec<PathBuf>, Failure> {
        let files = global.env_files.iter().map(|file| {
            let path = self.current.join(file);
            match path.to_str() {
                Some(_) => Ok(path),
                None => Err(LoadError::NotUtf8 { path }.into()),
            }
        });
        files.collect()
    }

    /// The layout, or all that is wrong with it and its manifest.
    fn diagnosed(
        &self,
        resolved: Result<Layout, Vec<ResolveError>>,
        loaded: &Loaded,
        included: &Included,
    ) -> Result<Layout, Failure> {
        let (parsed, sources) = (&included.parsed, &included.sources);
        // A file that could not be read leads to mistakes in both stages.
        let mistakes = resolved.as_ref().err().map_or(&[][..], Vec::as_slice);
        let mut diagnostics: Vec<Diagnostic> = parsed
            .errors
            .iter()
            .map(ManifestError::diagnostic)
            .collect();
        diagnostics.extend(mistakes.iter().map(ResolveError::diagnostic));
        diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span));
        match resolved {
            Ok(layout) if diagnostics.is_empty() => Ok(Layout {
                used: self.used_folder(loaded),
                ..layout
            }),
            _ => Err(Failure {
                exit: Exit::Invalid,
                what: What::Diagnostics(sources.clone(), diagnostics),
            }),
        }
    }

    /// Returns the folder of a manifest as a person calls it: as it was named, or as the shell's
    /// `PWD` has it.
    fn used_folder(&self, loaded: &Loaded) -> Option<UsedFolder> {
        let named = loaded.place.as_ref().and_then(|place| place.parent());
        let named = named.and_then(|named| load::used_folder(&loaded.folder, named));
        named.or_else(|| {
            let shown = self.environment.get("PWD")?;
            load::used_folder(&std::env::current_dir().ok()?, Path::new(shown))
        })
    }

    /// Returns the server of a layout: from the flags, else the manifest, else the caller's own
    /// tmux, else tmux's default.
    pub(super) fn server(
        &self,
        global: &Global,
        layout: Option<&Layout>,
    ) -> Result<Server, Failure> {
        let chosen = layout.and_then(|layout| layout.server.as_ref());
        self.reach(global, self.socket(global, chosen)?, layout)
    }

    /// The same without a layout.
    pub(super) fn server_at(
        &self,
        global: &Global,
        chosen: Option<&ServerChoice>,
    ) -> Result<Server, Failure> {
        self.reach(global, self.socket(global, chosen)?, None)
    }

    /// Returns the server at a socket.
    ///
    /// A server keeps the environment that it was started with, and shows it to everybody. So the
    /// secrets of the layout are removed here, where every server comes from.
    pub(super) fn reach(
        &self,
        global: &Global,
        socket: Socket,
        layout: Option<&Layout>,
    ) -> Result<Server, Failure> {
        let server = Server::new(global.tmux.clone(), socket, &self.environment);
        let server = server.within(global.tmux_timeout);
        let server = match layout {
            Some(layout) => server.without(&layout.secret_names),
            None => server,
        };
        let path = server.socket_path();
        if path.as_os_str().len() > SOCKET_PATH_MAX {
            let message = format!(
                "the socket's path is longer than {SOCKET_PATH_MAX} bytes: {}",
                path.display()
            );
            return Err(Failure::new(
                Exit::NoTmux,
                message,
                "choose a shorter one with `-S`",
            ));
        }
        Ok(server)
    }

    fn socket(&self, global: &Global, chosen: Option<&ServerChoice>) -> Result<Socket, Failure> {
        Ok(
            match (self.asked_socket(global, chosen)?, self.own_socket()) {
                (Socket::Default, Some(path)) => Socket::Path(path.to_owned()),
                (socket, _) => socket,
            },
        )
    }

    /// Returns the socket that the flags or the manifest choose.
    pub(super) fn asked_socket(
        &self,
        global: &Global,
        chosen: Option<&ServerChoice>,
    ) -> Result<Socket, Failure> {
        let socket = match (&global.socket_path, &global.socket_name, chosen) {
            (Some(path), _, _) => Socket::Path(self.current.join(path)),
            (None, Some(name), _) => Socket::Name(name.clone()),
            (None, None, Some(ServerChoice::Path(path))) => Socket::Path(path.clone()),
            (None, None, Some(ServerChoice::Name(name))) => Socket::Name(name.clone()),
            (None, None, None) => Socket::Default,
        };
        if let Socket::Name(name) = &socket
            && (name.is_empty() || name.contains('/') || name.contains('\0'))
        {
            let message = format!("`{name}` cannot be the name of a tmux server");
            return Err(Failure::new(
                Exit::Usage,
                message,
                "a name cannot contain `/`; use `-S` for a path",
            ));
        }
        Ok(socket)
    }

    /// Returns the tmux program as it must be called from another folder.
    pub(super) fn asked_program(&self, global: &Global) -> Result<String, Failure> {
        let program = if global.tmux.components().count() > 1 {
            self.current.join(&global.tmux)
        } else {
            global.tmux.clone()
        };
        program.into_os_string().into_string().map_err(|program| {
            let message = format!("the path {} is not UTF-8", program.display());
            Failure::new(Exit::Usage, message, "choose another with `--tmux`")
        })
    }

    /// Returns the socket of the tmux server that triad was called in. A program may have removed
    /// `TMUX` from its environment, but not what triad has added to that.
    pub(super) fn own_socket(&self) -> Option<&Path> {
        let tmux = self.environment.get("TMUX");
        let tmux = tmux.and_then(|tmux| tmux.split(',').next());
        let told = || self.environment.get("TRIAD_SOCKET").map(String::as_str);
        let path = tmux.filter(|path| !path.is_empty()).or_else(told)?;
        Some(Path::new(path)).filter(|path| path.is_absolute())
    }

    /// Returns the conditions of a plan besides the layout and the server's state.
    pub(super) fn plan_conditions(
        &self,
        server: &Server,
        snapshot: &Snapshot,
    ) -> Result<plan::Conditions, Failure> {
        let (width, height) = self.view(snapshot);
        Ok(plan::Conditions {
            width,
            height,
            own_pane: self.own_pane(server, snapshot),
            salt: Some(salt()?),
        })
    }

    /// Returns a path relative to the current directory, where it is below it.
    pub(super) fn name(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.current).unwrap_or(path);
        short.display().to_string()
    }

    /// Returns the size that a new window will be shown at.
    fn view(&self, snapshot: &Snapshot) -> (u32, u32) {
        let lines = snapshot
            .server
            .as_ref()
            .map_or(1, |server| server.status_lines);
        let client = snapshot.clients.iter().max_by_key(|client| client.activity);
        let client = client.map(|client| (client.width, client.height));
        let size = client.or_else(terminal);
        let usable = size.filter(|(width, height)| *width > 0 && *height > lines);
        usable.map_or(UNSEEN, |(width, height)| (width, height - lines))
    }

    /// Returns the caller's environment for programs in panes: without secrets, which only the
    /// panes that ask for them get.
    pub(super) fn for_programs(&self, secret_names: &BTreeSet<String>) -> Environment {
        tmux::environment::for_programs(&self.environment).without(secret_names)
    }
}

/// Refuses a saved plan where a manifest is expected.
fn manifest(loaded: Loaded) -> Result<Loaded, Failure> {
    if saved::is_one(loaded.source.text.as_bytes()) {
        let message = format!("`{}` is a saved plan, not a manifest", loaded.source.name);
        let help = "`triad show FILE` shows it, and `triad apply FILE` carries it out";
        return Err(Failure::new(Exit::Usage, message, help));
    }
    Ok(loaded)
}

/// Returns the size of the terminal that triad runs on.
pub(super) fn terminal() -> Option<(u32, u32)> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout())
        .or_else(|_| rustix::termios::tcgetwinsize(rustix::stdio::stdin()));
    let size = size.ok()?;
    Some((u32::from(size.ws_col), u32::from(size.ws_row)))
}

/// Returns the place of a server, for headings.
pub(super) fn place(server: &Server) -> String {
    let flags = server.flags();
    if flags.is_empty() {
        "default server".to_owned()
    } else {
        flags.join(" ")
    }
}

/// Returns 32 random bytes.
fn salt() -> Result<Salt, Failure> {
    let mut bytes = [0; 32];
    let read = fs::File::open(RANDOM).and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|error| {
        let message = format!("cannot read `{RANDOM}`: {error}");
        Failure::new(
            Exit::Error,
            message,
            "triad needs random bytes to compare secrets",
        )
    })?;
    Ok(Salt::new(bytes))
}

/// The source of random bytes.
const RANDOM: &str = "/dev/urandom";

/// Returns a word that frames tmux's output, and cannot occur in it.
pub(super) fn nonce() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seed = format!("{} {}", now.as_nanos(), std::process::id());
    let hash = blake3::hash(seed.as_bytes());
    // Short: it names each window of a first batch several times.
    format!("triad{}", &hash.to_hex()[..10])
}
