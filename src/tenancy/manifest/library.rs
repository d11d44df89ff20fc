//! The library of equipment types that comes with the binary: `tenants/types/*.toml`.

use super::model::TypeSpec;
use super::read_types;
use super::reader::{Found, TableReader};
use super::source::{Faults, Source};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use toml::de::DeTable;

#[derive(rust_embed::Embed)]
#[folder = "$CARGO_MANIFEST_DIR/tenants/types"]
struct Files;

/// Types a manifest may name without defining them.
#[derive(Debug, Default)]
pub struct Library {
    /// By key.
    pub types: BTreeMap<String, TypeSpec>,
}

impl Library {
    /// The one in this binary; its faults are faults of whoever built it.
    pub fn embedded() -> Result<&'static Self, Faults> {
        static EMBEDDED: LazyLock<Result<Library, Faults>> = LazyLock::new(|| {
            let names = Files::iter().filter(|name| name.ends_with(".toml"));
            let sources = names.filter_map(|name| {
                let file = Files::get(&name)?;
                let text = String::from_utf8_lossy(&file.data).into_owned();
                Some(Source::named(&format!("tenants/types/{name}"), text))
            });
            Library::read(sources)
        });
        EMBEDDED.as_ref().map_err(Clone::clone)
    }

    /// Reads files that hold `[[types]]` only.
    pub fn read(sources: impl Iterator<Item = Arc<Source>>) -> Result<Self, Faults> {
        let mut library = Self::default();
        let mut faults = Vec::new();
        for source in sources {
            let found = Found::new(source.clone());
            let (document, errors) = DeTable::parse_recoverable(&source.text);
            for error in errors {
                let at = error.span().map_or(0, |span| span.start);
                found.push(found.place(at).fault("", error.message()));
            }
            let root = TableReader::root(&found, document.get_ref());
            for table in root.tables("types") {
                let read = read_types::read(&table, &|base| library.types.get(base));
                table.finish();
                if let Some(read) = read {
                    library.types.insert(read.head.key.clone(), read);
                }
            }
            root.finish();
            faults.extend(found.into_faults());
        }
        if faults.is_empty() {
            Ok(library)
        } else {
            Err(Faults(faults))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_of_this_binary_reads_without_a_fault() {
        let library = Library::embedded().unwrap_or_else(|faults| panic!("{faults}"));
        assert!(library.types.contains_key("battery-pack"));
    }

    #[test]
    fn a_type_has_the_points_of_the_one_it_extends_and_a_range_of_its_own() {
        let text = r#"
[[types]]
key = "pack"
name = "Pack"
icon = "i-batt"
points = [{ key = "soc", name = "Charge", kind = "number", unit = "%", valid = [0, 100] }]

[[types]]
key = "pack-2s"
name = "Pack of two"
extends = "pack"
points = [
  { key = "soc", valid = [0, 105] },
  { keys = "cell_1..cell_2", name = "Cell {n}", name_fr = "Cellule {n}", kind = "number", unit = "V" },
]
"#;
        let library = Library::read(std::iter::once(Source::named("x.toml", text.to_owned())));
        let types = library.unwrap().types;
        let pack = &types["pack-2s"];
        let told: Vec<_> = pack
            .points
            .iter()
            .map(|point| (&*point.key, &*point.name))
            .collect();
        assert_eq!(
            told,
            [
                ("soc", "Charge"),
                ("cell_1", "Cell 1"),
                ("cell_2", "Cell 2")
            ]
        );
        assert_eq!(
            (pack.points[0].valid_max, pack.head.icon.as_str()),
            (Some(105.0), "i-batt")
        );
        assert_eq!(pack.points[2].name_fr.as_deref(), Some("Cellule 2"));
        assert_eq!(types["pack"].points[0].valid_max, Some(100.0));
    }

    #[test]
    fn a_base_that_is_not_there_and_a_wrong_range_are_told() {
        let text = r#"
[[types]]
key = "x"
name = "X"
extends = "nothing"
points = [{ keys = "a1..b2", name = "A", kind = "number" }]
"#;
        let library = Library::read(std::iter::once(Source::named("x.toml", text.to_owned())));
        let faults = library.unwrap_err().to_string();
        assert!(faults.contains("there is no type `nothing`"), "{faults}");
        assert!(faults.contains("must start alike"), "{faults}");
    }

    #[test]
    fn every_type_of_the_library_has_a_french_name_and_points() {
        for (key, kind) in &Library::embedded().unwrap().types {
            assert!(kind.head.name_fr.is_some(), "{key}");
            assert!(!kind.points.is_empty(), "{key}");
            assert!(
                kind.points.iter().all(|point| point.name_fr.is_some()),
                "{key}"
            );
        }
    }
}
