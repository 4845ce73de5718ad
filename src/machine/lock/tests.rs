//! Locks of one process against each other, in folders of their own.

use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

const NO_TIME: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(20);

/// A folder for one test, removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("triad-lock-test-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a new folder");
        Folder(fs::canonicalize(folder).expect("the folder exists"))
    }

    fn files(&self) -> Vec<String> {
        let files = fs::read_dir(&self.0).expect("the folder exists").flatten();
        let mut names: Vec<String> = files
            .map(|file| file.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn on_time<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
        .block_on(work)
}

async fn is_held(lock: &LockFile) -> bool {
    matches!(lock.take("another", NO_TIME).await, Err(LockError::Held(_)))
}

#[test]
fn each_scope_excludes_itself_and_nothing_else() {
    let folder = Folder::new();
    let socket = folder.0.join("default");
    let locks = [
        LockFile::apply(&socket, "v1.a.b"),
        LockFile::apply(&socket, "v1.a.c"),
        LockFile::change(&socket, "v1.a.b"),
        LockFile::change(&socket, "v1.a.c"),
        LockFile::server(&socket),
        LockFile::server(&folder.0.join("other")),
    ];
    on_time(async {
        let mut held = Vec::new();
        for lock in &locks {
            held.push(
                lock.take("a test", NO_TIME)
                    .await
                    .expect("the lock is free"),
            );
            assert!(is_held(lock).await, "{lock:?}");
        }
    });
}

#[test]
fn a_lock_leaves_no_file_behind() {
    let folder = Folder::new();
    let lock = LockFile::apply(&folder.0.join("default"), "v1.a.b");
    on_time(async {
        let held = lock
            .take("a test", NO_TIME)
            .await
            .expect("the lock is free");
        assert_eq!(folder.files(), ["default.triad-lock-apply-v1.a.b"]);
        assert!(is_held(&lock).await);
        drop(held);
        assert_eq!(folder.files(), [""; 0]);
        lock.take("a test", NO_TIME)
            .await
            .expect("the lock is free");
    });
}

#[test]
fn every_path_to_a_socket_leads_to_the_same_lock() {
    let folder = Folder::new();
    let real = folder.0.join("real");
    fs::create_dir(&real).expect("a new folder");
    symlink(&real, folder.0.join("folder")).expect("a link");
    symlink("real/default", folder.0.join("socket")).expect("a link");
    symlink("socket", folder.0.join("twice")).expect("a link");
    let other_paths = ["folder/default", "socket", "twice", "real/../real/default"];
    on_time(async {
        // The socket need not exist yet.
        for is_there in [false, true] {
            if is_there {
                fs::write(real.join("default"), "").expect("the path is writable");
            }
            let lock = LockFile::server(&real.join("default"));
            let _held = lock
                .take("a test", NO_TIME)
                .await
                .expect("the lock is free");
            for path in other_paths {
                let other = LockFile::server(&folder.0.join(path));
                assert!(is_held(&other).await, "{path}, {is_there}");
            }
        }
    });
}

#[test]
fn the_holder_is_reported_once_and_at_once() {
    let folder = Folder::new();
    let lock = LockFile::apply(&folder.0.join("default"), "v1.a.b");
    let mut told = Vec::new();
    on_time(async {
        let held = lock.take("triad apply of\na.kdl", NO_TIME).await;
        let mut held = Some(held.expect("the lock is free"));
        let mut tell = |holding: &Held| {
            told.push(holding.to_string());
            // Only a report ends the wait.
            held.take();
        };
        let taken = lock.take_telling("another", LONG, &mut tell).await;
        taken.expect("the lock became free");
    });
    let pid = std::process::id();
    let who =
        format!("another triad is applying this layout: pid {pid}, triad apply of?a.kdl, for ");
    assert!(told.len() == 1 && told[0].starts_with(&who), "{told:?}");
}

#[test]
fn a_cancelled_wait_locks_nothing() {
    let folder = Folder::new();
    let lock = LockFile::change(&folder.0.join("default"), "v1.a.b");
    on_time(async {
        let held = lock
            .take("a test", NO_TIME)
            .await
            .expect("the lock is free");
        let wait = lock.take("another", Duration::MAX);
        assert!(tokio::time::timeout(FIRST_PAUSE * 4, wait).await.is_err());
        drop(held);
        lock.take("a third", NO_TIME)
            .await
            .expect("the lock is free");
    });
}

#[test]
fn a_removed_or_stale_file_locks_nothing() {
    let folder = Folder::new();
    let lock = LockFile::apply(&folder.0.join("default"), "v1.a.b");
    on_time(async {
        let lost = lock
            .take("a test", NO_TIME)
            .await
            .expect("the lock is free");
        fs::remove_file(&lost.path).expect("the file exists");
        let held = lock
            .take("another", NO_TIME)
            .await
            .expect("the lock is free");
        drop(lost);
        assert!(is_held(&lock).await, "a holder removes only its own file");
        drop(held);
        fs::write(lock.path().expect("a path"), "pid 1, long gone\n1\n")
            .expect("the path is writable");
        let _held = lock
            .take("a third", NO_TIME)
            .await
            .expect("the lock is free");
        let Err(LockError::Held(who)) = lock.take("a fourth", NO_TIME).await else {
            panic!("the lock is held");
        };
        assert!(who.holder.contains("a third"), "{}", who.holder);
    });
}

#[test]
fn the_socket_s_folder_may_appear_meanwhile() {
    let folder = Folder::new();
    for round in 0..200 {
        let socket = folder.0.join(format!("tmux-{round}")).join("default");
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    canonical(&socket).expect("the folder is created or exists");
                });
            }
        });
    }
}
