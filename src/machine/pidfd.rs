//! Process file descriptors (`pidfd_open`): a handle of one process that no other with the same pid
//! can take over. Only Linux has them; elsewhere, and if there is no room for more, there are none,
//! and the caller polls its processes instead.
//!
//! Thousands of them do not fit below the usual soft limit of 1,024 descriptors, and a program that
//! inherited a higher limit would break if it uses `select()`. So the limit is raised for only two
//! calls, which put a descriptor above it: it stays valid after the limit is restored. Every
//! program that triad starts gets triad's original limit, and the numbers below it stay free for
//! the pipes that starting one takes. This requires that no thread starts a program while another
//! opens descriptors: all of triad runs on one thread, except work that only reads.

use std::os::fd::OwnedFd;

use rustix::process::Signal;

/// The result of opening a process.
#[derive(Debug)]
pub(super) enum Opened {
    /// It becomes readable when the process has ended, collected or not.
    Held(OwnedFd),
    /// There is no such process.
    Gone,
    /// The machine has no such descriptors, or no room for more.
    Unavailable,
}

#[cfg(target_os = "linux")]
pub(super) fn open(pid: i32) -> Opened {
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let Some(process) = Some(pid).filter(|pid| *pid > 0).and_then(Pid::from_raw) else {
        return Opened::Gone;
    };
    match pidfd_open(process, PidfdFlags::NONBLOCK) {
        Ok(held) => room::moved(held).map_or(Opened::Unavailable, Opened::Held),
        Err(Errno::SRCH) => Opened::Gone,
        Err(_) => Opened::Unavailable,
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn open(_: i32) -> Opened {
    Opened::Unavailable
}

/// Sends a signal to the held process, and to no other.
#[cfg(target_os = "linux")]
pub(super) fn send(held: &OwnedFd, signal: Signal) {
    // It may have ended by itself meanwhile, which is fine.
    let _ = rustix::process::pidfd_send_signal(held, signal);
}

#[cfg(not(target_os = "linux"))]
pub(super) fn send(_: &OwnedFd, _: Signal) {}

/// Room for more descriptors than the soft limit allows.
#[cfg(target_os = "linux")]
mod room {
    use std::os::fd::{AsRawFd, OwnedFd};

    use rustix::io::fcntl_dupfd_cloexec;
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// Moves a descriptor out of the way. `None`: there is no room for it.
    pub(super) fn moved(held: OwnedFd) -> Option<OwnedFd> {
        let limit = getrlimit(Resource::Nofile);
        let soft = limit.current.and_then(|soft| i32::try_from(soft).ok());
        let soft = soft.unwrap_or(i32::MAX);
        let number = held.as_raw_fd();
        if is_low(number, soft) {
            return Some(held);
        }
        if let Some(above) = above(&held, soft, limit) {
            return Some(above);
        }
        leaves_room(number, soft).then_some(held)
    }

    /// Whether the descriptor may stay where it is, as a few may.
    pub(super) fn is_low(number: i32, soft: i32) -> bool {
        number < soft / 2
    }

    /// Whether it leaves the last quarter free, for pipes, sockets and files.
    pub(super) fn leaves_room(number: i32, soft: i32) -> bool {
        number < soft - soft / 4
    }

    /// Duplicates it above the soft limit, if the hard limit allows that.
    fn above(held: &OwnedFd, soft: i32, limit: Rlimit) -> Option<OwnedFd> {
        if limit.current == limit.maximum {
            return None;
        }
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        setrlimit(Resource::Nofile, raised).ok()?;
        let above = fcntl_dupfd_cloexec(held, soft).ok();
        setrlimit(Resource::Nofile, limit).expect("a soft limit can always be lowered");
        above
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_descriptors_stay_and_the_last_quarter_is_for_others() {
        let soft = 1_024;
        assert!(room::is_low(511, soft) && !room::is_low(512, soft));
        assert!(room::leaves_room(767, soft) && !room::leaves_room(768, soft));
    }

    #[test]
    fn no_process_has_such_an_id() {
        for pid in [i32::MIN, -1, 0, i32::MAX] {
            assert!(matches!(open(pid), Opened::Gone), "{pid}");
        }
    }
}
