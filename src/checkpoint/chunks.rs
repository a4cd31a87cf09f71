//! A stream of bytes in chunks, each with a checksum, so that damage is found and located before anything is made of it.
//!
//! A chunk is its length (four bytes), its bytes, and XXH3 of them (eight bytes) seeded by the chunk's number and length: a
//! chunk that is altered, missing or misplaced does not match. An empty chunk ends the stream. XXH3 runs at the speed of
//! memory; it guards against accidents, not against forgery.

use std::io::{Error, ErrorKind, Read, Result, Write};
use twox_hash::XxHash3_64;

/// Bytes of a full chunk.
const FULL: usize = 1 << 20;

/// Writes a stream in chunks.
pub struct ChunkWriter<W: Write> {
    to: W,
    chunk: Vec<u8>,
    number: u64,
}

impl<W: Write> ChunkWriter<W> {
    /// A stream that begins here.
    pub fn new(to: W) -> Self {
        Self { to, chunk: Vec::with_capacity(FULL), number: 0 }
    }

    /// Ends the stream.
    pub fn finish(mut self) -> Result<W> {
        if !self.chunk.is_empty() {
            self.write_chunk()?;
        }
        self.write_chunk()?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn write_chunk(&mut self) -> Result<()> {
        self.to.write_all(&(self.chunk.len() as u32).to_le_bytes())?;
        self.to.write_all(&self.chunk)?;
        self.to.write_all(&checksum(self.number, &self.chunk).to_le_bytes())?;
        self.chunk.clear();
        self.number += 1;
        Ok(())
    }
}

impl<W: Write> Write for ChunkWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let taken = bytes.len().min(FULL - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        if self.chunk.len() == FULL {
            self.write_chunk()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Reads a stream of chunks.
pub struct ChunkReader<R: Read> {
    from: R,
    chunk: Vec<u8>,
    /// Bytes of the chunk that were handed out.
    taken: usize,
    number: u64,
    /// Bytes of the file before the next chunk.
    offset: u64,
    ended: bool,
}

impl<R: Read> ChunkReader<R> {
    /// A stream that begins `offset` bytes into its file.
    pub fn new(from: R, offset: u64) -> Self {
        Self { from, chunk: Vec::new(), taken: 0, number: 0, offset, ended: false }
    }

    /// Makes sure that the stream, and the file, ends here.
    pub fn finish(mut self) -> Result<()> {
        if self.taken < self.chunk.len() || self.read_chunk()? {
            return Err(damage("there is more in it than there should be"));
        }
        match self.from.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(damage("something follows its end")),
        }
    }

    /// Reads the next chunk; `false` if the stream ends.
    fn read_chunk(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let mut length = [0; 4];
        self.from.read_exact(&mut length).map_err(|error| self.cut_short(error))?;
        let length = u32::from_le_bytes(length) as usize;
        if length > FULL {
            return Err(self.altered(FULL));
        }
        self.chunk.resize(length, 0);
        self.taken = 0;
        let mut stored = [0; 8];
        let read = self.from.read_exact(&mut self.chunk).and_then(|()| self.from.read_exact(&mut stored));
        read.map_err(|error| self.cut_short(error))?;
        if u64::from_le_bytes(stored) != checksum(self.number, &self.chunk) {
            return Err(self.altered(length));
        }
        self.number += 1;
        self.offset += length as u64 + 12;
        self.ended = length == 0;
        Ok(!self.ended)
    }

    fn cut_short(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::UnexpectedEof => damage(format!("it is cut short after byte {}", self.offset)),
            _ => error,
        }
    }

    fn altered(&self, length: usize) -> Error {
        let end = self.offset + length as u64 + 12;
        damage(format!("bytes {} to {end} do not match their checksum", self.offset))
    }
}

impl<R: Read> Read for ChunkReader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        if bytes.is_empty() || (self.taken == self.chunk.len() && !self.read_chunk()?) {
            return Ok(0);
        }
        let count = bytes.len().min(self.chunk.len() - self.taken);
        bytes[..count].copy_from_slice(&self.chunk[self.taken..][..count]);
        self.taken += count;
        Ok(count)
    }
}

/// The error for a file that is not as it was written.
pub fn damage(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidData, reason.into())
}

fn checksum(number: u64, chunk: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(number << 32 | chunk.len() as u64, chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> Vec<u8> {
        let mut writer = ChunkWriter::new(Vec::new());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn read(stored: &[u8], length: usize) -> Result<Vec<u8>> {
        let mut reader = ChunkReader::new(stored, 0);
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes)?;
        reader.finish()?;
        Ok(bytes)
    }

    fn some(length: usize) -> Vec<u8> {
        (0..length).map(|index| (index * 7 + index / 251) as u8).collect()
    }

    #[test]
    fn bytes_come_back_whatever_their_number() {
        for length in [0, 1, FULL - 1, FULL, FULL + 1, 3 * FULL] {
            assert!(read(&written(&some(length)), length).unwrap() == some(length), "{length}");
        }
    }

    #[test]
    fn damage_is_located() {
        let mut stored = written(&some(3 * FULL));
        stored[FULL + 100] ^= 1;
        let error = read(&stored, 3 * FULL).unwrap_err().to_string();
        assert_eq!(error, format!("bytes {} to {} do not match their checksum", FULL + 12, 2 * FULL + 24));
        let error = read(&stored[..50], 3 * FULL).unwrap_err().to_string();
        assert_eq!(error, "it is cut short after byte 0");
    }

    #[test]
    fn chunks_that_change_places_or_go_missing_are_noticed() {
        let stored = written(&some(2 * FULL));
        let (first, rest) = stored.split_at(FULL + 12);
        let (second, end) = rest.split_at(FULL + 12);
        assert!(read(&[second, first, end].concat(), 2 * FULL).is_err());
        assert!(read(&[first, end].concat(), FULL).is_err());
        assert!(read(&[first, second].concat(), 2 * FULL).is_err());
        assert!(read(&[&stored[..], b"x"].concat(), 2 * FULL).is_err());
        assert!(read(&stored, 2 * FULL - 1).is_err());
    }
}
