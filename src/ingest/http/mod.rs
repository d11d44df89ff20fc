//! What arrives over HTTP: line protocol and JSON, as pure functions and one call each.
//!
//! The handlers are in `web::api`; they check the key, limit the body and map
//! [`WriteReport`] to a status: everything stored is 204, something refused is 400
//! with the faults, `Unavailable` is 503 with Retry-After.
//!
//! [`write_lines`] and [`write_json`] return once what is good is durable; what is bad
//! is in the report with its place, and counted under the connection `http`.

mod batch;
mod fault;
mod json;
pub mod line_protocol;
mod lines;
mod mapping;
mod messages;
mod write;

pub use fault::{Counts, Fault};
pub use mapping::{HttpConfig, LineMapping, LineRoute};
pub use messages::{MessageReader, write_message};
pub use write::{WriteReport, write_json, write_lines};
