//! Arrays as BACnet reads them: as a whole, their length, or one of their elements.

use bacnet_types::enums::{ErrorClass, ErrorCode, PropertyIdentifier as P};
use bacnet_types::error::Error;
use bacnet_types::primitives::PropertyValue;

/// Everything, the length (index 0), or the element with this number.
pub(crate) fn element(
    values: Vec<PropertyValue>,
    index: Option<u32>,
) -> Result<PropertyValue, Error> {
    match index {
        None => Ok(PropertyValue::List(values)),
        Some(0) => Ok(PropertyValue::Unsigned(values.len() as u64)),
        Some(number) => {
            let place = number as usize - 1;
            let value = values.into_iter().nth(place);
            value.ok_or_else(|| refused(ErrorCode::INVALID_ARRAY_INDEX))
        }
    }
}

/// `Property_List`: what an object has beside the three that every object has (clause 12.1.1.4).
pub(crate) fn property_list(properties: &[P], index: Option<u32>) -> Result<PropertyValue, Error> {
    let universal = [
        P::OBJECT_IDENTIFIER,
        P::OBJECT_NAME,
        P::OBJECT_TYPE,
        P::PROPERTY_LIST,
    ];
    let own = properties
        .iter()
        .filter(|property| !universal.contains(property));
    let own = own.map(|property| PropertyValue::Enumerated(property.to_raw()));
    element(own.collect(), index)
}

/// An error about a property.
pub(crate) fn refused(code: ErrorCode) -> Error {
    Error::protocol(ErrorClass::PROPERTY, code)
}
