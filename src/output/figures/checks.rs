//! *What did review see?* Every check of every update against its threshold, and what none of them measured.

use super::Plan;
use super::evidence::{DataTable, Evidence, sentence};
use super::frame::{Frame, Place, SMALL, path, tick_room, title_height};
use super::marks::{Verdict, legend};
use super::palette::{GREY, GRID, INK, MUTED, rule};
use super::sheet::{Drawn, Panel, Sheet, size, units};
use super::text::{ending, style, width, wrap};
use super::ticks::Ticks;
use crate::analysis::signal_by_signal::Spread;
use crate::output::incident_story::found;
use crate::output::launches::{CheckRow, checks};
use crate::output::unseen::{Rise, rises};
use crate::output::words::{
    change, check_name, check_value, interval, list, metric_name, sentence_case, spaced,
};

/// Height of the data of one check.
const HEIGHT: f64 = 66.0;
/// Room for the labels of thresholds.
const RIGHT: f64 = 96.0;

/// One row of the figure.
struct Strip {
    title: String,
    marks: Vec<Mark>,
    threshold: Option<(f64, String)>,
    /// Units of the axis in one unit of the values.
    scale: f64,
    blind: String,
}

/// One value of one update in one run.
#[derive(Clone, Copy)]
struct Mark {
    round: i64,
    replicate: i64,
    value: f64,
    interval: (f64, f64),
    verdict: Verdict,
}

/// One strip per check, and one for the index; `None` where nothing was checked.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let rows = checks(&evidence.results.tables.checks, evidence.main());
    let rises = rises(evidence.results.tables, evidence.main());
    let update = evidence.summary.incident.as_ref().map(|it| it.update);
    let mut strips: Vec<Strip> = evidence.summary.review.keys().map(|name| strip(&rows, name)).collect();
    if strips.is_empty() {
        return None;
    }
    strips.extend(index_strip(&rises));
    Some(Plan {
        name: "what-review-saw",
        question: "What did review see?",
        answer: answer(evidence, &rows, &rises),
        caption: caption(evidence),
        table: table(&rows, evidence.summary.replicates),
        draw: Box::new(move |sheet| draw(sheet, &strips, update)),
    })
}

fn strip(rows: &[CheckRow], name: &str) -> Strip {
    let of_check = || rows.iter().filter(|row| row.check == name);
    let mut metrics: Vec<String> = Vec::new();
    for metric in of_check().map(|row| metric_name(&row.metric)) {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let last = of_check().last();
    let role = if last.is_some_and(|row| row.blocking) { "can stop a launch" } else { "advisory" };
    Strip {
        title: format!("{} ({role}): {}{}", check_name(name), metrics.join(" or "), unit_of(last)),
        scale: last.map_or(1.0, scale),
        marks: of_check().map(mark).collect(),
        threshold: last.map(|row| (row.threshold, format!("fails {}", side(row)))),
        blind: last.map_or(String::new(), |row| format!("Blind to: {}", lower(&row.blind_to))),
    }
}

/// Shares and levels are shown in hundredths, complaints per million.
fn scale(row: &CheckRow) -> f64 {
    match row.unit.as_str() {
        "per conversation" => 1e6,
        unit if unit.starts_with("share") || unit == "level" => 100.0,
        _ => 1.0,
    }
}

fn unit_of(row: Option<&CheckRow>) -> String {
    let Some(row) = row else { return String::new() };
    match (row.unit.as_str(), row.metric.starts_with("share")) {
        ("per conversation", _) => ", rise per million conversations".to_string(),
        (unit, true) if unit.starts_with("share") => ", %".to_string(),
        (unit, _) if unit.starts_with("share") || unit == "level" => {
            ", rise in percentage points".to_string()
        }
        ("", _) => ", rise".to_string(),
        (unit, _) => format!(", rise in {unit}"),
    }
}

/// `from 50`, `below −5`: where a check fails, in the numbers of its axis.
fn side(row: &CheckRow) -> String {
    let value = format!("{:.3}", scale(row) * row.threshold + 0.0);
    let value = value.trim_end_matches('0').trim_end_matches('.').replace('-', "−");
    format!("{} {value}", if row.fails_above { "from" } else { "below" })
}

/// The name of a check within a sentence.
fn in_sentence(check: &str) -> String {
    match check {
        "ab_test" => "the A/B test".to_string(),
        "side_by_side" => "the side-by-side test".to_string(),
        other => format!("the {}", spaced(other)),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

fn mark(row: &CheckRow) -> Mark {
    let verdict = match (row.passed, row.better && row.value != 0.0) {
        (false, _) => Verdict::Failed,
        (true, true) => Verdict::Better,
        (true, false) => Verdict::Passed,
    };
    let (round, replicate, value, interval) = (row.round, row.replicate, row.value, row.interval);
    Mark { round, replicate, value, interval, verdict }
}

/// The index of each candidate above that in service, which decides nothing.
fn index_strip(rises: &[Rise]) -> Option<Strip> {
    let nothing = (f64::NAN, f64::NAN);
    let mark = |it: &Rise| Mark {
        round: it.round,
        replicate: it.replicate,
        value: it.rise,
        interval: nothing,
        verdict: Verdict::Unseen,
    };
    (!rises.is_empty()).then(|| Strip {
        title: "What the update did: rise of the sycophancy index above what was in service".to_string(),
        marks: rises.iter().map(mark).collect(),
        threshold: None,
        scale: 1.0,
        blind: String::new(),
    })
}

fn draw(sheet: &mut Sheet<'_>, strips: &[Strip], update: Option<i64>) -> Drawn {
    let rounds = strips.iter().flat_map(|it| &it.marks).map(|mark| mark.round);
    let (first, last) = (rounds.clone().min().unwrap_or(1), rounds.max().unwrap_or(1));
    let range = (first as f64 - 0.5, last as f64 + 0.5);
    let narrow = sheet.is_narrow();
    for panel in sheet.panels(1, if narrow { 52.0 } else { 16.0 }) {
        legend(
            &panel,
            &[Verdict::Passed, Verdict::Better, Verdict::Failed, Verdict::Unseen],
            size(&panel).0,
        )?;
    }
    let left = strips.iter().map(|it| tick_room(&it.ticks())).fold(0.0, f64::max);
    for (index, strip) in strips.iter().enumerate() {
        let is_last = index + 1 == strips.len();
        let breadth = sheet.breadth();
        let blind = wrap(&strip.blind, SMALL, false, 0.96 * breadth);
        let below = if is_last { 34.0 } else { 9.0 + 15.0 * blind.len() as f64 };
        for panel in sheet.panels(1, title_height(&strip.title, breadth) + HEIGHT + below) {
            strip.draw(&panel, (range, left, update))?;
        }
    }
    Ok(())
}

impl Strip {
    fn ticks(&self) -> Ticks {
        let ends = self.marks.iter().flat_map(|mark| [mark.value, mark.interval.0, mark.interval.1]);
        let threshold = self.threshold.iter().map(|(value, _)| *value);
        let values = ends.chain(threshold).chain([0.0]).map(|value| self.scale * value);
        Ticks::covering(values, HEIGHT + 26.0, false)
    }

    fn draw(&self, panel: &Panel<'_>, (range, left, update): ((f64, f64), f64, Option<i64>)) -> Drawn {
        let breadth = size(panel).0;
        let place = Place { left, right: breadth - RIGHT, top: 0.0, height: HEIGHT };
        let frame = Frame::new(panel, place, &self.title, range, self.ticks())?;
        let values = frame.values();
        if let Some(round) = update {
            let round = round as f64;
            frame.block((round - 0.5, values.start), (round + 0.5, values.end), GREY, 0.14)?;
        }
        for edge in (range.0 as i64..range.1 as i64).map(|round| round as f64 + 0.5) {
            frame.line(&[(edge, values.start), (edge, values.end)], &rule(GRID, None))?;
        }
        self.draw_threshold(&frame, range)?;
        self.draw_marks(&frame, (place.right - place.left) / (range.1 - range.0))?;
        match self.threshold {
            Some(_) => self.draw_blind(&frame, breadth),
            None => draw_rounds(&frame, range),
        }
    }

    fn draw_threshold(&self, frame: &Frame<'_, '_>, range: (f64, f64)) -> Drawn {
        let Some((value, label)) = &self.threshold else {
            return frame.line(&[(range.0, 0.0), (range.1, 0.0)], &rule(INK, None));
        };
        let value = self.scale * value;
        frame.line(&[(range.0, value), (range.1, value)], &rule(INK, Some((6.0, 4.0))))?;
        let (x, y) = frame.at(range.1, value);
        let lines = wrap(label, SMALL, false, RIGHT - 10.0);
        let first = y - units(6.5) * (lines.len() as i32 - 1);
        (0..).zip(&lines).try_for_each(|(index, line)| {
            frame.write(line, (x + units(6.0), first + index * units(13.0)), &style(SMALL, false, INK))
        })
    }

    /// Runs side by side where they fit, else the first of them.
    fn draw_marks(&self, frame: &Frame<'_, '_>, room: f64) -> Drawn {
        let runs = self.marks.iter().map(|mark| mark.replicate).max().unwrap_or(0) + 1;
        let fits = room >= 7.0 * (runs + 1) as f64;
        for mark in self.marks.iter().filter(|mark| fits || mark.replicate == 0) {
            let shift = if fits { (mark.replicate + 1) as f64 / (runs + 1) as f64 - 0.5 } else { 0.0 };
            let at = |value: f64| frame.at(mark.round as f64 + shift, self.scale * value);
            let (low, high) = mark.interval;
            if low.is_finite() && high.is_finite() {
                let bar = vec![at(low), at(high)];
                path(
                    frame.panel(),
                    bar,
                    &super::palette::Stroke { width: 1.3, ..rule(mark.verdict.colour(), None) },
                )?;
            }
            let radius = if room > 60.0 { 4.2 } else { 3.0 };
            if mark.value.is_finite() {
                mark.verdict.draw(frame.panel(), at(mark.value), radius)?;
            }
        }
        Ok(())
    }

    fn draw_blind(&self, frame: &Frame<'_, '_>, breadth: f64) -> Drawn {
        let lines = wrap(&self.blind, SMALL, false, 0.96 * breadth);
        (0..).zip(&lines).try_for_each(|(index, line)| {
            let middle = units(frame.bottom() + 16.0 + 15.0 * f64::from(index));
            frame.write(line, (0, middle), &style(SMALL, false, MUTED))
        })
    }
}

/// Numbers of the updates, and the name of the axis.
fn draw_rounds(frame: &Frame<'_, '_>, range: (f64, f64)) -> Drawn {
    let rounds: Vec<i64> = ((range.0 + 0.5) as i64..=(range.1 - 0.5) as i64).collect();
    let (x0, x1) = (frame.at(range.0, 0.0).0, frame.at(range.1, 0.0).0);
    let room = super::sheet::pixels(x1 - x0) / rounds.len() as f64;
    let every = (24.0 / room).ceil().max(1.0) as usize;
    for round in rounds.iter().step_by(every) {
        let text = round.to_string();
        let half = units(0.5 * width(&text, SMALL, false));
        let at = (frame.at(*round as f64, 0.0).0 - half, units(frame.bottom() + 10.0));
        frame.write(&text, at, &style(SMALL, false, MUTED))?;
    }
    let end = (x1, units(frame.bottom() + 26.0));
    frame.write("update, by the round it was trained in", end, &ending(&style(SMALL, false, MUTED)))
}

fn answer(evidence: &Evidence<'_>, rows: &[CheckRow], rises: &[Rise]) -> String {
    let Some(incident) = &evidence.summary.incident else {
        return String::new();
    };
    let of_update = || rows.iter().filter(|row| row.round == incident.update && row.replicate == 0);
    let named = |holds: fn(&CheckRow) -> bool| -> Vec<String> {
        of_update().filter(|row| holds(row)).map(|row| in_sentence(&row.check)).collect()
    };
    let (failed, better) =
        (named(|row| !row.passed), named(|row| row.passed && row.better && row.value != 0.0));
    let advice = |row: &CheckRow| !row.passed && !row.blocking;
    let mut words = vec![match failed.as_slice() {
        [] => "no check failed".to_string(),
        _ if of_update().filter(|row| !row.passed).all(advice) => {
            format!("{} failed, which could only advise", list(&failed))
        }
        _ => format!("{} failed", list(&failed)),
    }];
    if !better.is_empty() {
        words.push(format!("{} found it significantly better", list(&better)));
    }
    let runs = incident.replicates.len();
    let launched = incident.replicates.iter().filter(|it| it.launched).count();
    words.push(format!("it was launched in {launched} of {runs} runs"));
    let rise: Vec<f64> = rises.iter().filter(|it| it.round == incident.update).map(|it| it.rise).collect();
    let rise = Spread::of(&rise);
    let range = if rise.has_interval() { format!(" {}", interval("", &rise)) } else { String::new() };
    words.push(format!("it moved the sycophancy index by {}{range}", change("", rise.mean)));
    sentence(&format!("update {} (shaded): {}", incident.update, words.join("; ")))
}

fn caption(evidence: &Evidence<'_>) -> String {
    let runs = match evidence.summary.replicates {
        1 => String::new(),
        runs => format!("One mark per run, {runs} side by side; where they do not fit, the first run. "),
    };
    format!(
        "{runs}Bars: 95 % confidence interval of the check itself. Checks with sampling error fail only if they are beyond the \
         threshold by more than their stated level allows, so a mark may lie beyond it and pass. The last strip is computed from \
         the policies; no check sees it."
    )
}

/// Every update and check: what was found in the first run, and in how many runs it passed.
fn table(rows: &[CheckRow], runs: usize) -> DataTable {
    let header =
        ["Update, check", "May stop it", "Found (first run)", "Fails", "Verdict", "Passed", "Cannot see"];
    let first = rows.iter().filter(|row| row.replicate == 0);
    let line = |row: &CheckRow| {
        let same = || rows.iter().filter(|it| (it.round, &it.check) == (row.round, &row.check));
        vec![
            format!("{}: {}", row.round, check_name(&row.check)),
            if row.blocking { "yes" } else { "no, advisory" }.to_string(),
            sentence_case(&found(row)),
            format!(
                "{} {}",
                if row.fails_above { "from" } else { "below" },
                check_value(&row.metric, &row.unit, row.threshold)
            ),
            if row.passed { "passed" } else { "failed" }.to_string(),
            format!("{} of {runs}", same().filter(|it| it.passed).count()),
            row.blind_to.clone(),
        ]
    };
    DataTable { header: header.map(String::from).to_vec(), rows: first.map(line).collect() }
}
