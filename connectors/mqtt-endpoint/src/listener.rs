//! TCP and TLS doors into a server.

use crate::Broker;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

/// After `accept` failed (no file descriptors, mostly), wait for some to be given back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

impl Broker {
    /// Serves clients over TCP until `stop` is cancelled and every connection said goodbye.
    pub async fn serve(self: &Arc<Self>, listener: TcpListener, stop: CancellationToken) {
        self.accept_from(listener, None, stop).await;
    }

    /// Serves clients over TLS; as [`Self::serve`] otherwise.
    pub async fn serve_tls(
        self: &Arc<Self>,
        listener: TcpListener,
        tls: Arc<ServerConfig>,
        stop: CancellationToken,
    ) {
        let acceptor = TlsAcceptor::from(tls);
        self.accept_from(listener, Some(acceptor), stop).await;
    }

    async fn accept_from(
        self: &Arc<Self>,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        stop: CancellationToken,
    ) {
        let mut pace = Pace::new(self.limits.accepts_per_second);
        let mut clients = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(_) = clients.join_next(), if !clients.is_empty() => {}
                stream = accept(&listener, &mut pace) => {
                    let open = self.metrics.connections.get().max(clients.len() as u64);
                    if open >= self.limits.max_connections as u64 {
                        self.metrics.turned_away.one();
                        continue;
                    }
                    let (broker, tls, stop) = (Arc::clone(self), tls.clone(), stop.clone());
                    // Owned by `clients`: joined below, aborted if this future is dropped.
                    clients.spawn(async move { broker.welcome(stream, tls, stop).await });
                }
            }
        }
        drop(listener);
        while clients.join_next().await.is_some() {}
    }

    async fn welcome(
        self: Arc<Self>,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        stop: CancellationToken,
    ) {
        let peer = stream.peer_addr().ok();
        // Acknowledgements are small and must not wait for each other; without it they only come later.
        drop(stream.set_nodelay(true));
        match tls {
            None => self.connection(stream, peer, stop).await,
            // Boxed: the state of TLS is large, and a plain connection should not carry room for it.
            Some(tls) => Box::pin(self.welcome_over_tls(stream, tls, peer, stop)).await,
        }
    }

    async fn welcome_over_tls(
        self: &Arc<Self>,
        stream: TcpStream,
        tls: TlsAcceptor,
        peer: Option<SocketAddr>,
        stop: CancellationToken,
    ) {
        let shaking_hands = timeout(self.limits.connect_timeout, tls.accept(stream));
        match stop.run_until_cancelled(shaking_hands).await {
            Some(Ok(Ok(stream))) => self.connection(Box::new(stream), peer, stop).await,
            Some(Ok(Err(error))) => {
                self.metrics.protocol_errors.one();
                tracing::debug!(?peer, %error, "TLS handshake failed");
            }
            Some(Err(_)) => self.metrics.timeouts.one(),
            None => {}
        }
    }
}

/// The next connection, no faster than the pace allows. Cancel-safe.
async fn accept(listener: &TcpListener, pace: &mut Pace) -> TcpStream {
    loop {
        pace.ready().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                pace.step();
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A token bucket that holds one second's worth.
struct Pace {
    per_second: f64,
    tokens: f64,
    filled_at: Instant,
}

impl Pace {
    fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self {
            per_second,
            tokens: per_second,
            filled_at: Instant::now(),
        }
    }

    async fn ready(&mut self) {
        let now = Instant::now();
        let earned = (now - self.filled_at).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + earned).min(self.per_second);
        self.filled_at = now;
        if self.tokens < 1.0 {
            sleep(Duration::from_secs_f64(
                (1.0 - self.tokens) / self.per_second,
            ))
            .await;
        }
    }

    fn step(&mut self) {
        self.tokens -= 1.0;
    }
}
