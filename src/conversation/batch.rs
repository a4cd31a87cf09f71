//! Users who lie side by side in a block and talk at the same time: unpacked from their few bits, and what becomes of them.

use super::coefficients::Serving;
use crate::lanes::{self, Flags, LANES, Lanes};
use crate::policy::{MAX_BEHAVIOURS, MAX_FEATURES, MAX_LEVELS};
use crate::population::{Block, MAX_TOPICS, Marks};

/// One number of each user, for each behaviour.
type ByBehaviour = [Lanes; MAX_BEHAVIOURS];

/// One user per lane. Those who do not talk are computed along and ignored.
pub(super) struct Batch {
    /// Place of the first user in the block.
    pub first: usize,
    /// Which conversation of each user in these days.
    pub conversation: u32,
    /// Who talks.
    pub talks: Flags,
}

impl Batch {
    /// The lanes of those who talk.
    #[inline(always)]
    pub fn real(&self) -> impl Iterator<Item = usize> + use<> {
        // The remainder changes nothing; it tells the compiler that lanes need no bounds check.
        lanes::places(&self.talks).map(|lane| lane as usize % LANES)
    }
}

/// The users of a batch in single precision. All fields are whole cache lines, and lie on them.
#[repr(align(64))]
pub(super) struct People {
    /// User numbers.
    pub number: [u32; LANES],
    pub segment: [u32; LANES],
    /// Topics on which a stance is remembered, and may be read, one bit each.
    pub readable: [u32; LANES],
    /// Whether anything is remembered and may be read: 1 or 0.
    pub known: Flags,
    pub stance: [Lanes; MAX_TOPICS],
    pub remembered_stance: [Lanes; MAX_TOPICS],
    pub remembered_taste: ByBehaviour,
    pub expertise: Lanes,
    pub cringe: Lanes,
    pub propensity: Lanes,
    pub trust: Lanes,
    pub satisfaction: Lanes,
    pub taste: ByBehaviour,
    pub habituation: ByBehaviour,
}

/// What the conversations of a batch were and did. All fields are whole cache lines, and lie on them.
#[repr(align(64))]
pub(super) struct Record {
    /// Words of [`crate::random::Stream::Feedback`]: of the first three, what no draw depends on rounds what is kept.
    pub words: [[u32; LANES]; 4],
    /// Words that drew the levels; the lowest bits are free, too.
    pub response_words: [[u32; LANES]; MAX_BEHAVIOURS],
    /// See [`super::counting`].
    pub flags: [[u32; LANES]; 2],
    /// Whether a stance was visible.
    pub visible: Flags,
    /// Whether they rated.
    pub rated: Flags,
    /// Thumbs up, had they rated.
    pub up: Flags,
    pub kind: [u32; LANES],
    pub topic: [u32; LANES],
    /// What the user held on the topic.
    pub belief: Lanes,
    /// Whether it was stated and is written to memory.
    pub written: Flags,
    /// Where the user stood when judging.
    pub stance: Lanes,
    pub stance_read: Lanes,
    pub estimate: Lanes,
    /// The features that vary among prompts of a kind, in the order of [`Serving::varying`].
    pub phi: [Lanes; MAX_FEATURES],
    /// Running sums of the weights of the levels of the behaviour that is drawn.
    pub cumulative: [Lanes; MAX_LEVELS],
    /// Levels in [0, 1].
    pub level: ByBehaviour,
    /// Level index in the lower half, its square in the upper.
    pub packed_level: [[u32; LANES]; MAX_BEHAVIOURS],
    pub approval: Lanes,
    pub benefit: Lanes,
    /// Effective deference s v.
    pub deference: Lanes,
    /// Whether they would say, once the consequences are known, that it helped. Asked in experiments only.
    pub helped: Flags,
    /// Stance error on the topic afterwards.
    pub next_belief: Lanes,
    /// Afterwards.
    pub next_trust: Lanes,
    /// Afterwards.
    pub next_satisfaction: Lanes,
    /// Afterwards.
    pub next_habituation: ByBehaviour,
}

const ZEROS: Lanes = [0.0; LANES];
const NONE: [u32; LANES] = [0; LANES];

impl People {
    /// Room for a batch.
    pub fn empty() -> Self {
        Self {
            number: NONE,
            segment: NONE,
            readable: NONE,
            known: NONE,
            stance: [ZEROS; MAX_TOPICS],
            remembered_stance: [ZEROS; MAX_TOPICS],
            remembered_taste: [ZEROS; MAX_BEHAVIOURS],
            expertise: ZEROS,
            cringe: ZEROS,
            propensity: ZEROS,
            trust: ZEROS,
            satisfaction: ZEROS,
            taste: [ZEROS; MAX_BEHAVIOURS],
            habituation: [ZEROS; MAX_BEHAVIOURS],
        }
    }

    /// Unpacks the users from `first` on; what memory holds only if it is on.
    #[inline(always)]
    pub fn load(&mut self, block: &Block, numbers: &[u32], first: usize, serving: &Serving) {
        let marks = &block.marks[first..first + LANES];
        self.number.copy_from_slice(&numbers[first..first + LANES]);
        for i in 0..LANES {
            self.segment[i] = u32::from(marks[i].segment());
        }
        for topic in 0..block.stance_error.rows() {
            self.stance[topic] = block.stance_error.load(topic, first);
        }
        self.expertise = block.expertise.load(0, first);
        self.cringe = block.cringe.load(0, first);
        self.propensity = block.rating_propensity.load(0, first);
        self.trust = block.trust.load(0, first);
        self.satisfaction = block.satisfaction.load(0, first);
        for j in 0..serving.terms.len() {
            self.taste[j] = block.taste.load(j, first);
            self.habituation[j] = block.habituation.load(j, first);
        }
        if serving.settings.memory.enabled {
            self.load_memory(block, first, serving);
        }
    }

    #[inline(always)]
    fn load_memory(&mut self, block: &Block, first: usize, serving: &Serving) {
        let marks = &block.marks[first..first + LANES];
        let topics = &block.remembered_topics[first..first + LANES];
        for i in 0..LANES {
            let read = u32::from(!marks[i].has(Marks::OPTED_OUT));
            self.readable[i] = read * u32::from(topics[i]);
            self.known[i] = read & (u32::from(topics[i] != 0) | u32::from(marks[i].has(Marks::TASTE_KNOWN)));
        }
        for topic in 0..block.remembered_stance.rows() {
            self.remembered_stance[topic] = block.remembered_stance.load(topic, first);
        }
        for j in 0..serving.terms.len() {
            self.remembered_taste[j] = block.remembered_taste.load(j, first);
        }
    }
}

impl Record {
    /// Room for a batch.
    pub fn empty() -> Self {
        Self {
            words: [NONE; 4],
            response_words: [NONE; MAX_BEHAVIOURS],
            flags: [NONE; 2],
            visible: NONE,
            rated: NONE,
            up: NONE,
            kind: NONE,
            topic: NONE,
            belief: ZEROS,
            written: NONE,
            stance: ZEROS,
            stance_read: ZEROS,
            estimate: ZEROS,
            phi: [ZEROS; MAX_FEATURES],
            cumulative: [ZEROS; MAX_LEVELS],
            level: [ZEROS; MAX_BEHAVIOURS],
            packed_level: [NONE; MAX_BEHAVIOURS],
            approval: ZEROS,
            benefit: ZEROS,
            deference: ZEROS,
            helped: NONE,
            next_belief: ZEROS,
            next_trust: ZEROS,
            next_satisfaction: ZEROS,
            next_habituation: [ZEROS; MAX_BEHAVIOURS],
        }
    }
}
