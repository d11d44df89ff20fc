//! What a device shows: its points and what becomes of them.

use bacnet_types::enums::{EventState, ObjectType, Reliability};
use bacnet_types::primitives::{ObjectIdentifier, PropertyValue};

/// One point, as one object: an input when it can only be read, a value when it can be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its number among the objects of its type: 0 to 4194302. It never changes, and no other
    /// point ever gets it.
    pub instance: u32,
    /// Name, unique in the device.
    pub name: String,
    /// What a person should know of it.
    pub description: String,
    /// What its values are.
    pub kind: Kind,
    /// Whether peers may write it, as far as [`Writes`](crate::Writes) lets them.
    pub writable: bool,
    /// Whether a trend log with the same number shows its newest values.
    pub logged: bool,
}

/// What the values of a point are.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Numbers.
    Analog {
        /// Symbol of their unit.
        unit: Option<String>,
        /// The least change that subscribers are told.
        increment: f32,
    },
    /// Yes or no.
    Binary {
        /// What no is called.
        inactive: String,
        /// What yes is called.
        active: String,
    },
    /// One of several states, counted from 1.
    MultiState {
        /// What each is called, at least one.
        texts: Vec<String>,
    },
}

/// A value of a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A yes or no.
    Bool(bool),
    /// The number of a state, from 1.
    State(u32),
}

/// Why a value should not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// There never was one: `NO_SENSOR`.
    NoValue,
    /// It is old: `COMMUNICATION_FAILURE`.
    Stale,
    /// It is wrong: `UNRELIABLE_OTHER`.
    Bad,
}

/// What alerts say about a point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Event {
    /// Nothing.
    #[default]
    Normal,
    /// It is not as it should be.
    OffNormal,
    /// It is above its limit.
    HighLimit,
    /// It is below its limit.
    LowLimit,
}

/// What is new about a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Update {
    /// Its value; the last one stays when absent.
    pub value: Option<Value>,
    /// Why it should not be trusted, if so.
    pub doubt: Option<Doubt>,
    /// What alerts say.
    pub event: Event,
    /// Microseconds since the epoch (UTC) when it was true.
    pub at_us: i64,
}

impl Point {
    /// Type and number.
    pub(crate) fn object(&self) -> Option<ObjectIdentifier> {
        let kind = match (&self.kind, self.writable) {
            (Kind::Analog { .. }, false) => ObjectType::ANALOG_INPUT,
            (Kind::Analog { .. }, true) => ObjectType::ANALOG_VALUE,
            (Kind::Binary { .. }, false) => ObjectType::BINARY_INPUT,
            (Kind::Binary { .. }, true) => ObjectType::BINARY_VALUE,
            (Kind::MultiState { .. }, false) => ObjectType::MULTI_STATE_INPUT,
            (Kind::MultiState { .. }, true) => ObjectType::MULTI_STATE_VALUE,
        };
        ObjectIdentifier::new_addressable(kind, self.instance).ok()
    }
}

impl Kind {
    /// A value as the object has it; `None` when such an object cannot have it.
    pub(crate) fn number(&self, value: Value) -> Option<f64> {
        let number = match value {
            Value::Number(number) => number,
            Value::Bool(is) => f64::from(u8::from(is)),
            Value::State(state) => f64::from(state),
        };
        self.holds(number).then_some(number)
    }

    fn holds(&self, number: f64) -> bool {
        match self {
            Self::Analog { .. } => number.is_finite(),
            Self::Binary { .. } => number.fract() == 0.0 && (0.0..=1.0).contains(&number),
            Self::MultiState { texts } => {
                number.fract() == 0.0 && (1.0..=texts.len() as f64).contains(&number)
            }
        }
    }

    /// A number as the platform speaks of it.
    pub(crate) fn value(&self, number: f64) -> Value {
        match self {
            Self::Analog { .. } => Value::Number(number),
            Self::Binary { .. } => Value::Bool(number != 0.0),
            Self::MultiState { .. } => Value::State(number as u32),
        }
    }

    /// A number as the object's property.
    pub(crate) fn property(&self, number: f64) -> PropertyValue {
        match self {
            Self::Analog { .. } => PropertyValue::Real(number as f32),
            Self::Binary { .. } => PropertyValue::Enumerated(number as u32),
            Self::MultiState { .. } => PropertyValue::Unsigned(number as u64),
        }
    }

    /// What a peer wrote; `None` when it is nothing such an object can have.
    pub(crate) fn read(&self, property: &PropertyValue) -> Option<f64> {
        let number = match (self, property) {
            (Self::Analog { .. }, PropertyValue::Real(number)) => f64::from(*number),
            (Self::Binary { .. }, PropertyValue::Enumerated(number)) => f64::from(*number),
            (Self::MultiState { .. }, PropertyValue::Unsigned(number)) => *number as f64,
            _ => return None,
        };
        self.holds(number).then_some(number)
    }

    /// What an object says before it has a value.
    pub(crate) fn nothing(&self) -> f64 {
        match self {
            Self::MultiState { .. } => 1.0,
            _ => 0.0,
        }
    }
}

impl Doubt {
    pub(crate) fn reliability(doubt: Option<Self>) -> Reliability {
        match doubt {
            None => Reliability::NO_FAULT_DETECTED,
            Some(Self::NoValue) => Reliability::NO_SENSOR,
            Some(Self::Stale) => Reliability::COMMUNICATION_FAILURE,
            Some(Self::Bad) => Reliability::UNRELIABLE_OTHER,
        }
    }
}

impl Event {
    pub(crate) fn state(self) -> EventState {
        match self {
            Self::Normal => EventState::NORMAL,
            Self::OffNormal => EventState::OFFNORMAL,
            Self::HighLimit => EventState::HIGH_LIMIT,
            Self::LowLimit => EventState::LOW_LIMIT,
        }
    }
}
