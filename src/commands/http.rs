//! The web server's door: HTTP/1.1 connections with bounds in number and time.
//!
//! A reverse proxy speaks newer versions to the world; this door wants none of their cost.
//! An open feed leaves here with its upgrade and has bounds of its own.

use super::door::Door;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Connections at a time; more wait in the backlog of the system.
const CONNECTIONS: usize = 12_000;
/// How long a request may take to say what it wants, the next one of a kept connection too.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// After `accept` failed (no file descriptors, mostly), wait for some to be given back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop`; open requests then have `grace` to end.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    door: Door,
    stop: CancellationToken,
    grace: Duration,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    // Owned here: every connection ends with `stop`, or with the runtime.
    let connections = TaskTracker::new();
    while let Some(Some((stream, peer, seat))) =
        stop.run_until_cancelled(accept(&listener, &room)).await
    {
        let Some(entered) = door.enter(peer.ip()) else {
            continue;
        };
        let router = router.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            router.clone().oneshot(known(request, peer))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let stop = stop.clone();
        connections.spawn(async move {
            let mut connection = pin!(connection);
            // A peer that breaks off or sends nonsense is its own affair.
            if stop
                .run_until_cancelled(connection.as_mut())
                .await
                .is_none()
            {
                connection.as_mut().graceful_shutdown();
                let _ended = connection.await;
            }
            drop((seat, entered));
        });
    }
    drop(listener);
    connections.close();
    if timeout(grace, connections.wait()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// The next connection and its seat.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let seat = Arc::clone(room).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small; waiting to fill a packet would only delay them.
                let _unsupported = stream.set_nodelay(true);
                return Some((stream, peer, seat));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The request, with the address it came from.
fn known(request: hyper::Request<Incoming>, peer: SocketAddr) -> Request {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}
