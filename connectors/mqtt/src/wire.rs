//! Packets on a byte stream, with bounded memory.
//!
//! Reading is split in two, so that waiting can be cancelled at any moment and
//! decoding never waits: [`Wire::fill`] brings bytes, [`Wire::take`] gives packets.

use crate::packets::Incoming;
use crate::skip::Skip;
use crate::transport::Stream;
use bytes::{Buf, BytesMut};
use rmqtt_codec::{MqttCodec, MqttPacket};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::codec::{Decoder, Encoder};

const READ_CHUNK: usize = 32 << 10;
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);

/// One connection, packet by packet.
pub(crate) struct Wire {
    stream: Box<dyn Stream>,
    codec: MqttCodec,
    inbound: BytesMut,
    outbound: BytesMut,
    /// Larger packets are skipped as they come in.
    max_packet: u32,
    frame: Frame,
}

/// Where in the inbound bytes we are.
enum Frame {
    /// Before a fixed header.
    Boundary,
    /// The codec has begun a packet.
    Begun,
    /// Throwing a large packet away.
    Skipping(Skip),
}

impl Wire {
    pub(crate) fn new(stream: Box<dyn Stream>, codec: MqttCodec, max_packet: u32) -> Self {
        Self {
            stream,
            codec,
            inbound: BytesMut::new(),
            outbound: BytesMut::new(),
            max_packet,
            frame: Frame::Boundary,
        }
    }

    /// Waits for bytes. Cancel-safe.
    pub(crate) async fn fill(&mut self) -> io::Result<()> {
        self.inbound.reserve(READ_CHUNK);
        match self.stream.read_buf(&mut self.inbound).await? {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the broker closed the connection",
            )),
            _ => Ok(()),
        }
    }

    /// The next packet among the bytes that are there.
    pub(crate) fn take(&mut self) -> io::Result<Option<Incoming>> {
        if matches!(self.frame, Frame::Boundary) {
            self.begin()?;
        }
        match &mut self.frame {
            Frame::Boundary => Ok(None),
            Frame::Skipping(skip) => {
                let skipped = skip.take(&mut self.inbound, matches!(self.codec, MqttCodec::V5(_)));
                if skipped.is_some() {
                    self.frame = Frame::Boundary;
                }
                Ok(skipped)
            }
            Frame::Begun => match self.codec.decode(&mut self.inbound) {
                Ok(None) => Ok(None),
                Ok(Some((packet, _))) => {
                    self.frame = Frame::Boundary;
                    Ok(Some(packet.into()))
                }
                Err(error) => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("malformed packet: {error}"),
                )),
            },
        }
    }

    /// Looks at the fixed header (MQTT 5.0, 2.1) once all of it is there.
    fn begin(&mut self) -> io::Result<()> {
        let mut size = 0_u32;
        for (index, byte) in self.inbound.iter().skip(1).take(4).enumerate() {
            size |= u32::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                if size <= self.max_packet {
                    self.frame = Frame::Begun;
                } else {
                    self.frame = Frame::Skipping(Skip::new(self.inbound[0], size));
                    self.inbound.advance(index + 2);
                }
                return Ok(());
            }
        }
        if self.inbound.len() >= 5 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "malformed length of a packet",
            ));
        }
        Ok(())
    }

    /// Puts a packet in line; [`Self::flush`] sends all of them.
    pub(crate) fn put(&mut self, packet: MqttPacket) -> io::Result<()> {
        self.codec
            .encode(packet, &mut self.outbound)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))
    }

    /// Sends what is in line, within a time-out.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        if self.outbound.is_empty() {
            return Ok(());
        }
        let sent = async {
            self.stream.write_all_buf(&mut self.outbound).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(WRITE_TIMEOUT, sent)
            .await
            .unwrap_or_else(|_| {
                Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the broker takes nothing",
                ))
            })
    }
}
