//! A logged conversation: what training and measures may look at afterwards.

use super::{Judge, Situation};
use crate::parallel;
use crate::policy::MAX_BEHAVIOURS;

/// One served conversation with the state of its user at that moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// Priority in bounded samples: the smallest keys are kept.
    pub key: u32,
    /// User number.
    pub user: u32,
    /// First day of the stretch of days in which it was served.
    pub day: u32,
    /// Which conversation of this user in that stretch.
    pub conversation: u32,
    /// Segment of the user.
    pub segment: u8,
    /// Levels of the response as indices.
    pub response: [u8; MAX_BEHAVIOURS],
    /// phi(x) as the policy saw it.
    pub phi: Box<[f64]>,
    /// The conversation.
    pub situation: Situation,
    /// The user as judge.
    pub judge: Judge,
    /// Satisfaction before the conversation.
    pub satisfaction: f64,
    /// Whether the user rated it.
    pub rated: bool,
    /// Whether the rating was (or would have been) thumbs up.
    pub up: bool,
    /// Whether the user came back the next day.
    pub returned: bool,
}

impl Interaction {
    /// Its place in the order of samples; no two conversations of a round share it.
    fn rank(&self) -> (u32, u32, u32, u32) {
        (self.key, self.user, self.day, self.conversation)
    }

    /// The levels of a response given as indices of `levels` equally spaced levels.
    pub fn levels_of(response: &[u8], levels: usize) -> Vec<f64> {
        response.iter().map(|&index| f64::from(index) / (levels - 1) as f64).collect()
    }
}

/// Two bounded samples of a round's conversations, in key order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Conversations that carry a thumb.
    pub rated: Vec<Interaction>,
    /// Conversations drawn uniformly.
    pub uniform: Vec<Interaction>,
}

impl Sample {
    /// Of the conversations in all `parts`, the `rated` and `uniform` ones with the smallest keys.
    ///
    /// Keys are random and belong to the conversation, so the sample is uniform, bounded, and the same for any
    /// number of threads.
    pub fn smallest(parts: Vec<Self>, rated: usize, uniform: usize) -> Self {
        let (all_rated, all_uniform) = parts.into_iter().map(|part| (part.rated, part.uniform)).unzip();
        Self { rated: smallest(all_rated, rated), uniform: smallest(all_uniform, uniform) }
    }
}

fn smallest(mut parts: Vec<Vec<Interaction>>, most: usize) -> Vec<Interaction> {
    let mut ranks: Vec<_> = parts.iter().flatten().map(Interaction::rank).collect();
    let kept = ranks.len().min(most);
    if kept < ranks.len() {
        // What is too much goes first, where it lies, so that it is neither moved nor put in order.
        let (_, &mut first_beyond, _) = ranks.select_nth_unstable(kept);
        parallel::map_mut(&mut parts, |part| part.retain(|row| row.rank() < first_beyond));
    }
    let mut rows = Vec::with_capacity(kept);
    parts.into_iter().for_each(|part| rows.extend(part));
    rows.sort_by_cached_key(Interaction::rank);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: u32, user: u32) -> Interaction {
        Interaction {
            key,
            user,
            day: 0,
            conversation: 0,
            segment: 0,
            response: [0; MAX_BEHAVIOURS],
            phi: Box::new([]),
            situation: Situation {
                stance_error: 0.0,
                stance_read: 0.0,
                visible: false,
                estimate: 0.0,
                charge: 0.0,
            },
            judge: Judge { expertise: 0.0, cringe: 0.0, likings: Box::new([]), known: false },
            satisfaction: 0.0,
            rated: false,
            up: false,
            returned: false,
        }
    }

    // By definition: all rows in order, and the first of them. Keys come in sevens, so that users decide at the cut.
    #[test]
    fn a_sample_is_the_beginning_of_all_rows_in_order() {
        let part = |first: u32, users: u32| -> Vec<Interaction> {
            (first..first + users).map(|user| row(user.wrapping_mul(0x9E37_79B9) % 7, user)).collect()
        };
        let parts = [part(0, 40), Vec::new(), part(40, 1), part(41, 59)];
        let mut all = parts.concat();
        all.sort_by_key(|row| (row.key, row.user));
        for most in [0, 1, 13, 50, 99, 100, 101] {
            let sample = smallest(parts.to_vec(), most);
            assert_eq!(sample, all[..most.min(100)], "{most}");
        }
    }
}
