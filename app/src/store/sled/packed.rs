//! Values packed by LZ4: webhook bodies and events are JSON whose addresses repeat, so that a fifth of the bytes is written.
//!
//! Packing costs less time than writing what it saves does.

use super::fault::Fault;
use super::rows::{Reader, Writer};
use super::tables::Table;

/// Smaller values are not worth it, in bytes.
const FROM: usize = 256;

/// A packed byte stands for no more than these: LZ4's highest ratio.
const HIGHEST_RATIO: usize = 255;

/// The value packed, its length first; nothing when that saves less than an eighth.
pub(super) fn pack(value: &[u8]) -> Option<Vec<u8>> {
    if value.len() < FROM {
        return None;
    }
    let packed = lz4_flex::block::compress(value);
    let saves = packed.len().saturating_add(value.len() / 8) < value.len();
    saves.then(|| Writer::new().number(value.len() as u64).rest(&packed).done())
}

/// The value of what [`pack`] gave; `table` is where it lies.
///
/// # Errors
/// Damage, when it cannot be unpacked, or says a length that it cannot have: nothing is allocated for that.
pub(super) fn unpack(table: Table, packed: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut reader = Reader::new(table.name(), packed);
    let length = reader.number()?;
    let packed = reader.left();
    let most = packed.len().saturating_mul(HIGHEST_RATIO);
    let length = usize::try_from(length).ok().filter(|length| *length <= most);
    let length = length.ok_or_else(|| reader.damage("of no possible length"))?;
    let value = lz4_flex::block::decompress(packed, length).map_err(|_| reader.damage("packed wrongly"))?;
    if value.len() == length { Ok(value) } else { Err(reader.damage("shorter than it says")) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_repeats_is_packed_and_comes_back() {
        let value = br#"{"url":"https://api.github.com/repos/acme/infra"},"#.repeat(300);
        let packed = pack(&value).expect("it repeats");
        assert!(packed.len() < value.len() / 20, "{} of {}", packed.len(), value.len());
        assert_eq!(unpack(Table::Inbox, &packed).expect("as packed"), value);
        let same = vec![b'a'; 1_000_000];
        assert_eq!(unpack(Table::Inbox, &pack(&same).expect("it repeats")).expect("as packed"), same);
    }

    #[test]
    fn what_is_short_or_random_stays() {
        assert_eq!(pack(&[b'a'; FROM - 1]), None);
        let random: Vec<u8> =
            (0..64_u8).flat_map(|n| <sha2::Sha256 as sha2::Digest>::digest([n]).to_vec()).collect();
        assert_eq!(pack(&random), None);
    }

    proptest! {
        #[test]
        fn damage_is_told(packed in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(Table::Inbox, &packed);
        }

        #[test]
        fn a_length_that_cannot_be_is_refused(length in 10_000_u64.., tail in proptest::collection::vec(any::<u8>(), 0..30)) {
            let packed = Writer::new().number(length).rest(&tail).done();
            prop_assert!(unpack(Table::Inbox, &packed).is_err());
        }
    }
}
