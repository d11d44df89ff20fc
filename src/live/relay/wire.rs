//! The bytes that travel: names of keys, messages, values. All integers little-endian.
//!
//! A message is `node: u64, kind: u8`, then for *changes* records of
//! `point: i64, at: i64 (µs), value: f64, quality: u8`, for *forget* and *commanded* records of
//! `point: i64`, for *reset* nothing.

use crate::domain::{PointId, PointSample, Quality, Sample, TenantId, Timestamp};

const CHANGES: u8 = 0;
const FORGET: u8 = 1;
const RESET: u8 = 2;
const COMMANDED: u8 = 3;
const HEADER: usize = 9;
const SAMPLE: usize = 17;
const RECORD: usize = 8 + SAMPLE;

/// Which node says it, so that nobody hears itself.
pub(super) type NodeId = u64;

/// What a writer tells the others about one tenant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Message {
    /// New values.
    Changes(Vec<PointSample>),
    /// These points have lost their newest value.
    Forget(Vec<PointId>),
    /// Commands of these points are further.
    Commanded(Vec<PointId>),
    /// The writer was away: what you know may be old.
    Reset,
}

/// The braces keep both keys of a tenant on one node of a Redis Cluster.
pub(super) fn latest_key(tenant: TenantId) -> String {
    format!("vigie:{{{tenant}}}:latest")
}

pub(super) fn changes_channel(tenant: TenantId) -> String {
    format!("vigie:{{{tenant}}}:changes")
}

/// The tenant of a channel name.
pub(super) fn tenant_of(channel: &str) -> Option<TenantId> {
    channel
        .strip_prefix("vigie:{")?
        .strip_suffix("}:changes")?
        .parse()
        .ok()
}

pub(super) fn encode(node: NodeId, message: &Message) -> Vec<u8> {
    let mut bytes = node.to_le_bytes().to_vec();
    match message {
        Message::Changes(samples) => {
            bytes.push(CHANGES);
            bytes.reserve(samples.len() * RECORD);
            for each in samples {
                bytes.extend(each.point.0.to_le_bytes());
                bytes.extend(encode_sample(each.sample));
            }
        }
        Message::Forget(points) => {
            bytes.push(FORGET);
            bytes.extend(encode_points(points));
        }
        Message::Commanded(points) => {
            bytes.push(COMMANDED);
            bytes.extend(encode_points(points));
        }
        Message::Reset => bytes.push(RESET),
    }
    bytes
}

/// `None` for bytes that no node of this version sends.
pub(super) fn decode(bytes: &[u8]) -> Option<(NodeId, Message)> {
    let (header, body) = bytes.split_at_checked(HEADER)?;
    let node = u64::from_le_bytes(header[..8].try_into().ok()?);
    let message = match header[8] {
        CHANGES => Message::Changes(records(body, RECORD, point_sample)?),
        FORGET => Message::Forget(records(body, 8, point)?),
        COMMANDED => Message::Commanded(records(body, 8, point)?),
        RESET => Message::Reset,
        _ => return None,
    };
    Some((node, message))
}

fn encode_points(points: &[PointId]) -> impl Iterator<Item = u8> {
    points.iter().flat_map(|point| point.0.to_le_bytes())
}

pub(super) fn encode_sample(sample: Sample) -> [u8; SAMPLE] {
    let mut bytes = [0; SAMPLE];
    bytes[..8].copy_from_slice(&sample.at.0.to_le_bytes());
    bytes[8..16].copy_from_slice(&sample.value.to_le_bytes());
    bytes[16] = sample.quality.code();
    bytes
}

pub(super) fn sample(bytes: &[u8]) -> Option<Sample> {
    if bytes.len() != SAMPLE {
        return None;
    }
    Some(Sample {
        at: Timestamp(i64::from_le_bytes(bytes[..8].try_into().ok()?)),
        value: f64::from_le_bytes(bytes[8..16].try_into().ok()?),
        quality: Quality::from_code(bytes[16])?,
    })
}

fn point(bytes: &[u8]) -> Option<PointId> {
    Some(PointId(i64::from_le_bytes(bytes.try_into().ok()?)))
}

fn point_sample(bytes: &[u8]) -> Option<PointSample> {
    Some(PointSample {
        point: point(&bytes[..8])?,
        sample: sample(&bytes[8..])?,
    })
}

fn records<T>(body: &[u8], size: usize, read: fn(&[u8]) -> Option<T>) -> Option<Vec<T>> {
    let chunks = body.chunks_exact(size);
    if !chunks.remainder().is_empty() {
        return None;
    }
    chunks.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some_samples() -> Vec<PointSample> {
        [1.5, f64::NAN, -0.0, f64::INFINITY]
            .into_iter()
            .enumerate()
            .map(|(index, value)| PointSample {
                point: PointId(index as i64),
                sample: Sample {
                    at: Timestamp(-7),
                    value,
                    quality: Quality::Uncertain,
                },
            })
            .collect()
    }

    #[test]
    fn every_message_arrives_bit_for_bit() {
        for message in [
            Message::Changes(some_samples()),
            Message::Forget(vec![PointId(9), PointId(-1)]),
            Message::Commanded(vec![PointId(12)]),
            Message::Reset,
        ] {
            let bytes = encode(42, &message);
            assert_eq!(decode(&bytes), Some((42, message)));
        }
    }

    #[test]
    fn cut_messages_and_unknown_kinds_are_refused() {
        let bytes = encode(42, &Message::Changes(some_samples()));
        assert_eq!(decode(&bytes[..bytes.len() - 1]), None);
        assert_eq!(decode(&bytes[..8]), None);
        assert_eq!(decode(&[0, 0, 0, 0, 0, 0, 0, 0, 9]), None);
    }

    #[test]
    fn a_channel_names_its_tenant() {
        let channel = changes_channel(TenantId(12));
        assert_eq!(tenant_of(&channel), Some(TenantId(12)));
        assert_eq!(tenant_of("vigie:{x}:changes"), None);
    }
}
