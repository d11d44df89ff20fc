//! Who signs in: what a sign-in still wants, single-use links, second factors, tokens, other providers.
//!
//! Start at [`steps`]: it decides what is missing between a right password and an open
//! portal. Everything else makes or checks one kind of proof. Pages and the API are in `web`.
//!
//! Invariant: what is kept of a secret is its hash where it need only be recognised, and
//! sealed by the vault where it must be read back. Nothing here logs one.

pub mod access_token;
pub mod journal;
pub mod keyring;
pub mod links;
pub mod lockout;
pub mod oidc;
pub mod passkeys;
pub mod policy;
pub mod refresh;
pub mod steps;
pub mod totp;
pub mod upkeep;

pub use policy::Policy;
