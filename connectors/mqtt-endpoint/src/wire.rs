//! A byte stream and its two buffers: reads and writes go on side by side, so that a
//! client that sends without reading (or the other way round) never locks both up.

use bytes::{Buf, BytesMut};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_util::io::poll_read_buf;

const LEAST_READ: usize = 512;
const MOST_READ: usize = 64 << 10;
/// Buffers larger than this are given back when the connection is idle.
const IDLE_BUFFER: usize = 2 << 10;
/// Output above this stops reading and sending until the client has taken some.
pub(crate) const HIGH_WATER: usize = 64 << 10;

#[derive(Debug)]
pub(crate) struct Wire<Io> {
    io: Io,
    pub(crate) input: BytesMut,
    pub(crate) output: BytesMut,
    must_flush: bool,
    /// How much to read at once: grows while reads are full, shrinks when they are not.
    read_size: usize,
}

/// What a turn moved.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) read: usize,
    pub(crate) written: usize,
    /// The client will send nothing more.
    pub(crate) at_end: bool,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Wire<Io> {
    pub(crate) fn new(io: Io) -> Self {
        Self {
            io,
            input: BytesMut::new(),
            output: BytesMut::new(),
            must_flush: false,
            read_size: LEAST_READ,
        }
    }

    /// Waits until bytes moved in a wanted direction. Cancel-safe.
    pub(crate) async fn turn(&mut self, may_read: bool) -> io::Result<Moved> {
        poll_fn(|cx| self.poll_turn(may_read, cx)).await
    }

    fn poll_turn(&mut self, may_read: bool, cx: &mut Context<'_>) -> Poll<io::Result<Moved>> {
        let mut moved = Moved::default();
        if let Poll::Ready(written) = self.poll_write(cx) {
            moved.written = written?;
        }
        if may_read && let Poll::Ready(read) = self.poll_read(cx) {
            moved.read = read?;
            moved.at_end = moved.read == 0;
        }
        if moved == Moved::default() {
            return Poll::Pending;
        }
        Poll::Ready(Ok(moved))
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.input.reserve(self.read_size);
        let room = self.input.capacity() - self.input.len();
        let read = ready!(poll_read_buf(Pin::new(&mut self.io), cx, &mut self.input))?;
        if read == room {
            self.read_size = (self.read_size * 2).min(MOST_READ);
        } else if read < self.read_size / 4 {
            self.read_size = (self.read_size / 2).max(LEAST_READ);
        }
        Poll::Ready(Ok(read))
    }

    /// Writes until all is written or the client takes no more; pending when nothing moved.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut written = 0;
        while !self.output.is_empty() {
            match Pin::new(&mut self.io).poll_write(cx, &self.output)? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(count) => {
                    self.output.advance(count);
                    self.must_flush = true;
                    written += count;
                }
                Poll::Pending => break,
            }
        }
        if self.must_flush && self.output.is_empty() {
            self.must_flush = Pin::new(&mut self.io).poll_flush(cx)?.is_pending();
        }
        if written > 0 {
            Poll::Ready(Ok(written))
        } else {
            Poll::Pending
        }
    }

    /// Does the client lag behind so far that it should get nothing more for now?
    pub(crate) fn is_congested(&self) -> bool {
        self.output.len() >= HIGH_WATER
    }

    /// Is there output the client has not taken?
    pub(crate) fn has_output(&self) -> bool {
        !self.output.is_empty()
    }

    pub(crate) fn is_fat(&self) -> bool {
        self.input.capacity() > IDLE_BUFFER || self.output.capacity() > IDLE_BUFFER
    }

    /// Gives memory back on an idle connection.
    pub(crate) fn trim(&mut self) {
        self.read_size = LEAST_READ;
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
        if self.output.is_empty() {
            self.output = BytesMut::new();
        }
    }

    /// Writes what is left, closes, and reads on for a moment: closing a socket with unread
    /// input resets it, and the client would lose the last packet.
    pub(crate) async fn close(&mut self, patience: Duration) {
        let farewell = async {
            self.io.write_all_buf(&mut self.output).await?;
            self.io.shutdown().await
        };
        if !matches!(timeout(patience, farewell).await, Ok(Ok(()))) {
            return;
        }
        self.input.clear();
        let linger = async {
            let mut unread = 0;
            while unread < MOST_READ {
                self.input.clear();
                match self.io.read_buf(&mut self.input).await {
                    Ok(read) if read > 0 => unread += read,
                    _ => break,
                }
            }
        };
        // Whether the client closed or the time ran out: the stream is dropped now.
        drop(timeout(patience.min(Duration::from_secs(1)), linger).await);
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
