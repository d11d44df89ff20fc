//! What the owner of the server decides: who may come in, and when a message is safe.

use crate::Message;
use bytes::Bytes;
use bytestring::ByteString;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

/// A future of the handler; boxed so that a handler is an object.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What became of one message.
pub type Outcome = Result<(), CommitError>;

/// The other side of the server.
pub trait Handler: Send + Sync + 'static {
    /// Who is this? Runs before anything is kept of the client; has until
    /// [`Config::connect_timeout`](crate::Config::connect_timeout).
    fn authenticate(
        self: Arc<Self>,
        request: ConnectRequest,
    ) -> BoxFuture<Result<Principal, RefuseReason>>;

    /// May this device publish to this topic? A refused message is acknowledged
    /// (MQTT 5 says why), counted and dropped. Must not block.
    fn may_publish(&self, _principal: &Principal, _topic: &str) -> bool {
        true
    }

    /// May this device subscribe to this filter? For a shared subscription this
    /// is the filter without `$share/<group>/`. Must not block.
    fn may_subscribe(&self, _principal: &Principal, _filter: &str) -> bool {
        true
    }

    /// Makes a batch safe: everything one connection sent in one turn, in its order.
    ///
    /// Resolves with one outcome per message, in the same order. Up to
    /// [`Config::max_in_flight`](crate::Config::max_in_flight) messages of a connection are with
    /// the handler at once, in any number of batches, and acknowledgements are released in order
    /// whatever order the batches finish in. When [`Config::commit_timeout`](crate::Config::commit_timeout)
    /// runs out the future is dropped and nothing of the batch is acknowledged. The future keeps
    /// running when the client disconnects, and the client will send again what it saw no
    /// acknowledgement for: committing the same message twice must be harmless.
    fn commit(
        self: Arc<Self>,
        principal: Arc<Principal>,
        batch: Arc<[Message]>,
    ) -> BoxFuture<Vec<Outcome>>;

    /// A device is in session. Must not block.
    fn connected(&self, _principal: &Principal, _client_id: &str) {}

    /// A device that was in session is gone, for whatever reason. Must not block.
    fn disconnected(&self, _principal: &Principal, _client_id: &str) {}
}

/// The version a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// MQTT 3.1 and 3.1.1.
    V3,
    /// MQTT 5.0.
    V5,
}

/// What a client said about itself.
pub struct ConnectRequest {
    /// Its client id; made up by the server when it sent none.
    pub client_id: ByteString,
    /// Its user name.
    pub username: Option<ByteString>,
    /// Its password.
    pub password: Option<Bytes>,
    /// The version it speaks.
    pub protocol: Protocol,
    /// Where it comes from, when the stream has such a thing.
    pub peer: Option<SocketAddr>,
}

impl fmt::Debug for ConnectRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectRequest")
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("protocol", &self.protocol)
            .field("peer", &self.peer)
            .finish()
    }
}

/// An authenticated device and the topic space it lives in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    /// Opaque key of the topic space.
    pub space: Arc<str>,
    /// Opaque key of the device inside the space.
    pub device: Arc<str>,
}

/// Why a client is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefuseReason {
    /// Unknown user or wrong password.
    BadCredentials,
    /// Known, but not allowed.
    NotAuthorized,
    /// The client id is too long, malformed or missing where one is needed.
    BadClientId,
    /// The topic of the will cannot be published to.
    BadWillTopic,
    /// Cannot be decided now; try again later.
    Unavailable,
    /// A limit of the server is reached; try again later.
    Busy,
}

/// Why a message is not acknowledged as safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Not now. MQTT 3: the connection is closed without an acknowledgement, so the client
    /// sends again; MQTT 5: the acknowledgement says "quota exceeded" (0x97).
    #[error("not stored now, send again")]
    Retry,
    /// Never. Acknowledged (MQTT 5 says why), counted, not shown to subscribers.
    #[error("refused: {0:?}")]
    Refused(Refusal),
}

/// Why sending a message again would not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The device may not publish there (0x87).
    NotAuthorized,
    /// The topic means nothing here (0x90).
    TopicInvalid,
    /// The payload is not what the topic calls for (0x99).
    PayloadInvalid,
    /// Anything else (0x83).
    Other,
}
