//! A few words that one session leaves for the next of the same connection.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The words of the last [`Memory::keep`], or why they cannot be had now.
pub type Recalling = Pin<Box<dyn Future<Output = Result<Option<String>, String>> + Send>>;
/// Durable, or why not.
pub type Keeping = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Kept over restarts of the process, by connection. Small: at most some kilobytes.
pub trait Memory: Debug + Send + Sync {
    /// What was kept last.
    fn recall(self: Arc<Self>) -> Recalling;

    /// Replaces what was kept.
    fn keep(self: Arc<Self>, words: String) -> Keeping;
}

/// Remembers as long as the process lives.
#[derive(Debug, Default)]
pub struct ShortMemory(std::sync::Mutex<Option<String>>);

impl ShortMemory {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Memory for ShortMemory {
    fn recall(self: Arc<Self>) -> Recalling {
        Box::pin(async move { Ok(self.lock().clone()) })
    }

    fn keep(self: Arc<Self>, words: String) -> Keeping {
        Box::pin(async move {
            *self.lock() = Some(words);
            Ok(())
        })
    }
}
