//! The connector: one session after another until it is stopped.

use crate::recent::Recent;
use crate::session::{Conversation, End, Lasting};
use crate::transport::Peer;
use crate::wire::Wire;
use crate::{Awaited, CommandTable, Limits, MqttConfig, RouteTable};
use jiff::tz::TimeZone;
use std::time::Duration;
use tokio::time::Instant;
use vigie_contract::{
    Backoff, ConfigFault, Connector, ConnectorError, Dialects, Health, NoDialects, Running,
    Session, Writes,
};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A session that lasts so long was a success; one that does not (two sessions with
/// one client id throw each other out) makes the pauses grow.
const PROVEN: Duration = Duration::from_secs(10);
/// Room for topic and properties beside the payload.
const ENVELOPE_BYTES: usize = 128 << 10;

/// A checked configuration, ready to run.
#[derive(Debug)]
pub struct MqttConnector {
    config: MqttConfig,
    peer: Peer,
    routes: RouteTable,
    commands: CommandTable,
}

impl MqttConfig {
    /// Checks everything that can be checked without the broker.
    pub fn check(&self) -> Result<(), ConfigFault> {
        self.clone().into_connector(TimeZone::UTC).map(|_| ())
    }

    /// Checks and compiles routes without dialects; `zone` is for stamps without one.
    pub fn into_connector(self, zone: TimeZone) -> Result<MqttConnector, ConfigFault> {
        self.into_connector_with(zone, &NoDialects)
    }

    /// Checks and compiles; `zone` is for stamps without one.
    pub fn into_connector_with(
        mut self,
        zone: TimeZone,
        dialects: &dyn Dialects,
    ) -> Result<MqttConnector, ConfigFault> {
        let peer = Peer::parse(&self.url)?;
        let limits = Limits {
            max_payload: self.max_payload,
            ..Limits::default()
        };
        let below = |fault: ConfigFault| fault.below("/routes");
        let routes = RouteTable::compile_with(&self.routes, dialects)
            .map_err(below)?
            .with_zone(zone)
            .with_limits(limits);
        routes.check_one_will().map_err(below)?;
        if routes.needs_fresh_session() {
            self.persistent = false;
        }
        let commands = CommandTable::compile(&self.commands, &self.routes, &routes)
            .map_err(|fault| fault.below("/commands"))?;
        self.check_session()?;
        for (index, rule) in self.publish.iter().enumerate() {
            rule.check()
                .map_err(|fault| fault.below(&format!("/publish/{index}")))?;
        }
        Ok(MqttConnector {
            config: self,
            peer,
            routes,
            commands,
        })
    }

    fn check_session(&self) -> Result<(), ConfigFault> {
        let allow = |fine: bool, pointer: &str, message: &str| {
            let fault = || ConfigFault::at(pointer, message);
            fine.then_some(()).ok_or_else(fault)
        };
        let group = self.share_group.as_deref().unwrap_or("x");
        allow(
            self.keep_alive_s >= 5,
            "/keep_alive_s",
            "at least 5 seconds",
        )?;
        allow(self.inflight > 0, "/inflight", "at least 1 message")?;
        allow(self.max_payload > 0, "/max_payload", "at least 1 byte")?;
        allow(
            self.max_payload <= 64 << 20,
            "/max_payload",
            "at most 67108864 bytes (64 MiB)",
        )?;
        allow(
            self.username.is_some() || self.password.is_none(),
            "/password",
            "a password needs a username",
        )?;
        allow(
            !group.is_empty() && !group.contains(['/', '+', '#']),
            "/share_group",
            "one level of a topic, without `+` and `#`",
        )
    }

    /// What to subscribe to.
    pub(crate) fn filters(&self, routes: &RouteTable) -> Vec<String> {
        let shared = |filter: String| match &self.share_group {
            Some(group) => format!("$share/{group}/{filter}"),
            None => filter,
        };
        routes.filters().into_iter().map(shared).collect()
    }
}

impl Connector for MqttConnector {
    fn writes(&self) -> Writes {
        self.commands.writes()
    }

    fn run(self: Box<Self>, session: Session) -> Running {
        Box::pin(async move {
            let end = self.keep_connected(&session).await;
            session
                .status
                .update(|status| status.health = Health::Stopped);
            end
        })
    }
}

impl MqttConnector {
    async fn keep_connected(mut self, session: &Session) -> Result<(), ConnectorError> {
        self.name_session();
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        let mut recent = Recent::new(self.config.inflight);
        let mut awaited = Awaited::default();
        loop {
            let began = Instant::now();
            let lost = match self.one_session(session, &mut recent, &mut awaited).await? {
                End::Stopped => return Ok(()),
                End::Lost(reason) => reason,
            };
            if began.elapsed() > PROVEN {
                backoff.reset();
            }
            let pause = backoff.next_pause(rand::random());
            tracing::info!(reason = %lost, pause_ms = pause.as_millis() as u64, "MQTT session lost");
            session.status.update(|status| {
                status.health = Health::Waiting;
                status.attempts = backoff.attempts();
                status.last_error = Some(lost);
                status.next_attempt = Some(Instant::now() + pause);
            });
            tokio::select! {
                () = session.stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Err: only a person can mend it.
    async fn one_session(
        &self,
        session: &Session,
        recent: &mut Recent,
        awaited: &mut Awaited,
    ) -> Result<End, ConnectorError> {
        session
            .status
            .update(|status| status.health = Health::Connecting);
        let stream = tokio::select! {
            () = session.stop.cancelled() => return Ok(End::Stopped),
            stream = self.peer.connect(&self.config, &session.reach) => match stream {
                Ok(stream) => stream,
                Err(ConnectorError::Retry(reason)) => return Ok(End::Lost(reason)),
                Err(fatal) => return Err(fatal),
            },
        };
        let max_packet = (self.config.max_payload + ENVELOPE_BYTES) as u32;
        let wire = Wire::new(stream, self.config.version.codec(), max_packet);
        let lasting = Lasting {
            config: &self.config,
            routes: &self.routes,
            commands: &self.commands,
            session,
            recent,
            awaited,
        };
        let opened = tokio::select! {
            () = session.stop.cancelled() => return Ok(End::Stopped),
            opened = Conversation::open(wire, lasting) => opened,
        };
        match opened {
            Err(error) => Ok(End::Lost(error.to_string())),
            Ok(conversation) => {
                session.status.update(|status| {
                    status.attempts = 0;
                    status.last_error = None;
                });
                Ok(conversation.run().await)
            }
        }
    }

    /// A session without an id of its own cannot be kept by the broker.
    fn name_session(&mut self) {
        if self.config.client_id.as_ref().is_none_or(String::is_empty) {
            self.config.client_id = Some(format!("vigie-{:016x}", rand::random::<u64>()));
            self.config.persistent = false;
        }
    }
}
