//! The dialects there are, by the names that routes call them.

use crate::can::Can;
use crate::foxbms::FoxBms;
use crate::green_bms::GreenBms;
use crate::sparkplug::Sparkplug;
use crate::thingset::ThingSet;
use crate::victron::Victron;
use vigie_contract::{ConfigFault, Dialect, Dialects, Spoken, Terms};

/// What a route may say.
pub const NAMES: [&str; 6] = [
    "can",
    "foxbms",
    "green-bms",
    "sparkplug",
    "thingset",
    "victron",
];

/// Knows all dialects of this crate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known;

impl Dialects for Known {
    fn speak(&self, name: &str, terms: &Terms<'_>) -> Result<Spoken, ConfigFault> {
        let options = terms.options;
        if name == "sparkplug" {
            let dialect = Box::new(Sparkplug::new(terms.equipment, options)?);
            return Ok(Spoken {
                dialect,
                names_equipment: true,
            });
        }
        let dialect: Result<Box<dyn Dialect>, ConfigFault> = match name {
            "can" => Can::new(options).map(|dialect| Box::new(dialect) as _),
            "foxbms" => FoxBms::new(options).map(|dialect| Box::new(dialect) as _),
            "green-bms" => GreenBms::new(options).map(|dialect| Box::new(dialect) as _),
            "thingset" => ThingSet::new(options).map(|dialect| Box::new(dialect) as _),
            "victron" => Victron::new(options).map(|dialect| Box::new(dialect) as _),
            _ => {
                let message = format!("`{name}` is no dialect; there are {}", NAMES.join(", "));
                return Err(ConfigFault::at("/dialect", message));
            }
        };
        Ok(Spoken {
            dialect: dialect.map_err(|fault| fault.below("/options"))?,
            names_equipment: false,
        })
    }
}
