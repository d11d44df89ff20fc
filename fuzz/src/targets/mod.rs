//! The decoders, with messages that they understand.

mod bacnet;
mod dialects;
mod modbus;
mod routes;
mod session;

use anyhow::{Result, bail};

/// All of them.
pub const NAMES: [&str; 8] = [
    "topic", "json", "cbor", "can", "line", "protobuf", "modbus", "bacnet",
];

/// A message that is understood, before anything is changed in it.
pub struct Seed {
    /// Where it is published, where there are topics.
    pub topic: String,
    /// The bytes.
    pub payload: Vec<u8>,
}

/// Takes a topic and a payload.
type Take = Box<dyn FnMut(&str, &[u8])>;
type Finish = Box<dyn FnOnce() -> Result<()>>;

/// A decoder.
pub struct Target {
    /// What mutations begin with.
    pub seeds: Vec<Seed>,
    /// Takes any bytes; panics where a promise is broken.
    pub take: Take,
    /// Whether it still works after all that.
    pub finish: Finish,
}

impl Target {
    /// A decoder that is a function.
    fn pure(seeds: Vec<Seed>, take: impl FnMut(&str, &[u8]) + 'static) -> Self {
        Self {
            seeds,
            take: Box::new(take),
            finish: Box::new(|| Ok(())),
        }
    }
}

/// Makes a target ready.
pub fn open(name: &str) -> Result<Target> {
    match name {
        "topic" => routes::topic(),
        "json" => routes::json(),
        "cbor" => dialects::cbor(),
        "can" => dialects::can(),
        "line" => dialects::line(),
        "protobuf" => dialects::protobuf(),
        "modbus" => modbus::responses(),
        "bacnet" => bacnet::datagrams(),
        other => bail!("no target {other}"),
    }
}

fn seed(topic: &str, payload: impl Into<Vec<u8>>) -> Seed {
    Seed {
        topic: topic.to_owned(),
        payload: payload.into(),
    }
}
