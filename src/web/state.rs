//! What every handler may reach.

use super::arrival::Identities;
use super::limits::Limits;
use super::model::Models;
use super::pages::Sparks;
use crate::config;
use crate::domain::Clock;
use crate::identity::keyring::Keyring;
use crate::identity::oidc::Relay;
use crate::notify::Postman;
use crate::runtime::Platform;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// What every handler may reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// See [`AppState`], which dereferences to it.
pub struct Parts {
    /// The running clients.
    pub platform: Arc<Platform>,
    /// How the portal is reached.
    pub config: config::Web,
    /// Whether the page of the base domain names the portals; for the demo only.
    pub lists_portals: bool,
    /// Where devices reach the built-in MQTT endpoint; none when it does not run.
    pub mqtt_port: Option<u16>,
    /// Renders `/metrics`.
    pub metrics: PrometheusHandle,
    /// The present instant.
    pub clock: Arc<dyn Clock>,
    /// What each client has.
    pub models: Models,
    /// Who was recognised lately.
    pub identities: Identities,
    /// The words of what each caller sees.
    pub indexes: super::search::Indexes,
    /// The last day of each client's main points.
    pub sparks: Sparks,
    /// From where keys came.
    pub key_places: super::arrival::KeyPlaces,
    /// Sends mail, if this installation does.
    pub postman: Option<Arc<Postman>>,
    /// Signs access tokens.
    pub keyring: Keyring,
    /// Speaks to other providers.
    pub relay: Relay,
    /// How much anybody may ask.
    pub limits: Limits,
    /// Open live feeds.
    pub feeds: super::ws::Feeds,
    /// Room for requests that write.
    pub writes: super::api::WriteRoom,
}

impl AppState {
    /// Puts together what handlers reach.
    pub fn new(platform: Arc<Platform>, config: config::Web, metrics: PrometheusHandle) -> Self {
        let relay = Relay::new(config.https);
        let clock = Arc::clone(platform.clock());
        let keyring = Keyring::new(Arc::clone(platform.directory()), Arc::clone(&clock));
        Self(Arc::new(Parts {
            platform,
            lists_portals: false,
            mqtt_port: None,
            metrics,
            models: Models::default(),
            identities: Identities::default(),
            indexes: super::search::Indexes::default(),
            sparks: Sparks::default(),
            key_places: super::arrival::KeyPlaces::default(),
            postman: None,
            keyring,
            relay,
            limits: Limits::new(&config.limits),
            feeds: super::ws::Feeds::default(),
            writes: super::api::WriteRoom::default(),
            clock,
            config,
        }))
    }

    /// Lets the page of the base domain name the portals.
    #[must_use]
    pub fn listing_portals(self) -> Self {
        self.with(|parts| parts.lists_portals = true)
    }

    /// Tells pages where devices connect.
    #[must_use]
    pub fn with_mqtt(self, port: Option<u16>) -> Self {
        self.with(|parts| parts.mqtt_port = port)
    }

    /// Gives mails to this postman.
    #[must_use]
    pub fn mailing(self, postman: Option<Arc<Postman>>) -> Self {
        self.with(|parts| parts.postman = postman)
    }

    /// Before it is shared.
    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            change(parts);
        }
        self
    }
}

impl std::ops::Deref for AppState {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
