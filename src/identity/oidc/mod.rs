//! Sign-in through another provider: OpenID Connect Core 1.0, code flow with PKCE (RFC 7636).
//!
//! Start at [`Relay::begin`]. What belongs to one sign-in (state, nonce, verifier) is
//! remembered for the browser that began it; an answer without it opens nothing.
//!
//! Invariant: a provider is only spoken to through [`fetch`], which decides where requests may go.

mod fetch;
mod relay;
mod rules;

pub use fetch::{Fetch, FetchError};
pub use relay::{Begun, Claims, OidcError, Registration, Relay, Remembered};
pub use rules::{Admission, admit};
