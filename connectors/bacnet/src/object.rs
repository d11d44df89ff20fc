//! Objects by name, and what their values are.

use bacnet_types::enums::ObjectType;
use bacnet_types::primitives::ObjectIdentifier;

/// What the present value of an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A REAL with engineering units.
    Real,
    /// A double with engineering units.
    Double,
    /// A signed number with engineering units.
    Signed,
    /// An unsigned number with engineering units.
    Unsigned,
    /// Inactive or active.
    Binary,
    /// One of several states, counted from 1.
    MultiState,
}

impl Kind {
    /// What objects of a type hold; `None` when it is nothing we read.
    pub(crate) fn of(kind: ObjectType) -> Option<Self> {
        Some(match kind {
            ObjectType::ANALOG_INPUT
            | ObjectType::ANALOG_OUTPUT
            | ObjectType::ANALOG_VALUE
            | ObjectType::LOOP
            | ObjectType::PULSE_CONVERTER => Self::Real,
            ObjectType::LARGE_ANALOG_VALUE => Self::Double,
            ObjectType::INTEGER_VALUE => Self::Signed,
            ObjectType::POSITIVE_INTEGER_VALUE | ObjectType::ACCUMULATOR => Self::Unsigned,
            ObjectType::BINARY_INPUT | ObjectType::BINARY_OUTPUT | ObjectType::BINARY_VALUE => {
                Self::Binary
            }
            ObjectType::MULTI_STATE_INPUT
            | ObjectType::MULTI_STATE_OUTPUT
            | ObjectType::MULTI_STATE_VALUE => Self::MultiState,
            _ => return None,
        })
    }

    pub(crate) fn has_unit(self) -> bool {
        !matches!(self, Self::Binary | Self::MultiState)
    }
}

/// Whether an object is made to be commanded; values may be too, but need not.
pub(crate) fn is_output(kind: ObjectType) -> bool {
    matches!(
        kind,
        ObjectType::ANALOG_OUTPUT | ObjectType::BINARY_OUTPUT | ObjectType::MULTI_STATE_OUTPUT
    )
}

/// Reads `analog-input:1`; `None` when it names no object.
pub(crate) fn parse(text: &str) -> Option<ObjectIdentifier> {
    let (kind, instance) = text.split_once([':', ','])?;
    let kind: ObjectType = kind.trim().parse().ok()?;
    let instance = instance.trim().parse().ok()?;
    ObjectIdentifier::new_addressable(kind, instance).ok()
}

/// Writes what [`parse`] reads.
pub(crate) fn name(object: ObjectIdentifier) -> String {
    let kind = match object.object_type().name() {
        Some(name) => name.to_ascii_lowercase().replace('_', "-"),
        None => object.object_type().to_raw().to_string(),
    };
    format!("{kind}:{}", object.instance_number())
}

/// A device's own object.
pub(crate) fn device(instance: u32) -> Option<ObjectIdentifier> {
    ObjectIdentifier::new_addressable(ObjectType::DEVICE, instance).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for text in ["analog-input:1", "multi-state-value:4194302", "trend-log:3"] {
            assert_eq!(parse(text).map(name).as_deref(), Some(text));
        }
        assert_eq!(parse("AnalogInput,7"), parse("analog-input:7"));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for wrong in [
            "",
            "analog-input",
            "analog-input:x",
            "teapot:1",
            "device:4194303",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
