//! Process file descriptors (`pidfd_open`): a hold on one process that no other with the same id
//! can take over. Only Linux has them; elsewhere, and where there is no room for more, there are
//! none, and the caller looks at its processes instead.
//!
//! Thousands of them do not fit below the usual soft limit of 1,024 descriptors, and a program that
//! inherited a higher one would break where it uses `select()`. So the limit is raised for two
//! calls only, which put a descriptor above it: it stays valid when the limit is back in place.
//! Every program that triad starts gets the limit that triad got, and the numbers below it stay
//! free for the pipes that starting one takes. This holds as long as no thread starts a program
//! while another opens descriptors: all of triad runs on one thread but for what only reads.

use std::os::fd::OwnedFd;

use rustix::process::Signal;

/// A hold on a process.
#[derive(Debug)]
pub(super) enum Opened {
    /// It becomes readable when the process has ended, whether it was collected or not.
    Held(OwnedFd),
    /// There is no such process.
    Gone,
    /// The machine has none of these, or no room for more.
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

/// Sends a signal to the process that is held, and to no other.
#[cfg(target_os = "linux")]
pub(super) fn send(held: &OwnedFd, signal: Signal) {
    // It may have ended by itself meanwhile, which is what is wanted.
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

    /// A descriptor out of the way of everything else. `None`: there is no room for it.
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

    /// A few may stay where they are.
    pub(super) fn is_low(number: i32, soft: i32) -> bool {
        number < soft / 2
    }

    /// Pipes, sockets and files need the last quarter.
    pub(super) fn leaves_room(number: i32, soft: i32) -> bool {
        number < soft - soft / 4
    }

    /// The same above the soft limit, where the hard one allows that.
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
