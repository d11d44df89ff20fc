//! The messages of Sparkplug B, as far as a host application reads them.
//!
//! Source: Eclipse Sparkplug 3.0.0, 6.4 (payload definitions). Unknown fields are skipped by
//! the decoder, so data sets and templates cost nothing.

use prost::{Message, Oneof};

/// 6.4.5
#[derive(Clone, PartialEq, Message)]
pub(super) struct Payload {
    /// Milliseconds since the epoch, UTC.
    #[prost(uint64, optional, tag = "1")]
    pub(super) timestamp: Option<u64>,
    #[prost(message, repeated, tag = "2")]
    pub(super) metrics: Vec<Metric>,
    #[prost(uint64, optional, tag = "3")]
    pub(super) seq: Option<u64>,
}

/// 6.4.6
#[derive(Clone, PartialEq, Message)]
pub(super) struct Metric {
    #[prost(string, optional, tag = "1")]
    pub(super) name: Option<String>,
    #[prost(uint64, optional, tag = "2")]
    pub(super) alias: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    pub(super) timestamp: Option<u64>,
    #[prost(uint32, optional, tag = "4")]
    pub(super) datatype: Option<u32>,
    #[prost(bool, optional, tag = "5")]
    pub(super) is_historical: Option<bool>,
    #[prost(bool, optional, tag = "7")]
    pub(super) is_null: Option<bool>,
    #[prost(message, optional, tag = "9")]
    pub(super) properties: Option<PropertySet>,
    #[prost(oneof = "Value", tags = "10, 11, 12, 13, 14, 15, 16")]
    pub(super) value: Option<Value>,
}

/// The value of a metric; signed integers travel as two's complement.
#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Value {
    #[prost(uint32, tag = "10")]
    Int(u32),
    #[prost(uint64, tag = "11")]
    Long(u64),
    #[prost(float, tag = "12")]
    Float(f32),
    #[prost(double, tag = "13")]
    Double(f64),
    #[prost(bool, tag = "14")]
    Boolean(bool),
    #[prost(string, tag = "15")]
    String(String),
    #[prost(bytes, tag = "16")]
    Bytes(Vec<u8>),
}

/// 6.4.12
#[derive(Clone, PartialEq, Message)]
pub(super) struct PropertySet {
    #[prost(string, repeated, tag = "1")]
    pub(super) keys: Vec<String>,
    #[prost(message, repeated, tag = "2")]
    pub(super) values: Vec<PropertyValue>,
}

/// 6.4.13
#[derive(Clone, PartialEq, Message)]
pub(super) struct PropertyValue {
    #[prost(uint32, optional, tag = "1")]
    pub(super) datatype: Option<u32>,
    #[prost(oneof = "Property", tags = "3, 8")]
    pub(super) value: Option<Property>,
}

/// The values of properties that are read.
#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Property {
    #[prost(uint32, tag = "3")]
    Int(u32),
    #[prost(string, tag = "8")]
    String(String),
}

impl Metric {
    /// The text of a property.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.property(key)? {
            Property::String(text) => Some(text),
            Property::Int(_) => None,
        }
    }

    /// The number of a property.
    pub(super) fn number(&self, key: &str) -> Option<u32> {
        match self.property(key)? {
            Property::Int(number) => Some(*number),
            Property::String(_) => None,
        }
    }

    fn property(&self, key: &str) -> Option<&Property> {
        let properties = self.properties.as_ref()?;
        let at = properties
            .keys
            .iter()
            .position(|known| known.eq_ignore_ascii_case(key))?;
        properties.values.get(at)?.value.as_ref()
    }
}
