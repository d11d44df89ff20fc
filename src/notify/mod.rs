//! Mail out: an outbox in each client's database, and the postman who empties it.
//!
//! Start at [`Letter::post`]: a letter is queued on the transaction of what it tells of, so
//! that neither is there without the other. The [`Postman`] sends it, tries again with
//! growing pauses, and gives up after a day.
//!
//! Invariant: a letter lies sealed in the database, and no address and no content of one
//! is logged.

mod letter;
mod postman;

pub use letter::{Letter, LetterError};
pub use postman::{MailError, Postman};
