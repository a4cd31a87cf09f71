//! Labels at line ends, moved apart so that none overlaps another.

/// Moves `wanted` centres (in any order) at least `gap` apart within `top..bottom`, keeping their order.
pub fn spread_out(wanted: &[f64], gaps: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut placed = wanted.to_vec();
    let mut lowest = top;
    for &index in &order {
        placed[index] = placed[index].max(lowest + gaps[index] / 2.0);
        lowest = placed[index] + gaps[index] / 2.0;
    }
    let mut highest = bottom;
    for &index in order.iter().rev() {
        placed[index] = placed[index].min(highest - gaps[index] / 2.0);
        highest = placed[index] - gaps[index] / 2.0;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crowded_labels_keep_their_order_and_distance() {
        let placed = spread_out(&[50.0, 49.0, 51.0], &[10.0; 3], 0.0, 100.0);
        assert!(placed[0] - placed[1] >= 10.0 && placed[2] - placed[0] >= 10.0);
    }

    #[test]
    fn labels_stay_above_the_bottom() {
        let placed = spread_out(&[99.0, 99.0], &[10.0; 2], 0.0, 100.0);
        assert_eq!(placed, [85.0, 95.0]);
    }
}
