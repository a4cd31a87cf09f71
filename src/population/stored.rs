//! Users as bytes, block by block: what a checkpoint holds of a population, and all that it knows of a block's fields.
//!
//! Numbers are little-endian on every machine. How many there are follows from the settings and is not stored.

use super::{Block, Knowledge, Population};
use crate::scenario::Settings;
use std::io::{Error, ErrorKind, Read, Result, Write};

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
    /// If `from` cannot be read, ends early, or holds what [`Population::write_to`] does not write.
    pub fn read_from(settings: &Settings, from: &mut impl Read) -> Result<Self> {
        let mut population = Self::empty(settings);
        population.blocks.iter_mut().try_for_each(|block| block.read_from(from))?;
        population.knowledge.iter_mut().try_for_each(|knowledge| knowledge.read_from(from))?;
        Ok(population)
    }
}

impl Block {
    fn write_to(&self, to: &mut impl Write) -> Result<()> {
        write(to, &self.stance_error)?;
        write(to, &self.trust)?;
        write(to, &self.satisfaction)?;
        write(to, &self.habituation)?;
        write(to, &self.active)?;
        write(to, &self.remembered_topics)?;
        write(to, &self.remembered_stance)?;
        write(to, &self.remembered_taste)?;
        write(to, &self.taste_known)?;
        write(to, &self.opted_out)?;
        write(to, &self.segment)?;
        write(to, &self.expertise)?;
        write(to, &self.taste)?;
        write(to, &self.cringe)?;
        write(to, &self.rating_propensity)?;
        write(to, &self.susceptibility)
    }

    fn read_from(&mut self, from: &mut impl Read) -> Result<()> {
        read(from, &mut self.stance_error)?;
        read(from, &mut self.trust)?;
        read(from, &mut self.satisfaction)?;
        read(from, &mut self.habituation)?;
        read(from, &mut self.active)?;
        read(from, &mut self.remembered_topics)?;
        read(from, &mut self.remembered_stance)?;
        read(from, &mut self.remembered_taste)?;
        read(from, &mut self.taste_known)?;
        read(from, &mut self.opted_out)?;
        read(from, &mut self.segment)?;
        read(from, &mut self.expertise)?;
        read(from, &mut self.taste)?;
        read(from, &mut self.cringe)?;
        read(from, &mut self.rating_propensity)?;
        read(from, &mut self.susceptibility)
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
trait Stored<const SIZE: usize>: Copy {
    fn to_bytes(self) -> [u8; SIZE];
    fn from_bytes(bytes: [u8; SIZE]) -> Result<Self>;
}

macro_rules! stored {
    ($($number:ty: $size:literal),*) => {$(
        impl Stored<$size> for $number {
            fn to_bytes(self) -> [u8; $size] {
                self.to_le_bytes()
            }
            fn from_bytes(bytes: [u8; $size]) -> Result<Self> {
                Ok(Self::from_le_bytes(bytes))
            }
        }
    )*};
}

stored!(u8: 1, u16: 2, f32: 4, f64: 8);

impl Stored<1> for bool {
    fn to_bytes(self) -> [u8; 1] {
        [u8::from(self)]
    }
    fn from_bytes(bytes: [u8; 1]) -> Result<Self> {
        match bytes {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(Error::new(ErrorKind::InvalidData, "neither yes nor no")),
        }
    }
}

fn write<const SIZE: usize>(to: &mut impl Write, values: &[impl Stored<SIZE>]) -> Result<()> {
    let mut bytes = vec![0; SIZE * values.len()];
    for (place, value) in bytes.as_chunks_mut().0.iter_mut().zip(values) {
        *place = value.to_bytes();
    }
    to.write_all(&bytes)
}

fn read<const SIZE: usize, T: Stored<SIZE>>(from: &mut impl Read, values: &mut [T]) -> Result<()> {
    let mut bytes = vec![0; SIZE * values.len()];
    from.read_exact(&mut bytes)?;
    for (value, place) in values.iter_mut().zip(bytes.as_chunks().0) {
        *value = T::from_bytes(*place)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn settings() -> Settings {
        let sets = ["population.users=5000", "knowledge.enabled=true"].map(String::from);
        Scenario::preset("published/lock-in", &sets).expect("a shipped scenario").settings_in(1).clone()
    }

    fn bytes(population: &Population) -> Vec<u8> {
        let mut bytes = Vec::new();
        population.write_to(&mut bytes).expect("memory");
        bytes
    }

    #[test]
    fn users_come_back_bit_for_bit_whatever_their_numbers() {
        let settings = settings();
        let mut population = Population::sample(&settings, 3);
        let odd = [f32::from_bits(0x7FC0_1234), f32::NEG_INFINITY, -0.0, f32::from_bits(1)];
        population.blocks[1].stance_error[..4].copy_from_slice(&odd);
        let stored = bytes(&population);
        let back = Population::read_from(&settings, &mut &stored[..]).expect("whole");
        assert_eq!(bytes(&back), stored);
        assert_eq!(back.blocks[1].stance_error[0].to_bits(), 0x7FC0_1234);
        assert_eq!(format!("{back:?}"), format!("{population:?}"));
    }

    #[test]
    fn what_ends_early_or_is_no_truth_value_is_an_error() {
        let settings = settings();
        let population = Population::sample(&settings, 3);
        let mut stored = bytes(&population);
        assert!(Population::read_from(&settings, &mut &stored[..stored.len() - 1]).is_err());
        let block = &population.blocks[0];
        let numbers = block.stance_error.len() + 2 * block.users + block.habituation.len();
        stored[4 * numbers] = 2;
        assert!(Population::read_from(&settings, &mut &stored[..]).is_err());
    }
}
