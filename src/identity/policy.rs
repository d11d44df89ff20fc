//! What a client's administrator decided about signing in.

use crate::domain::Role;
use crate::store::tenant::settings;
use crate::store::{Db, StoreError, Tx};
use serde::{Deserialize, Serialize};

/// The setting that holds it, as JSON.
const SETTING: &str = "sign_in_policy";

/// How people of a client come in. By default nobody registers and no second factor is demanded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Whoever reads mail at one of these domains may register; lower case.
    pub register_domains: Vec<String>,
    /// Whether the prepared list of employees may register.
    pub register_employees: bool,
    /// What those of the domains become.
    pub register_role: Role,
    /// Roles that cannot come in without a second factor.
    pub second_factor_roles: Vec<Role>,
}

impl Policy {
    /// What the administrator decided; the default where nothing readable is stored.
    pub async fn load(db: &Db) -> Result<Self, StoreError> {
        match settings::find(db, SETTING).await? {
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| StoreError::Corrupt(format!("{SETTING}: {error}"))),
            None => Ok(Self::default()),
        }
    }

    /// Keeps it.
    pub async fn store(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let text =
            serde_json::to_string(self).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        settings::put(tx, SETTING, &text).await
    }

    /// Whether anybody at all may register.
    pub const fn lets_register(&self) -> bool {
        !self.register_domains.is_empty() || self.register_employees
    }

    /// Whether this role needs a second factor.
    pub fn demands_factor(&self, role: Role) -> bool {
        self.second_factor_roles.contains(&role)
    }

    /// Whether the domain of an address is one of those that may register.
    pub fn allows_domain(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| self.register_domains.iter().any(|one| one == domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_domain_counts() {
        let policy = Policy {
            register_domains: vec!["acme.example".to_owned()],
            ..Policy::default()
        };
        assert!(policy.allows_domain("ada@acme.example"));
        for other in [
            "ada@evil-acme.example",
            "ada@sub.acme.example",
            "acme.example",
            "a@b@acme.exampl",
        ] {
            assert!(!policy.allows_domain(other), "{other}");
        }
    }

    #[test]
    fn by_default_nobody_registers_and_no_factor_is_demanded() {
        let policy: Policy = serde_json::from_str("{}").unwrap();
        assert!(!policy.lets_register());
        assert!(!policy.demands_factor(Role::Admin));
    }
}
