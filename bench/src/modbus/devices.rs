//! Devices that answer every read of holding registers with numbers that change.

use anyhow::Result;
use std::net::TcpListener as Listener;
use std::sync::mpsc;
use std::thread;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// Ended when dropped.
pub struct Devices {
    ports: Vec<u16>,
    /// `/proc/<process>/task/<thread>/stat` of their thread.
    stat: String,
    _stop: oneshot::Sender<()>,
}

impl Devices {
    /// Each on a port of its own.
    pub fn start(count: usize) -> Result<Self> {
        let mut listeners = Vec::with_capacity(count);
        for _ in 0..count {
            let listener = Listener::bind("127.0.0.1:0")?;
            listener.set_nonblocking(true)?;
            listeners.push(listener);
        }
        let ports = listeners
            .iter()
            .map(|listener| Ok(listener.local_addr()?.port()));
        let ports = ports.collect::<Result<Vec<u16>>>()?;
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || -> Result<()> {
            tell.send(std::fs::read_link("/proc/thread-self")?)?;
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(serve(listeners, stopped))
        });
        let stat = format!("/proc/{}/stat", told.recv()?.display());
        Ok(Self {
            ports,
            stat,
            _stop: stop,
        })
    }

    /// Where they listen.
    pub fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// Processor seconds they have used.
    pub fn cpu(&self) -> f64 {
        crate::machine::cpu_of(&self.stat)
    }
}

async fn serve(listeners: Vec<Listener>, stopped: oneshot::Receiver<()>) -> Result<()> {
    for listener in listeners {
        let listener = TcpListener::from_std(listener)?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
    }
    // An end of the sender is what it waits for.
    let _ended = stopped.await;
    Ok(())
}

/// Reads of holding registers only; anything else ends it.
async fn answer(mut stream: TcpStream) {
    let (mut request, mut turn) = ([0_u8; 12], 0_u16);
    while stream.read_exact(&mut request).await.is_ok() && request[7] == 3 {
        let count = request[11];
        let mut answer = request[..8].to_vec();
        answer[5] = 3 + 2 * count;
        answer.push(2 * count);
        for register in 0..u16::from(count) {
            turn = turn.wrapping_add(7);
            answer.extend((turn ^ register).to_be_bytes());
        }
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}
