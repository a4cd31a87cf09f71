//! Users: traits drawn once, state that changes, in blocks of structure-of-arrays.

mod block;
mod cell;
mod column;
mod knowledge;
mod laws;
mod renewal;
mod social;
mod stored;
mod traits;

pub use block::{BLOCK_USERS, Block, MAX_SEGMENTS, MAX_TOPICS, Marks, Population, bytes_per_user};
pub use column::{Column, Storage, TO_NEAREST};
pub use knowledge::{Knowledge, update_knowledge};
pub use renewal::update_between_rounds;
pub use social::update_social_influence;
