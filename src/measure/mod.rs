//! What is measured of policies and users every round.

pub mod table;
