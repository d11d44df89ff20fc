//! The one integration binary: the platform against real servers and real clients.

mod live;
mod servers;
mod support;
