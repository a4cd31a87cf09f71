//! A user as one thing, read from the columns of a block and written back to them.

use crate::memory::TASTE_LIMIT;
use crate::population::{Block, Column, Marks, TO_NEAREST};
use crate::random::index_and_uniform;

/// One user, with what the assistant remembers of them.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// User number.
    pub number: u32,
    /// Segment index.
    pub segment: usize,
    /// Whether they opted out of memory.
    pub opted_out: bool,
    /// e.
    pub expertise: f64,
    /// Multiplier on the dislike of excess.
    pub cringe: f64,
    /// Log-odds of rating a conversation that went as expected.
    pub rating_propensity: f64,
    /// Liking, by behaviour.
    pub taste: Vec<f64>,
    /// b, by topic.
    pub stance_error: Vec<f64>,
    /// tau.
    pub trust: f64,
    /// Moving average of approval.
    pub satisfaction: f64,
    /// Moving average of levels, by behaviour.
    pub habituation: Vec<f64>,
    /// The stances that are remembered, by topic.
    pub remembered_stance: Vec<Option<f64>>,
    /// In reference standard deviations, by behaviour.
    pub remembered_taste: Vec<f64>,
    /// Whether any rating has entered the remembered tastes.
    pub taste_known: bool,
}

impl User {
    /// The user at `index` of a block.
    pub fn read(block: &Block, index: usize) -> Self {
        let column = |column: &Column| -> Vec<f64> {
            (0..column.rows()).map(|row| f64::from(column.get(row, index))).collect()
        };
        let (one, marks) = (|column: &Column| f64::from(column.get(0, index)), block.marks[index]);
        let stances = column(&block.remembered_stance).into_iter().enumerate();
        let holds = |topic: usize| block.remembered_topics[index] >> topic & 1 == 1;
        Self {
            number: block.user(index),
            segment: usize::from(marks.segment()),
            opted_out: marks.has(Marks::OPTED_OUT),
            expertise: one(&block.expertise),
            cringe: one(&block.cringe),
            rating_propensity: one(&block.rating_propensity),
            taste: column(&block.taste),
            stance_error: column(&block.stance_error),
            trust: one(&block.trust),
            satisfaction: one(&block.satisfaction),
            habituation: column(&block.habituation),
            remembered_stance: stances.map(|(topic, b)| holds(topic).then_some(b)).collect(),
            remembered_taste: column(&block.remembered_taste),
            taste_known: marks.has(Marks::TASTE_KNOWN),
        }
    }

    /// Puts the state back; traits do not change.
    pub fn write(&self, block: &mut Block, index: usize) {
        let put = |column: &mut Column, values: &[f64]| {
            for (row, &x) in values.iter().enumerate() {
                column.set(row, index, x as f32, TO_NEAREST);
            }
        };
        put(&mut block.stance_error, &self.stance_error);
        put(&mut block.habituation, &self.habituation);
        put(&mut block.remembered_taste, &self.remembered_taste);
        put(&mut block.trust, &[self.trust]);
        put(&mut block.satisfaction, &[self.satisfaction]);
        block.marks[index].set(Marks::TASTE_KNOWN, self.taste_known);
        block.remembered_topics[index] = 0;
        for (topic, stance) in self.remembered_stance.iter().enumerate() {
            if let Some(b) = stance {
                block.remembered_topics[index] |= 1 << topic;
                block.remembered_stance.set(topic, index, *b as f32, TO_NEAREST);
            }
        }
    }

    /// Writes the stance on a topic; a full memory forgets another topic, chosen by `word`, first.
    pub fn remember_stance(&mut self, topic: usize, stance: f64, capacity: u32, word: u32) {
        let held = |memory: &[Option<f64>]| (0..memory.len()).filter(|&t| memory[t].is_some()).collect();
        let held: Vec<usize> = held(&self.remembered_stance);
        if self.remembered_stance[topic].is_none() && held.len() >= capacity as usize {
            if capacity == 0 {
                return;
            }
            let victim = index_and_uniform(word, held.len() as u32).0;
            self.remembered_stance[held[victim as usize]] = None;
        }
        self.remembered_stance[topic] = Some(stance);
    }

    /// Moves remembered tastes towards what was thumbed up (or away from what was thumbed down).
    pub fn remember_taste(&mut self, towards: &[f64], rate: f64) {
        let limit = f64::from(TASTE_LIMIT);
        for (taste, target) in self.remembered_taste.iter_mut().zip(towards) {
            *taste = (*taste + rate * (target - *taste)).clamp(-limit, limit);
        }
        self.taste_known = true;
    }
}
