//! Who of a provider may come in, and as what.

use super::Claims;
use crate::domain::Role;
use crate::store::tenant::Provider;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the rules of a client say of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Their address, which the provider vouches for.
    pub email: String,
    /// What they are from now on; none where the claim says nothing and nothing is the default.
    pub role: Option<Role>,
    /// Whether the role came from the claim, and is to follow it.
    pub by_claim: bool,
}

/// Lets somebody in, or not: the provider must have verified their address, its domain must
/// be one of those chosen.
pub fn admit(provider: &Provider, claims: &Claims) -> Option<Admission> {
    let email = claims
        .email
        .as_deref()
        .and_then(crate::domain::normal_email)?;
    let domains: Vec<String> = serde_json::from_str(&provider.allowed_domains).ok()?;
    let domain = email.rsplit_once('@').map(|(_, domain)| domain)?;
    let chosen = domains.is_empty() || domains.iter().any(|one| one == domain);
    if !(claims.email_verified && chosen) {
        return None;
    }
    let claimed = role_of(provider, &claims.other);
    Some(Admission {
        role: claimed.or(provider.default_role),
        by_claim: claimed.is_some(),
        email,
    })
}

/// The greatest role any value of the claim stands for.
fn role_of(provider: &Provider, claims: &BTreeMap<String, Value>) -> Option<Role> {
    let roles: BTreeMap<String, Role> = serde_json::from_str(&provider.roles).ok()?;
    let claim = claims.get(provider.role_claim.as_deref()?)?;
    let values = match claim {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        Value::String(value) => vec![value.as_str()],
        _ => Vec::new(),
    };
    values
        .into_iter()
        .filter_map(|value| roles.get(value).copied())
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn provider() -> Provider {
        Provider {
            key: "acme".to_owned(),
            name: "Acme".to_owned(),
            issuer: "https://login.acme.example".to_owned(),
            client_id: "vigie".to_owned(),
            allowed_domains: r#"["acme.example"]"#.to_owned(),
            role_claim: Some("groups".to_owned()),
            roles: r#"{"ops":"operator","it":"admin"}"#.to_owned(),
            default_role: None,
            enabled: true,
        }
    }

    fn claims(email: &str, verified: bool, groups: Value) -> Claims {
        Claims {
            subject: "1".to_owned(),
            email: Some(email.to_owned()),
            email_verified: verified,
            name: None,
            other: BTreeMap::from([("groups".to_owned(), groups)]),
        }
    }

    #[test]
    fn the_greatest_role_of_the_claim_counts() {
        let found = admit(
            &provider(),
            &claims("Ada@acme.example", true, json!(["ops", "it", "x"])),
        );
        let found = found.unwrap();
        assert_eq!(
            (found.email.as_str(), found.role),
            ("ada@acme.example", Some(Role::Admin))
        );
        let plain = admit(&provider(), &claims("ada@acme.example", true, json!("ops")));
        assert_eq!(plain.unwrap().role, Some(Role::Operator));
        let none = admit(
            &provider(),
            &claims("ada@acme.example", true, json!("cooks")),
        );
        assert_eq!(none.unwrap().role, None);
    }

    #[test]
    fn an_address_nobody_vouches_for_or_of_another_domain_stays_out() {
        let groups = || json!("it");
        assert_eq!(
            admit(&provider(), &claims("ada@acme.example", false, groups())),
            None
        );
        assert_eq!(
            admit(&provider(), &claims("ada@evil.example", true, groups())),
            None
        );
        assert_eq!(
            admit(&provider(), &claims("ada@x.acme.example", true, groups())),
            None
        );
    }
}
