//! *What would have caught it?* One row per mitigation: held before launch, or days of exposure after it.

use super::evidence::DataTable;
use super::palette::{BLUE, GREY, GRID, INK, MUTED, VERMILLION, rule};
use super::sheet::{Drawn, Panel, size, units};
use super::text::{ending, style, width, wrap};
use super::{Figure, Plan};
use crate::analysis::autopsy::{AS_IT_WAS, Outcome};
use crate::output::autopsy::{AutopsySummary, Judged};
use crate::output::words::large;
use plotters::prelude::*;

const ROW: f64 = 26.0;
const TEXT: f64 = 12.5;
const SMALL: f64 = 11.5;
/// Above the rows: names of the columns.
const TOP: f64 = 38.0;
const AXIS: f64 = 34.0;

/// The timeline.
pub fn autopsy_figure(summary: &AutopsySummary) -> Figure {
    let plan = Plan {
        name: "autopsy",
        question: "What would have caught it?",
        answer: answer(summary),
        caption: caption(summary),
        table: table(summary),
        draw: Box::new(|sheet| {
            let height = TOP + AXIS + summary.outcomes.len() as f64 * ROW;
            sheet.panels(1, height).iter().try_for_each(|panel| draw(panel, summary))
        }),
    };
    plan.finish(&summary.identity)
}

/// Where things stand on a panel, in pixels.
struct Places {
    names: f64,
    review: (f64, f64),
    days: (f64, f64),
    /// Days at the right end.
    most: f64,
}

impl Places {
    fn new(breadth: f64, summary: &AutopsySummary) -> Self {
        let wide = breadth >= 500.0;
        let names = if wide { 186.0 } else { 104.0 };
        let review = if wide { (names + 60.0, names + 190.0) } else { (names + 36.0, names + 82.0) };
        let labels = if wide { 118.0 } else { 62.0 };
        let reach = |it: &Judged| {
            let spread = &it.outcome.exposed_user_days;
            let high = if spread.has_interval() { spread.high } else { spread.mean };
            let last = [it.outcome.noticed_day.last, it.outcome.rolled_back_day.median];
            last.into_iter().fold(high / summary.real_users, f64::max)
        };
        let most = summary.outcomes.iter().map(reach).fold(1.0, f64::max);
        Self { names, review, days: (review.1, breadth - labels), most: most.ceil() }
    }

    fn day(&self, day: f64) -> f64 {
        self.days.0 + (self.days.1 - self.days.0) * (day / self.most).min(1.0)
    }
}

fn draw(panel: &Panel<'_>, summary: &AutopsySummary) -> Drawn {
    let (breadth, height) = size(panel);
    let places = Places::new(breadth, summary);
    headings(panel, &places, summary)?;
    days_axis(panel, &places, height)?;
    for (row, judged) in summary.outcomes.iter().enumerate() {
        let middle = TOP + (row as f64 + 0.5) * ROW;
        if row == 1 {
            line(panel, (0.0, middle - 0.5 * ROW), (breadth, middle - 0.5 * ROW), GRID)?;
        }
        outcome(panel, &places, &judged.outcome, summary, middle)?;
    }
    line(panel, (places.review.1, TOP - 4.0), (places.review.1, height - AXIS), INK)
}

fn headings(panel: &Panel<'_>, places: &Places, summary: &AutopsySummary) -> Drawn {
    let launch = match summary.launch_date.as_str() {
        "" => "launch".to_string(),
        date => format!("launch, {date}"),
    };
    let bold = style(SMALL, true, INK);
    panel.draw_text("held in review", &ending(&bold), (units(places.review.1 - 8.0), units(24.0)))?;
    let narrow = places.names < 150.0;
    let after = if narrow { "exposed" } else { "exposure after it, days per user" };
    panel.draw_text(after, &bold, (units(places.review.1 + 8.0), units(24.0)))?;
    let quiet = style(SMALL, false, MUTED);
    panel.draw_text(
        &launch,
        &quiet,
        (units(places.review.1 + 8.0 - if narrow { 60.0 } else { 0.0 }), units(8.0)),
    )
}

fn days_axis(panel: &Panel<'_>, places: &Places, height: f64) -> Drawn {
    let step = (places.most / 8.0).ceil().max(1.0);
    let mut day = 0.0;
    while day <= places.most {
        let x = places.day(day);
        line(panel, (x, TOP - 4.0), (x, height - AXIS), GRID)?;
        let label = format!("{day}");
        let style = style(SMALL, false, MUTED);
        let middle = 0.5 * width(&label, SMALL, false);
        panel.draw_text(&label, &style, (units(x - middle), units(height - AXIS + 10.0)))?;
        day += step;
    }
    let quiet = style(SMALL, false, MUTED);
    panel.draw_text("days since launch", &ending(&quiet), (units(places.days.1), units(height - 10.0)))
}

fn outcome(panel: &Panel<'_>, places: &Places, it: &Outcome, summary: &AutopsySummary, middle: f64) -> Drawn {
    let first = it.mitigation == AS_IT_WAS;
    let name = crate::output::autopsy::name(&it.mitigation);
    let size = if places.names < 150.0 { SMALL } else { TEXT };
    let lines = wrap(&name, size, first, places.names - 6.0);
    for (index, words) in lines.iter().take(2).enumerate() {
        let shift = if lines.len() > 1 { 12.0 * (index as f64 - 0.5) } else { 0.0 };
        panel.draw_text(words, &style(size, first, INK), (0, units(middle + shift)))?;
    }
    held(panel, places, it, middle)?;
    exposed(panel, places, it, summary, middle)
}

/// The share of histories in which review held it, as a bar that grows from the launch to the left.
fn held(panel: &Panel<'_>, places: &Places, it: &Outcome, middle: f64) -> Drawn {
    let (left, right) = places.review;
    let start = right - (right - left) * it.caught.share.max(0.0);
    if it.caught.count > 0 {
        bar(panel, (start, right - 1.0), middle, 7.5, BLUE)?;
    }
    let text = format!("{:.0} %", 100.0 * it.caught.share);
    panel.draw_text(&text, &ending(&style(SMALL, false, INK)), (units(start - 6.0), units(middle)))
}

/// Mean exposure as a bar, its interval as a whisker, the day of notice as a diamond, the last of rollback as a ring.
fn exposed(panel: &Panel<'_>, places: &Places, it: &Outcome, summary: &AutopsySummary, middle: f64) -> Drawn {
    let days = |user_days: f64| places.day(user_days / summary.real_users);
    let spread = &it.exposed_user_days;
    let end = days(spread.mean);
    let colour = if it.mitigation == AS_IT_WAS { GREY } else { VERMILLION };
    if spread.mean > 0.0 {
        bar(panel, (places.days.0 + 1.0, end), middle, 7.5, colour)?;
    }
    let mut reach = end;
    if spread.has_interval() && spread.mean > 0.0 {
        reach = days(spread.high).max(end);
        line(panel, (days(spread.low.max(0.0)), middle), (reach, middle), INK)?;
    }
    if it.noticed_day.median.is_finite() {
        let x = places.day(it.noticed_day.median + 1.0);
        diamond(panel, x, middle)?;
        reach = reach.max(x + 5.0);
    }
    if it.rolled_back_day.median.is_finite() {
        let x = places.day(it.rolled_back_day.median);
        panel.draw(&Circle::new((units(x), units(middle)), units(3.6), PAPER_RING.filled()))?;
        panel.draw(&Circle::new(
            (units(x), units(middle)),
            units(3.6),
            INK.stroke_width(units(1.2) as u32),
        ))?;
        reach = reach.max(x + 5.0);
    }
    let text = end_label(it, summary, places.names < 150.0);
    panel.draw_text(&text, &style(SMALL, false, INK), (units(reach + 7.0), units(middle)))
}

const PAPER_RING: RGBColor = super::palette::PAPER;

fn end_label(it: &Outcome, summary: &AutopsySummary, short: bool) -> String {
    let days = it.exposed_user_days.mean / summary.real_users;
    match () {
        () if days.is_nan() => "n/a".to_string(),
        () if days < 0.005 && it.caught.share < 0.5 => "tame".to_string(),
        () if days < 0.005 => "none".to_string(),
        () if short => format!("{days:.1} d"),
        () => format!("{days:.1} days"),
    }
}

fn bar(panel: &Panel<'_>, (from, to): (f64, f64), middle: f64, half: f64, colour: RGBColor) -> Drawn {
    let corners = [(units(from), units(middle - half)), (units(to), units(middle + half))];
    panel.draw(&Rectangle::new(corners, colour.mix(0.9).filled()))
}

fn line(panel: &Panel<'_>, from: (f64, f64), to: (f64, f64), colour: RGBColor) -> Drawn {
    let at = |(x, y): (f64, f64)| (units(x), units(y));
    panel.draw(&PathElement::new(vec![at(from), at(to)], rule(colour, None).style()))
}

fn diamond(panel: &Panel<'_>, x: f64, middle: f64) -> Drawn {
    let corner = |dx: f64, dy: f64| (units(x + dx), units(middle + dy));
    let corners = vec![corner(-4.5, 0.0), corner(0.0, -4.5), corner(4.5, 0.0), corner(0.0, 4.5)];
    panel.draw(&Polygon::new(corners, INK.filled()))
}

fn answer(summary: &AutopsySummary) -> String {
    let rest = summary.outcomes.iter().skip(1).map(|it| &it.outcome);
    let all = rest.clone().count();
    let caught = rest.clone().filter(|it| it.caught.share >= 0.9).count();
    let tame =
        rest.clone().filter(|it| it.caught.share < 0.9 && it.caught.share + it.tame.share >= 0.9).count();
    let launches = rest.filter(|it| it.caught.share + it.tame.share <= 0.1).count();
    format!(
        "Of {all} measures {caught} hold the update in at least nine of ten histories, {tame} make it harmless, and with {launches} it is launched and harmful in at least nine of ten."
    )
}

fn caption(summary: &AutopsySummary) -> String {
    format!(
        "Blue: share of histories in which review held the update. Bars to the right: mean exposure in days per user past the alarm level, \
         whisker its 95 % interval over {} histories. Diamond: median day at whose end it was noticed; ring: day on which everyone was back on the policy \
         before. Scaled to {} users.",
        summary.replicates,
        large(summary.real_users)
    )
}

fn table(summary: &AutopsySummary) -> DataTable {
    let header = [
        "What if",
        "Caught before launch",
        "False alarms",
        "Noticed on day",
        "Back on day",
        "Exposure, days per user",
        "Exposure avoided",
        "Delay, days",
        "People",
        "Verdict",
    ];
    DataTable {
        header: header.map(String::from).to_vec(),
        rows: summary.outcomes.iter().map(|it| crate::output::autopsy::cells(summary, it)).collect(),
    }
}
