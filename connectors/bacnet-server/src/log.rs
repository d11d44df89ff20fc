//! Trend logs: the newest values of a point, in memory, begun with what the platform stored.
//!
//! A request for records is answered under the lock of all objects, so nothing may be waited for
//! there: the window is filled when the device starts and grows with each update.

use crate::array::{property_list, refused};
use crate::point::{Kind, Point};
use crate::window::Window;
use bacnet_encoding::constructed::encode_log_record;
use bacnet_objects::log_buffer::{LogBufferRecords, LogRecordIdentity, TimestampOrder};
use bacnet_objects::traits::BACnetObject;
use bacnet_types::constructed::{BACnetLogRecord, LogDatum};
use bacnet_types::enums::{ErrorCode, ObjectType, PropertyIdentifier as P};
use bacnet_types::error::Error;
use bacnet_types::primitives::{Date, ObjectIdentifier, PropertyValue, Time};
use bytes::BytesMut;
use std::borrow::Cow;
use std::sync::Arc;

/// The trend log of one point.
pub(crate) struct LogObject {
    object: ObjectIdentifier,
    name: String,
    description: String,
    window: Arc<Window>,
}

const PROPERTIES: [P; 14] = [
    P::OBJECT_IDENTIFIER,
    P::OBJECT_NAME,
    P::OBJECT_TYPE,
    P::DESCRIPTION,
    P::LOG_ENABLE,
    P::STOP_WHEN_FULL,
    P::BUFFER_SIZE,
    P::LOG_BUFFER,
    P::RECORD_COUNT,
    P::TOTAL_RECORD_COUNT,
    P::LOGGING_TYPE,
    P::EVENT_STATE,
    P::STATUS_FLAGS,
    P::RELIABILITY,
];
/// `BACnetLoggingType` triggered: a record whenever there is a value (clause 12.25.27).
const TRIGGERED: u32 = 2;

impl LogObject {
    /// The log of a point has its number and tells its name.
    pub(crate) fn new(point: &Point, window: Arc<Window>) -> Option<Self> {
        let object = ObjectIdentifier::new_addressable(ObjectType::TREND_LOG, point.instance);
        let object = object.ok()?;
        Some(Self {
            object,
            name: format!("{} (log)", point.name),
            description: point.description.clone(),
            window,
        })
    }
}

impl LogBufferRecords for LogObject {
    fn record_count(&self) -> usize {
        self.window.counts().0
    }

    fn encode_record(&self, place: usize, buffer: &mut BytesMut) {
        let Some((_, date, time, number)) = self.window.at(place) else {
            return;
        };
        let log_datum = match self.window.kind() {
            Kind::Analog { .. } => LogDatum::RealValue(number as f32),
            Kind::Binary { .. } => LogDatum::EnumValue(number as u64),
            Kind::MultiState { .. } => LogDatum::UnsignedValue(number as u64),
        };
        let record = BACnetLogRecord {
            date,
            time,
            log_datum,
            status_flags: None,
        };
        if let Err(error) = encode_log_record(&record, buffer) {
            tracing::warn!(%error, "a record cannot be written");
        }
    }

    fn record_identity(&self, place: usize) -> LogRecordIdentity {
        let found = self.window.at(place);
        let found =
            found.and_then(|(number, date, time, _)| LogRecordIdentity::new(number, date, time));
        found.unwrap_or_else(nowhere)
    }

    fn record_position(&self, number: u64) -> Option<usize> {
        let (count, total) = self.window.counts();
        let first = total - count as u64 + 1;
        let place = number.checked_sub(first)?;
        (place < count as u64).then_some(place as usize)
    }

    fn timestamp_order(&self) -> TimestampOrder {
        // An hour that happens twice goes back on the wall.
        if self.window.is_in_utc() {
            TimestampOrder::Ascending
        } else {
            TimestampOrder::Unordered
        }
    }
}

/// A record that was pushed out while it was asked for.
fn nowhere() -> LogRecordIdentity {
    let date = Date {
        year: 0,
        month: 1,
        day: 1,
        day_of_week: 1,
    };
    let time = Time {
        hour: 0,
        minute: 0,
        second: 0,
        hundredths: 0,
    };
    LogRecordIdentity::new(1, date, time).unwrap_or_else(|| unreachable!("1 is a number"))
}

impl BACnetObject for LogObject {
    fn object_identifier(&self) -> ObjectIdentifier {
        self.object
    }

    fn object_name(&self) -> &str {
        &self.name
    }

    fn read_property(&self, property: P, index: Option<u32>) -> Result<PropertyValue, Error> {
        let (count, total) = self.window.counts();
        Ok(match property {
            P::OBJECT_IDENTIFIER => PropertyValue::ObjectIdentifier(self.object),
            P::OBJECT_NAME => PropertyValue::CharacterString(self.name.clone()),
            P::OBJECT_TYPE => PropertyValue::Enumerated(ObjectType::TREND_LOG.to_raw()),
            P::DESCRIPTION => PropertyValue::CharacterString(self.description.clone()),
            P::LOG_ENABLE => PropertyValue::Boolean(true),
            P::STOP_WHEN_FULL => PropertyValue::Boolean(false),
            P::BUFFER_SIZE => PropertyValue::Unsigned(self.window.most() as u64),
            P::RECORD_COUNT => PropertyValue::Unsigned(count as u64),
            P::TOTAL_RECORD_COUNT => PropertyValue::Unsigned(total),
            P::LOGGING_TYPE => PropertyValue::Enumerated(TRIGGERED),
            P::EVENT_STATE | P::RELIABILITY => PropertyValue::Enumerated(0),
            P::STATUS_FLAGS => PropertyValue::BitString {
                unused_bits: 4,
                data: vec![0],
            },
            P::PROPERTY_LIST => return property_list(&PROPERTIES, index),
            P::LOG_BUFFER => return Err(refused(ErrorCode::READ_ACCESS_DENIED)),
            _ => return Err(refused(ErrorCode::UNKNOWN_PROPERTY)),
        })
    }

    fn write_property(
        &mut self,
        _: P,
        _: Option<u32>,
        _: PropertyValue,
        _: Option<u8>,
    ) -> Result<(), Error> {
        Err(refused(ErrorCode::WRITE_ACCESS_DENIED))
    }

    fn property_list(&self) -> Cow<'static, [P]> {
        Cow::Borrowed(&PROPERTIES)
    }

    fn is_writable_property(&self, _: P) -> bool {
        false
    }

    fn is_list_property(&self, property: P) -> bool {
        property == P::LOG_BUFFER
    }

    fn log_buffer_internal(&self) -> Option<&dyn LogBufferRecords> {
        Some(self)
    }
}
