//! A point of a sweep: what it is called by content, and which random numbers its runs use.

use crate::output::hexadecimal;
use crate::random::replicate_seed;
use crate::scenario::RandomNumbers;
use sha2::{Digest, Sha256};

/// One run: a point of the design, from 0, and its replicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// Row of the design, from 0.
    pub point: u32,
    /// Replicate, from 0.
    pub replicate: u32,
}

/// SHA-256 of the scenario that is varied and of the values of a point, cut to 128 bits: the same whatever the order of
/// points, the shards, or the size of the design.
pub fn content_hash(scenario_hash: &str, sets: &[String]) -> String {
    let mut hash = Sha256::new();
    hash.update(scenario_hash);
    sets.iter().for_each(|set| hash.update(format!("\n{set}")));
    hexadecimal(&hash.finalize()[..16])
}

/// The seed of the first replicate of a point, as `run.seed` takes it. It depends on the sweep's seed and, unless all points
/// share their random numbers, on the values of the point; never on its place in the design.
pub fn point_seed(seed: u64, sets: &[String], numbers: RandomNumbers) -> u64 {
    if numbers == RandomNumbers::Common {
        return seed;
    }
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    sets.iter().for_each(|set| hash.update(format!("\n{set}")));
    let bytes = hash.finalize();
    let first: [u8; 8] = bytes[..8].try_into().expect("a SHA-256 has 32 bytes");
    // 63 bits, so that TOML can write it.
    u64::from_le_bytes(first) >> 1
}

/// The seed of a run of a point.
pub fn run_seed(point_seed: u64, replicate: u32) -> u64 {
    replicate_seed(point_seed, replicate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn sets(value: f64) -> Vec<String> {
        vec![format!("policy.kl_strength={value:?}"), "memory.enabled=true".into()]
    }

    #[test]
    fn seeds_are_those_of_content() {
        let independent = |value, seed| point_seed(seed, &sets(value), RandomNumbers::Independent);
        assert_eq!(independent(0.1, 7), independent(0.1, 7));
        let seeds: BTreeSet<u64> = (0..1000).map(|it| independent(f64::from(it), 7)).collect();
        assert_eq!(seeds.len(), 1000);
        assert_ne!(independent(0.1, 7), independent(0.1, 8));
        assert!(seeds.iter().all(|&seed| i64::try_from(seed).is_ok()));
        assert_eq!(point_seed(7, &sets(0.1), RandomNumbers::Common), 7);
        assert_ne!(run_seed(7, 0), run_seed(7, 1));
    }

    #[test]
    fn hashes_tell_scenarios_and_values_apart() {
        assert_ne!(content_hash("a", &sets(0.1)), content_hash("b", &sets(0.1)));
        assert_ne!(content_hash("a", &sets(0.1)), content_hash("a", &sets(0.2)));
        assert_eq!(content_hash("a", &sets(0.1)).len(), 32);
    }
}
