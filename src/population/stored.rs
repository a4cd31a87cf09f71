//! Users as bytes, block by block: what a checkpoint holds of a population, and all that it knows of a block's fields.
//!
//! Numbers are little-endian on every machine. How many there are follows from the settings and is not stored.

use super::block::Marks;
use super::{Block, Knowledge, Population};
use crate::scenario::Settings;
use std::io::{Read, Result, Write};

impl Population {
    /// Writes all users.
    ///
    /// # Errors
    /// If `to` cannot be written.
    pub fn write_to(&self, to: &mut impl Write) -> Result<()> {
        self.blocks.iter().try_for_each(|block| block.write_to(to))?;
        self.knowledge.iter().try_for_each(|knowledge| knowledge.write_to(to))
    }

    /// Reads the users of a scenario with these settings back, as they were written.
    ///
    /// # Errors
    /// If `from` cannot be read or ends early.
    pub fn read_from(settings: &Settings, from: &mut impl Read) -> Result<Self> {
        let mut population = Self::empty(settings);
        population.blocks.iter_mut().try_for_each(|block| block.read_from(from))?;
        population.knowledge.iter_mut().try_for_each(|knowledge| knowledge.read_from(from))?;
        Ok(population)
    }
}

impl Block {
    fn write_to(&self, to: &mut impl Write) -> Result<()> {
        self.stance_error.write_to(to)?;
        self.trust.write_to(to)?;
        self.satisfaction.write_to(to)?;
        self.habituation.write_to(to)?;
        write(to, &self.marks)?;
        write(to, &self.remembered_topics)?;
        self.remembered_stance.write_to(to)?;
        self.remembered_taste.write_to(to)?;
        self.expertise.write_to(to)?;
        self.taste.write_to(to)?;
        self.cringe.write_to(to)?;
        self.rating_propensity.write_to(to)
    }

    fn read_from(&mut self, from: &mut impl Read) -> Result<()> {
        self.stance_error.read_from(from)?;
        self.trust.read_from(from)?;
        self.satisfaction.read_from(from)?;
        self.habituation.read_from(from)?;
        read(from, &mut self.marks)?;
        read(from, &mut self.remembered_topics)?;
        self.remembered_stance.read_from(from)?;
        self.remembered_taste.read_from(from)?;
        self.expertise.read_from(from)?;
        self.taste.read_from(from)?;
        self.cringe.read_from(from)?;
        self.rating_propensity.read_from(from)
    }
}

impl Knowledge {
    fn write_to(&self, to: &mut impl Write) -> Result<()> {
        write(to, &self.model)?;
        write(to, &[self.model_precision, self.user_precision, self.rounds])?;
        self.private.iter().try_for_each(|block| write(to, block))
    }

    fn read_from(&mut self, from: &mut impl Read) -> Result<()> {
        let mut numbers = [0.0; 3];
        read(from, &mut self.model)?;
        read(from, &mut numbers)?;
        [self.model_precision, self.user_precision, self.rounds] = numbers;
        self.private.iter_mut().try_for_each(|block| read(from, block))
    }
}

/// A number of fixed size.
pub(super) trait Stored<const SIZE: usize>: Copy {
    fn to_bytes(self) -> [u8; SIZE];
    fn from_bytes(bytes: [u8; SIZE]) -> Self;
}

macro_rules! stored {
    ($($number:ty: $size:literal),*) => {$(
        impl Stored<$size> for $number {
            fn to_bytes(self) -> [u8; $size] {
                self.to_le_bytes()
            }
            fn from_bytes(bytes: [u8; $size]) -> Self {
                Self::from_le_bytes(bytes)
            }
        }
    )*};
}

stored!(i8: 1, i16: 2, u16: 2, f32: 4, f64: 8);

impl Stored<1> for Marks {
    fn to_bytes(self) -> [u8; 1] {
        [self.0]
    }
    fn from_bytes([bits]: [u8; 1]) -> Self {
        Self(bits)
    }
}

/// Writes numbers.
pub(super) fn write<const SIZE: usize>(to: &mut impl Write, values: &[impl Stored<SIZE>]) -> Result<()> {
    let mut bytes = vec![0; SIZE * values.len()];
    for (place, value) in bytes.as_chunks_mut().0.iter_mut().zip(values) {
        *place = value.to_bytes();
    }
    to.write_all(&bytes)
}

/// Reads as many numbers as there are places.
pub(super) fn read<const SIZE: usize, T: Stored<SIZE>>(from: &mut impl Read, values: &mut [T]) -> Result<()> {
    let mut bytes = vec![0; SIZE * values.len()];
    from.read_exact(&mut bytes)?;
    for (value, place) in values.iter_mut().zip(bytes.as_chunks().0) {
        *value = T::from_bytes(*place);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn settings(state: &str) -> Settings {
        let sets = ["population.users=5000", "knowledge.enabled=true", state].map(String::from);
        Scenario::preset("published/lock-in", &sets).expect("a shipped scenario").settings_in(1).clone()
    }

    fn bytes(population: &Population) -> Vec<u8> {
        let mut bytes = Vec::new();
        population.write_to(&mut bytes).expect("memory");
        bytes
    }

    #[test]
    fn users_come_back_bit_for_bit_whatever_their_numbers() {
        for state in ["run.state=compact", "run.state=wide"] {
            let settings = settings(state);
            let mut population = Population::sample(&settings, 3);
            let odd = [f32::from_bits(0x7FC0_1234), f32::NEG_INFINITY, -0.0, f32::from_bits(1)];
            let knowledge = population.knowledge.as_mut().expect("there is some");
            knowledge.private[1][..4].copy_from_slice(&odd);
            let stored = bytes(&population);
            let back = Population::read_from(&settings, &mut &stored[..]).expect("whole");
            assert_eq!(bytes(&back), stored);
            assert_eq!(back.knowledge.as_ref().expect("as before").private[1][0].to_bits(), 0x7FC0_1234);
            assert_eq!(format!("{back:?}"), format!("{population:?}"));
        }
    }

    #[test]
    fn what_ends_early_is_an_error() {
        let settings = settings("run.state=compact");
        let stored = bytes(&Population::sample(&settings, 3));
        assert!(Population::read_from(&settings, &mut &stored[..stored.len() - 1]).is_err());
    }
}
