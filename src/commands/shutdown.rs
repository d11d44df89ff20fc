//! Ctrl-C and SIGTERM become one token; a second Ctrl-C ends the process at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled by the first SIGINT or SIGTERM.
pub(super) fn token() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let cancelled = stop.clone();
    // Owned by the process: it ends with it.
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping in order; a second Ctrl-C stops at once");
        cancelled.cancel();
        interrupt.recv().await;
        std::process::exit(130);
    });
    Ok(stop)
}
