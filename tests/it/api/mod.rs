//! The API and the changes behind it.

mod changes;
mod doors;
mod found;
mod http;
mod keys;
mod limits;
mod logo;
mod people;
mod samples;
mod shared;
mod stage;
