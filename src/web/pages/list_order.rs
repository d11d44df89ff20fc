//! The order of the rows of a list.

use super::equipment_table::type_name;
use crate::store::tenant::EquipmentRow;
use crate::web::model::{custom, natural_key};
use crate::web::plain::plain;
use crate::web::present::Present;
use crate::web::value::Reader;

/// By what rows are ordered; rows that are alike keep the order of the model (by site, then name).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    by: By,
    is_descending: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum By {
    /// The gravest first.
    #[default]
    State,
    Name,
    Type,
    Site,
    /// The one heard last first.
    Seen,
    /// The newest value of the point with this key.
    Point(String),
    /// The value of the custom field with this key.
    Custom(String),
}

impl Order {
    /// What the address says: a column, and whether its end comes first.
    pub fn of(column: &str, descending: &str) -> Self {
        let by = match column {
            "name" => By::Name,
            "type" => By::Type,
            "site" => By::Site,
            "seen" => By::Seen,
            other => match other.split_once('.') {
                Some(("p", key)) => By::Point(key.to_owned()),
                Some(("c", key)) => By::Custom(key.to_owned()),
                _ => By::State,
            },
        };
        Self {
            by,
            is_descending: !descending.is_empty(),
        }
    }

    /// How a column is ordered, for `aria-sort`; empty when another one is.
    pub fn direction(&self, column: &str) -> &'static str {
        match (Self::of(column, "").by == self.by, self.is_descending) {
            (false, _) => "",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }

    /// Puts the rows in order.
    pub fn sort(&self, present: &Present, rows: &mut [&EquipmentRow], reader: &Reader) {
        match &self.by {
            By::State => self.by_key(rows, |row| present.condition(row.id)),
            By::Name => self.by_key(rows, |row| natural_key(&row.equipment.name)),
            By::Type => self.by_key(rows, |row| plain(&type_name(present, row, reader))),
            By::Site => self.by_key(rows, |row| {
                let site = present.model.site(row.equipment.site_id);
                site.map(|site| plain(&site.site.name))
            }),
            By::Seen => self.by_key(rows, |row| std::cmp::Reverse(present.last_heard(row.id))),
            By::Point(key) => self.by_value(present, key, rows),
            By::Custom(key) => self.by_custom(present, key, rows),
        }
    }

    fn by_key<K: Ord>(&self, rows: &mut [&EquipmentRow], key: impl Fn(&EquipmentRow) -> K) {
        if self.is_descending {
            rows.sort_by_cached_key(|row| std::cmp::Reverse(key(row)));
        } else {
            rows.sort_by_cached_key(|row| key(row));
        }
    }

    fn by_custom(&self, present: &Present, key: &str, rows: &mut [&EquipmentRow]) {
        let custom = &present.model.custom;
        let mut fields = custom.of_all_equipment();
        let Some(field) = fields.find(|row| row.field.key == key) else {
            return;
        };
        let text = |row: &EquipmentRow| custom.value(row.id, field.id).map(custom::plain_text);
        self.by_key(rows, |row| text(row).map(|text| natural_key(&text)));
        rows.sort_by_key(|row| text(row).is_none());
    }

    /// What has no value stands last, whichever way one looks.
    fn by_value(&self, present: &Present, key: &str, rows: &mut [&EquipmentRow]) {
        let value = |row: &EquipmentRow| {
            let mut points = present.points_of(row.id);
            let (_, sample) = points.find(|(point, _)| point.spec.key == key)?;
            sample.map(|sample| sample.value).filter(|v| !v.is_nan())
        };
        rows.sort_by(|a, b| match (value(a), value(b)) {
            (Some(a), Some(b)) if self.is_descending => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::pages::samples;

    fn ordered(column: &str, descending: &str) -> Vec<String> {
        let present = samples::present();
        let reader = samples::visitor(Locale::English).reader;
        let mut rows: Vec<_> = present.model.equipment.iter().collect();
        Order::of(column, descending).sort(&present, &mut rows, &reader);
        rows.iter().map(|row| row.equipment.name.clone()).collect()
    }

    #[test]
    fn the_gravest_come_first_unless_the_address_says_otherwise() {
        assert_eq!(ordered("", "")[0], "Pack B-07");
        assert_eq!(ordered("name", "")[0], "A01");
        assert_eq!(ordered("name", "1")[0], "Pack B-07");
    }

    #[test]
    fn what_has_no_value_stands_last_in_both_directions() {
        for descending in ["", "1"] {
            assert_eq!(ordered("p.voltage", descending)[0], "Pack B-07");
        }
    }

    #[test]
    fn a_custom_field_orders_and_what_has_no_value_stands_last() {
        assert_eq!(ordered("c.contract", "")[..2], ["Pack B-07", "Entry"]);
        assert_eq!(ordered("c.contract", "1")[..2], ["Entry", "Pack B-07"]);
    }

    #[test]
    fn a_column_knows_whether_it_orders() {
        let order = Order::of("p.power", "1");
        assert_eq!(order.direction("p.power"), "descending");
        assert_eq!(order.direction("p.voltage"), "");
        assert_eq!(Order::of("", "").direction("state"), "ascending");
    }
}
