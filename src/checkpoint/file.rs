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
