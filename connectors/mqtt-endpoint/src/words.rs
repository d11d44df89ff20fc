//! The same thing in the words of MQTT 3, of MQTT 5 and of the codec.

use crate::QoS;
use crate::packet::Fault;
use rmqtt_codec::error::DecodeError;
use rmqtt_codec::v5::{DisconnectReasonCode, SubscribeAckReason};
use rmqtt_codec::{v3, v5};

pub(crate) fn fault_of(error: &DecodeError) -> Fault {
    use DisconnectReasonCode as Reason;
    match error {
        DecodeError::MaxSizeExceeded { .. } => {
            Fault::new(Reason::PacketTooLarge, "a packet over the limit")
        }
        DecodeError::InvalidTopicName => Fault::new(Reason::TopicNameInvalid, "an empty topic"),
        DecodeError::InvalidTopicFilter => Fault::protocol("no topic filter"),
        DecodeError::InvalidClientId => {
            Fault::new(Reason::NotAuthorized, "no client id for a session to keep")
        }
        DecodeError::InvalidConnectFlags | DecodeError::ConnectReservedFlagSet => {
            Fault::malformed("wrong flags in CONNECT")
        }
        DecodeError::Utf8Error => Fault::malformed("text that is not UTF-8"),
        DecodeError::UnsupportedPacketType => Fault::malformed("an unknown packet type or flags"),
        _ => Fault::malformed("a malformed packet"),
    }
}

pub(crate) fn return_code(reason: v5::ConnectAckReason) -> v3::ConnectAckReason {
    use v3::ConnectAckReason as Code;
    use v5::ConnectAckReason as Reason;
    match reason {
        Reason::Success => Code::ConnectionAccepted,
        Reason::UnsupportedProtocolVersion => Code::UnacceptableProtocolVersion,
        Reason::ClientIdentifierNotValid => Code::IdentifierRejected,
        Reason::BadUserNameOrPassword => Code::BadUserNameOrPassword,
        Reason::ServerUnavailable | Reason::ServerBusy | Reason::QuotaExceeded => {
            Code::ServiceUnavailable
        }
        _ => Code::NotAuthorized,
    }
}

pub(crate) fn suback_code(reason: SubscribeAckReason) -> v3::SubscribeReturnCode {
    match reason {
        SubscribeAckReason::GrantedQos0 => v3::SubscribeReturnCode::Success(QoS::AtMostOnce),
        SubscribeAckReason::GrantedQos1 => v3::SubscribeReturnCode::Success(QoS::AtLeastOnce),
        SubscribeAckReason::GrantedQos2 => v3::SubscribeReturnCode::Success(QoS::ExactlyOnce),
        _ => v3::SubscribeReturnCode::Failure,
    }
}
