//! A wire to the gateway that can be bad.

use super::gateway::free_port;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What the wire does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Passes everything on.
    Fine,
    /// Answers get lost.
    Deaf,
    /// Cuts the connection when an answer comes.
    Cuts,
    /// Puts other bytes in the place of answers.
    Babbles,
    /// Nobody listens.
    Gone,
}

/// Listens on a port of its own, ended when dropped.
pub(crate) struct Proxy {
    port: u16,
    target: u16,
    mood: watch::Sender<Mood>,
    connections: Arc<AtomicU64>,
    task: Option<JoinHandle<()>>,
}

impl Proxy {
    pub(crate) async fn to(target: u16) -> Self {
        let mut proxy = Self {
            port: free_port(),
            target,
            mood: watch::Sender::new(Mood::Fine),
            connections: Arc::default(),
            task: None,
        };
        proxy.set(Mood::Fine).await;
        proxy
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Connections that were accepted so far.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    pub(crate) async fn set(&mut self, mood: Mood) {
        self.mood.send_replace(mood);
        if mood == Mood::Gone {
            if let Some(task) = self.task.take() {
                task.abort();
                let end = task.await;
                assert!(end.is_err_and(|error| error.is_cancelled()));
            }
        } else if self.task.is_none() {
            let address = SocketAddr::from(([127, 0, 0, 1], self.port));
            let listener = TcpListener::bind(address).await.unwrap();
            let (target, mood) = (self.target, self.mood.clone());
            let connections = self.connections.clone();
            self.task = Some(tokio::spawn(accept(listener, target, mood, connections)));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn accept(
    listener: TcpListener,
    target: u16,
    mood: watch::Sender<Mood>,
    connections: Arc<AtomicU64>,
) {
    let mut all = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.unwrap();
        connections.fetch_add(1, Ordering::Relaxed);
        all.spawn(carry(client, target, mood.clone()));
        while all.try_join_next().is_some() {}
    }
}

async fn carry(mut client: TcpStream, target: u16, mood: watch::Sender<Mood>) {
    let mut peer = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
    let (mut request, mut answer) = ([0; 4096], [0; 4096]);
    let mut noise: u64 = 0x9e37_79b9_7f4a_7c15;
    loop {
        tokio::select! {
            read = client.read(&mut request) => match read {
                Ok(count @ 1..) => if peer.write_all(&request[..count]).await.is_err() { return },
                _ => return,
            },
            read = peer.read(&mut answer) => {
                let Ok(count @ 1..) = read else { return };
                let now = *mood.borrow();
                match now {
                    Mood::Fine => {}
                    Mood::Deaf => continue,
                    Mood::Cuts | Mood::Gone => return,
                    Mood::Babbles => for byte in &mut answer[..count] {
                        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        *byte = (noise >> 33) as u8;
                    },
                }
                if client.write_all(&answer[..count]).await.is_err() { return }
            }
        }
    }
}
