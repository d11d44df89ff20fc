//! What a step of a plan says in the audit log.

use super::noun::Noun;
use super::plan::{Action as Done, PointStep, Step};
use crate::domain::UserId;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use serde_json::{Map, Value};

impl Step {
    /// The deed; `user` is the number of the person it is about, if it is about one.
    pub(super) fn deed(&self, user: Option<UserId>) -> Deed {
        let (mut before, mut after) = (Fields::new(), Fields::new());
        for change in &self.fields {
            before = before.with(&change.field, change.from.clone());
            after = after.with(&change.field, change.to.clone());
        }
        if self.action == Done::Change {
            for point in &self.points {
                let field = format!("point {}", point.key);
                before = before.with(&field, point.values(|change| change.from.clone()));
                after = after.with(&field, point.values(|change| change.to.clone()));
            }
        }
        Deed::new(self.did(), self.subject(user))
            .before(before)
            .after(after)
            .note(&self.note())
    }

    fn did(&self) -> Action {
        match (self.action, &self.was) {
            (Done::Create, _) => Action::CREATED,
            (Done::Change, Some(_)) => Action::RENAMED,
            (Done::Change, None) => Action::CHANGED,
            (Done::Remove, _) => Action::REMOVED,
        }
    }

    fn subject(&self, user: Option<UserId>) -> Subject {
        match (self.noun, user) {
            (Noun::User, Some(id)) => Subject::person(id, &self.key),
            (noun, _) => Subject::new(&noun.to_string(), &self.key),
        }
    }

    /// Former keys, and points that went.
    fn note(&self) -> String {
        let was = self.was.iter().map(|was| format!("was {was}"));
        let changed = self.action == Done::Change;
        let points = self.points.iter().filter(|_| changed);
        let points = points.filter_map(|point| match (point.action, &point.was) {
            (Done::Remove, _) => Some(format!("without point {}", point.key)),
            (_, Some(was)) => Some(format!("point {} was {was}", point.key)),
            _ => None,
        });
        was.chain(points).collect::<Vec<_>>().join("; ")
    }
}

impl PointStep {
    fn values(&self, side: impl Fn(&super::fields::FieldChange) -> Option<String>) -> Value {
        let values: Map<_, _> = self
            .fields
            .iter()
            .filter_map(|change| Some((change.field.clone(), side(change)?.into())))
            .collect();
        if values.is_empty() {
            Value::Null
        } else {
            Value::Object(values)
        }
    }
}
