//! Reports the ends of processes that are not children of triad, without busy polling: the kernel
//! reports them if it can (`pidfd`), else a few cheap looks do.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::machine::pidfd::{self, Opened};
use crate::machine::process::is_alive;

/// The shortest and longest pause between two looks; it doubles.
const LOOK_FIRST: Duration = Duration::from_millis(20);
const LOOK_LAST: Duration = Duration::from_millis(250);
/// The minimum pause for each polled process: a look at one takes some microseconds.
const LOOK_EACH: Duration = Duration::from_micros(500);

/// The processes whose ends are awaited.
///
/// It must be used within a tokio runtime.
#[derive(Debug, Default)]
pub struct Exits {
    /// Those that the kernel reports, each with the task that listens.
    told: BTreeMap<i32, AbortHandle>,
    listeners: JoinSet<i32>,
    /// Those that are polled.
    looked_at: BTreeSet<i32>,
    looks: Looks,
    /// Those that have ended and are not reported yet.
    gone: BTreeSet<i32>,
}

impl Exits {
    pub fn new() -> Self {
        Exits::default()
    }

    /// Adds this process. If it has ended already, it is reported at once.
    pub fn watch(&mut self, pid: i32) {
        if self.is_watched(pid) {
            return;
        }
        let opened = pidfd::open(pid);
        if matches!(opened, Opened::Gone) || !is_alive(pid) {
            self.gone.insert(pid);
            return;
        }
        let held = match opened {
            Opened::Held(held) => registered(held),
            Opened::Gone | Opened::Unavailable => None,
        };
        match held {
            Some(held) => {
                let listener = self.listeners.spawn(ended(pid, held));
                self.told.insert(pid, listener);
            }
            None => {
                self.looked_at.insert(pid);
                self.looks.begin(Instant::now(), self.looked_at.len());
            }
        }
    }

    /// Removes this process.
    pub fn forget(&mut self, pid: i32) {
        if let Some(listener) = self.told.remove(&pid) {
            listener.abort();
        }
        self.looked_at.remove(&pid);
        self.gone.remove(&pid);
    }

    fn is_watched(&self, pid: i32) -> bool {
        self.told.contains_key(&pid) || self.looked_at.contains(&pid) || self.gone.contains(&pid)
    }

    /// Returns the next process that has ended, and removes it. Waits for ever if there is none;
    /// may be cancelled at any time.
    pub async fn next(&mut self) -> i32 {
        loop {
            if let Some(pid) = self.gone.pop_first() {
                return pid;
            }
            tokio::select! {
                Some(told) = self.listeners.join_next_with_id() => {
                    // The listener of a removed process is ignored.
                    let Ok((id, pid)) = told else { continue };
                    if self.told.get(&pid).is_some_and(|listener| listener.id() == id) {
                        self.told.remove(&pid);
                        return pid;
                    }
                }
                () = sleep_until(self.looks.next), if !self.looked_at.is_empty() => self.look(),
                else => std::future::pending().await,
            }
        }
    }

    fn look(&mut self) {
        let (alive, gone) = self.looked_at.iter().partition(|pid| is_alive(**pid));
        self.looked_at = alive;
        let gone: BTreeSet<i32> = gone;
        self.gone.extend(gone);
        self.looks.again(Instant::now(), self.looked_at.len());
    }
}

/// The schedule of looks.
#[derive(Debug)]
struct Looks {
    next: Instant,
    pause: Duration,
}

impl Default for Looks {
    fn default() -> Self {
        Looks {
            next: Instant::now(),
            pause: LOOK_FIRST,
        }
    }
}

impl Looks {
    /// Adds a process to look at: many end soon after their start.
    fn begin(&mut self, now: Instant, count: usize) {
        self.pause = at_least(LOOK_FIRST, count);
        let next = now + self.pause;
        // Others may be due already, and must not be delayed.
        self.next = if count == 1 {
            next
        } else {
            self.next.min(next)
        };
    }

    fn again(&mut self, now: Instant, count: usize) {
        self.pause = at_least((self.pause * 2).min(LOOK_LAST), count);
        self.next = now + self.pause;
    }
}

fn at_least(pause: Duration, count: usize) -> Duration {
    pause.max(LOOK_EACH.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX)))
}

#[expect(
    deprecated,
    reason = "the way that replaces it is unsafe, for owners that close their descriptor early; \
              an `OwnedFd` does not"
)]
fn registered(held: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(held, Interest::READABLE).ok()
}

/// Waits until the held process has ended.
async fn ended(pid: i32, held: AsyncFd<OwnedFd>) -> i32 {
    // Only the end of the runtime makes this fail.
    let _: io::Result<_> = held.readable().await;
    pid
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use tokio::time::timeout;

    use super::*;

    /// Longer than is ever needed.
    const LONG: Duration = Duration::from_secs(30);
    /// Set when a test runs itself again under other limits.
    const UNDER_LIMIT: &str = "TRIAD_TEST_UNDER_LIMIT";

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(future)
    }

    /// Starts a process that ends when its input does, which is when its [`Child`] is dropped.
    fn cat() -> (Child, i32) {
        let mut cat = Command::new("cat");
        cat.stdin(Stdio::piped()).stdout(Stdio::null());
        let child = cat.spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        (child, pid)
    }

    async fn next(exits: &mut Exits) -> i32 {
        timeout(LONG, exits.next())
            .await
            .expect("a process has ended")
    }

    async fn is_quiet(exits: &mut Exits) -> bool {
        timeout(LOOK_LAST * 2, exits.next()).await.is_err()
    }

    /// Polls these processes, as on a machine without `pidfd`.
    fn looking(pids: &[i32]) -> Exits {
        let mut exits = Exits::new();
        exits.looked_at.extend(pids);
        exits.looks.begin(Instant::now(), exits.looked_at.len());
        exits
    }

    async fn ends_are_told(exits: &mut Exits, mut first: Child, mut second: Child) {
        assert!(is_quiet(exits).await);
        drop(first.stdin.take());
        // Nobody has collected it, which makes no difference.
        assert_eq!(next(exits).await, first.id() as i32);
        assert!(is_quiet(exits).await, "an end is reported once");
        drop(second.stdin.take());
        assert_eq!(next(exits).await, second.id() as i32);
        assert!(is_quiet(exits).await, "no process is left to report");
        for child in [&mut first, &mut second] {
            child.wait().unwrap();
        }
    }

    #[test]
    fn the_kernel_reports_ends() {
        run(async {
            let ((first, one), (second, other)) = (cat(), cat());
            let mut exits = Exits::new();
            exits.watch(one);
            exits.watch(other);
            exits.watch(other);
            assert_eq!(
                exits.told.len(),
                if cfg!(target_os = "linux") { 2 } else { 0 }
            );
            ends_are_told(&mut exits, first, second).await;
        });
    }

    #[test]
    fn looks_find_ends_without_the_kernel() {
        run(async {
            let ((first, one), (second, other)) = (cat(), cat());
            let mut exits = looking(&[one, other]);
            ends_are_told(&mut exits, first, second).await;
        });
    }

    #[test]
    fn an_ended_process_is_reported_at_once_and_a_forgotten_one_never() {
        run(async {
            let ((mut gone, one), (mut forgotten, other)) = (cat(), cat());
            drop(gone.stdin.take());
            gone.wait().unwrap();
            let mut exits = Exits::new();
            exits.watch(other);
            exits.watch(one);
            exits.watch(-1);
            exits.watch(i32::MAX);
            assert_eq!(next(&mut exits).await, -1);
            assert_eq!(next(&mut exits).await, one);
            exits.forget(i32::MAX);
            exits.forget(other);
            drop(forgotten.stdin.take());
            assert!(is_quiet(&mut exits).await);
            // It is a zombie now, and counts as gone.
            exits.watch(other);
            assert_eq!(next(&mut exits).await, other);
            forgotten.wait().unwrap();
        });
    }

    #[test]
    fn looks_get_rarer_and_new_processes_are_checked_soon() {
        let start = Instant::now();
        let mut looks = Looks::default();
        let mut pauses = Vec::new();
        looks.begin(start, 1);
        for _ in 0..6 {
            pauses.push(looks.pause.as_millis());
            looks.again(looks.next, 1);
        }
        assert_eq!(pauses, [20, 40, 80, 160, 250, 250]);
        let due = looks.next;
        looks.begin(due - LOOK_LAST, 2);
        assert_eq!(looks.next, due - LOOK_LAST + LOOK_FIRST);
        // New processes all the time do not delay the others.
        looks.begin(due, 3);
        assert_eq!(looks.next, due - LOOK_LAST + LOOK_FIRST);
        looks.again(due, 10_000);
        assert_eq!(
            looks.pause,
            Duration::from_secs(5),
            "many processes are checked rarely"
        );
    }

    /// Under a soft limit of 64 descriptors, and the machine's hard limit above it.
    #[test]
    fn many_processes_take_no_descriptors_from_others() {
        if std::env::var_os(UNDER_LIMIT).is_none() {
            let name = "machine::exits::tests::many_processes_take_no_descriptors_from_others";
            let again = std::env::current_exe().unwrap();
            let ran = Command::new("/bin/sh")
                .args(["-c", "ulimit -S -n 64 && exec \"$@\"", "sh"])
                .arg(again)
                .args(["--exact", name, "--nocapture"])
                .env(UNDER_LIMIT, "1")
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&ran.stderr);
            assert!(ran.status.success(), "{said}");
            return;
        }
        run(async {
            // All of them depend on one pipe.
            let (reader, writer) = std::io::pipe().unwrap();
            let many = |_| {
                let mut cat = Command::new("cat");
                cat.stdin(reader.try_clone().unwrap()).spawn().unwrap()
            };
            let mut children: Vec<Child> = (0..200).map(many).collect();
            let mut exits = Exits::new();
            for child in &children {
                exits.watch(child.id() as i32);
            }
            let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
            assert_eq!(limit.current, Some(64), "the soft limit is restored");
            let has_room = limit.maximum.is_none_or(|hard| hard >= 512);
            if cfg!(target_os = "linux") && has_room {
                assert_eq!(exits.told.len(), children.len());
            }
            let told = Command::new("/bin/sh")
                .args(["-c", "ulimit -S -n"])
                .output();
            assert_eq!(String::from_utf8_lossy(&told.unwrap().stdout), "64\n");
            drop(writer);
            let mut left: BTreeSet<i32> = children.iter().map(|child| child.id() as i32).collect();
            while !left.is_empty() {
                assert!(left.remove(&next(&mut exits).await));
            }
            for child in &mut children {
                child.wait().unwrap();
            }
        });
    }
}
