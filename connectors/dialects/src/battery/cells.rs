//! Cells of a pack: what is known of each, and what follows from it.

use crate::notes::Notes;

/// Cells or sensors of one pack that are told apart at most.
const MAX_CELLS: usize = 1_024;

/// What is sensed of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sensed {
    /// In volts.
    Voltage,
    /// In degrees Celsius.
    Temperature,
}

impl Sensed {
    /// How its points begin.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Voltage => "cell_voltage",
            Self::Temperature => "cell_temperature",
        }
    }

    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Self::Voltage => "V",
            Self::Temperature => "°C",
        }
    }

    /// The point of cell `number`.
    pub(crate) fn point(self, number: usize) -> String {
        format!("{}_{number}", self.prefix())
    }
}

/// The newest values of one pack's cells.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    voltages: Vec<f64>,
    temperatures: Vec<f64>,
}

impl Cells {
    fn of(&mut self, sensed: Sensed) -> &mut Vec<f64> {
        match sensed {
            Sensed::Voltage => &mut self.voltages,
            Sensed::Temperature => &mut self.temperatures,
        }
    }

    /// Notes the value of cell `number` (from 1) and remembers it; a number of no cell is refused.
    pub(crate) fn hear(&mut self, notes: &mut Notes, sensed: Sensed, number: usize, value: f64) {
        if number == 0 || number > MAX_CELLS {
            return notes.refuse("too_many", format!("cells count from 1 to {MAX_CELLS}"));
        }
        let known = self.of(sensed);
        if known.len() < number {
            known.resize(number, f64::NAN);
        }
        known[number - 1] = value;
        notes.number(sensed.point(number), value, Some(sensed.unit()));
    }

    /// Forgets a cell whose value is not valid now.
    pub(crate) fn forget(&mut self, sensed: Sensed, number: usize) {
        if let Some(known) = number
            .checked_sub(1)
            .and_then(|at| self.of(sensed).get_mut(at))
        {
            *known = f64::NAN;
        }
    }

    /// Notes lowest, highest, spread and where they are, as far as cells are known.
    pub(crate) fn tell(&mut self, notes: &mut Notes, sensed: Sensed) {
        tell_extremes(notes, sensed, self.of(sensed));
    }

    /// Notes only where the lowest and the highest are, and the spread between what the device says they are.
    pub(crate) fn tell_places(&mut self, notes: &mut Notes, sensed: Sensed) {
        if let Some(extremes) = extremes(self.of(sensed)) {
            tell_where(notes, sensed, &extremes);
        }
    }
}

/// Lowest and highest among values.
struct Extremes {
    lowest: (usize, f64),
    highest: (usize, f64),
}

/// Notes lowest, highest, spread and where they are.
pub(crate) fn tell_extremes(notes: &mut Notes, sensed: Sensed, values: &[f64]) {
    let Some(extremes) = extremes(values) else {
        return;
    };
    let (prefix, unit) = (sensed.prefix(), Some(sensed.unit()));
    let spread = extremes.highest.1 - extremes.lowest.1;
    notes.number(format!("{prefix}_min"), extremes.lowest.1, unit);
    notes.number(format!("{prefix}_max"), extremes.highest.1, unit);
    if sensed == Sensed::Voltage {
        // Thousandths of a volt, without what subtracting left of tenths of them.
        let millivolts = (spread * 1e4).round() / 10.0;
        notes.number("cell_voltage_spread", millivolts, Some("mV"));
    } else {
        // A difference has no zero to convert from: it goes in the unit of the point.
        notes.number("cell_temperature_spread", spread, None);
    }
    tell_where(notes, sensed, &extremes);
}

fn tell_where(notes: &mut Notes, sensed: Sensed, extremes: &Extremes) {
    let prefix = sensed.prefix();
    for (which, at) in [("min", extremes.lowest.0), ("max", extremes.highest.0)] {
        notes.number(format!("{prefix}_{which}_index"), (at + 1) as f64, None);
    }
}

/// The first of several that are equal.
fn extremes(values: &[f64]) -> Option<Extremes> {
    let known = || {
        let known = values.iter().copied().enumerate();
        known.filter(|(_, value)| value.is_finite())
    };
    let lowest = known().reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    let highest = known().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    Some(Extremes { lowest, highest })
}
