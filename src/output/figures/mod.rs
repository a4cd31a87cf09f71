//! Figures: each asks a question, answers it in a sentence made from the numbers, and shows the evidence.

mod axis;
mod behaviours;
mod chart;
mod compounding;
mod evidence;
mod goodhart;
mod labels;
mod palette;
pub(crate) mod png;
mod review;
mod segments;
mod sheet;
pub(crate) mod svg;
pub(crate) mod text;
mod waterfall;

use super::results::Results;
use super::summary::Summary;
pub use evidence::DataTable;
use evidence::Evidence;
use sheet::Sheet;

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
    draw: Box<dyn Fn(&mut Sheet) + 'a>,
}

/// All figures that the results allow, in reading order. The first, `headline`, also suits a README.
pub fn figures(results: &Results<'_>, summary: &Summary) -> Vec<Figure> {
    let evidence = Evidence::new(results, summary);
    let plans = [
        compounding::headline(&evidence),
        compounding::over_rounds(&evidence),
        waterfall::plan(&evidence),
        behaviours::plan(&evidence),
        review::plan(&evidence),
        goodhart::plan(&evidence),
        segments::plan(&evidence),
    ];
    plans.into_iter().flatten().map(|plan| plan.finish(summary)).collect()
}

impl Plan<'_> {
    fn finish(self, summary: &Summary) -> Figure {
        let draw = |mut sheet: Sheet, caption: &str| {
            (self.draw)(&mut sheet);
            sheet.finish(caption, &summary.identity)
        };
        Figure {
            svg: draw(Sheet::titled(WIDE, self.question, &self.answer), &self.caption),
            wide: draw(Sheet::untitled(WIDE, self.question, &self.answer), ""),
            narrow: draw(Sheet::untitled(NARROW, self.question, &self.answer), ""),
            name: self.name,
            question: self.question.to_string(),
            answer: self.answer,
            caption: self.caption,
            table: self.table,
        }
    }
}
