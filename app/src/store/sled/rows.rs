//! How rows and keys are written as bytes: big-endian, so that order on disk is order in meaning.
//!
//! A row that cannot be read back is damage, never a default.

use jiff::Timestamp;

use super::fault::Fault;

/// Flips the sign, so that times before 1970 sort before those after.
const SIGN: u128 = 1 << 127;

/// A time as 16 bytes that sort like the time.
pub(super) fn time_key(at: Timestamp) -> [u8; 16] {
    (at.as_nanosecond().cast_unsigned() ^ SIGN).to_be_bytes()
}

/// Builds a row or key, field after field.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn byte(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub(super) fn number(mut self, value: u64) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(super) fn time(mut self, value: Timestamp) -> Self {
        self.0.extend(time_key(value));
        self
    }

    /// Bytes with their length first: safe before other fields and as a prefix.
    pub(super) fn bytes(self, value: &[u8]) -> Self {
        self.number(value.len() as u64).rest(value)
    }

    /// Bytes up to the end.
    pub(super) fn rest(mut self, value: &[u8]) -> Self {
        self.0.extend(value);
        self
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Reads what [`Writer`] wrote; every shortfall is damage in the named table.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    table: &'static str,
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(table: &'static str, row: &'a [u8]) -> Self {
        Self { table, left: row }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, left) = self.left.split_at_checked(count).ok_or_else(|| self.damage("too short"))?;
        self.left = left;
        Ok(taken)
    }

    pub(super) fn damage(&self, what: &str) -> Fault {
        Fault::damaged(&format!("a row of `{}` is {what}", self.table))
    }

    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take(N)?.try_into().map_err(|_| self.damage("too short"))
    }

    pub(super) fn number(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn time(&mut self) -> Result<Timestamp, Fault> {
        let nanoseconds = (u128::from_be_bytes(self.array()?) ^ SIGN).cast_signed();
        Timestamp::from_nanosecond(nanoseconds).map_err(|_| self.damage("no valid time"))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.number()?;
        self.take(usize::try_from(length).map_err(|_| self.damage("too short"))?)
    }

    pub(super) fn text(&mut self) -> Result<String, Fault> {
        let bytes = self.bytes()?.to_vec();
        String::from_utf8(bytes).map_err(|_| self.damage("not text"))
    }

    /// What was not read yet.
    pub(super) fn left(&self) -> &'a [u8] {
        self.left
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    /// Nothing may follow.
    pub(super) fn end(self) -> Result<(), Fault> {
        if self.left.is_empty() { Ok(()) } else { Err(self.damage("too long")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn times_sort_like_their_keys(a in -200_000_000_000_i128..200_000_000_000, b in -200_000_000_000_i128..200_000_000_000) {
            let (a, b) = (Timestamp::from_nanosecond(a * 1_000_000_007).unwrap(), Timestamp::from_nanosecond(b * 1_000_000_007).unwrap());
            prop_assert_eq!(a.cmp(&b), time_key(a).cmp(&time_key(b)));
        }

        #[test]
        fn hostile_rows_are_damage_and_never_a_panic(row in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new("test", &row);
            let read = (|| { reader.byte()?; reader.text()?; reader.time()?; reader.bytes().map(<[u8]>::len) })();
            if let Ok(length) = read {
                prop_assert!(length <= row.len());
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let row =
            Writer::new().byte(3).number(7).time(Timestamp::MIN).bytes("ü".as_bytes()).rest(b"end").done();
        let mut reader = Reader::new("test", &row);
        assert_eq!(reader.byte().unwrap(), 3);
        assert_eq!(reader.number().unwrap(), 7);
        assert_eq!(reader.time().unwrap(), Timestamp::MIN);
        assert_eq!(reader.text().unwrap(), "ü");
        assert_eq!(reader.rest(), b"end");
        reader.end().unwrap();
    }
}
