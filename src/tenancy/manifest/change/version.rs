//! Versions of things: what an `ETag` says, so that two people do not undo each other.

use super::custom::Custom;
use crate::store::tenant::PointSpec;
use crate::tenancy::manifest::fields::Described;
use sha2::{Digest, Sha256};

/// What a thing was when it was looked at: a digest of what people decide about it.
///
/// Two states of a thing have the same version exactly when a plan sees no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

/// Bytes of the digest that are kept; 96 bits.
const KEPT: usize = 12;

impl Version {
    /// Takes back what [`Version::as_str`] gave.
    pub fn known(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Letters and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of any pairs of name and value, in their order.
    pub fn of_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut digest = Sha256::new();
        for text in pairs.into_iter().flat_map(|(name, value)| [name, value]) {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        }
        Self(hex::encode(&digest.finalize()[..KEPT]))
    }

    pub(in crate::tenancy::manifest) fn of(key: &str, thing: &impl Described) -> Self {
        let mut all = vec![("key".to_owned(), key.to_owned())];
        all.extend(thing.fields());
        Self::of_owned(&all)
    }

    /// Of a thing together with its points.
    pub(in crate::tenancy::manifest) fn of_all(key: &str, thing: &impl Described) -> Self {
        let mut all = vec![("key".to_owned(), key.to_owned())];
        all.extend(thing.fields());
        for point in thing.points() {
            all.push(("point".to_owned(), point.key.clone()));
            all.extend(point.fields());
        }
        Self::of_owned(&all)
    }

    /// The same with the values of custom fields.
    #[must_use]
    pub(super) fn and(self, custom: &Custom) -> Self {
        if custom.is_empty() {
            return self;
        }
        let values = serde_json::to_string(custom).unwrap_or_default();
        Self::of_pairs([(self.as_str(), values.as_str())])
    }

    /// Of a point; where it stands among others is not part of it.
    pub fn of_point(point: &PointSpec) -> Self {
        let mut fields = point.fields();
        fields.remove("order");
        let mut all = vec![("key".to_owned(), point.key.clone())];
        all.extend(fields);
        Self::of_owned(&all)
    }

    fn of_owned(pairs: &[(String, String)]) -> Self {
        Self::of_pairs(
            pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_moves_with_every_value_and_with_nothing_else() {
        let point = PointSpec {
            key: "power".to_owned(),
            name: "Power".to_owned(),
            ..PointSpec::default()
        };
        let moved = PointSpec {
            position: 3,
            ..point.clone()
        };
        let renamed = PointSpec {
            name: "Output".to_owned(),
            ..point.clone()
        };
        assert_eq!(Version::of_point(&point), Version::of_point(&moved));
        assert_ne!(Version::of_point(&point), Version::of_point(&renamed));
    }

    #[test]
    fn values_do_not_run_into_each_other() {
        let one = Version::of_pairs([("a", "bc")]);
        assert_ne!(one, Version::of_pairs([("ab", "c")]));
    }
}
