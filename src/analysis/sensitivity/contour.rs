//! The line in a plane on which an outcome crosses a threshold.

/// A straight piece of the line, from one edge of a cell of the grid to another.
pub type Segment = [(f64, f64); 2];

/// Marching squares: every cell between four known outcomes adds the pieces that part what lies at or above the
/// threshold from what lies below, with the crossing of an edge by linear interpolation. A saddle is parted by the mean of its
/// corners. `outcomes` is `[x][y]`.
///
/// Source: Lorensen and Cline 1987, Computer Graphics 21, 163, in two dimensions.
pub fn contour(x: &[f64], y: &[f64], outcomes: &[Vec<f64>], threshold: f64) -> Vec<Segment> {
    let mut segments = Vec::new();
    for i in 1..x.len() {
        for j in 1..y.len() {
            let corner = |di: usize, dj: usize| Corner {
                at: (x[i - 1 + di], y[j - 1 + dj]),
                above: outcomes[i - 1 + di][j - 1 + dj] - threshold,
            };
            segments.extend(cell([corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)]));
        }
    }
    segments
}

#[derive(Clone, Copy)]
struct Corner {
    at: (f64, f64),
    above: f64,
}

/// The pieces within a cell, whose corners are given all the way around.
fn cell(corners: [Corner; 4]) -> Vec<Segment> {
    if corners.iter().any(|it| !it.above.is_finite()) {
        return Vec::new();
    }
    let edge = |from: usize| crossing(corners[from], corners[(from + 1) % 4]);
    let crossings: Vec<(f64, f64)> = (0..4).filter_map(edge).collect();
    match crossings[..] {
        [a, b] => vec![[a, b]],
        [a, b, c, d] => {
            let centre: f64 = corners.iter().map(|it| it.above).sum();
            // The edges at the second corner are the first two: it is cut off if the centre is not on its side.
            let cut_off = (centre >= 0.0) != (corners[1].above >= 0.0);
            if cut_off { vec![[a, b], [c, d]] } else { vec![[d, a], [b, c]] }
        }
        _ => Vec::new(),
    }
}

fn crossing(from: Corner, to: Corner) -> Option<(f64, f64)> {
    if (from.above >= 0.0) == (to.above >= 0.0) {
        return None;
    }
    let share = from.above / (from.above - to.above);
    let between = |a: f64, b: f64| a + share * (b - a);
    Some((between(from.at.0, to.at.0), between(from.at.1, to.at.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_parted_by_a_straight_line() {
        let (x, y) = ([0.0, 1.0, 2.0], [0.0, 2.0]);
        let outcomes: Vec<Vec<f64>> = x.iter().map(|x| y.iter().map(|y| x + y).collect()).collect();
        let found = contour(&x, &y, &outcomes, 1.5);
        assert!(!found.is_empty());
        assert!(found.iter().flatten().all(|(x, y)| (x + y - 1.5).abs() < 1e-12), "{found:?}");
    }

    // Both high corners are joined if the centre is high, and each is cut off if it is low.
    #[test]
    fn a_saddle_is_parted_by_its_centre() {
        let saddle =
            |high: f64| contour(&[0.0, 1.0], &[0.0, 1.0], &[vec![-1.0, high], vec![high, -1.0]], 0.0);
        let ends_near = |segment: &Segment, corner: (f64, f64)| {
            segment.iter().all(|(x, y)| (x - corner.0).abs() + (y - corner.1).abs() < 0.8)
        };
        let low = saddle(0.5);
        assert!(low.iter().any(|it| ends_near(it, (1.0, 0.0))), "{low:?}");
        let high = saddle(2.0);
        assert!(high.iter().any(|it| ends_near(it, (0.0, 0.0))), "{high:?}");
    }

    #[test]
    fn missing_outcomes_leave_a_gap() {
        let outcomes = [vec![0.0, 1.0], vec![0.0, f64::NAN]];
        assert!(contour(&[0.0, 1.0], &[0.0, 1.0], &outcomes, 0.5).is_empty());
    }
}
