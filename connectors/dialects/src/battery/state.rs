//! What a battery is doing.

/// The words of the point `state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Idle,
    Charging,
    Discharging,
    Fault,
    Off,
    Starting,
    Standby,
    /// Connected; which way the current flows is not said.
    Active,
}

impl State {
    /// As the library type spells it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::Charging => "CHARGING",
            Self::Discharging => "DISCHARGING",
            Self::Fault => "FAULT",
            Self::Off => "OFF",
            Self::Starting => "STARTING",
            Self::Standby => "STANDBY",
            Self::Active => "ACTIVE",
        }
    }
}
