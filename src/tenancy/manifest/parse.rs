//! Files to manifests.

use super::config::ConnectionChecker;
use super::draft::Draft;
use super::library::Library;
use super::model::Model;
use super::noun::{Noun, Renames};
use super::reader::{Found, TableReader, Word};
use super::source::{Fault, Faults, Place, Source};
use super::{
    read_bacnet, read_connections, read_equipment, read_fields, read_people, read_sites, read_types,
};
use crate::store::control::TenantSpec;
use crate::tenancy::directory::CONSOLE;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use toml::de::DeTable;

/// A manifest without a fault.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// What the client is to be.
    pub model: Model,
    /// What has another key now.
    pub renames: Renames,
    pub(super) places: HashMap<(Noun, String), Place>,
    pub(super) config_places: HashMap<(String, String), Word>,
}

/// Reads manifests, one client each. All faults of all files are reported together.
pub fn parse(sources: &[Arc<Source>], library: &Library) -> Result<Vec<Manifest>, Faults> {
    let mut manifests: Vec<Manifest> = Vec::new();
    let mut faults = Vec::new();
    for source in sources {
        match parse_one(source, library) {
            Ok(manifest) => manifests.push(manifest),
            Err(found) => faults.extend(found),
        }
    }
    refuse_doubles(&manifests, &mut faults);
    if faults.is_empty() {
        Ok(manifests)
    } else {
        Err(Faults(faults))
    }
}

fn parse_one(source: &Arc<Source>, library: &Library) -> Result<Manifest, Vec<Fault>> {
    let found = Found::new(source.clone());
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    if !errors.is_empty() {
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            found.push(found.place(at).fault("", error.message()));
        }
        return Err(found.into_faults());
    }
    let root = TableReader::root(&found, document.get_ref());
    let mut draft = Draft::new(&found, library, empty_model());
    read_sites::read_client(&mut draft, &root);
    read_people::read_users(&mut draft, &root);
    read_people::read_devices(&mut draft, &root);
    read_fields::read_all(&mut draft, &root);
    read_sites::read_sites(&mut draft, &root);
    read_types::read_all(&mut draft, &root);
    read_equipment::read_all(&mut draft, &root);
    read_connections::read_all(&mut draft, &root);
    read_bacnet::read(&mut draft, &root);
    root.finish();
    let manifest = draft.finish();
    if manifest.model.client.slug == CONSOLE {
        let message = "is the host of the platform's staff; choose another slug";
        found.push(manifest.fault_at(Noun::Client, CONSOLE, message));
    }
    let faults = found.into_faults();
    if faults.is_empty() {
        Ok(manifest)
    } else {
        Err(faults)
    }
}

impl Manifest {
    /// The fault at the key of a thing.
    pub(super) fn fault_at(&self, noun: Noun, key: &str, message: impl Into<String>) -> Fault {
        let client = (Noun::Client, self.model.client.slug.clone());
        let place = self.places.get(&(noun, key.to_owned()));
        match place.or_else(|| self.places.get(&client)) {
            Some(place) => place.fault(format!("{noun} {key}"), message),
            None => Fault {
                file: std::path::PathBuf::new(),
                line: 0,
                column: 0,
                key: format!("{noun} {key}"),
                message: message.into(),
            },
        }
    }

    /// The file it was read from.
    pub(super) fn source(&self) -> Option<&Arc<Source>> {
        self.places.values().next().map(|place| &place.source)
    }

    /// Asks the connectors what they think of the configurations, secrets filled in by `fill`.
    pub fn check_connections(
        &self,
        checker: &dyn ConnectionChecker,
        fill: impl Fn(&str, &serde_json::Value) -> serde_json::Value,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (key, connection) in &self.model.connections {
            let config = fill(key, &connection.config);
            if let Err(fault) = checker.check(&connection.protocol, &config) {
                faults.push(self.config_fault(key, &fault.pointer, &fault.message));
            }
        }
        faults
    }

    /// The fault at the value a pointer leads to, else at the nearest value around it.
    pub(super) fn config_fault(&self, connection: &str, pointer: &str, message: &str) -> Fault {
        let mut around = pointer;
        loop {
            let place = (connection.to_owned(), around.to_owned());
            if let Some(word) = self.config_places.get(&place) {
                return word.fault(message);
            }
            match around.rfind('/') {
                Some(end) => around = &around[..end],
                None => return self.fault_at(Noun::Connection, connection, message),
            }
        }
    }
}

/// One client in two files, one host for two clients, or one number for two BACnet devices.
fn refuse_doubles(manifests: &[Manifest], faults: &mut Vec<Fault>) {
    let mut slugs = BTreeSet::new();
    let mut hosts: BTreeMap<&str, &str> = BTreeMap::new();
    let mut instances: BTreeMap<u32, &str> = BTreeMap::new();
    for manifest in manifests {
        let slug = manifest.model.client.slug.as_str();
        if !slugs.insert(slug) {
            let message = "another of the files given is of this client; a client has one manifest";
            faults.push(manifest.fault_at(Noun::Client, slug, message));
        }
        let bacnet = manifest.model.bacnet.as_ref();
        if let Some(instance) = bacnet.map(|spec| spec.instance)
            && let Some(other) = instances.insert(instance, slug)
        {
            let message = format!("instance {instance} is that of client `{other}`");
            faults.push(manifest.fault_at(Noun::Bacnet, read_bacnet::DEVICE, message));
        }
        for host in &manifest.model.hosts {
            if let Some(other) = hosts.insert(host, slug) {
                let message = format!("host `{host}` is that of client `{other}`");
                faults.push(manifest.fault_at(Noun::Client, slug, message));
            }
        }
    }
}

pub(super) fn empty_model() -> Model {
    Model {
        client: TenantSpec {
            slug: String::new(),
            name: String::new(),
            locale: String::new(),
            time_zone: String::new(),
            brand: String::new(),
            retention_days: None,
            quota: "{}".to_owned(),
            allow_list: "[]".to_owned(),
        },
        hosts: BTreeSet::new(),
        users: BTreeMap::new(),
        devices: BTreeMap::new(),
        sites: BTreeMap::new(),
        types: BTreeMap::new(),
        equipment: BTreeMap::new(),
        connections: BTreeMap::new(),
        bacnet: None,
        fields: BTreeMap::new(),
        custom: BTreeMap::new(),
    }
}
