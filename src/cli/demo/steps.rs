//! The story, step by step. Every sentence with a number takes it from the run that was just shown.

use super::chart::sparkline;
use super::stage::Stage;
use crate::analysis::autopsy::{outcomes, replay};
use crate::cli::talk::print;
use crate::launch::Event;
use crate::lesson::{Course, Language, Lesson, Lived, incident_with, sample_answers};
use crate::scenario::{CheckRole, mitigation};
use crate::statistics::share;
use rayon::ThreadPool;
use std::ops::ControlFlow;
use textwrap::core::display_width;

const STEPS: usize = 7;
const INCIDENT: &str = "gpt4o-april-2025";
/// The round whose candidate has all three changes.
const UPDATE: i64 = 6;
/// Rises of the index below this are noise of one history.
const NOTABLE: f64 = 0.015;
const MUCH: f64 = 0.08;
/// A joint rise within this share of the sum of single rises counts as their sum.
const ABOUT: f64 = 0.2;
/// The check that the autopsy adds.
const CHECK: &str = "sycophancy-eval";
/// As many users as the scenario has: complaints are rare.
const USERS_OF_THE_INCIDENT: u64 = 100_000;
/// Ends of the scales of the three lines.
const INDEX_SCALE: (f64, f64) = (0.05, 0.3);
const THUMBS_SCALE: (f64, f64) = (0.6, 0.85);
const BENEFIT_SCALE: (f64, f64) = (0.25, 0.4);
const NAME_WIDTH: usize = 17;

/// The story with what it is told with.
pub struct Story {
    pub stage: Stage,
    pub pool: ThreadPool,
    pub users: u64,
    pub seed: u64,
}

/// A measure by round: its name, values, the ends of its scale, and how a value is written.
type Measured<'a> = (&'a str, &'a [f64], (f64, f64), fn(f64) -> String);

/// What was seen of a run.
#[derive(Default)]
struct Seen {
    index: Vec<f64>,
    up: Vec<f64>,
    benefit: Vec<f64>,
    sky: Vec<String>,
}

impl Seen {
    fn note(&mut self, lived: &Lived, course: &Course, language: Language) {
        let total = lived.measures.served.total();
        self.index.push(lived.measures.policy.sycophancy_index.mean());
        self.up.push(share(total.up, total.rated as f64).value);
        self.benefit.push(total.benefit.mean());
        let answers = sample_answers(lived, course);
        let sky = answers.into_iter().find(|it| it.id == "sky");
        self.sky.extend(sky.map(|it| it.one_in_ten.text.in_language(language).to_string()));
    }

    fn last_index(&self) -> f64 {
        self.index.last().copied().unwrap_or(f64::NAN)
    }
}

impl Story {
    pub fn tell(&self) -> anyhow::Result<()> {
        let stage = &self.stage;
        print(&format!("\n{}\n\n", stage.phrase("title", &[])))?;
        stage.say("intro", &[("users", &self.users.to_string())])?;
        if stage.asks {
            stage.say("how_to", &[])?;
        }
        let start = self.one_change(1, "baseline", "baseline", None)?.last_index();
        let changes = [("thumbs", "thumbs-only"), ("memory", "memory-only"), ("fresh", "fresh-data-only")];
        let mut rises = Vec::new();
        for (step, (name, preset)) in (2..).zip(changes) {
            rises.push(self.one_change(step, name, preset, Some(start))?.last_index() - start);
        }
        self.all_three(&rises, start)?;
        self.review()?;
        self.autopsy()?;
        print("\n")?;
        stage.say("end", &[])
    }

    /// Steps 1 to 4: a guess, a weekly run, what became of it.
    fn one_change(&self, step: usize, name: &str, preset: &str, start: Option<f64>) -> anyhow::Result<Seen> {
        let stage = &self.stage;
        stage.heading((step, STEPS), &format!("{name}_title"))?;
        stage.say(&format!("{name}_text"), &[])?;
        let question = if start.is_none() { "baseline_ask" } else { "one_ask" };
        let guess = stage.guess(question, &["stays", "rises_little", "rises_much"])?;
        let seen = self.run(preset)?;
        let rise = seen.last_index() - start.unwrap_or(seen.index[0]);
        stage.judge(guess, usize::from(rise > NOTABLE) + usize::from(rise > MUCH))?;
        self.moved(&seen)?;
        stage.pause()?;
        Ok(seen)
    }

    fn all_three(&self, rises: &[f64], start: f64) -> anyhow::Result<()> {
        let stage = &self.stage;
        let sum: f64 = rises.iter().sum();
        let singles: Vec<String> = rises.iter().map(|rise| signed(*rise)).collect();
        stage.heading((5, STEPS), "all_title")?;
        stage.say("all_text", &[("singles", &singles.join(", ")), ("sum", &signed(sum))])?;
        let guess = stage.guess("all_ask", &["less", "same", "more"])?;
        let seen = self.run("all-three")?;
        let joint = seen.last_index() - start;
        let ratio = joint / sum;
        stage.judge(guess, usize::from(ratio > 1.0 - ABOUT) + usize::from(ratio > 1.0 + ABOUT))?;
        self.moved(&seen)?;
        stage.say("all_found", &[("joint", &signed(joint)), ("ratio", &format!("{ratio:.1}"))])?;
        let (first, last) = (seen.sky.first(), seen.sky.last());
        for (name, text) in [("sky_before", first), ("sky_after", last)] {
            print("\n")?;
            stage.say(name, &[("round", &seen.sky.len().to_string())])?;
            stage.paragraph(text.map_or("", String::as_str), "  │ ")?;
        }
        stage.pause()
    }

    /// Step 6: the checks of the incident's update, the decision, and the days that followed.
    fn review(&self) -> anyhow::Result<()> {
        let stage = &self.stage;
        stage.heading((6, STEPS), "review_title")?;
        stage.say("review_text", &[])?;
        print("\n")?;
        let mut course = Course::new(Lesson::of_preset(INCIDENT)?.with_users(USERS_OF_THE_INCIDENT))?;
        let lines = stage.moving_lines();
        while !course.is_over() {
            let Some(lived) = self.pool.install(|| course.run_round())? else { continue };
            lines.set_message(self.place(&course));
            match lived.measures.round {
                UPDATE => lines.suspend(|| self.decision(&lived))?,
                after if after > UPDATE => lines.suspend(|| self.calendar(&lived, &course))?,
                _ => {}
            }
        }
        lines.finish_and_clear();
        stage.pause()
    }

    /// What review saw of the update, a guess, and what was decided.
    fn decision(&self, lived: &Lived) -> anyhow::Result<()> {
        let (stage, review) = (&self.stage, &lived.measures.review);
        for it in &review.results {
            let verdict = stage.phrase(if it.passed { "passed" } else { "failed" }, &[]);
            let advice =
                if it.role == CheckRole::Advisory { stage.phrase("advisory", &[]) } else { String::new() };
            let line = format!("  {:<18} {:<46} {verdict}  {advice}", it.name, it.metric);
            print(&format!("{}\n", line.trim_end()))?;
        }
        stage.guess("review_ask", &["ship", "hold", "unsure"])?;
        match review.decision.launched {
            true => stage.say("launched", &[("rise", &decimals(lived.measures.candidate_rise))]),
            false => stage.say("held", &[("reason", &review.decision.reason)]),
        }
    }

    /// What happened on which day.
    fn calendar(&self, lived: &Lived, course: &Course) -> anyhow::Result<()> {
        let measures = &lived.measures;
        let clock = &course.scenario.settings_in(measures.round as u32).clock;
        for stretch in &measures.stretches {
            let date = clock.date(measures.first_day as i64 + i64::from(stretch.first_day));
            let told = stretch.events.iter().filter(|event| !matches!(event, Event::Launched | Event::Held));
            for event in told {
                print(&format!(
                    "  {date}  {}\n",
                    self.stage.phrase(&format!("event_{}", event.word()), &[])
                ))?;
            }
        }
        Ok(())
    }

    /// Step 7: the same histories with one more check.
    fn autopsy(&self) -> anyhow::Result<()> {
        let stage = &self.stage;
        let cases = incident_with(&[mitigation(CHECK)?])?;
        let replicates = cases[0].scenario.settings_in(0).run.replicates.to_string();
        stage.heading((7, STEPS), "autopsy_title")?;
        stage.say("autopsy_text", &[("replicates", &replicates)])?;
        let guess = stage.guess("autopsy_ask", &["none", "some", "all_of_them"])?;
        let lines = stage.moving_lines();
        let autopsy = self.pool.install(|| {
            replay(cases, |progress| {
                lines.set_message(self.stage.phrase(
                    "round",
                    &[
                        ("round", &progress.rounds_done.to_string()),
                        ("rounds", &progress.rounds_total.to_string()),
                    ],
                ));
                ControlFlow::Continue(())
            })
        })?;
        lines.finish_and_clear();
        let found = outcomes(&autopsy);
        let (before, caught, alarms) = (found[0].caught, found[1].caught, found[1].false_alarms);
        stage.judge(guess, usize::from(caught.count > 0) + usize::from(caught.count == caught.of))?;
        let numbers =
            [before.count, caught.count, caught.of, alarms.count, alarms.of].map(|it| it.to_string());
        let names = ["before", "caught", "of", "alarms", "quiet"];
        let filled: Vec<(&str, &str)> = names.into_iter().zip(numbers.iter().map(String::as_str)).collect();
        stage.say("autopsy_found", &filled)
    }

    /// Runs a shipped scenario while its lines grow, and leaves them on the page.
    fn run(&self, preset: &str) -> anyhow::Result<Seen> {
        let lesson = Lesson { seed: self.seed, ..Lesson::of_preset(preset)?.with_users(self.users) };
        let mut course = Course::new(lesson)?;
        let mut seen = Seen::default();
        let lines = self.stage.moving_lines();
        while !course.is_over() {
            if let Some(lived) = self.pool.install(|| course.run_round())? {
                seen.note(&lived, &course, self.stage.language);
                lines.set_message(format!("{}\n{}", self.chart(&seen), self.place(&course)));
            }
        }
        lines.finish_and_clear();
        print(&format!("{}\n\n", self.chart(&seen)))?;
        Ok(seen)
    }

    fn place(&self, course: &Course) -> String {
        let numbers = [course.rounds_done(), course.lesson.rounds].map(|it| it.to_string());
        self.stage.phrase("round", &[("round", &numbers[0]), ("rounds", &numbers[1])])
    }

    /// Three lines, each with where it began and where it is.
    fn chart(&self, seen: &Seen) -> String {
        let lines: [Measured<'_>; 3] = [
            ("index", &seen.index, INDEX_SCALE, decimals),
            ("thumbs", &seen.up, THUMBS_SCALE, percent),
            ("benefit", &seen.benefit, BENEFIT_SCALE, decimals),
        ];
        let line = |(name, values, scale, shown): Measured<'_>| {
            let name = self.stage.phrase(name, &[]);
            let gap = " ".repeat(NAME_WIDTH.saturating_sub(display_width(&name)));
            let end = |value: Option<&f64>| value.map_or(String::new(), |value| shown(*value));
            let (first, last) = (end(values.first()), end(values.last()));
            format!("  {name}{gap} {first:>5} {} {last}", sparkline(values, scale))
        };
        lines.map(line).join("\n")
    }

    /// From where to where the three lines went.
    fn moved(&self, seen: &Seen) -> anyhow::Result<()> {
        let ends = |values: &[f64], shown: fn(f64) -> String| {
            [values.first(), values.last()].map(|it| it.map_or(String::new(), |it| shown(*it)))
        };
        let [from, to] = ends(&seen.index, decimals);
        let [up_from, up_to] = ends(&seen.up, percent);
        let [benefit_from, benefit_to] = ends(&seen.benefit, decimals);
        self.stage.say(
            "moved",
            &[
                ("from", &from),
                ("to", &to),
                ("up_from", &up_from),
                ("up_to", &up_to),
                ("benefit_from", &benefit_from),
                ("benefit_to", &benefit_to),
            ],
        )
    }
}

fn decimals(value: f64) -> String {
    format!("{value:.2}")
}

fn percent(value: f64) -> String {
    format!("{:.0} %", 100.0 * value)
}

fn signed(value: f64) -> String {
    format!("{value:+.2}")
}
