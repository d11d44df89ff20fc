//! What is wrong, in words: points that are flags (`fault_…`, `warning_…`), shown while they are up.

use crate::domain::{EquipmentId, PointKind};
use crate::store::tenant::PointSpec;
use crate::web::condition::Mark;
use crate::web::present::Present;
use crate::web::value::{Reader, Value};

const FAULT: Mark = Mark {
    symbol: "m-crit",
    class: "crit",
};
const WARNING: Mark = Mark {
    symbol: "m-warn",
    class: "warn",
};

/// One flag; all are on the page, those that are down are hidden until they go up.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its symbol.
    pub mark: Mark,
    /// Its newest value.
    pub value: Value,
}

/// How bad it is when a flag is up; `None` for points that are none.
pub fn severity(spec: &PointSpec) -> Option<Mark> {
    let is_flag = spec.kind == PointKind::Boolean;
    let begins = |word: &str| is_flag && spec.key.starts_with(word);
    if begins("fault_") {
        Some(FAULT)
    } else if begins("warning_") {
        Some(WARNING)
    } else {
        None
    }
}

/// The flags of an equipment, faults first.
pub fn board(present: &Present, equipment: EquipmentId, reader: &Reader) -> Vec<Flag> {
    let points = present.points_of(equipment);
    let mut flags: Vec<_> = points
        .filter_map(|(row, sample)| {
            let mark = severity(&row.spec)?;
            let value = present.value(row, sample, reader);
            Some(Flag { mark, value })
        })
        .collect();
    flags.sort_by_key(|flag| flag.mark.class != FAULT.class);
    flags
}
