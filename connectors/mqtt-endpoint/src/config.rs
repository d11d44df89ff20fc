//! Every limit of the server, in one place.

use std::time::Duration;

/// Limits. The defaults suit a few thousand devices on a small machine.
#[derive(Debug, Clone)]
pub struct Config {
    /// Largest packet taken from an authenticated client, in bytes.
    pub max_packet_bytes: u32,
    /// Largest CONNECT, in bytes: the buffer is reserved before anybody is authenticated.
    pub max_connect_bytes: u32,
    /// Messages of one connection that may be with the handler at once (MQTT 5 Receive Maximum).
    pub max_in_flight: u16,
    /// Payload bytes of one connection that may be with the handler at once, one message more or less.
    pub max_in_flight_bytes: usize,
    /// Messages that may wait for one client's acknowledgement at once.
    pub max_in_flight_out: u16,
    /// Messages queued for one session, connected or not; the newest is dropped when it is full.
    pub max_queued_messages: usize,
    /// Bytes queued for one session.
    pub max_queued_bytes: usize,
    /// Connections at once; further ones are closed at once.
    pub max_connections: usize,
    /// Sessions of one space, connected or not.
    pub max_sessions: usize,
    /// Sessions of one device; one more ends its session that is away for the longest time,
    /// and is refused while all of them are connected.
    pub max_sessions_per_device: usize,
    /// Subscriptions of one session.
    pub max_subscriptions: usize,
    /// Retained messages of one space.
    pub max_retained_messages: usize,
    /// Bytes of retained messages of one space.
    pub max_retained_bytes: usize,
    /// Longest client id, in bytes.
    pub max_client_id_bytes: usize,
    /// Topic aliases a MQTT 5 client may set.
    pub max_topic_aliases: u16,
    /// Connections accepted a second; the backlog of the listener holds the rest.
    pub accepts_per_second: u32,
    /// From the first byte to the CONNACK, TLS and authentication included.
    pub connect_timeout: Duration,
    /// A client that reads nothing for so long is closed.
    pub write_timeout: Duration,
    /// A packet that has begun must be complete after this.
    pub packet_timeout: Duration,
    /// A batch the handler does not answer for so long closes the connection, unacknowledged.
    pub commit_timeout: Duration,
    /// How long a closing server waits for commits under way before it says goodbye.
    pub drain_timeout: Duration,
    /// The longest silence; replaces a keep-alive of 0 or above.
    pub max_keep_alive: Duration,
    /// The longest a session outlives its connection (MQTT 3 has no word for it: always this).
    pub max_session_expiry: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_packet_bytes: 1 << 20,
            max_connect_bytes: 8 << 10,
            max_in_flight: 1000,
            max_in_flight_bytes: 8 << 20,
            max_in_flight_out: 128,
            max_queued_messages: 1000,
            max_queued_bytes: 4 << 20,
            max_connections: 20_000,
            max_sessions: 20_000,
            max_sessions_per_device: 32,
            max_subscriptions: 1000,
            max_retained_messages: 10_000,
            max_retained_bytes: 64 << 20,
            max_client_id_bytes: 256,
            max_topic_aliases: 32,
            accepts_per_second: 500,
            connect_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(20),
            packet_timeout: Duration::from_secs(60),
            commit_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(5),
            max_keep_alive: Duration::from_secs(2 * 3600),
            max_session_expiry: Duration::from_secs(24 * 3600),
        }
    }
}
