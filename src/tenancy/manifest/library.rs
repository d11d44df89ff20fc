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
                let read = read_types::read(&table);
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
