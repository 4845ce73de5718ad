//! Finds the panes that decided how long an execution took: a chain of needs, each the last to be
//! met before the next pane started. Works on events with their times since the beginning, without
//! a clock.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::{Event, Link, Path};
use crate::layout::{Address, Pane, PaneKind, Until, meaning};
use crate::plan::Plan;
use crate::plan::change::Action;

/// The times at which panes started and met needs.
#[derive(Debug)]
pub(super) struct Times {
    /// The address of each step of the plan.
    addresses: Vec<Address>,
    panes: BTreeMap<Address, Course>,
}

/// The needs of a pane, and its times.
#[derive(Debug, Default)]
struct Course {
    needs: Vec<(Address, Until)>,
    is_probed: bool,
    /// `None` if it was running before.
    started: Option<Duration>,
    /// The first good news: its probes succeeded or, for a task, it has ended.
    ready: Option<Duration>,
    /// The time of the last news.
    last: Option<Duration>,
}

impl Course {
    fn of(pane: &Pane, kinds: &BTreeMap<&Address, PaneKind>) -> Self {
        let needs = pane.needs.iter().filter_map(|need| {
            let kind = kinds.get(&need.target)?;
            Some((need.target.clone(), meaning(need.until, *kind)))
        });
        Course {
            needs: needs.collect(),
            is_probed: pane.ready.is_some(),
            ..Course::default()
        }
    }

    /// Returns when it met such a need; `None` if it did from the beginning.
    fn met(&self, until: Until) -> Option<Duration> {
        match until {
            Until::Started => self.started,
            Until::Ready => self.ready.or(self.started),
            Until::ExitedOk | Until::Exited => self.last,
        }
    }

    /// Whether it was started, and not waited for until ready.
    fn is_open(&self) -> bool {
        self.is_probed && self.started.is_some() && self.ready.is_none()
    }
}

impl Times {
    pub(super) fn new(plan: &Plan) -> Self {
        let addresses = plan.steps.iter().map(|step| step.subject.address.clone());
        let starts = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Start(start) => Some(&start.pane),
            _ => None,
        });
        let targets = plan.targets.iter().map(|target| &target.pane);
        let panes: Vec<&Pane> = targets.chain(starts).collect();
        let kinds = panes
            .iter()
            .map(|pane| (&pane.address, pane.kind))
            .collect();
        let courses = panes.iter();
        let courses = courses.map(|pane| (pane.address.clone(), Course::of(pane, &kinds)));
        Times {
            addresses: addresses.collect(),
            panes: courses.collect(),
        }
    }

    /// Records an event.
    pub(super) fn note(&mut self, event: &Event, at: Duration) {
        let address = match event {
            Event::Started { step } => self.addresses.get(step.0),
            Event::Ready { address, .. } | Event::Died { address, .. } => Some(address),
            _ => None,
        };
        let Some(course) = address.and_then(|address| self.panes.get_mut(address)) else {
            return;
        };
        match event {
            Event::Started { .. } => course.started = Some(at),
            Event::Ready { .. } => {
                course.ready.get_or_insert(at);
                course.last = Some(at);
            }
            _ => course.last = Some(at),
        }
    }

    /// Returns the path to the pane that became ready last.
    pub(super) fn path(&self) -> Path {
        let ends = self.panes.iter().filter_map(|(address, course)| {
            let end = course.met(Until::Ready)?;
            Some((address, end))
        });
        let Some((last, end)) = latest(ends) else {
            return Path::default();
        };
        let is_whole = !self.panes.values().any(Course::is_open);
        Path {
            ready: is_whole.then_some(end),
            links: self.links(last, end),
        }
    }

    /// Returns the path to a pane over the needs met last, in the order of time.
    fn links(&self, last: &Address, end: Duration) -> Vec<Link> {
        let mut links = Vec::new();
        let mut next = Some((last, end));
        // Needs form no cycle, so that no pane occurs twice.
        while let Some((address, ready)) = next.filter(|_| links.len() < self.panes.len()) {
            let course = &self.panes[address];
            links.push(Link {
                address: address.clone(),
                started: course.started.unwrap_or_default(),
                ready,
            });
            next = latest(course.needs.iter().filter_map(|(target, until)| {
                let (target, course) = self.panes.get_key_value(target)?;
                Some((target, course.met(*until)?))
            }));
        }
        links.reverse();
        links
    }
}

/// Returns the latest; of two at the same time the first, so that the result is always the same.
fn latest<'a>(
    moments: impl Iterator<Item = (&'a Address, Duration)>,
) -> Option<(&'a Address, Duration)> {
    moments.reduce(|last, next| if next.1 > last.1 { next } else { last })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::StepId;
    use crate::live::Exit;

    const MS: Duration = Duration::from_millis(1);

    fn address(name: &str) -> Address {
        format!("s/w/{name}").parse().expect("an address")
    }

    /// The events of each pane.
    enum Did {
        Start,
        Ready,
        Die,
    }
    use Did::{Die, Ready, Start};

    /// The chain, each pane with the times of its start and readiness, and when everything was
    /// ready.
    #[track_caller]
    fn check(
        needs: &[(&str, &[(&str, Until)])],
        happened: &[(u32, &str, Did)],
        expected: &[(&str, u32, u32)],
        ready: Option<u32>,
    ) {
        let course = |(name, needs): &(&str, &[(&str, Until)])| {
            let needs = needs
                .iter()
                .map(|(target, until)| (address(target), *until));
            let course = Course {
                needs: needs.collect(),
                is_probed: true,
                ..Course::default()
            };
            (address(name), course)
        };
        let mut times = Times {
            addresses: needs.iter().map(|(name, _)| address(name)).collect(),
            panes: needs.iter().map(course).collect(),
        };
        for (at, name, did) in happened {
            let address = address(name);
            let event = match did {
                Start => Event::Started {
                    step: StepId(needs.iter().position(|of| of.0 == *name).expect("known")),
                },
                Ready => Event::Ready {
                    address,
                    why: String::new(),
                    took: Duration::ZERO,
                },
                Die => Event::Died {
                    address,
                    exit: Some(Exit::Status(1)),
                    lines: Vec::new(),
                },
            };
            times.note(&event, MS * *at);
        }
        let path = times.path();
        let link = |link: &Link| (link.address.clone(), link.started, link.ready);
        let links: Vec<_> = path.links.iter().map(link).collect();
        let expected = expected.iter();
        let expected = expected.map(|(name, from, to)| (address(name), MS * *from, MS * *to));
        assert_eq!(links, expected.collect::<Vec<_>>());
        assert_eq!(path.ready, ready.map(|ready| MS * ready));
    }

    #[test]
    fn the_need_met_last_counts() {
        check(
            &[
                ("db", &[]),
                ("cache", &[]),
                ("migrate", &[("db", Until::Ready)]),
                (
                    "api",
                    &[("migrate", Until::ExitedOk), ("cache", Until::Ready)],
                ),
            ],
            &[
                (10, "db", Start),
                (10, "cache", Start),
                (1_000, "cache", Ready),
                (2_000, "db", Ready),
                (2_010, "migrate", Start),
                (3_500, "migrate", Ready),
                (3_510, "api", Start),
                (4_100, "api", Ready),
            ],
            &[
                ("db", 10, 2_000),
                ("migrate", 2_010, 3_500),
                ("api", 3_510, 4_100),
            ],
            Some(4_100),
        );
    }

    #[test]
    fn each_need_counts_from_the_time_it_was_met() {
        // Only the start of `db` was needed, and of `seed` its end, whatever it was.
        check(
            &[
                ("db", &[]),
                ("seed", &[]),
                ("api", &[("db", Until::Started), ("seed", Until::Exited)]),
            ],
            &[
                (10, "db", Start),
                (10, "seed", Start),
                (500, "seed", Ready),
                (900, "seed", Die),
                (910, "api", Start),
                (950, "db", Ready),
                (1_500, "api", Ready),
            ],
            &[("seed", 10, 900), ("api", 910, 1_500)],
            Some(1_500),
        );
    }

    #[test]
    fn running_panes_count_only_if_they_were_awaited() {
        let needs: &[(&str, &[(&str, Until)])] = &[("db", &[]), ("api", &[("db", Until::Ready)])];
        let happened = &[(20, "api", Start), (100, "api", Ready)];
        check(needs, happened, &[("api", 20, 100)], Some(100));
        let happened = &[
            (2_000, "db", Ready),
            (2_010, "api", Start),
            (2_100, "api", Ready),
        ];
        let expected = &[("db", 0, 2_000), ("api", 2_010, 2_100)];
        check(needs, happened, expected, Some(2_100));
    }

    #[test]
    fn the_path_is_not_ready_if_a_pane_was_not_awaited() {
        check(
            &[("db", &[])],
            &[(20, "db", Start)],
            &[("db", 20, 20)],
            None,
        );
        check(&[("db", &[])], &[], &[], None);
    }
}
