//! Between two rounds: new questions, forgetting, leaving, returning, arriving.

use super::traits::{Laws, sample_users};
use super::{Block, MAX_TOPICS, Marks, Population};
use crate::lanes::{self, Flags, LANES};
use crate::memory::forgetting_within;
use crate::parallel;
use crate::random::{Address, Stream, uniform};
use crate::scenario::Settings;
use crate::vector::{Floats, Keys, Simd, Vectorised, Words, normal_pair, width, with_widest_vectors};

/// Lets the world move on after `round`, which took so many `days`.
pub fn update_between_rounds(
    population: &mut Population,
    settings: &Settings,
    seed: u64,
    round: u32,
    days: u32,
) {
    let (forgetting, laws) = (forgetting_within(days, settings), Laws::new(settings));
    parallel::map_mut(&mut population.blocks, |block| {
        with_widest_vectors(MoveOn { block, settings, laws: &laws, seed, round, forgetting });
    });
}

struct MoveOn<'a> {
    block: &'a mut Block,
    settings: &'a Settings,
    laws: &'a Laws<'a>,
    seed: u64,
    round: u32,
    /// Probability that a remembered stance is forgotten.
    forgetting: f32,
}

impl Vectorised for MoveOn<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let keys = Keys::new(simd, self.seed);
        let mut renewed = vec![Vec::new(); self.settings.world.topics as usize];
        let mut arriving = Vec::new();
        for first in (0..self.block.users).step_by(LANES) {
            self.pass_time(&keys, first, &mut renewed);
            self.update_presence(&keys, first, &mut arriving);
        }
        for (topic, places) in renewed.iter().enumerate() {
            for places in places.chunks(LANES) {
                self.renew_stances(&keys, topic, places);
            }
        }
        sample_users(self.block, &arriving, self.laws, self.seed, self.round);
    }
}

impl MoveOn<'_> {
    #[inline(always)]
    fn users(&self, first: usize) -> [u32; LANES] {
        lanes::counting_from(self.block.first_user + first as u32)
    }

    fn address(&self, stream: Stream) -> Address {
        Address { stream, round: self.round, day: 0, event: 0, user: 0 }
    }

    /// The places of those users from `first` on whose bit is set; some bits may stand for nobody.
    #[inline(always)]
    fn places(&self, first: usize, bits: u64) -> impl Iterator<Item = u32> + use<> {
        let nobody = LANES.saturating_sub(self.block.users - first);
        lanes::places_of(bits << nobody >> nobody).map(move |lane| first as u32 + lane)
    }

    /// Each stance is a new question with probability r = `stance_renewal`; what is remembered is dropped then, or
    /// forgotten with probability f. One number decides both: the first below r, the second below r + (1 - r) f. Notes the
    /// places of users with a new question, by topic.
    #[inline(always)]
    fn pass_time<S: Simd>(&mut self, keys: &Keys<S>, first: usize, renewed: &mut [Vec<u32>]) {
        let renewal = self.settings.world.stance_renewal as f32;
        let dropping = renewal + (1.0 - renewal) * self.forgetting;
        let (users, mut kept, mut new) = (self.users(first), [0; LANES], [0; MAX_TOPICS]);
        for k in 0..LANES / width::<S>() {
            let users = Words::load(keys.simd, &users, k);
            let mut kept_here = users.like(0);
            for (part, topics) in (0..).zip(new[..renewed.len()].chunks_mut(4)) {
                let words = keys.words_of(self.address(Stream::Renewal), users, part);
                for ((topic, new), word) in (4 * part..).zip(topics).zip(words) {
                    let u = word.uniform();
                    *new |= u.lt(u.like(renewal)).bits(k);
                    kept_here = kept_here | u.ge(u.like(dropping)).words(1 << topic);
                }
            }
            kept_here.store(&mut kept, k);
        }
        for (renewed, new) in renewed.iter_mut().zip(new) {
            renewed.extend(self.places(first, new));
        }
        for (remembered, kept) in self.block.remembered_topics[first..first + LANES].iter_mut().zip(kept) {
            *remembered &= kept as u16;
        }
    }

    /// Active users leave, the sooner the less they trust and the less they are satisfied: with probability
    /// leaving * 2 logistic(reference - satisfaction) * (1 - trust). Users who left return or are replaced by new ones, whose
    /// places are noted.
    #[inline(always)]
    fn update_presence<S: Simd>(&mut self, keys: &Keys<S>, first: usize, arriving: &mut Vec<u32>) {
        let (reference, leaving) = (self.settings.approval.reference, self.settings.consequences.leaving);
        let (usual, trust) = (self.block.satisfaction.load(0, first), self.block.trust.load(0, first));
        let (users, gone) = (self.users(first), self.gone(first));
        let (mut words, mut changing) = ([[0; LANES]; 2], 0);
        for k in 0..LANES / width::<S>() {
            let drawn = keys.words_of(self.address(Stream::Turnover), Words::load(keys.simd, &users, k), 0);
            let all = |number: f64| Floats::all(keys.simd, number as f32);
            let regret = (all(reference) - Floats::load(keys.simd, &usual, k)).logistic() * 2.0;
            let probability = regret * all(leaving) * (all(1.0) - Floats::load(keys.simd, &trust, k));
            let gone = Words::load(keys.simd, &gone, k).is(1);
            changing |= (drawn[0].uniform().lt(probability) | gone).bits(k);
            (0..2).for_each(|word| drawn[word].store(&mut words[word], k));
        }
        for place in self.places(first, changing) {
            let (lane, index) = (place as usize % LANES, place as usize);
            if self.block.marks[index].has(Marks::ACTIVE) {
                self.block.marks[index].set(Marks::ACTIVE, false);
            } else if uniform(words[0][lane]) < self.settings.consequences.returning as f32 {
                self.block.marks[index].set(Marks::ACTIVE, true);
            } else if f64::from(uniform(words[1][lane])) < self.settings.population.arrival_rate {
                arriving.push(place);
            }
        }
    }

    /// Those who left.
    #[inline(always)]
    fn gone(&self, first: usize) -> Flags {
        let (marks, mut gone) = (&self.block.marks[first..first + LANES], [0; LANES]);
        for i in 0..LANES {
            gone[i] = u32::from(!marks[i].has(Marks::ACTIVE));
        }
        gone
    }

    /// New stance errors on a topic.
    #[inline(always)]
    fn renew_stances<S: Simd>(&mut self, keys: &Keys<S>, topic: usize, places: &[u32]) {
        let (mut users, mut segments, mut new) = ([0; LANES], [0; LANES], [0.0; LANES]);
        for (lane, &place) in places.iter().enumerate() {
            users[lane] = self.block.user(place as usize);
            segments[lane] = self.block.marks[place as usize].segment();
        }
        let address = Address { event: topic as u32, ..self.address(Stream::NewStance) };
        let words = keys.words_of_all(address, &users, 0);
        for k in 0..LANES / width::<S>() {
            let pair = [&words[0], &words[1]].map(|words| Words::load(keys.simd, words, k));
            normal_pair(pair[0], pair[1]).0.store(&mut new, k);
        }
        for (new, segment) in new.iter_mut().zip(segments) {
            *new = self.laws.stances.stance(f64::from(*new), segment);
        }
        self.block.stance_error.scatter(topic, places, &new, &words[2]);
    }
}
