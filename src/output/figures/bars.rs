//! Horizontal bars, or dots, with 95 % intervals on one axis: effects of many things, in a given order or sorted.

use super::palette::{GRID, INK, MUTED, rule};
use super::sheet::{Drawn, Panel, size, units};
use super::text::{ending, style, width, wrap};
use super::ticks::Ticks;
use crate::analysis::signal_by_signal::Spread;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const SMALL: f64 = 11.5;
const LABEL: f64 = 12.5;
const LINE: f64 = 15.0;
const ROW: f64 = 22.0;
/// Below the bars: ticks and their labels.
const AXIS: f64 = 24.0;

/// A value with its interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// The value; its interval is drawn where there is one.
    pub value: Spread,
    /// The value in words, beside it; left out where there is no room.
    pub text: String,
    /// Colour.
    pub colour: RGBColor,
    /// Whether words are bold.
    pub strong: bool,
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Bars from zero.
    #[default]
    Bar,
    /// Dots, filled where the interval leaves zero out.
    Dot,
}

/// Bars below each other on one axis, with a line at zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// What they show, with the unit.
    pub title: String,
    /// From the top.
    pub bars: Vec<Bar>,
    /// How values are drawn.
    pub shape: Shape,
    /// Whether values are shares.
    pub percent: bool,
}

/// Where bars lie in their panel, in units of plotters.
struct Place {
    left: i32,
    right: i32,
    top: f64,
    ticks: Ticks,
}

impl Bars {
    /// The same with the largest value on top; values that are not known come last.
    pub fn sorted(mut self) -> Self {
        let key = |bar: &Bar| if bar.value.mean.is_nan() { f64::NEG_INFINITY } else { bar.value.mean };
        self.bars.sort_by(|a, b| key(b).total_cmp(&key(a)));
        self
    }

    /// Height of the panel that they need at a breadth, in pixels.
    pub fn height(&self, breadth: f64) -> f64 {
        self.title_height(breadth) + self.bars.len() as f64 * ROW + AXIS
    }

    /// Draws them into a panel.
    pub fn draw(&self, panel: &Panel<'_>) -> Drawn {
        let breadth = size(panel).0;
        for (index, line) in wrap(&self.title, LABEL, true, breadth * 0.97).iter().enumerate() {
            let middle = units(0.6 * LABEL + index as f64 * LINE);
            panel.draw_text(line, &style(LABEL, true, INK), (0, middle))?;
        }
        let (texts, place) = self.place(breadth);
        self.draw_axis(panel, &place)?;
        for (row, (bar, words)) in self.bars.iter().zip(texts).enumerate() {
            let middle = units(place.top + (row as f64 + 0.5) * ROW);
            self.draw_bar(panel, &place, bar, middle)?;
            draw_label(panel, &place, bar, middle)?;
            let text = style(SMALL, bar.strong, INK);
            panel.draw(&Text::new(words, (place.right + units(14.0), middle), text))?;
        }
        Ok(())
    }

    fn title_height(&self, breadth: f64) -> f64 {
        wrap(&self.title, LABEL, true, breadth * 0.97).len() as f64 * LINE + 8.0
    }

    /// Words beside the bars, as much of them as leaves room for the bars: value and interval, value, or nothing.
    fn place(&self, breadth: f64) -> (Vec<String>, Place) {
        let whole: Vec<String> = self.bars.iter().map(|bar| bar.text.clone()).collect();
        let values = whole.iter().map(|text| without_interval(text)).collect();
        let nothing = vec![String::new(); whole.len()];
        let widest =
            |texts: &[String]| 1.06 * texts.iter().map(|text| width(text, SMALL, true)).fold(0.0, f64::max);
        let labels = self.bars.iter().map(|bar| width(&bar.label, SMALL, bar.strong)).fold(0.0, f64::max);
        let left = labels.min(0.36 * breadth) + 20.0;
        let right = |texts: &Vec<String>| breadth - widest(texts) - 18.0;
        let fits = |texts: &Vec<String>| right(texts) - left > 0.35 * breadth;
        let texts = [whole, values].into_iter().find(fits).unwrap_or(nothing);
        let right = right(&texts);
        let ends = self.bars.iter().flat_map(|bar| [bar.value.mean, bar.value.low, bar.value.high]);
        let ticks = Ticks::covering(ends.chain([0.0]), 0.7 * (right - left), self.percent);
        (texts, Place { left: units(left), right: units(right), top: self.title_height(breadth), ticks })
    }

    fn draw_axis(&self, panel: &Panel<'_>, place: &Place) -> Drawn {
        let (top, bottom) = (units(place.top), units(place.top + self.bars.len() as f64 * ROW));
        let centred = style(SMALL, false, MUTED).pos(Pos::new(HPos::Center, VPos::Center));
        for (value, label) in place.ticks.labelled() {
            let at = place.at(value);
            panel.draw(&PathElement::new(vec![(at, top), (at, bottom)], rule(GRID, None).style()))?;
            panel.draw(&Text::new(label, (at, bottom + units(11.0)), centred.clone()))?;
        }
        let zero = place.at(0.0);
        panel.draw(&PathElement::new(vec![(zero, top), (zero, bottom)], rule(MUTED, None).style()))
    }

    fn draw_bar(&self, panel: &Panel<'_>, place: &Place, bar: &Bar, middle: i32) -> Drawn {
        if !bar.value.mean.is_finite() {
            return Ok(());
        }
        let at = place.at(bar.value.mean);
        let half = units(0.31 * ROW);
        if self.shape == Shape::Bar {
            let corners = [(place.at(0.0).min(at), middle - half), (place.at(0.0).max(at), middle + half)];
            panel.draw(&Rectangle::new(corners, bar.colour.mix(0.9).filled()))?;
        }
        if bar.value.has_interval() {
            let colour = if self.shape == Shape::Bar { INK } else { bar.colour };
            draw_whisker(panel, [bar.value.low, bar.value.high].map(|end| place.at(end)), middle, colour)?;
        }
        if self.shape == Shape::Dot {
            let clear = bar.value.has_interval() && bar.value.has_clear_sign();
            panel.draw(&Circle::new((at, middle), units(4.4), bar.colour.filled()))?;
            if !clear {
                panel.draw(&Circle::new((at, middle), units(2.6), RGBColor(0xff, 0xff, 0xff).filled()))?;
            }
        }
        Ok(())
    }
}

/// A text without what stands in brackets; a mark after them stays.
fn without_interval(text: &str) -> String {
    match (text.split_once(" ["), text.rsplit_once(']')) {
        (Some((value, _)), Some((_, mark))) => format!("{value}{mark}"),
        _ => text.to_string(),
    }
}

impl Place {
    fn at(&self, value: f64) -> i32 {
        self.ticks.map(&value, (self.left, self.right))
    }
}

fn draw_label(panel: &Panel<'_>, place: &Place, bar: &Bar, middle: i32) -> Drawn {
    let room = f64::from(place.left) / f64::from(units(1.0)) - 18.0;
    let lines = wrap(&bar.label, SMALL, bar.strong, room);
    let text = ending(&style(SMALL, bar.strong, INK));
    (0..).zip(lines.iter().take(2)).try_for_each(|(index, line)| {
        let shift = if lines.len() > 1 { 11.0 * (f64::from(index) - 0.5) } else { 0.0 };
        let at = (place.left - units(12.0), middle + units(shift));
        panel.draw(&Text::new(line.as_str(), at, text.clone()))
    })
}

fn draw_whisker(panel: &Panel<'_>, [low, high]: [i32; 2], middle: i32, colour: RGBColor) -> Drawn {
    let stroke = colour.stroke_width(units(1.4) as u32);
    let cap = units(3.5);
    for path in [
        vec![(low, middle), (high, middle)],
        vec![(low, middle - cap), (low, middle + cap)],
        vec![(high, middle - cap), (high, middle + cap)],
    ] {
        panel.draw(&PathElement::new(path, stroke))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::figures::palette::{BLUE, VERMILLION};
    use crate::output::figures::sheet::{Sheet, document};
    use crate::output::figures::testing::{assert_texts_are_apart, keep};

    fn bar(label: &str, mean: f64, half: f64) -> Bar {
        let value = Spread { mean, low: mean - half, high: mean + half };
        let text = format!("{mean:+.3} [{:.3}, {:.3}]", value.low, value.high);
        let colour = if mean < 0.0 { BLUE } else { VERMILLION };
        Bar { label: label.to_string(), value, text, colour, strong: false }
    }

    fn bars(shape: Shape) -> Bars {
        Bars {
            title: "Fair share of each factor in the rise of the sycophancy index".to_string(),
            bars: vec![
                bar("Memory", 0.061, 0.01),
                bar("Thumbs and a factor with a long name", 0.12, 0.02),
                bar("Fresh data", -0.03, f64::NAN),
                bar("Nothing known", f64::NAN, f64::NAN),
                bar("Zero", 0.0, 0.02),
            ],
            shape,
            percent: false,
        }
    }

    fn drawn(bars: &Bars, width: f64) -> String {
        let mut svg = String::new();
        let mut sheet = Sheet::new(&mut svg, width, 10.0).unwrap();
        sheet.skip(10.0);
        let height = bars.height(sheet.breadth());
        bars.draw(&sheet.panels(1, height)[0]).unwrap();
        let height = sheet.finish().unwrap();
        document(&svg, (width, height), "bars", "")
    }

    #[test]
    fn the_largest_comes_first_and_the_unknown_last() {
        let labels: Vec<String> = bars(Shape::Bar).sorted().bars.into_iter().map(|bar| bar.label).collect();
        assert_eq!(labels[0], "Thumbs and a factor with a long name");
        assert_eq!(labels[2..], ["Zero", "Fresh data", "Nothing known"]);
    }

    #[test]
    fn bars_and_dots_are_drawn_wide_and_narrow() {
        for (shape, name) in [(Shape::Bar, "bars"), (Shape::Dot, "dots")] {
            for (width, size) in [(860.0, "wide"), (380.0, "narrow")] {
                let svg = drawn(&bars(shape).sorted(), width);
                assert_texts_are_apart(&svg);
                keep(&format!("{name}-{size}"), &svg);
            }
        }
    }

    #[test]
    fn no_bars_are_an_empty_axis() {
        let none = Bars { title: "None".to_string(), ..Bars::default() };
        assert!(drawn(&none, 400.0).contains("None"));
    }
}
