//! Nothing is lost: the real binary under load, while it, its database and its broker are
//! killed, its disk fills, and devices send what no device should.
//!
//! The oracle: each device counts, notes what was acknowledged, and the API is asked afterwards.
//! Acknowledged and lost: none. Stored twice: none. Stored and never sent: none.

mod cell;
mod commands;
mod corpus;
mod disk;
mod installation;
mod kills;
mod load;
mod oracle;
mod restarts;
mod spaces;
