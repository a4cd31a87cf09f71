//! Figures: each asks a question, answers it in a sentence made from the numbers, and shows the evidence.

mod autopsy;
#[allow(dead_code, reason = "sorting is for effects of many subsets")]
mod bars;
mod behaviours;
mod calendar;
mod calendar_events;
mod calendar_panels;
mod calendar_strip;
mod calendar_table;
mod chart;
mod check_strips;
mod check_table;
mod checks;
mod comparison;
mod compounding;
mod curve;
mod evidence;
mod factorial;
mod frame;
mod gain;
pub(crate) mod gif;
mod goodhart;
#[allow(dead_code, reason = "numeric axes are for phase diagrams")]
mod heat_map;
mod interval_bars;
mod labels;
mod lettering;
mod marks;
mod palette;
mod phase_map;
mod picture;
pub(crate) mod png;
mod review;
mod scatter;
mod segments;
mod sensitivity;
mod sheet;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod text;
mod ticks;
mod waterfall;

use super::identity::Identity;
use super::results::Results;
use super::summary::Summary;
pub use autopsy::autopsy_figure;
pub use comparison::comparison_figures;
pub use curve::curve_svg;
pub use evidence::DataTable;
use evidence::Evidence;
pub use factorial::compounding_figures;
pub use gain::gain_figures;
use palette::{INK, MUTED};
use plotters::drawing::DrawingAreaErrorKind;
pub use sensitivity::sensitivity_figures;
use sheet::{Drawn, Sheet, document, footer};

const WIDE: f64 = 900.0;
const NARROW: f64 = 380.0;

/// A finished figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// File name without extension.
    pub name: &'static str,
    /// The question it asks.
    pub question: String,
    /// The answer, in one sentence made from the numbers.
    pub answer: String,
    /// What lines, bands and marks are.
    pub caption: String,
    /// The numbers shown.
    pub table: DataTable,
    /// SVG that stands alone: with question, answer, caption and footer.
    pub svg: String,
    /// SVG for a wide page that prints question and answer itself.
    pub wide: String,
    /// The same for a phone.
    pub narrow: String,
}

/// How to draw a figure on any sheet.
struct Plan<'a> {
    name: &'static str,
    question: &'static str,
    answer: String,
    caption: String,
    table: DataTable,
    draw: Box<dyn Fn(&mut Sheet<'_>) -> Drawn + 'a>,
}

/// All figures that the results allow, in reading order. The first, `headline`, also suits a README.
pub fn figures(results: &Results<'_>, summary: &Summary) -> Vec<Figure> {
    let evidence = Evidence::new(results, summary);
    let plans = [
        compounding::headline(&evidence),
        calendar::plan(&evidence),
        compounding::over_rounds(&evidence),
        waterfall::plan(&evidence),
        behaviours::plan(&evidence),
        checks::plan(&evidence).or_else(|| review::plan(&evidence)),
        goodhart::plan(&evidence),
        segments::plan(&evidence),
    ];
    plans.into_iter().flatten().map(|plan| plan.finish(&summary.identity)).collect()
}

/// The headline figure as it grows, an SVG per round.
pub fn headline_by_round(results: &Results<'_>, summary: &Summary) -> Vec<String> {
    compounding::headline_by_round(&Evidence::new(results, summary), &footer(&summary.identity))
}

impl Plan<'_> {
    /// The figure on a page of its own.
    fn stand_alone(&self, footer: &str) -> String {
        self.page(WIDE, true, footer).expect("drawing in memory cannot fail")
    }

    fn finish(self, identity: &Identity) -> Figure {
        let draw = |width: f64, stands_alone: bool| {
            // A page in memory takes whatever is written, and plotters finds the fonts in the program.
            self.page(width, stands_alone, &footer(identity)).expect("drawing in memory cannot fail")
        };
        Figure {
            svg: draw(WIDE, true),
            wide: draw(WIDE, false),
            narrow: draw(NARROW, false),
            name: self.name,
            question: self.question.to_string(),
            answer: self.answer,
            caption: self.caption,
            table: self.table,
        }
    }

    /// The figure as SVG: with question, answer and caption, or for a page that prints them itself.
    fn page(
        &self,
        width: f64,
        stands_alone: bool,
        footer: &str,
    ) -> Result<String, DrawingAreaErrorKind<std::io::Error>> {
        let mut drawn = String::new();
        let mut sheet = Sheet::new(&mut drawn, width, if stands_alone { 16.0 } else { 1.0 })?;
        if stands_alone {
            sheet.skip(8.0);
            sheet.paragraph(self.question, 20.0, true, INK)?;
            sheet.paragraph(&self.answer, 13.5, false, INK)?;
        }
        sheet.skip(10.0);
        (self.draw)(&mut sheet)?;
        if stands_alone {
            sheet.paragraph(&self.caption, 11.5, false, MUTED)?;
        }
        sheet.skip(3.0);
        sheet.paragraph(footer, 11.0, false, MUTED)?;
        let height = sheet.finish()?;
        let description = format!("{} {}", self.answer, self.caption);
        Ok(document(&drawn, (width, height), self.question, &description))
    }
}
