//! The bytes of a backup file as they pass: parts with their length, and the sum over all of them.

use std::io::{self, ErrorKind, Read, Write};

use sha2::{Digest, Sha256};

/// Longest table name, key or value that a backup may hold, in bytes.
pub(super) const PART_LIMIT: u32 = 64 * 1024;

pub(super) fn invalid(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what.to_owned())
}

/// A file whose bytes are summed up as they pass.
pub(super) struct Summed<F> {
    file: F,
    sum: Sha256,
    bytes: u64,
}

impl<F> Summed<F> {
    pub(super) fn new(file: F) -> Self {
        Self { file, sum: Sha256::new(), bytes: 0 }
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.sum.update(bytes);
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
    }

    fn sum(&mut self) -> [u8; 32] {
        std::mem::take(&mut self.sum).finalize().into()
    }
}

impl<F: Write> Summed<F> {
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pass(bytes);
        self.file.write_all(bytes)
    }

    /// Appends the sum; gives the size of the whole.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        let sum = self.sum();
        self.write(&sum)?;
        self.file.flush()?;
        Ok(self.bytes)
    }
}

impl<F: Read> Summed<F> {
    pub(super) fn read(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact(bytes)?;
        self.pass(bytes);
        Ok(())
    }

    pub(super) fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.read(&mut byte)?;
        let [byte] = byte;
        Ok(byte)
    }

    pub(super) fn part(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.read(&mut length)?;
        let length = u32::from_be_bytes(length);
        if length > PART_LIMIT {
            return Err(invalid("a row is too long"));
        }
        let mut part = vec![0; length as usize];
        self.read(&mut part)?;
        Ok(part)
    }

    /// Compares the sum with the one that follows, which must be the end; gives the size of the whole.
    pub(super) fn check_sum(mut self) -> io::Result<u64> {
        let expected = self.sum();
        let mut sum = [0; 32];
        self.read(&mut sum)?;
        if sum != expected {
            return Err(invalid("its checksum is wrong"));
        }
        match self.file.read(&mut [0])? {
            0 => Ok(self.bytes),
            _ => Err(invalid("something follows its end")),
        }
    }
}
