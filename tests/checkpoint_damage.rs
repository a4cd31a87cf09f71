//! A checkpoint that is cut short, altered or something else is refused with a reason: never used, never a panic.

#![cfg(feature = "files")]

use proptest::prelude::*;
use std::sync::LazyLock;
use thumbscale::analysis::study::{UnfinishedStudy, Variant, variants};
use thumbscale::checkpoint::{StudyIdentity, read_checkpoint, write_checkpoint};
use thumbscale::scenario::Scenario;

struct Stored {
    variants: Vec<Variant>,
    identity: StudyIdentity,
    bytes: Vec<u8>,
}

/// A study that needs several histories, so that it holds everything that a checkpoint can hold.
static STORED: LazyLock<Stored> = LazyLock::new(|| {
    let sets = ["population.users=2500", "run.rounds=3", "run.warm_up_rounds=0", "run.measure_rows=32"];
    let rows = ["signals.raters.rows=128", "signals.thumbs.rows=128", "factors.memory.from_round=2"];
    let sets: Vec<String> = sets.into_iter().chain(rows).map(String::from).collect();
    let scenario = Scenario::preset("all-three", &sets).expect("valid");
    let variants = variants(&scenario).expect("valid alone");
    let identity = StudyIdentity::of(&scenario, &variants);
    let mut study = UnfinishedStudy::new(&variants);
    for _ in 0..3 {
        study.run_round().expect("finite").expect("there are more");
    }
    assert!(study.populations().count() > 1);
    let mut bytes = Vec::new();
    write_checkpoint(&study, &identity, &mut bytes).expect("memory can be written");
    drop(study);
    Stored { variants, identity, bytes }
});

/// Why these bytes are refused.
fn refusal(bytes: &[u8]) -> String {
    match read_checkpoint(&STORED.variants, &STORED.identity, bytes) {
        Ok(Ok(_)) => panic!("damage was not noticed"),
        Ok(Err(difference)) => panic!("damage was taken for another study: {difference}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_whole_is_read() {
    assert!(read_checkpoint(&STORED.variants, &STORED.identity, &STORED.bytes[..]).unwrap().is_ok());
}

#[test]
fn what_is_cut_short_anywhere_is_refused() {
    let length = STORED.bytes.len();
    let places = (0..400).chain((0..200).map(|place| place * length / 200)).chain(length - 100..length);
    for place in places {
        let reason = refusal(&STORED.bytes[..place]);
        assert!(reason.contains("cut short"), "{place}: {reason}");
    }
}

#[test]
fn another_study_is_told_from_damage() {
    let wanted = StudyIdentity { seed: 7, ..STORED.identity.clone() };
    let difference = read_checkpoint(&STORED.variants, &wanted, &STORED.bytes[..]).unwrap().err();
    assert_eq!(difference.as_deref(), Some("its seed is 1, not 7; give --seed 1"));
    let wanted = StudyIdentity { engine: "other".into(), ..STORED.identity.clone() };
    let difference = read_checkpoint(&STORED.variants, &wanted, &STORED.bytes[..]).unwrap().err();
    assert!(difference.unwrap().contains("another build"));
}

/// More cases in long runs.
fn cases() -> u32 {
    std::env::var("THUMBSCALE_FUZZ_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_altered_bit_is_refused(place in any::<prop::sample::Index>(), bit in 0..8u32) {
        let mut bytes = STORED.bytes.clone();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        refusal(&bytes);
    }

    #[test]
    fn pieces_that_are_lost_repeated_or_overwritten_are_refused(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        piece in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let length = STORED.bytes.len();
        let (from, to) = (from.index(length), to.index(length));
        let bytes = [&STORED.bytes[..from], &piece, &STORED.bytes[to..]].concat();
        prop_assume!(bytes != STORED.bytes);
        refusal(&bytes);
    }

    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..2000)) {
        refusal(&noise);
        refusal(&[b"thumbscale checkpoint 1\n", &noise[..]].concat());
    }
}
