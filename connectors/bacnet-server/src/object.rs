//! A point as a BACnet object.

use crate::array::{element, property_list, refused};
use crate::point::Kind;
use crate::priorities::SLOTS;
use crate::state::{Shown, State};
use bacnet_objects::traits::BACnetObject;
use bacnet_types::enums::{EngineeringUnits, ErrorCode, ObjectType, PropertyIdentifier as P};
use bacnet_types::error::Error;
use bacnet_types::primitives::{ObjectIdentifier, PropertyValue};
use std::borrow::Cow;
use std::sync::Arc;
use vigie_bacnet_link::unit_of;

const EVERY: [P; 9] = [
    P::OBJECT_IDENTIFIER,
    P::OBJECT_NAME,
    P::OBJECT_TYPE,
    P::DESCRIPTION,
    P::PRESENT_VALUE,
    P::STATUS_FLAGS,
    P::EVENT_STATE,
    P::RELIABILITY,
    P::OUT_OF_SERVICE,
];
const COMMANDED: [P; 3] = [
    P::PRIORITY_ARRAY,
    P::RELINQUISH_DEFAULT,
    P::CURRENT_COMMAND_PRIORITY,
];

/// One object of the device.
pub(crate) struct PointObject {
    object: ObjectIdentifier,
    state: Arc<State>,
}

impl PointObject {
    pub(crate) fn new(object: ObjectIdentifier, state: Arc<State>) -> Self {
        Self { object, state }
    }

    fn properties(&self) -> Vec<P> {
        let own: &[P] = match (&self.state.point.kind, self.object.object_type()) {
            (Kind::Analog { .. }, _) => &[P::UNITS, P::COV_INCREMENT],
            (Kind::Binary { .. }, ObjectType::BINARY_INPUT) => {
                &[P::POLARITY, P::INACTIVE_TEXT, P::ACTIVE_TEXT]
            }
            (Kind::Binary { .. }, _) => &[P::INACTIVE_TEXT, P::ACTIVE_TEXT],
            (Kind::MultiState { .. }, _) => &[P::NUMBER_OF_STATES, P::STATE_TEXT],
        };
        let commanded: &[P] = if self.state.point.writable {
            &COMMANDED
        } else {
            &[]
        };
        [&EVERY[..], own, commanded].concat()
    }

    fn number(&self, number: f64) -> PropertyValue {
        self.state.point.kind.property(number)
    }

    fn own(&self, property: P, index: Option<u32>) -> Option<Result<PropertyValue, Error>> {
        let text = |text: &String| Ok(PropertyValue::CharacterString(text.clone()));
        Some(match (&self.state.point.kind, property) {
            (Kind::Analog { unit, .. }, P::UNITS) => {
                let unit = unit.as_deref().and_then(unit_of);
                let unit = unit.unwrap_or(EngineeringUnits::NO_UNITS);
                Ok(PropertyValue::Enumerated(unit.to_raw()))
            }
            (Kind::Analog { increment, .. }, P::COV_INCREMENT) => {
                Ok(PropertyValue::Real(*increment))
            }
            (Kind::Binary { .. }, P::POLARITY) => Ok(PropertyValue::Enumerated(0)),
            (Kind::Binary { inactive, .. }, P::INACTIVE_TEXT) => text(inactive),
            (Kind::Binary { active, .. }, P::ACTIVE_TEXT) => text(active),
            (Kind::MultiState { texts }, P::NUMBER_OF_STATES) => {
                Ok(PropertyValue::Unsigned(texts.len() as u64))
            }
            (Kind::MultiState { texts }, P::STATE_TEXT) => {
                let texts = texts.iter().cloned().map(PropertyValue::CharacterString);
                element(texts.collect(), index)
            }
            _ => return None,
        })
    }

    fn commanded(
        &self,
        shown: &Shown,
        property: P,
        index: Option<u32>,
    ) -> Option<Result<PropertyValue, Error>> {
        if !self.state.point.writable {
            return None;
        }
        Some(match property {
            P::PRIORITY_ARRAY => {
                let slot = |slot: Option<f64>| slot.map_or(PropertyValue::Null, |n| self.number(n));
                element(shown.priorities.slots().map(slot).collect(), index)
            }
            P::RELINQUISH_DEFAULT => Ok(self.number(shown.measured())),
            P::CURRENT_COMMAND_PRIORITY => Ok(match shown.priorities.winner() {
                Some((_, priority)) => PropertyValue::Unsigned(priority.into()),
                None => PropertyValue::Null,
            }),
            _ => return None,
        })
    }
}

impl BACnetObject for PointObject {
    fn object_identifier(&self) -> ObjectIdentifier {
        self.object
    }

    fn object_name(&self) -> &str {
        &self.state.point.name
    }

    fn read_property(&self, property: P, index: Option<u32>) -> Result<PropertyValue, Error> {
        let shown = self.state.shown();
        Ok(match property {
            P::OBJECT_IDENTIFIER => PropertyValue::ObjectIdentifier(self.object),
            P::OBJECT_NAME => PropertyValue::CharacterString(self.state.point.name.clone()),
            P::OBJECT_TYPE => PropertyValue::Enumerated(self.object.object_type().to_raw()),
            P::DESCRIPTION => PropertyValue::CharacterString(self.state.point.description.clone()),
            P::PRESENT_VALUE => self.number(shown.present()),
            P::STATUS_FLAGS => PropertyValue::BitString {
                unused_bits: 4,
                data: vec![shown.flags().bits() << 4],
            },
            P::EVENT_STATE => PropertyValue::Enumerated(shown.event.to_raw()),
            P::RELIABILITY => PropertyValue::Enumerated(shown.reliability.to_raw()),
            P::OUT_OF_SERVICE => PropertyValue::Boolean(false),
            P::PROPERTY_LIST => return property_list(&self.properties(), index),
            _ => {
                let own = self.own(property, index);
                let found = own.or_else(|| self.commanded(&shown, property, index));
                return found.unwrap_or_else(|| Err(refused(ErrorCode::UNKNOWN_PROPERTY)));
            }
        })
    }

    /// A command that was let through; nothing else can be written.
    fn write_property(
        &mut self,
        property: P,
        index: Option<u32>,
        value: PropertyValue,
        priority: Option<u8>,
    ) -> Result<(), Error> {
        if property != P::PRESENT_VALUE || index.is_some() || !self.state.point.writable {
            return Err(refused(ErrorCode::WRITE_ACCESS_DENIED));
        }
        let number = match &value {
            PropertyValue::Null => None,
            value => {
                let number = self.state.point.kind.read(value);
                Some(number.ok_or_else(|| refused(ErrorCode::VALUE_OUT_OF_RANGE))?)
            }
        };
        self.state.command(priority.unwrap_or(SLOTS as u8), number);
        Ok(())
    }

    fn property_list(&self) -> Cow<'static, [P]> {
        Cow::Owned(self.properties())
    }

    fn is_writable_property(&self, property: P) -> bool {
        property == P::PRESENT_VALUE && self.state.point.writable
    }

    fn supports_cov(&self) -> bool {
        true
    }

    fn cov_increment(&self) -> Option<f64> {
        match &self.state.point.kind {
            Kind::Analog { increment, .. } => Some(f64::from(*increment)),
            _ => None,
        }
    }

    /// The state has the value already; this only says that there is something to tell.
    fn set_present_value_internal(&mut self, _: PropertyValue) -> Result<(), Error> {
        Ok(())
    }
}
