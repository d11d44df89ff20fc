//! Rules whose words are those of a dialect.

use super::rule::{CommandRule, VALUE};
use crate::RouteTable;
use vigie_contract::ConfigFault;

/// A dialect finds topic, payload and quality of service by itself, and its device confirms by what it reports.
pub(super) fn check(
    rule: &CommandRule,
    dialect: &str,
    table: &RouteTable,
) -> Result<(), ConfigFault> {
    let by_itself = "a dialect knows this by itself";
    for (pointer, is_said) in [
        ("/topic", !rule.topic.is_empty()),
        ("/payload", rule.payload != VALUE),
        ("/confirm/delivery", rule.confirm.delivery),
    ] {
        if is_said {
            return Err(ConfigFault::at(pointer, by_itself));
        }
    }
    table.check_order(dialect, rule.item.as_deref())
}
