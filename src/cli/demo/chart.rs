//! Lines of small blocks: how a measure moved, on a scale that is the same in every step.

/// From lowest to highest.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One block per value, on the scale from `low` to `high`.
pub fn sparkline(values: &[f64], (low, high): (f64, f64)) -> String {
    let block = |value: &f64| {
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        BLOCKS[((share * BLOCKS.len() as f64) as usize).min(BLOCKS.len() - 1)]
    };
    values.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_rise_with_values_and_end_at_the_scale() {
        assert_eq!(sparkline(&[0.0, 0.5, 1.0], (0.0, 1.0)), "▁▅█");
        assert_eq!(sparkline(&[-9.0, 9.0, f64::NAN], (0.0, 1.0)), "▁█▁");
        assert_eq!(sparkline(&[], (0.0, 1.0)), "");
    }
}
