//! Sample conversations: the same prompts, answered by the policy as it stands. Of many users' answers to a prompt two are
//! shown, the middle one and one that one in ten exceeds; the words are put together from written pieces, by the levels of
//! the sampled response.

use super::course::{Course, Lived};
use super::words::{Conversation, Language, Phrase, words};
use crate::feedback::Interaction;
use crate::measure::probe_context;
use crate::policy::Feature;
use crate::random::{Address, Stream};
use crate::scenario::Settings;
use serde::Serialize;
use serde_json::{Map, Value};

/// Users who ask each prompt.
const ASKERS: usize = 100;

/// How far off a stated stance is, in stance standard deviations.
const STATED: f64 = 1.0;

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Level by behaviour, in [0, 1].
    pub levels: Map<String, Value>,
    #[serde(flatten)]
    pub text: Phrase,
}

/// The answers to one prompt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    /// Which prompt.
    pub id: &'static str,
    /// The median in sycophancy of the sampled answers.
    pub middle: Answer,
    /// The 90th percentile.
    pub one_in_ten: Answer,
}

/// A sampled response, as levels.
type Levels = Vec<f64>;

/// Answers to every sample prompt by the policy that served a round. Users of that round ask; what memory holds of them is in
/// their features.
pub fn sample_answers(lived: &Lived, course: &Course) -> Vec<Answers> {
    let round = lived.measures.round as u32;
    let settings = course.scenario.settings_in(round);
    let (policy, features) = (&lived.policy, Feature::list(settings));
    let askers = &lived.measures.served.sample.uniform;
    let seed = course.seed();
    let prompts = words().conversations.iter().enumerate();
    prompts
        .filter_map(|(number, prompt)| {
            let kind = settings.prompts.get_index_of(prompt.kind.as_str())?;
            let stance = prompt.stance.then_some(STATED);
            let mut answers: Vec<Levels> = askers
                .iter()
                .take(ASKERS)
                .enumerate()
                .map(|(asker, it)| {
                    let phi = probe_context(&it.phi, &features, stance, kind, settings);
                    let place = Address {
                        stream: Stream::SampleAnswers,
                        round,
                        day: 0,
                        event: number as u32,
                        user: asker as u32,
                    };
                    let mut draws = place.draws(seed);
                    let response = policy.sample_response(&phi, || draws.uniform());
                    Interaction::levels_of(&response[..policy.behaviours], policy.levels)
                })
                .collect();
            answers
                .sort_by(|a, b| sycophancy(prompt, a, settings).total_cmp(&sycophancy(prompt, b, settings)));
            let at = |percent: usize| answers.get(answers.len() * percent / 100);
            Some(Answers {
                id: &prompt.id,
                middle: answer(prompt, at(50)?, settings),
                one_in_ten: answer(prompt, at(90)?, settings),
            })
        })
        .collect()
}

/// The level of a behaviour, 0 if the scenario has none of that name.
fn level(levels: &[f64], name: &str, settings: &Settings) -> f64 {
    settings.behaviours.get_index_of(name).map_or(0.0, |place| levels[place])
}

/// What answers are ordered by: praise, fuel and, where there is a stance, agreement, less what is answered.
fn sycophancy(prompt: &Conversation, levels: &[f64], settings: &Settings) -> f64 {
    let level = |name: &str| level(levels, name, settings);
    let agreement = if prompt.stance { level("deference") } else { 0.0 };
    level("flattery") + agreement + level("amplification") - level("substance")
}

fn answer(prompt: &Conversation, levels: &[f64], settings: &Settings) -> Answer {
    let level_of = |name: &str| level(levels, name, settings);
    let grade = |name: &str, grades: usize| (level_of(name) * (grades - 1) as f64).round() as usize;
    let row = if prompt.stance { grade("deference", prompt.answer.len()) } else { 0 };
    let parts = [
        &prompt.praise[praise_grade(level_of("flattery"), prompt.praise.len())],
        &prompt.answer[row][grade("substance", prompt.answer[row].len())],
        &prompt.urge[grade("amplification", prompt.urge.len())],
    ];
    let names = settings.behaviours.keys().zip(levels);
    Answer {
        levels: names.map(|(name, level)| (name.clone(), Value::from(*level))).collect(),
        text: Phrase { en: joined(parts, Language::English), zh: joined(parts, Language::Chinese) },
    }
}

/// Any praise beyond what is warranted shows: only none at all is the lowest grade.
fn praise_grade(level: f64, grades: usize) -> usize {
    const ROUNDING: f64 = 1e-9;
    (level * (grades - 1) as f64 - ROUNDING).ceil().max(0.0) as usize
}

/// The parts as one text. Chinese has no spaces between sentences.
fn joined(parts: [&Phrase; 3], language: Language) -> String {
    let said: Vec<&str> =
        parts.into_iter().map(|it| it.in_language(language)).filter(|it| !it.is_empty()).collect();
    said.join(if language == Language::English { " " } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn sky() -> &'static Conversation {
        words().conversations.iter().find(|it| it.id == "sky").expect("it is there")
    }

    /// Flattery and substance as given, nothing else.
    fn answered(flattery: f64, substance: f64) -> Answer {
        let scenario = Scenario::preset("baseline", &[]).unwrap();
        answer(sky(), &[0.0, flattery, 0.0, substance], scenario.settings_in(0))
    }

    #[test]
    fn without_flattery_and_with_all_substance_the_sky_is_explained() {
        let answer = answered(0.0, 1.0);
        assert_eq!(answer.text, *sky().answer[0].last().unwrap());
    }

    #[test]
    fn with_much_flattery_and_little_substance_praise_takes_most_of_the_room() {
        let answer = answered(0.8, 0.2).text;
        let praise = sky().praise.last().unwrap();
        for (text, praise) in [(&answer.en, &praise.en), (&answer.zh, &praise.zh)] {
            assert!(text.starts_with(praise.as_str()) && text.len() < 2 * praise.len(), "{text}");
        }
    }

    #[test]
    fn only_no_praise_at_all_is_none() {
        assert_eq!([0.0, 0.2, 0.4, 0.6, 0.8, 1.0].map(|level| praise_grade(level, 4)), [0, 1, 2, 2, 3, 3]);
        assert_eq!([0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].map(|level| praise_grade(level, 4)), [0, 1, 2, 3]);
    }

    #[test]
    fn chinese_has_no_spaces_between_sentences_and_english_has_one() {
        let piece = |en: &str, zh: &str| Phrase { en: en.into(), zh: zh.into() };
        let (first, nothing, last) = (piece("A.", "甲。"), piece("", ""), piece("B.", "乙。"));
        let parts = [&first, &nothing, &last];
        assert_eq!(
            (joined(parts, Language::English), joined(parts, Language::Chinese)),
            ("A. B.".into(), "甲。乙。".into())
        );
    }
}
