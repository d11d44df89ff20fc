//! Just enough of a message's layout to mend it and to say what it is (ASHRAE 135, clauses 6.2 and 20.1).

use bacnet_encoding::primitives::decode_application_value_ref;
use bacnet_types::MacAddr;
use bacnet_types::enums::{ConfirmedServiceChoice, PduType, UnconfirmedServiceChoice};
use bytes::Bytes;
use std::net::{Ipv4Addr, SocketAddrV4};

/// The least a device must take (clause 20.1.2.5).
const LEAST_APDU: u64 = 50;
const VERSION: u8 = 1;
const I_AM: u8 = 0;

/// Address and port as BACnet/IP writes them (annex J.1.2).
pub fn mac_of(socket: SocketAddrV4) -> MacAddr {
    let [a, b, c, d] = socket.ip().octets();
    let [high, low] = socket.port().to_be_bytes();
    MacAddr::from_slice(&[a, b, c, d, high, low])
}

/// What [`mac_of`] wrote; `None` for another link's address.
pub fn socket_of(mac: &[u8]) -> Option<SocketAddrV4> {
    let &[a, b, c, d, high, low] = mac else {
        return None;
    };
    let port = u16::from_be_bytes([high, low]);
    Some(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port))
}

/// Where the application's part begins; `None` for a network message or a damaged one.
fn apdu_at(npdu: &[u8]) -> Option<usize> {
    let control = *npdu.get(1)?;
    if *npdu.first()? != VERSION || control & 0x80 != 0 {
        return None;
    }
    let has_destination = control & 0x20 != 0;
    let mut at = 2;
    if has_destination {
        at += 3 + usize::from(*npdu.get(at + 2)?);
    }
    if control & 0x08 != 0 {
        at += 3 + usize::from(*npdu.get(at + 2)?);
    }
    Some(at + usize::from(has_destination))
}

/// Proposes a window of one segment in place of the peer's, wherever a segmented message says one.
pub(crate) fn one_segment_at_a_time(npdu: Bytes) -> Bytes {
    let Some(place) = window_at(&npdu) else {
        return npdu;
    };
    if npdu.get(place).is_none_or(|window| *window <= 1) {
        return npdu;
    }
    let mut mended = npdu.to_vec();
    mended[place] = 1;
    mended.into()
}

fn window_at(npdu: &[u8]) -> Option<usize> {
    let at = apdu_at(npdu)?;
    let first = *npdu.get(at)?;
    let is_segmented = first & 0x08 != 0;
    match first >> 4 {
        0 if is_segmented => Some(at + 4),
        3 if is_segmented => Some(at + 3),
        _ => None,
    }
}

/// Whether this is an I-Am of a device that takes less than any device may.
pub(crate) fn is_foolish_i_am(npdu: &[u8]) -> bool {
    largest_of_i_am(npdu).is_some_and(|largest| largest < LEAST_APDU)
}

fn largest_of_i_am(npdu: &[u8]) -> Option<u64> {
    let apdu = npdu.get(apdu_at(npdu)?..)?;
    let [0x10, I_AM, values @ ..] = apdu else {
        return None;
    };
    let (_, next) = decode_application_value_ref(values, 0).ok()?;
    let (largest, _) = decode_application_value_ref(values, next).ok()?;
    match largest {
        bacnet_encoding::primitives::ApplicationValueRef::Unsigned(largest) => Some(largest),
        _ => None,
    }
}

/// A message in a few words: `request 12 READ_PROPERTY_MULTIPLE`, `I_AM`.
pub fn describe(npdu: &[u8]) -> String {
    words_of(npdu).unwrap_or_else(|| "no BACnet message".to_owned())
}

fn words_of(npdu: &[u8]) -> Option<String> {
    let Some(at) = apdu_at(npdu) else {
        let is_message = npdu.first() == Some(&VERSION) && npdu.get(1)? & 0x80 != 0;
        let kind = *npdu.get(2)?;
        return is_message.then(|| format!("network message {kind}"));
    };
    let apdu = npdu.get(at..)?;
    let first = *apdu.first()?;
    let after = if first & 0x08 == 0 { 0 } else { 2 };
    let segment = if after == 0 { "" } else { " (a segment)" };
    let confirmed = |place: usize| {
        let choice = apdu.get(place).copied();
        choice.map(|raw| ConfirmedServiceChoice::from_raw(raw).to_string())
    };
    Some(match PduType::from_raw(first >> 4) {
        PduType::CONFIRMED_REQUEST => {
            format!(
                "request {} {}{segment}",
                apdu.get(2)?,
                confirmed(3 + after)?
            )
        }
        PduType::UNCONFIRMED_REQUEST => {
            UnconfirmedServiceChoice::from_raw(*apdu.get(1)?).to_string()
        }
        PduType::SIMPLE_ACK => format!("done {} {}", apdu.get(1)?, confirmed(2)?),
        PduType::COMPLEX_ACK => {
            format!("answer {} {}{segment}", apdu.get(1)?, confirmed(2 + after)?)
        }
        PduType::SEGMENT_ACK => format!("segment taken {}", apdu.get(1)?),
        PduType::ERROR => format!("error {} {}", apdu.get(1)?, confirmed(2)?),
        PduType::REJECT => format!("reject {}, reason {}", apdu.get(1)?, apdu.get(2)?),
        PduType::ABORT => format!("abort {}, reason {}", apdu.get(1)?, apdu.get(2)?),
        other => format!("message of type {other}"),
    })
}

#[cfg(test)]
mod tests;
