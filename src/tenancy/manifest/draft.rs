//! What has been read of one file so far: the model, and where everything stands.

use super::library::Library;
use super::model::Model;
use super::noun::{Noun, Renames};
use super::reader::{Found, TableReader, Word};
use super::source::Place;
use super::{Manifest, check};
use crate::domain::{KEY_RULE, is_key};
use std::collections::HashMap;

/// A key that must be there when everything is read.
pub(super) struct Reference {
    pub(super) noun: Noun,
    pub(super) to: Word,
}

/// A manifest that is being read.
pub(super) struct Draft<'a> {
    pub(super) found: &'a Found,
    pub(super) library: &'a Library,
    pub(super) model: Model,
    pub(super) renames: Renames,
    pub(super) places: HashMap<(Noun, String), Place>,
    /// Where the values of connections stand, by connection and JSON pointer.
    pub(super) config_places: HashMap<(String, String), Word>,
    pub(super) references: Vec<Reference>,
    /// Time zones that sites have of their own.
    pub(super) own_zones: HashMap<String, String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(found: &'a Found, library: &'a Library, model: Model) -> Self {
        Self {
            found,
            library,
            model,
            renames: Renames::default(),
            places: HashMap::new(),
            config_places: HashMap::new(),
            references: Vec::new(),
            own_zones: HashMap::new(),
        }
    }

    /// Reads the key of a thing and its former key; refuses what is misspelled or there already.
    pub(super) fn key(
        &mut self,
        noun: Noun,
        table: &TableReader<'_>,
        name: &'static str,
    ) -> Option<String> {
        let word = table.required(name)?;
        let was = table.optional("was");
        if !is_key(&word.text) {
            self.found.push(word.fault(KEY_RULE));
            return None;
        }
        self.take(noun, &word)?;
        if let Some(was) = was {
            self.renames.add(noun, &word.text, &was.text);
        }
        Some(word.text)
    }

    /// Notes where a key stands; refuses it when it is taken.
    pub(super) fn take(&mut self, noun: Noun, word: &Word) -> Option<()> {
        let known = (noun, word.text.clone());
        if let Some(first) = self.places.get(&known) {
            let (key, line) = (&word.text, first.line());
            self.found
                .push(word.fault(format!("{noun} `{key}` is there already, in line {line}")));
            return None;
        }
        self.places.insert(known, word.place.clone());
        Some(())
    }

    /// Reads the key of something else, which must be there in the end.
    pub(super) fn reference(
        &mut self,
        noun: Noun,
        table: &TableReader<'_>,
        name: &'static str,
    ) -> Option<String> {
        let to = table.optional(name)?;
        Some(self.refer(noun, to))
    }

    pub(super) fn refer(&mut self, noun: Noun, to: Word) -> String {
        let key = to.text.clone();
        self.references.push(Reference { noun, to });
        key
    }

    /// Completes the model with what the library lends, and checks what one part says of another.
    pub(super) fn finish(mut self) -> Manifest {
        check::complete(&mut self);
        Manifest {
            model: self.model,
            renames: self.renames,
            places: self.places,
            config_places: self.config_places,
        }
    }
}
