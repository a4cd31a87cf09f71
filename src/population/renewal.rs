//! Between two rounds: new questions, forgetting, leaving, returning, arriving.

use super::traits::{Laws, sample_users, stance};
use super::{Block, Marks, Population};
use crate::lanes::{self, Flags, LANES};
use crate::memory::forgetting_within;
use crate::parallel;
use crate::random::{Address, Stream, philox_events, philox_lanes, uniform};
use crate::scenario::Settings;
use crate::vector::{Simd, Vectorised, with_widest_vectors};

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

/// A stance that is redrawn: the user's place in the block, and the topic.
type Renewed = (u32, u32);

impl Vectorised for MoveOn<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, _: S) {
        let mut renewed = Vec::with_capacity(self.block.users);
        for first in (0..self.block.users).step_by(LANES) {
            self.pass_time(first, &mut renewed);
        }
        for stances in renewed.chunks(LANES) {
            self.renew_stances(stances);
        }
        let mut arriving = Vec::new();
        for first in (0..self.block.users).step_by(LANES) {
            self.update_presence(first, &mut arriving);
        }
        sample_users(self.block, &arriving, self.laws, self.seed, self.round);
    }
}

impl MoveOn<'_> {
    #[inline(always)]
    fn users(&self, first: usize) -> [u32; LANES] {
        lanes::counting_from(self.block.first_user + first as u32)
    }

    fn address(&self, stream: Stream, user: u32) -> Address {
        Address { stream, round: self.round, day: 0, event: 0, user }
    }

    /// Each stance is a new question with probability r = `stance_renewal`; what is remembered is dropped then, or
    /// forgotten with probability f. One number decides both: the first below r, the second below r + (1 - r) f.
    #[inline(always)]
    fn pass_time(&mut self, first: usize, renewed: &mut Vec<Renewed>) {
        let renewal = self.settings.world.stance_renewal as f32;
        let dropping = renewal + (1.0 - renewal) * self.forgetting;
        let (users, mut words) = (self.users(first), [[0; LANES]; 4]);
        let mut kept = [0; LANES];
        for topic in 0..self.settings.world.topics {
            if topic % 4 == 0 {
                words = philox_lanes(self.seed, self.address(Stream::Renewal, 0), &users, topic / 4);
            }
            let mut renew = [0; LANES];
            for i in 0..LANES {
                let u = uniform(words[topic as usize % 4][i]);
                renew[i] = u32::from(u < renewal);
                kept[i] |= u32::from(u >= dropping) << topic;
            }
            let places = lanes::places(&renew).map(|lane| first as u32 + lane);
            renewed
                .extend(places.filter(|&place| place < self.block.users as u32).map(|place| (place, topic)));
        }
        for (remembered, kept) in self.block.remembered_topics[first..first + LANES].iter_mut().zip(kept) {
            *remembered &= kept as u16;
        }
    }

    /// New stance errors.
    #[inline(always)]
    fn renew_stances(&mut self, renewed: &[Renewed]) {
        let (mut users, mut topics) = ([0; LANES], [0; LANES]);
        for (lane, &(place, topic)) in renewed.iter().enumerate() {
            users[lane] = self.block.user(place as usize);
            topics[lane] = topic;
        }
        let words = philox_events(self.seed, self.address(Stream::NewStance, 0), &users, &topics);
        let (normals, _) = lanes::normal_pair_lanes(&words[0], &words[1]);
        for (lane, &(place, topic)) in renewed.iter().enumerate() {
            let segment = usize::from(self.block.marks[place as usize].segment());
            let new = stance(f64::from(normals[lane]), &self.settings.segments[segment], self.settings);
            self.block.stance_error.set(topic as usize, place as usize, new, words[2][lane]);
        }
    }

    /// Active users leave, the sooner the less they trust and the less they are satisfied; users who left return
    /// or are replaced by new ones, whose places are noted.
    #[inline(always)]
    fn update_presence(&mut self, first: usize, arriving: &mut Vec<u32>) {
        let address = self.address(Stream::Turnover, 0);
        let words = philox_lanes(self.seed, address, &self.users(first), 0);
        let changing = self.changing(first, &words[0]);
        let users = self.block.users;
        let places = lanes::places(&changing).map(|lane| (lane as usize, first + lane as usize));
        for (lane, index) in places.filter(|&(_, index)| index < users) {
            if self.block.marks[index].has(Marks::ACTIVE) {
                self.block.marks[index].set(Marks::ACTIVE, false);
            } else if uniform(words[0][lane]) < self.settings.consequences.returning as f32 {
                self.block.marks[index].set(Marks::ACTIVE, true);
            } else if f64::from(uniform(words[1][lane])) < self.settings.population.arrival_rate {
                arriving.push(index as u32);
            }
        }
    }

    /// Those who left, and those who leave: with probability leaving * 2 logistic(reference - satisfaction) * (1 - trust).
    #[inline(always)]
    fn changing(&self, first: usize, words: &[u32; LANES]) -> Flags {
        let settings = self.settings;
        let (reference, leaving) = (settings.approval.reference as f32, settings.consequences.leaving as f32);
        let (usual, trust) = (self.block.satisfaction.load(0, first), self.block.trust.load(0, first));
        let marks = &self.block.marks[first..first + LANES];
        let mut changing = [0; LANES];
        for i in 0..LANES {
            let probability = leaving * (2.0 * lanes::logistic(reference - usual[i])) * (1.0 - trust[i]);
            let gone = u32::from(!marks[i].has(Marks::ACTIVE));
            changing[i] = gone | u32::from(uniform(words[i]) < probability);
        }
        changing
    }
}
