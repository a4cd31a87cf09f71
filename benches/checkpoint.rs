//! Seconds that a checkpoint of a million users takes, to memory: what a disk adds is the disk's affair.

use divan::counter::BytesCount;
use std::sync::LazyLock;
use thumbscale::analysis::study::{UnfinishedStudy, Variant};
use thumbscale::checkpoint::{StudyIdentity, read_checkpoint, write_checkpoint};
use thumbscale::scenario::Scenario;

static VARIANTS: LazyLock<Vec<Variant>> = LazyLock::new(|| {
    let sets = ["population.users=1000000", "run.rounds=3", "run.warm_up_rounds=0"].map(String::from);
    let scenario = Scenario::preset("all-three", &sets).expect("a shipped scenario");
    vec![Variant { name: "all".into(), scenario }]
});

fn main() {
    println!("{} bytes", stored().len());
    divan::main();
}

fn identity() -> StudyIdentity {
    StudyIdentity::of(&VARIANTS[0].scenario, &VARIANTS)
}

fn study() -> UnfinishedStudy<'static> {
    let mut study = UnfinishedStudy::new(&VARIANTS);
    for _ in 0..2 {
        study.run_round().expect("finite").expect("there are more");
    }
    study
}

fn stored() -> Vec<u8> {
    let mut bytes = Vec::new();
    write_checkpoint(&study(), &identity(), &mut bytes).expect("memory can be written");
    bytes
}

#[divan::bench(sample_count = 10)]
fn write(bencher: divan::Bencher) {
    let mut bytes = stored();
    let (study, identity) = (study(), identity());
    bencher.counter(BytesCount::new(bytes.len())).bench_local(move || {
        bytes.clear();
        write_checkpoint(&study, &identity, &mut bytes)
    });
}

#[divan::bench(sample_count = 10)]
fn read(bencher: divan::Bencher) {
    let (bytes, identity) = (stored(), identity());
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| {
        let study =
            read_checkpoint(&VARIANTS, &identity, &bytes[..]).expect("whole").expect("the same study");
        study.rounds_done()
    });
}
