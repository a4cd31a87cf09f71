//! One checkpoint as bytes.

use super::chunks::{ChunkReader, ChunkWriter, damage};
use super::identity::StudyIdentity;
use crate::analysis::study::{StudyParts, UnfinishedStudy, Variant};
use crate::population::Population;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{Error, Read, Result, Write};

/// How every checkpoint begins. The number changes with anything that another build could misread.
const FORMAT: &[u8] = b"thumbscale checkpoint 1\n";

/// What a checkpoint says about itself, as JSON, so that another build understands it too.
#[derive(Serialize, Deserialize)]
struct Header<'a> {
    identity: Cow<'a, StudyIdentity>,
    rounds_done: u64,
    rounds_total: u64,
}

/// Writes `study`, which is the one called `identity`.
///
/// # Errors
/// If `to` cannot be written.
pub fn write_checkpoint(
    study: &UnfinishedStudy<'_>,
    identity: &StudyIdentity,
    mut to: impl Write,
) -> Result<()> {
    to.write_all(FORMAT)?;
    let mut chunks = ChunkWriter::new(to);
    let (rounds_done, rounds_total) = (study.rounds_done(), study.rounds_total());
    let header = Header { identity: Cow::Borrowed(identity), rounds_done, rounds_total };
    write_record(&mut chunks, &serde_json::to_vec(&header)?)?;
    write_record(&mut chunks, &postcard::to_allocvec(&study.parts()).map_err(Error::other)?)?;
    study.populations().try_for_each(|population| population.write_to(&mut chunks))?;
    chunks.finish().map(drop)
}

/// Reads a study of `variants` back. The inner error says why a checkpoint that is whole so far is not of the study that is
/// `wanted`.
///
/// # Errors
/// If `from` cannot be read, or is not bit for bit what [`write_checkpoint`] wrote.
pub fn read_checkpoint<'a>(
    variants: &'a [Variant],
    wanted: &StudyIdentity,
    mut from: impl Read,
) -> Result<std::result::Result<UnfinishedStudy<'a>, String>> {
    let mut format = [0; FORMAT.len()];
    from.read_exact(&mut format).map_err(|_| damage("it is cut short in its first line"))?;
    if format != FORMAT {
        return Err(damage("its first line is not that of a checkpoint which this build reads"));
    }
    let mut chunks = ChunkReader::new(from, FORMAT.len() as u64);
    let header = read_record(&mut chunks)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| damage("its header makes no sense"))?;
    if let Some(difference) = header.identity.difference(wanted) {
        return Ok(Err(difference));
    }
    let parts = read_record(&mut chunks)?;
    let parts: StudyParts = postcard::from_bytes(&parts)
        .map_err(|error| damage(format!("its study makes no sense ({error})")))?;
    let mut users = |settings: &_| Population::read_from(settings, &mut chunks);
    let study = UnfinishedStudy::from_parts(variants, parts, &mut users)?;
    chunks.finish()?;
    study.map(Ok).ok_or_else(|| damage("its study is not the one that its header names"))
}

fn write_record(to: &mut impl Write, bytes: &[u8]) -> Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)
}

fn read_record(from: &mut impl Read) -> Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(damage("it ends within its description")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::study::variants;
    use crate::scenario::Scenario;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    type Known = (Vec<Variant>, StudyIdentity, Vec<u8>);

    /// A study, and the bytes of its checkpoint before they are put in chunks.
    static KNOWN: LazyLock<Known> = LazyLock::new(|| {
        let sets = ["population.users=20", "run.rounds=3", "run.measure_rows=16", "signals.raters.rows=32"];
        let sets: Vec<String> = sets.into_iter().chain(["run.warm_up_rounds=0"]).map(String::from).collect();
        let scenario = Scenario::preset("all-three", &sets).unwrap();
        let variants = variants(&scenario).unwrap();
        let identity = StudyIdentity::of(&scenario, &variants);
        let mut study = UnfinishedStudy::new(&variants);
        study.run_round().unwrap();
        let mut stored = Vec::new();
        write_checkpoint(&study, &identity, &mut stored).unwrap();
        let mut bytes = Vec::new();
        ChunkReader::new(&stored[FORMAT.len()..], 0).read_to_end(&mut bytes).unwrap();
        drop(study);
        (variants, identity, bytes)
    });

    /// Reads bytes whose checksums are right, whatever they are.
    fn read(bytes: &[u8]) -> bool {
        let mut chunks = ChunkWriter::new(FORMAT.to_vec());
        chunks.write_all(bytes).unwrap();
        let (variants, identity, _) = &*KNOWN;
        read_checkpoint(variants, identity, &chunks.finish().unwrap()[..]).is_ok_and(|it| it.is_ok())
    }

    #[test]
    fn checksums_are_put_right_by_the_test_below() {
        assert!(read(&KNOWN.2));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        // Should a defect ever pass the checksums: the reader itself must cope as well. Most of the study lies in its
        // first part, so that half of the changes are there.
        #[test]
        fn nonsense_behind_right_checksums_is_no_reason_to_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 1..=2usize), 1..6),
        ) {
            let mut bytes = KNOWN.2.clone();
            for (place, value, part) in changes {
                let length = bytes.len() / part;
                bytes[place.index(length)] = value;
            }
            read(&bytes);
        }

        #[test]
        fn so_is_what_ends_early(place in any::<prop::sample::Index>()) {
            prop_assert!(!read(&KNOWN.2[..place.index(KNOWN.2.len())]));
        }
    }
}
