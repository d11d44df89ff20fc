//! How people of a client come in, as an administrator decides it: who may register, who needs a
//! second factor. Pages and programs decide the same things here.

use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{Role, Timestamp, normal_email};
use crate::identity::Policy;
use crate::runtime::Client;
use crate::store::tenant::employees;
use crate::store::{Db, StoreError, audit};

/// More would be a mistake of whoever pasted them.
const MOST_DOMAINS: usize = 50;
const MOST_EMPLOYEES: usize = 2_000;

/// The rules of one client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInRules {
    /// What is asked of whom.
    pub policy: Policy,
    /// Addresses that may register by themselves, and what they become.
    pub employees: Vec<(String, Role)>,
}

/// What is wrong: the field, the message that says so, and the entry it is about.
pub type Fault = (&'static str, &'static str, String);

impl SignInRules {
    /// As they are now.
    pub async fn load(db: &Db) -> Result<Self, StoreError> {
        Ok(Self {
            policy: Policy::load(db).await?,
            employees: employees::list(db).await?,
        })
    }

    /// The same with domains and addresses as they are compared, or what is wrong with them.
    pub fn checked(mut self) -> Result<Self, Fault> {
        let domains = self.policy.register_domains.iter();
        let domains: Result<Vec<_>, _> = domains.map(|entry| domain(entry)).collect();
        self.policy.register_domains =
            domains.map_err(|entry| ("domains", "policy-domain-wrong", entry))?;
        for (email, _) in &mut self.employees {
            let wrong = || ("employees", "policy-employee-wrong", email.clone());
            *email = normal_email(email).ok_or_else(wrong)?;
        }
        let many = [
            ("domains", self.policy.register_domains.len(), MOST_DOMAINS),
            ("employees", self.employees.len(), MOST_EMPLOYEES),
        ];
        match many.into_iter().find(|(_, count, most)| count > most) {
            Some((field, count, _)) => Err((field, "policy-too-many", count.to_string())),
            None => Ok(self),
        }
    }

    /// Keeps them, with an entry in the log.
    pub async fn store(
        &self,
        client: &Client,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let former = Policy::load(client.scope().db()).await?;
        let mut tx = client.scope().db().begin().await?;
        self.policy.store(&mut tx).await?;
        employees::clear(&mut tx).await?;
        for (email, role) in &self.employees {
            employees::put(&mut tx, email, *role, now).await?;
        }
        let tenant = client.tenant();
        let subject = Subject::new("client", &tenant.slug).named(&tenant.name);
        let deed = Deed::new(Action::CHANGED, subject)
            .before(Fields::of(&former))
            .after(Fields::of(&self.policy));
        audit::record(&mut tx, now, actor, &deed);
        tx.commit().await
    }
}

/// A domain with a dot, in lower case; or the entry that is none.
pub fn domain(entry: &str) -> Result<String, String> {
    let domain = entry.trim().trim_start_matches('@').to_lowercase();
    let plain = domain
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let shaped = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
    if plain && shaped {
        Ok(domain)
    } else {
        Err(entry.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_whole_name() {
        assert_eq!(domain("@Acme.Example"), Ok("acme.example".to_owned()));
        for bad in [
            "acme",
            ".example",
            "a b.c",
            "*.acme.example",
            "acme.example.",
        ] {
            assert_eq!(domain(bad), Err(bad.to_owned()));
        }
    }
}
