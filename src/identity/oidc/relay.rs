//! The two halves of a sign-in through a provider.

use super::{Fetch, FetchError};
use moka::future::Cache;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How long what a provider says of itself, and its keys, are believed.
const BELIEVED_FOR: Duration = Duration::from_secs(3_600);
const MOST_PROVIDERS: u64 = 1_000;

/// Why a sign-in through a provider did not come about.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider cannot be asked, or not understood.
    #[error("the provider: {0}")]
    Provider(String),
    /// Its answer does not belong to what was begun.
    #[error("the answer does not belong to this sign-in: {0}")]
    Foreign(&'static str),
    /// The token it gave is not right.
    #[error("the token of the provider: {0}")]
    Token(String),
}

impl From<FetchError> for OidcError {
    fn from(error: FetchError) -> Self {
        Self::Provider(error.to_string())
    }
}

/// Who we are at a provider.
pub struct Registration {
    /// The provider's address, as it names itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we show it.
    pub secret: Option<SecretString>,
    /// Where it leads back to.
    pub back: String,
}

/// What is remembered for the browser between the two halves.
#[derive(Serialize, Deserialize)]
pub struct Remembered {
    /// Which provider.
    pub key: String,
    /// Where one wanted to go.
    pub next: String,
    state: String,
    nonce: String,
    verifier: String,
    back: String,
}

/// The first half.
pub struct Begun {
    /// Where the browser is sent.
    pub url: String,
    /// What is remembered.
    pub remembered: Remembered,
}

/// What a provider says of somebody.
#[derive(Debug, Clone)]
pub struct Claims {
    /// Who they are there; never changes.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider vouches for it.
    pub email_verified: bool,
    /// What they are called.
    pub name: Option<String>,
    /// Everything else.
    pub other: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Other(BTreeMap<String, Value>);
impl AdditionalClaims for Other {}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Other,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type Party = Client<
    Other,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Speaks to providers; remembers for an hour what they say of themselves.
pub struct Relay {
    https: bool,
    fetch: OnceLock<Fetch>,
    known: Cache<String, CoreProviderMetadata>,
}

impl Relay {
    /// `https`: whether this installation is reached over https.
    pub fn new(https: bool) -> Self {
        let known = Cache::builder()
            .max_capacity(MOST_PROVIDERS)
            .time_to_live(BELIEVED_FOR);
        Self {
            https,
            fetch: OnceLock::new(),
            known: known.build(),
        }
    }

    /// Proves that a provider answers, names itself as it is named here, and may be asked.
    pub async fn probe(&self, issuer: &str) -> Result<(), OidcError> {
        self.known.invalidate(issuer).await;
        self.discover(issuer).await.map(drop)
    }

    /// Begins a sign-in.
    pub async fn begin(
        &self,
        us: &Registration,
        key: &str,
        next: &str,
    ) -> Result<Begun, OidcError> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let party = self.party(us).await?;
        let (url, state, nonce) = party
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url: url.to_string(),
            remembered: Remembered {
                key: key.to_owned(),
                next: next.to_owned(),
                state: state.into_secret(),
                nonce: nonce.secret().clone(),
                verifier: verifier.into_secret(),
                back: us.back.clone(),
            },
        })
    }

    /// Exchanges the code for what the provider says of somebody. Signature, issuer, audience,
    /// time and nonce of its token are checked.
    pub async fn finish(
        &self,
        us: &Registration,
        remembered: Remembered,
        state: &str,
        code: String,
    ) -> Result<Claims, OidcError> {
        let same: bool = remembered.state.as_bytes().ct_eq(state.as_bytes()).into();
        if !same {
            return Err(OidcError::Foreign("its state is another one"));
        }
        if remembered.back != us.back {
            return Err(OidcError::Foreign("it came back to another address"));
        }
        let party = self.party(us).await?;
        let tokens = party
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| OidcError::Provider(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(remembered.verifier))
            .request_async(self.fetch()?)
            .await
            .map_err(|error| OidcError::Provider(error.to_string()))?;
        let token = tokens.id_token();
        let token = token.ok_or_else(|| OidcError::Token("there is none".to_owned()))?;
        let claims = token
            .claims(&party.id_token_verifier(), &Nonce::new(remembered.nonce))
            .map_err(|error| OidcError::Token(error.to_string()))?;
        let name = claims.name().and_then(|names| names.get(None));
        Ok(Claims {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified() == Some(true),
            name: name.map(|name| name.to_string()),
            other: claims.additional_claims().0.clone(),
        })
    }

    /// Made when the first provider is asked: most installations ask none.
    fn fetch(&self) -> Result<&Fetch, FetchError> {
        if let Some(made) = self.fetch.get() {
            return Ok(made);
        }
        let made = Fetch::new(self.https)?;
        Ok(self.fetch.get_or_init(|| made))
    }

    async fn party(&self, us: &Registration) -> Result<Party, OidcError> {
        let provider = self.discover(&us.issuer).await?;
        let secret = us.secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let back = RedirectUrl::new(us.back.clone());
        let back = back.map_err(|error| OidcError::Provider(error.to_string()))?;
        let id = ClientId::new(us.client_id.clone());
        Ok(Client::from_provider_metadata(provider, id, secret).set_redirect_uri(back))
    }

    async fn discover(&self, issuer: &str) -> Result<CoreProviderMetadata, OidcError> {
        if let Some(known) = self.known.get(issuer).await {
            return Ok(known);
        }
        let url = IssuerUrl::new(issuer.to_owned());
        let url = url.map_err(|error| OidcError::Provider(error.to_string()))?;
        let found = CoreProviderMetadata::discover_async(url, self.fetch()?).await;
        let found = found.map_err(|error| OidcError::Provider(error.to_string()))?;
        self.known.insert(issuer.to_owned(), found.clone()).await;
        Ok(found)
    }
}
