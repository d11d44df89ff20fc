//! Latest values and fan-out to listeners, in process or over Redis.
//!
//! Start at [`Hub`]: the engine's commit listener calls [`Hub::publish`], a
//! listener holds a [`Subscription`] and awaits [`Subscription::next`]. With Redis
//! (`relay`), what one node commits reaches the listeners of the others; those of
//! the same node never wait for that round trip.
//!
//! Invariant: nothing here is a record. A value is published after it is
//! committed; whatever is lost between here and a screen is read again from the
//! engine, which is what [`Update::resync`] asks for.

mod channel;
mod channels;
mod hub;
mod mailbox;
mod relay;
mod subscription;
#[cfg(test)]
mod tests;

pub use hub::Hub;
pub use mailbox::Update;
pub use relay::RelayError;
pub use subscription::Subscription;
