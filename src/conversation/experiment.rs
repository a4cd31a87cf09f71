//! What each user of an experiment did, by arm: the users, not their conversations, are what is sampled.

use super::batch::{Batch, People, Record};
use super::counting::ConversationFlags;
use crate::population::{Block, Marks};
use crate::statistics::RatioMoments;

/// Sums over the users of one arm, by metric.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ArmMetrics {
    /// Thumbs up among ratings.
    pub thumbs_up: RatioMoments,
    /// Conversations after which the user came back the next day.
    pub returns: RatioMoments,
    /// Conversations per user.
    pub usage: RatioMoments,
    /// Conversations that helped, asked once the consequences were known.
    pub outcome: RatioMoments,
    /// Public complaints per conversation.
    pub complaints: RatioMoments,
}

/// What one user did.
#[derive(Clone, Copy, Default)]
pub(super) struct UserCounts {
    conversations: u32,
    rated: u32,
    up: u32,
    returned: u32,
    helped: u32,
    complaints: u32,
}

impl ArmMetrics {
    /// Takes in the users of another.
    pub fn add(&mut self, other: &Self) {
        self.thumbs_up.add(&other.thumbs_up);
        self.returns.add(&other.returns);
        self.usage.add(&other.usage);
        self.outcome.add(&other.outcome);
        self.complaints.add(&other.complaints);
    }

    pub(super) fn push(&mut self, user: &UserCounts) {
        let conversations = f64::from(user.conversations);
        self.thumbs_up.push(f64::from(user.up), f64::from(user.rated));
        self.returns.push(f64::from(user.returned), conversations);
        self.usage.push(conversations, 1.0);
        self.outcome.push(f64::from(user.helped), conversations);
        self.complaints.push(f64::from(user.complaints), conversations);
    }
}

/// Notes what the users of a batch did; `users` has one entry per user of the block, the first of whom is `first_user`.
pub(super) fn note_users(
    users: &mut [UserCounts],
    first_user: u32,
    people: &People,
    batch: &Batch,
    record: &Record,
) {
    for i in batch.real() {
        let user = &mut users[(people.number[i] - first_user) as usize];
        let flags = ConversationFlags::of(record, i);
        user.conversations += 1;
        user.rated += u32::from(flags.rated);
        user.up += u32::from(flags.rated && flags.up);
        user.returned += u32::from(flags.returned);
        user.helped += record.helped[i];
        user.complaints += u32::from(flags.complains);
    }
}

/// The metrics of the active users in `arm`.
pub(super) fn metrics_of_arm(users: &[UserCounts], block: &Block, arms: &[u8], arm: u8) -> ArmMetrics {
    let mut metrics = ArmMetrics::default();
    for index in 0..block.users {
        if arms[index] == arm && block.marks[index].has(Marks::ACTIVE) {
            metrics.push(&users[index]);
        }
    }
    metrics
}
