//! The list of points for integrators: EDE 2.3 of the BACnet Interest Group Europe, and plain CSV.

use crate::point::{Kind, Point};
use crate::settings::Settings;
use bacnet_types::primitives::ObjectIdentifier;
use std::fmt::Write;
use vigie_bacnet_link::unit_of;

/// Columns of an EDE file, in the order of its layout version.
const COLUMNS: &str = "# keyname;device obj.-instance;object-name;object-type;object-instance;\
description;present-value-default;min-present-value;max-present-value;settable;supports COV;\
hi-limit;low-limit;state-text-reference;unit-code;vendor-specific-address;notification-class";

/// The EDE file of a device. `stamp` is when its points last changed, as the reader shall see it.
pub fn ede(settings: &Settings, points: &[Point], revision: u32, stamp: &str) -> String {
    let mut text = String::new();
    let head = [
        (
            "# Proposal_Engineering-Data-Exchange - B.I.G.-EU",
            String::new(),
        ),
        ("PROJECT_NAME", field(&settings.name)),
        ("VERSION_OF_REFERENCEFILE", revision.to_string()),
        ("TIMESTAMP_OF_LAST_CHANGE", field(stamp)),
        ("AUTHOR_OF_LAST_CHANGE", "Vigie".to_owned()),
        ("VERSION_OF_LAYOUT", "2.3".to_owned()),
    ];
    for (name, value) in head {
        let _ = writeln!(text, "{name};{value}");
    }
    text.push_str("#mandatory;mandatory;mandatory;mandatory;mandatory;optional;optional;optional;");
    text.push_str(
        "optional;optional;optional;optional;optional;optional;optional;optional;optional\n",
    );
    text.push_str(COLUMNS);
    text.push('\n');
    let mut reference = 0;
    for (point, object) in served(points) {
        let texts = if matches!(point.kind, Kind::Analog { .. }) {
            String::new()
        } else {
            reference += 1;
            reference.to_string()
        };
        let _ = writeln!(
            text,
            "{name};{device};{name};{kind};{instance};{description};;;;{settable};Y;;;{texts};{unit};;",
            name = field(&point.name),
            device = settings.instance,
            kind = object.object_type().to_raw(),
            instance = object.instance_number(),
            description = field(&point.description),
            settable = if point.writable { "Y" } else { "N" },
            unit = unit_code(&point.kind),
        );
    }
    text
}

/// The state texts that an EDE file refers to.
pub fn state_texts(points: &[Point]) -> String {
    let mut text =
        String::from("# Reference Number;Text 1 or Inactive-Text;Text 2 or Active-Text\n");
    let mut reference = 0;
    for (point, _) in served(points) {
        let words: Vec<&String> = match &point.kind {
            Kind::Analog { .. } => continue,
            Kind::Binary { inactive, active } => vec![inactive, active],
            Kind::MultiState { texts } => texts.iter().collect(),
        };
        reference += 1;
        let words: Vec<_> = words.into_iter().map(|word| field(word)).collect();
        let _ = writeln!(text, "{reference};{}", words.join(";"));
    }
    text
}

/// Name, object, description, unit and whether it can be written, with commas.
pub fn point_list(points: &[Point]) -> String {
    let mut text = String::from("name,object_type,instance,description,unit,writable\n");
    for (point, object) in served(points) {
        let unit = match &point.kind {
            Kind::Analog { unit, .. } => unit.as_deref().unwrap_or_default(),
            _ => "",
        };
        let kind = object
            .object_type()
            .to_string()
            .to_lowercase()
            .replace('_', "-");
        let _ = writeln!(
            text,
            "{},{kind},{},{},{},{}",
            cell(&point.name),
            object.instance_number(),
            cell(&point.description),
            cell(unit),
            point.writable,
        );
    }
    text
}

fn served(points: &[Point]) -> impl Iterator<Item = (&Point, ObjectIdentifier)> {
    points
        .iter()
        .filter_map(|point| Some((point, point.object()?)))
}

fn unit_code(kind: &Kind) -> String {
    let Kind::Analog { unit, .. } = kind else {
        return String::new();
    };
    let unit = unit.as_deref().and_then(unit_of);
    unit.map(|unit| unit.to_raw().to_string())
        .unwrap_or_default()
}

/// EDE knows no quotes: what would end a field or a line becomes a blank, and a sheet shall
/// not take it for a formula.
fn field(text: &str) -> String {
    let plain = text.replace([';', '\n', '\r'], " ");
    harmless(&plain)
}

fn cell(text: &str) -> String {
    format!("\"{}\"", harmless(text).replace('"', "\"\""))
}

fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t']);
    if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AllowList, Rates};
    use std::net::Ipv4Addr;

    fn settings() -> Settings {
        Settings {
            instance: 12,
            name: "Hôtel; de ville".to_owned(),
            description: String::new(),
            interface: Ipv4Addr::LOCALHOST,
            port: 0,
            broadcast: Ipv4Addr::BROADCAST,
            allow: AllowList::default(),
            rates: Rates::default(),
            outlet: None,
            bbmd: None,
            zone: jiff::tz::TimeZone::UTC,
            log_records: 10,
        }
    }

    fn points() -> Vec<Point> {
        let point = |instance, name: &str, kind, writable| Point {
            instance,
            name: name.to_owned(),
            description: "=1+1".to_owned(),
            kind,
            writable,
            logged: false,
        };
        let texts = vec!["Off".to_owned(), "On".to_owned()];
        let analog = Kind::Analog {
            unit: Some("°C".to_owned()),
            increment: 0.1,
        };
        vec![
            point(1, "supply", analog, false),
            point(4, "mode", Kind::MultiState { texts }, true),
        ]
    }

    #[test]
    fn an_ede_file_has_a_line_for_each_object() {
        let text = ede(&settings(), &points(), 3, "2026-11-20");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "PROJECT_NAME;Hôtel  de ville");
        assert_eq!(lines[2], "VERSION_OF_REFERENCEFILE;3");
        assert_eq!(lines[8], "supply;12;supply;0;1;'=1+1;;;;N;Y;;;;62;;");
        assert_eq!(lines[9], "mode;12;mode;19;4;'=1+1;;;;Y;Y;;;1;;;");
        let columns = |line: &str| line.matches(';').count();
        assert!(
            lines[6..].iter().all(|line| columns(line) == 16),
            "17 columns each"
        );
        assert_eq!(state_texts(&points()).lines().nth(1), Some("1;Off;On"));
    }

    #[test]
    fn no_cell_of_the_point_list_is_a_formula() {
        let text = point_list(&points());
        let line = text.lines().nth(1);
        assert_eq!(
            line,
            Some("\"supply\",analog-input,1,\"'=1+1\",\"°C\",false")
        );
    }
}
