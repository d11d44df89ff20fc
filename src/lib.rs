//! Vigie, the lookout: multi-tenant time-series telemetry.
//!
//! The map. Anything not listed is forbidden, and `tests/it/house.rs` holds it.
//!
//! | module | is | may import |
//! |---|---|---|
//! | [`domain`] | nouns and rules, no I/O | nothing of ours |
//! | [`config`] | one small struct per concern, read once at start | domain |
//! | [`store`] | all SQL | domain |
//! | [`live`] | latest values and fan-out to listeners | domain |
//! | [`telemetry`] | the time-series engine | domain, store |
//! | [`tenancy`] | whose request this is; manifests: desired state, plan, apply | domain, store |
//! | [`identity`] | who signs in: steps, links, second factors, tokens, other providers | domain, store, tenancy |
//! | [`ingest`] | readings in: resolve, validate, hand to the writer, settle | domain, store, live, telemetry, tenancy, contract |
//! | [`notify`] | mail out: an outbox in each client's database, and who empties it | domain, config, store, tenancy |
//! | [`bacnet`] | a client as a BACnet device of its own | domain, store, live, telemetry, tenancy, ingest |
//! | [`runtime`] | the running clients of this process: engine, ingest and live values of each | domain, store, live, telemetry, tenancy, ingest, bacnet |
//! | [`web`] | pages, API, WebSocket feed | all of these but `ingest::registry` |
//! | [`commands`] | the composition root: one file per command | everything |

pub mod bacnet;
pub mod commands;
pub mod config;
pub mod domain;
pub mod identity;
pub mod ingest;
pub mod live;
pub mod notify;
pub mod runtime;
pub mod store;
pub mod telemetry;
pub mod tenancy;
pub mod web;
