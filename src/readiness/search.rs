//! Searches text of others, which may be large, for a regular expression: in the background, and
//! one search of a pane at a time.

use std::sync::Arc;

use regex_lite::Regex;
use tokio::sync::Mutex;

use crate::layout::expression;

/// The searches of one pane. A search that outlasts its probe's timeout continues, because it
/// cannot be cancelled; no other is started meanwhile.
#[derive(Debug, Clone, Default)]
pub struct Searches(Arc<Mutex<()>>);

impl Searches {
    /// Does the work on a thread of its own.
    ///
    /// # Errors
    /// Returns, for people, that an earlier search is still running.
    pub async fn search<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, String> {
        let turn = Arc::clone(&self.0).try_lock_owned();
        let turn = turn.map_err(|_| STILL_AT_IT.to_owned())?;
        let search = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        search.await.map_err(|error| error.to_string())
    }
}

/// The answer while a search is running.
const STILL_AT_IT: &str =
    "the last search of its output is still running: the expression is slow on this much text";

/// # Errors
/// Returns, for people, why that is not a regular expression.
pub(super) fn compiled(regex: &str) -> Result<Regex, String> {
    expression(regex).map_err(|error| format!("`{regex}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_running_search_blocks_the_next_one() {
        let searches = Searches::default();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let slow = searches.search(move || wait.recv().is_ok());
        let mut slow = Box::pin(slow);
        let begun = tokio::time::timeout(std::time::Duration::from_millis(1), &mut slow);
        assert!(begun.await.is_err(), "the search is running");
        assert_eq!(searches.search(|| 1).await, Err(STILL_AT_IT.to_owned()));
        go.send(()).expect("the search waits");
        assert_eq!(slow.await, Ok(true));
        assert_eq!(searches.search(|| 1).await, Ok(1));
    }
}
