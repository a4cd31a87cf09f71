//! thumbscale simulates feedback-loop drift: users, a policy, assistant memory and thumbs over many
//! update rounds, and how individually reasonable signals compound into sycophancy.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod analysis;
pub mod measure;
pub mod output;
pub mod scenario;
