//! The API and the changes behind it.

mod changes;
mod doors;
mod http;
mod limits;
mod samples;
mod shared;
mod stage;
