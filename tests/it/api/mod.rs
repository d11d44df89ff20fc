//! The API and the changes behind it.

mod changes;
mod http;
