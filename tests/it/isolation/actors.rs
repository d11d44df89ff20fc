//! Whoever comes to a portal, and what they may do: written down here a second time, so that
//! the table of permissions is compared with something.

use super::world::{World, secret};
use reqwest::RequestBuilder;
use vigie::web::permissions::{Callers, Requirement, Rule};

/// How somebody proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Session,
    Key,
    /// Signed by this very platform.
    Token,
    Support,
    Link,
    Nothing,
}

/// Somebody who comes to the portal of a client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Actor {
    pub(super) name: &'static str,
    pub(super) proof: Proof,
    /// What they hold; nothing for those who must not pass at all.
    holds: &'static [&'static str],
    /// Whether they see all of the client.
    pub(super) sees_all: bool,
}

const ADMIN: &[&str] = &[
    "see",
    "see-connections",
    "see-personal",
    "operate",
    "write-samples",
    "configure-sites",
    "configure-equipment",
    "configure-connections",
    "manage-users",
    "manage-keys",
    "manage-client",
    "read-audit",
    "share-dashboards",
];
const OPERATOR: &[&str] = &[
    "see",
    "see-connections",
    "see-personal",
    "operate",
    "configure-equipment",
    "configure-connections",
    "share-dashboards",
];
/// What is left to an operator who sees a part.
const KEEPER: &[&str] = &["see", "operate", "configure-equipment", "share-dashboards"];
const LOOKS: &[&str] = &["see"];
const LOOKS_DEEPER: &[&str] = &["see", "see-connections"];

/// Those of a client whose proof is good.
pub(super) static WELCOME: [Actor; 11] = [
    actor("admin", Proof::Session, ADMIN, true),
    actor("operator", Proof::Session, OPERATOR, true),
    actor("token", Proof::Token, ADMIN, true),
    actor("keeper", Proof::Session, KEEPER, false),
    actor("viewer", Proof::Session, LOOKS, true),
    actor("member", Proof::Session, LOOKS, false),
    actor("newcomer", Proof::Session, LOOKS, false),
    actor("read-key", Proof::Key, LOOKS_DEEPER, true),
    actor("write-key", Proof::Key, &["write-samples"], true),
    actor("support", Proof::Support, LOOKS_DEEPER, true),
    actor("link", Proof::Link, LOOKS, false),
];

/// Those of a client whose proof is worth nothing any more.
pub(super) static TURNED_AWAY: [Actor; 11] = [
    actor("nobody", Proof::Nothing, &[], false),
    actor("disabled", Proof::Session, &[], false),
    actor("admin-expired", Proof::Session, &[], false),
    actor("token-expired", Proof::Token, &[], false),
    actor("token-ended", Proof::Token, &[], false),
    actor("token-of-elsewhere", Proof::Token, &[], false),
    actor("expired-key", Proof::Key, &[], false),
    actor("revoked-key", Proof::Key, &[], false),
    actor("support-expired", Proof::Support, &[], false),
    actor("support-revoked", Proof::Support, &[], false),
    actor("link-expired", Proof::Link, &[], false),
];

const fn actor(
    name: &'static str,
    proof: Proof,
    holds: &'static [&'static str],
    sees_all: bool,
) -> Actor {
    Actor {
        name,
        proof,
        holds,
        sees_all,
    }
}

impl Actor {
    /// The request of this actor of `client`.
    pub(super) fn sends(
        &self,
        world: &World,
        request: RequestBuilder,
        client: &str,
    ) -> RequestBuilder {
        let secret = secret(client, self.name);
        match self.proof {
            Proof::Session => request.header("cookie", format!("vigie={secret}")),
            Proof::Support => request.header("cookie", format!("vigie_support={secret}")),
            Proof::Link => request.header("cookie", format!("vigie_share={secret}")),
            Proof::Key => request.bearer_auth(secret),
            Proof::Token => request.bearer_auth(world.token(client, self.name)),
            Proof::Nothing => request,
        }
    }

    /// Whether a row lets them pass.
    pub(super) fn passes(&self, rule: &Rule) -> bool {
        let welcome = match rule.callers {
            Callers::Browsers => matches!(self.proof, Proof::Session | Proof::Support),
            Callers::People => matches!(self.proof, Proof::Session | Proof::Token),
            Callers::Programs => matches!(self.proof, Proof::Key | Proof::Token),
            Callers::Links => matches!(self.proof, Proof::Link),
            Callers::All => !matches!(self.proof, Proof::Link),
            Callers::Screens => !matches!(self.proof, Proof::Key | Proof::Token),
            Callers::Everyone => true,
        };
        let holds = match rule.requirement {
            Requirement::Public => return true,
            Requirement::SignedIn => !self.holds.is_empty(),
            Requirement::Needs(permission) => self.holds.contains(&permission.as_str()),
            Requirement::Staff(_) => false,
        };
        welcome && holds
    }
}

/// `{"alg":"none"}` and a claim to be the first user of `client`, without a signature.
pub(super) fn unsigned_token(client: &str) -> String {
    use base64::Engine as _;
    let part = |text: &str| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = format!(r#"{{"sub":"1","aud":"{client}","exp":4102444800,"role":"admin"}}"#);
    format!(
        "{}.{}.",
        part(r#"{"alg":"none","typ":"JWT"}"#),
        part(&claims)
    )
}

/// The same, signed with a word anybody could have chosen.
pub(super) fn forged_token(client: &str) -> String {
    let unsigned = unsigned_token(client).replace("bm9uZS", "SFMyNT");
    format!("{unsigned}c2lnbmVk")
}
