//! The words of a client, and what each belongs to.

use super::fuzzy::{Wanted, signature};
use crate::domain::{EquipmentId, PointId, SiteId};
use crate::store::tenant::{EquipmentRow, FieldRow, SiteRow};
use crate::web::model::{Model, custom};
use crate::web::plain::words;
use std::collections::HashMap;

/// Further words of a search are not looked at.
const WORDS: usize = 6;
/// Points collected for one search; hits are chosen among them.
const POINTS: usize = 2_000;

/// How much a word says, by where it stands.
const NAME: u32 = 10;
const KEY: u32 = 8;
const SERIAL: u32 = 8;
const MODEL: u32 = 5;
const KIND: u32 = 4;
const PLACE: u32 = 4;
const NOTE: u32 = 2;
const CUSTOM: u32 = 6;

/// What a search may find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// A site.
    Site(SiteId),
    /// An equipment.
    Equipment(EquipmentId),
    /// A point.
    Point(PointId),
}

/// Something found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// What.
    pub found: Found,
    /// How well it answers.
    pub score: u32,
}

/// The words of one version of a model.
#[derive(Debug, Default)]
pub struct Index {
    /// Sites and equipment, in the order of the model.
    things: Vec<Found>,
    words: Dictionary,
    /// Different names of points: thousands of equipment share a few.
    names: usize,
    name_words: Dictionary,
    /// The name of each point, in the order of the model.
    points: HashMap<EquipmentId, Vec<(PointId, u32)>>,
}

/// Each word once, with whom it belongs to and how much it says there.
#[derive(Debug, Default)]
struct Dictionary {
    entries: Vec<Entry>,
    known: HashMap<String, usize>,
}

#[derive(Debug)]
struct Entry {
    word: String,
    signature: u64,
    owners: Vec<(u32, u32)>,
}

impl Dictionary {
    fn add(&mut self, owner: u32, text: &str, weight: u32) {
        for word in words(text) {
            let at = *self.known.entry(word).or_insert_with_key(|word| {
                self.entries.push(Entry {
                    word: word.clone(),
                    signature: signature(word),
                    owners: Vec::new(),
                });
                self.entries.len() - 1
            });
            self.entries[at].owners.push((owner, weight));
        }
    }

    /// What each owner answers to all wanted words.
    fn answers(&self, wanted: &[Wanted], owners: usize) -> Vec<Answer> {
        let mut answers = vec![Answer::default(); owners];
        for (place, word) in wanted.iter().enumerate() {
            let mut best = vec![0; owners];
            for entry in &self.entries {
                if let Some(score) = word.score(&entry.word, entry.signature) {
                    for (owner, weight) in &entry.owners {
                        let best = &mut best[*owner as usize];
                        *best = (*best).max(score * weight);
                    }
                }
            }
            for (answer, best) in answers.iter_mut().zip(best) {
                answer.take(place, best);
            }
        }
        answers
    }
}

/// Which of the wanted words are answered, and how well.
#[derive(Debug, Clone, Copy, Default)]
struct Answer {
    answered: u8,
    score: u32,
}

impl Answer {
    fn take(&mut self, place: usize, score: u32) {
        if score > 0 {
            self.answered |= 1 << place;
            self.score += score;
        }
    }
}

impl Index {
    /// Reads the words of a model.
    pub fn of(model: &Model) -> Self {
        let mut index = Self::default();
        for row in &model.sites {
            index.add_site(row, model);
        }
        for row in &model.equipment {
            index.add_equipment(row, model);
        }
        index.add_points(model);
        index.words.known = HashMap::new();
        index.name_words.known = HashMap::new();
        index
    }

    fn add(&mut self, found: Found, texts: &[(Option<&str>, u32)]) {
        let owner = self.things.len() as u32;
        self.things.push(found);
        for (text, weight) in texts {
            if let Some(text) = text {
                self.words.add(owner, text, *weight);
            }
        }
    }

    fn add_site(&mut self, row: &SiteRow, model: &Model) {
        let site = &row.site;
        let outer = site.parent_id.and_then(|id| model.site(id));
        let custom = searchable(model.custom.of_site(row.id));
        self.add(
            Found::Site(row.id),
            &[
                (Some(&site.name), NAME + 1),
                (Some(&site.key), KEY),
                (site.address.as_deref(), PLACE),
                (outer.map(|outer| outer.site.name.as_str()), PLACE),
                (Some(&custom), CUSTOM),
            ],
        );
    }

    fn add_equipment(&mut self, row: &EquipmentRow, model: &Model) {
        let equipment = &row.equipment;
        let kind = model.type_of(row).map(|kind| &kind.equipment_type);
        let site = model.site(equipment.site_id);
        let custom = searchable(model.custom.of_equipment(row.id));
        self.add(
            Found::Equipment(row.id),
            &[
                (Some(&equipment.name), NAME),
                (Some(&equipment.key), KEY),
                (equipment.serial.as_deref(), SERIAL),
                (equipment.model.as_deref(), MODEL),
                (equipment.note.as_deref(), NOTE),
                (site.map(|site| site.site.name.as_str()), PLACE),
                (kind.map(|kind| kind.name.as_str()), KIND),
                (kind.and_then(|kind| kind.name_fr.as_deref()), KIND),
                (kind.map(|kind| kind.key.as_str()), KIND),
                (Some(&custom), CUSTOM),
            ],
        );
    }

    fn add_points(&mut self, model: &Model) {
        let mut known: HashMap<(&str, &str, Option<&str>), u32> = HashMap::new();
        for row in &model.points {
            let spec = &row.spec;
            let fresh = known.len() as u32;
            let name = *known
                .entry((&spec.key, &spec.name, spec.name_fr.as_deref()))
                .or_insert(fresh);
            if name == fresh {
                self.name_words.add(name, &spec.key, KEY / 2);
                self.name_words.add(name, &spec.name, NAME / 2);
                self.name_words
                    .add(name, spec.name_fr.as_deref().unwrap_or_default(), NAME / 2);
            }
            self.points
                .entry(row.equipment_id)
                .or_default()
                .push((row.id, name));
        }
        self.names = known.len();
    }

    /// What answers every word of `text`, the best first.
    pub fn search(&self, text: &str, limit: usize) -> Vec<Hit> {
        let wanted: Vec<_> = words(text)
            .iter()
            .take(WORDS)
            .map(|word| Wanted::new(word))
            .collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let all = (1_u8 << wanted.len()) - 1;
        let things = self.words.answers(&wanted, self.things.len());
        let mut hits: Vec<_> = self
            .things
            .iter()
            .zip(&things)
            .filter(|(_, answer)| answer.answered == all)
            .map(|(found, answer)| Hit {
                found: *found,
                score: answer.score,
            })
            .collect();
        self.search_points(&wanted, &things, &mut hits);
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.score)); // stable: the order of the model
        hits.truncate(limit);
        hits
    }

    /// A point answers with its own name and with its equipment's words together.
    fn search_points(&self, wanted: &[Wanted], things: &[Answer], hits: &mut Vec<Hit>) {
        let all = (1_u8 << wanted.len()) - 1;
        let names = self.name_words.answers(wanted, self.names);
        if names.iter().all(|name| name.answered == 0) {
            return;
        }
        let before = hits.len();
        for (found, thing) in self.things.iter().zip(things) {
            let Found::Equipment(id) = found else {
                continue;
            };
            for (point, name) in self.points.get(id).into_iter().flatten() {
                let name = names[*name as usize];
                let adds = name.answered & !thing.answered != 0 || name.answered == all;
                if adds && name.answered | thing.answered == all {
                    let score = name.score + thing.score / 2;
                    let found = Found::Point(*point);
                    hits.push(Hit { found, score });
                }
            }
            if hits.len() - before > POINTS {
                return;
            }
        }
    }
}

/// The values of custom fields that the search looks into.
fn searchable(values: Vec<(&FieldRow, &serde_json::Value)>) -> String {
    let values = values.into_iter().filter(|(row, _)| row.field.searchable);
    let texts = values.map(|(_, value)| custom::plain_text(value));
    texts.collect::<Vec<_>>().join("\n")
}
