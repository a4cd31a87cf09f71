//! What the user thinks of the response and does: approve, rate, complain, come back, believe, trust.

use super::batch::Record;
use super::evidence::{next_log_odds, reported};
use super::kernel::Seat;
use super::prompt::Prompt;
use crate::random::Stream;
use crate::vector::{Floats, Mask, Simd, Words};

/// Where the answer stands: position y, effective deference s v, and the accuracy terms of approval and benefit.
pub(super) struct Answer<S: Simd> {
    pub position: Floats<S>,
    pub deference: Floats<S>,
    perceived_accuracy: Floats<S>,
    true_accuracy: Floats<S>,
}

/// What the user thinks of an answer.
struct Verdict<S: Simd> {
    /// Immediate approval U.
    approval: Floats<S>,
    /// True benefit.
    benefit: Floats<S>,
    /// What is above the level that draws complaints.
    excess: Floats<S>,
}

/// The belief after a turn that is not the last.
#[inline(always)]
pub(super) fn belief_after_turn<S: Simd>(prompt: &Prompt<S>, seat: &Seat<S>, record: &Record) -> Floats<S> {
    let answer = position_and_accuracy(prompt, seat, record);
    next_belief(prompt, &answer, seat)
}

/// What the user thinks and does, put on record.
#[inline(always)]
pub(super) fn react<S: Simd>(prompt: &Prompt<S>, seat: &Seat<S>, record: &mut Record) {
    let words = seat.words(Stream::Feedback, 0);
    let answer = position_and_accuracy(prompt, seat, record);
    let verdict = judge(prompt, &answer, seat, record);
    let satisfaction = next_satisfaction(verdict.approval, seat);
    let pleased = pleased_probability(verdict.approval, seat);
    let rating = rating_probability(verdict.approval, seat);
    let (rated, up) = both_happen(words[0], rating, pleased);
    let discovered = words[1].uniform().lt(discovery_probability(prompt, answer.position, seat));
    let coming_back = pleased_probability(satisfaction, seat);
    let (returned, complains) = both_happen(words[2], coming_back, complaint_probability(&verdict, seat));
    seat.store(verdict.approval, &mut record.approval);
    seat.store(verdict.benefit, &mut record.benefit);
    seat.store(answer.deference, &mut record.deference);
    seat.store(satisfaction, &mut record.next_satisfaction);
    seat.store(next_trust(discovered, pleased, seat), &mut record.next_trust);
    seat.store(next_belief(prompt, &answer, seat), &mut record.next_belief);
    seat.store_words(
        prompt.visible.words(1 << 8) | prompt.known.words(1 << 16) | rated.words(1 << 24) | 1,
        &mut record.flags[0],
    );
    seat.store_words(
        (rated & up).words(1) | returned.words(1 << 8) | discovered.words(1 << 16) | complains.words(1 << 24),
        &mut record.flags[1],
    );
    seat.store_words(prompt.visible.words(1), &mut record.visible);
    seat.store_words(rated.words(1), &mut record.rated);
    seat.store_words(up.words(1), &mut record.up);
    for (&word, room) in words.iter().zip(&mut record.words) {
        seat.store_words(word, room);
    }
    if seat.serving.experiment {
        seat.store_words(helped(verdict.benefit, seat).words(1), &mut record.helped);
    }
    update_habits(seat, record);
}

#[inline(always)]
fn position_and_accuracy<S: Simd>(prompt: &Prompt<S>, seat: &Seat<S>, record: &Record) -> Answer<S> {
    let mut s = seat.all(0.0);
    for (j, terms) in seat.serving.terms.iter().enumerate() {
        s = s + seat.load(&record.level[j]) * terms.moves_position;
    }
    let s = prompt.visible.choose(s.at_most(1.0), seat.all(0.0));
    let y = match seat.serving.evidence {
        Some(_) => reported(prompt, s),
        None => prompt.estimate + s * (prompt.stance_read - prompt.estimate),
    };
    let (b, e) = (prompt.stance, seat.load(&seat.people.expertise));
    let scale = seat.all(seat.serving.settings.approval.accuracy as f32) / (b * b + 1.0);
    let off = y - b;
    Answer {
        position: y,
        deference: s,
        perceived_accuracy: -((e * y * y + (seat.all(1.0) - e) * off * off) * scale),
        true_accuracy: -(y * y * scale),
    }
}

#[inline(always)]
fn judge<S: Simd>(prompt: &Prompt<S>, answer: &Answer<S>, seat: &Seat<S>, record: &Record) -> Verdict<S> {
    let (mut approval, mut benefit) = (answer.perceived_accuracy, answer.true_accuracy);
    let (mut excess, cringe) = (seat.all(0.0), seat.load(&seat.people.cringe));
    for &(j, k, loss) in &seat.serving.crowds {
        let lost = seat.load(&record.level[j]) * seat.load(&record.level[k]) * loss;
        approval = approval - lost;
        benefit = benefit - lost;
    }
    for (j, terms) in seat.serving.terms.iter().enumerate() {
        let (a, taste) = (seat.load(&record.level[j]), seat.load(&seat.people.taste[j]));
        let scale = prompt.charge * terms.charge_scale + terms.constant_scale;
        let personal = prompt.known.choose_of(1.0 + terms.personal, 1.0);
        let liked = taste * (a * personal - seat.load(&seat.people.habituation[j]) * terms.habituation);
        let square = a * a;
        let disliked = (cringe * terms.dislike + terms.diminishing) * square;
        approval = approval + scale * (liked - disliked);
        benefit = benefit + scale * (a * terms.benefit - square * (terms.harm + terms.diminishing));
        excess = excess + scale * (a - terms.complaint_level).at_least(0.0);
    }
    Verdict { approval, benefit, excess }
}

/// logistic(propensity + k_rate |U - satisfaction| + participation (U - reference)).
#[inline(always)]
fn rating_probability<S: Simd>(approval: Floats<S>, seat: &Seat<S>) -> Floats<S> {
    let model = &seat.serving.settings.approval;
    let surprise = (approval - seat.load(&seat.people.satisfaction)).abs();
    let usual = seat.load(&seat.people.propensity) + surprise * model.surprise as f32;
    (usual + (approval - model.reference as f32) * model.participation as f32).logistic()
}

/// logistic(k_up (value - reference)).
#[inline(always)]
fn pleased_probability<S: Simd>(value: Floats<S>, seat: &Seat<S>) -> Floats<S> {
    let approval = &seat.serving.settings.approval;
    ((value - approval.reference as f32) * approval.sharpness as f32).logistic()
}

#[inline(always)]
fn complaint_probability<S: Simd>(verdict: &Verdict<S>, seat: &Seat<S>) -> Floats<S> {
    let rate = seat.serving.settings.consequences.complaint_rate as f32;
    seat.load(&seat.people.cringe) * rate * verdict.excess
}

/// The answer to "did it help?" once the consequences are known: as a thumb, with benefit in the place of approval.
#[inline(always)]
fn helped<S: Simd>(benefit: Floats<S>, seat: &Seat<S>) -> Mask<S> {
    let words = seat.words(Stream::OutcomeSurvey, 0);
    words[0].uniform().lt(pleased_probability(benefit, seat))
}

/// A position y is found wrong with probability discovery * stakes * (n + (1 - n) e) * y^2 / (1 + y^2).
#[inline(always)]
fn discovery_probability<S: Simd>(prompt: &Prompt<S>, position: Floats<S>, seat: &Seat<S>) -> Floats<S> {
    let consequences = &seat.serving.settings.consequences;
    let (discovery, novice) = (consequences.discovery as f32, consequences.discovery_novice as f32);
    let attention = prompt.stakes * discovery * (seat.load(&seat.people.expertise) * (1.0 - novice) + novice);
    let error = position * position;
    attention * error / (error + 1.0)
}

#[inline(always)]
fn next_satisfaction<S: Simd>(approval: Floats<S>, seat: &Seat<S>) -> Floats<S> {
    let usual = seat.load(&seat.people.satisfaction);
    usual + (approval - usual) * seat.serving.settings.consequences.satisfaction_rate as f32
}

/// Pleasing answers build trust, discovered errors destroy it.
#[inline(always)]
fn next_trust<S: Simd>(discovered: Mask<S>, pleased: Floats<S>, seat: &Seat<S>) -> Floats<S> {
    let (consequences, trust) = (&seat.serving.settings.consequences, seat.load(&seat.people.trust));
    let grown = trust + pleased * consequences.trust_gain as f32 * (seat.all(1.0) - trust);
    discovered.choose(trust * (1.0 - consequences.trust_loss as f32), grown)
}

/// The belief moves towards the position taken, as far as trust goes, and hardens where it was agreed with.
#[inline(always)]
fn next_belief<S: Simd>(prompt: &Prompt<S>, answer: &Answer<S>, seat: &Seat<S>) -> Floats<S> {
    let consequences = &seat.serving.settings.consequences;
    let limit = seat.serving.settings.world.stance_limit as f32;
    let trust = seat.load(&seat.people.trust);
    let susceptibility = seat.serving.susceptibility.look_up(seat.load_words(&seat.people.segment));
    if let Some(rule) = &seat.serving.evidence {
        return next_log_odds(prompt, trust * susceptibility, answer, rule, limit);
    }
    let b = prompt.stance;
    let pull = trust * susceptibility * consequences.belief_rate as f32 * (answer.position - b);
    let push = trust * consequences.hardening as f32 * answer.deference * b;
    (b + pull + push).at_least(-limit).at_most(limit)
}

/// Habits follow the levels.
#[inline(always)]
fn update_habits<S: Simd>(seat: &Seat<S>, record: &mut Record) {
    let rate = seat.serving.settings.consequences.habituation_rate as f32;
    for j in 0..seat.serving.terms.len() {
        let (habit, level) = (seat.load(&seat.people.habituation[j]), seat.load(&record.level[j]));
        seat.store(habit + (level - habit) * rate, &mut record.next_habituation[j]);
    }
}

/// Two independent things from one number: where it lies in the part that decided the first is uniform again.
#[inline(always)]
fn both_happen<S: Simd>(words: Words<S>, first: Floats<S>, second: Floats<S>) -> (Mask<S>, Mask<S>) {
    let u = words.uniform();
    let happens = u.lt(first);
    let rest = happens.choose(u, u - first);
    let width = happens.choose(first, first.like(1.0) - first);
    (happens, rest.lt(width * second))
}
