//! Looks for a regular expression in text of others, which may be large: beside everything else, and
//! one search of a pane at a time.

use std::sync::Arc;

use regex_lite::Regex;
use tokio::sync::Mutex;

use crate::layout::expression;

/// The searches of one pane. A search that takes longer than its probe may goes on, for nobody can
/// end it; no other is begun meanwhile.
#[derive(Debug, Clone, Default)]
pub struct Searches(Arc<Mutex<()>>);

impl Searches {
    /// Does the work on a thread of its own.
    ///
    /// # Errors
    /// A text for people: that an earlier search has not come to its end.
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

/// What is said where one is under way.
const STILL_AT_IT: &str =
    "the last search of its output has not ended: the expression is slow on so much text";

/// # Errors
/// A text for people: why that is no regular expression.
pub(super) fn compiled(regex: &str) -> Result<Regex, String> {
    expression(regex).map_err(|error| format!("`{regex}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_search_under_way_keeps_the_next_one_from_beginning() {
        let searches = Searches::default();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let slow = searches.search(move || wait.recv().is_ok());
        let mut slow = Box::pin(slow);
        let begun = tokio::time::timeout(std::time::Duration::from_millis(1), &mut slow);
        assert!(begun.await.is_err(), "it is under way");
        assert_eq!(searches.search(|| 1).await, Err(STILL_AT_IT.to_owned()));
        go.send(()).expect("it waits");
        assert_eq!(slow.await, Ok(true));
        assert_eq!(searches.search(|| 1).await, Ok(1));
    }
}
