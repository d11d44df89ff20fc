//! Passkeys (WebAuthn level 3): discoverable, with user verification, bound to the host of the portal.
//!
//! A passkey is two factors in one: what one has, and the PIN or finger that opens it. So
//! the same ceremony signs in without a password and serves as second factor after one.
//!
//! Invariant: a ceremony is taken out of the database before it is verified: it is used once.

use crate::store::tenant::{Passkey, PasskeyRow};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle64,
};
use webauthn_rp::request::{
    AsciiDomain, DomainOrigin, ExtensionInfo, Port, PublicKeyCredentialDescriptor, RpId, Scheme,
};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication64, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

/// A public key as it is decoded: Ed25519, P-256, P-384 or RSA.
type StoredKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// Bytes under which an authenticator knows a user.
pub const HANDLE: usize = 64;

/// Why a passkey is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The host cannot have passkeys: it is no domain.
    #[error("{0} is no domain")]
    Host(String),
    /// What the browser sent is no answer to what it was asked.
    #[error("the answer of the authenticator: {0}")]
    Answer(String),
    /// What is stored cannot be read.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
}

/// The portal a passkey is for.
pub struct Relying {
    id: RpId,
    host: String,
    https: bool,
}

/// The first half of a ceremony.
pub struct Begun {
    /// What the browser is told, as JSON.
    pub options: String,
    /// What we remember.
    pub state: Vec<u8>,
}

/// What a browser shows to sign in.
pub struct Presented(DiscoverableAuthentication64);

impl Presented {
    /// Reads what a browser sent.
    pub fn read(json: &str) -> Result<Self, PasskeyError> {
        let read = DiscoverableAuthentication64::from_json_relaxed(json.as_bytes());
        read.map(Self)
            .map_err(|error| PasskeyError::Answer(error.to_string()))
    }

    /// What the authenticator calls the passkey.
    pub fn credential_id(&self) -> &[u8] {
        self.0.raw_id().into_inner()
    }
}

impl Relying {
    /// The portal with this host name, without port.
    pub fn of(host: &str, https: bool) -> Result<Self, PasskeyError> {
        let name = host.split(':').next().unwrap_or(host).to_lowercase();
        let domain = AsciiDomain::try_from(name.clone());
        let domain = domain.map_err(|_| PasskeyError::Host(name.clone()))?;
        Ok(Self {
            id: RpId::Domain(domain),
            host: name,
            https,
        })
    }

    /// Begins to register a passkey; those in `known` are not made twice.
    pub fn begin_registration(
        &self,
        handle: &[u8; HANDLE],
        email: &str,
        name: &str,
        known: &[PasskeyRow],
    ) -> Result<Begun, PasskeyError> {
        let Ok(id) = UserHandle64::decode(*handle);
        let user = PublicKeyCredentialUserEntity {
            name: email
                .try_into()
                .map_err(|_| PasskeyError::Stored("address"))?,
            id: &id,
            display_name: name.try_into().ok(),
        };
        let known = known.iter().filter_map(descriptor).collect();
        let mut options = PublicKeyCredentialCreationOptions::passkey(&self.id, user, known);
        // Asked for, not enforced: authenticators of many devices do not know credProtect.
        options.extensions.cred_protect =
            CredProtect::UserVerificationRequired(ExtensionInfo::AllowDontEnforceValue);
        let (server, client) = options.start_ceremony().map_err(answer)?;
        Ok(Begun {
            options: serde_json::to_string(&client).map_err(answer)?,
            state: server.encode().map_err(answer)?,
        })
    }

    /// Verifies the answer of a registration.
    pub fn finish_registration(
        &self,
        state: &[u8],
        json: &str,
        name: String,
    ) -> Result<Passkey, PasskeyError> {
        let server = RegistrationServerState::<HANDLE>::decode(state);
        let server = server.map_err(|_| PasskeyError::Stored("ceremony"))?;
        let given = Registration::from_json_relaxed(json.as_bytes()).map_err(answer)?;
        let origins = [self.origin()];
        let options = RegistrationVerificationOptions::<_, DomainOrigin<'_, '_>> {
            allowed_origins: &origins,
            ..RegistrationVerificationOptions::default()
        };
        let made = server.verify(&self.id, &given, &options).map_err(answer)?;
        let (Ok(transports), Ok(fixed), Ok(moving)) = (
            made.transports().encode(),
            made.static_state().encode(),
            made.dynamic_state().encode(),
        );
        Ok(Passkey {
            credential_id: made.id().into_inner().to_vec(),
            name,
            transports: i64::from(transports),
            static_state: fixed,
            dynamic_state: moving.to_vec(),
        })
    }

    /// Begins a sign-in: whoever holds a passkey of this portal may answer.
    pub fn begin_sign_in(&self) -> Result<Begun, PasskeyError> {
        let options = DiscoverableCredentialRequestOptions::passkey(&self.id);
        let (server, client) = options.start_ceremony().map_err(answer)?;
        Ok(Begun {
            options: serde_json::to_string(&client).map_err(answer)?,
            state: server.encode().map_err(answer)?,
        })
    }

    /// Verifies what was presented with the passkey it names; what is to be kept of it from now on.
    pub fn finish_sign_in(
        &self,
        state: &[u8],
        presented: &Presented,
        row: &PasskeyRow,
        handle: &[u8; HANDLE],
    ) -> Result<Vec<u8>, PasskeyError> {
        let server = DiscoverableAuthenticationServerState::decode(state);
        let server = server.map_err(|_| PasskeyError::Stored("ceremony"))?;
        let Ok(user) = UserHandle64::decode(*handle);
        let fixed = StaticState::<StoredKey>::decode(&row.passkey.static_state);
        let moving = row.passkey.dynamic_state.as_slice().try_into();
        let moving = moving.map_err(|_| PasskeyError::Stored("passkey"))?;
        let mut known = AuthenticatedCredential::new(
            CredentialId::<&[u8]>::decode(&row.passkey.credential_id)
                .map_err(|_| PasskeyError::Stored("passkey"))?,
            &user,
            fixed.map_err(|_| PasskeyError::Stored("passkey"))?,
            DynamicState::decode(moving).map_err(|_| PasskeyError::Stored("passkey"))?,
        )
        .map_err(|_| PasskeyError::Stored("passkey"))?;
        let origins = [self.origin()];
        let options = AuthenticationVerificationOptions::<_, DomainOrigin<'_, '_>> {
            allowed_origins: &origins,
            ..AuthenticationVerificationOptions::default()
        };
        server
            .verify(&self.id, &presented.0, &mut known, &options)
            .map_err(answer)?;
        let Ok(moving) = known.dynamic_state().encode();
        Ok(moving.to_vec())
    }

    /// Where the browser must be. Ports do not tell portals apart: cookies do not either.
    fn origin(&self) -> DomainOrigin<'static, '_> {
        DomainOrigin {
            scheme: if self.https {
                Scheme::Https
            } else {
                Scheme::Other("http")
            },
            host: &self.host,
            port: Port::Any,
        }
    }
}

fn descriptor(row: &PasskeyRow) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let transports = AuthTransports::decode(u8::try_from(row.passkey.transports).ok()?).ok()?;
    let id = CredentialId::<Vec<u8>>::decode(row.passkey.credential_id.clone()).ok()?;
    Some(PublicKeyCredentialDescriptor { id, transports })
}

fn answer(error: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Answer(error.to_string())
}
