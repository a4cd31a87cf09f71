use super::*;
use crate::output::figures::sheet::{Sheet, document};
use crate::output::figures::testing::{assert_texts_are_apart, keep};

fn drawn(map: &HeatMap, width: f64) -> String {
    let mut svg = String::new();
    let mut sheet = Sheet::new(&mut svg, width, 10.0).unwrap();
    sheet.skip(10.0);
    let height = map.height(sheet.breadth());
    map.draw(&sheet.panels(1, height)[0]).unwrap();
    let height = sheet.finish().unwrap();
    document(&svg, (width, height), "map", "")
}

fn named(columns: usize) -> HeatMap {
    let rows = ["Thumbs", "Memory", "Fresh data with a rather long name", "Rating"].map(String::from);
    let value = |row: usize, column: usize| match (row, column) {
        (2, 1) => f64::NAN,
        _ => 0.02 * (row as f64 - 1.4) * (column as f64 + 1.0),
    };
    let values: Vec<Vec<f64>> =
        (0..rows.len()).map(|row| (0..columns).map(|column| value(row, column)).collect()).collect();
    let write = |value: &f64| if value.is_nan() { String::new() } else { format!("{value:+.2}") };
    HeatMap {
        title: "What each pair of factors adds beyond its parts".to_string(),
        axes: Axes { rows: rows.to_vec(), columns: (0..columns).map(|c| format!("Column {c}")).collect() },
        texts: values.iter().map(|row| row.iter().map(write).collect()).collect(),
        scale: Scale::covering(&values, true),
        values,
        unit: "rise of the sycophancy index (0 to 1)".to_string(),
        percent: false,
    }
}

#[test]
fn names_are_drawn_wide_and_narrow() {
    let maps = [("few", named(4)), ("many", named(14))];
    for (name, map) in maps {
        for (width, size) in [(860.0, "wide"), (380.0, "narrow")] {
            let svg = drawn(&map, width);
            assert_texts_are_apart(&svg);
            keep(&format!("heat-map-{name}-{size}"), &svg);
        }
    }
}

#[test]
fn numbers_are_written_where_there_is_room() {
    assert!(drawn(&named(4), 860.0).contains("−0.03") || drawn(&named(4), 860.0).contains("-0.03"));
    assert!(!drawn(&named(40), 380.0).contains("0.03"));
}

#[test]
fn a_map_without_cells_does_not_panic() {
    let axes = Axes { rows: Vec::new(), columns: Vec::new() };
    let empty = HeatMap { axes, values: Vec::new(), texts: Vec::new(), ..named(1) };
    assert!(drawn(&empty, 400.0).contains("svg"));
}
