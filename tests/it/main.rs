//! The one integration binary.
mod live;
