//! What users and raters think of a response, and what of it reaches the developer.

mod approval;
mod interaction;

pub use approval::{ApprovalModel, BehaviourTerms, Judge, Liking, Situation, logistic};
pub use interaction::{Interaction, Sample};
