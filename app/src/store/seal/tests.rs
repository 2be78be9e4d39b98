//! What an attacker with the disk can try, and what rotation must keep.

use tempfile::TempDir;

use super::*;
use crate::store::DirBlobs;

fn key(byte: u8) -> MasterKey {
    MasterKey(Zeroizing::new([byte; KEY]))
}

fn keys(newest: u8, older: &[u8]) -> MasterKeys {
    MasterKeys::new(key(newest), older.iter().copied().map(key).collect())
}

#[track_caller]
fn assert_refused(result: Result<Vec<u8>, StoreError>, what: &str) {
    match result {
        Err(StoreError::Damaged(_) | StoreError::Failed(_)) => {}
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn every_length_around_a_chunk_comes_back() {
    let keys = keys(1, &[]);
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
        let plain: Vec<u8> = (0..length).map(|place| (place % 253) as u8).collect();
        let sealed = keys.seal("runs/1/bundle", &plain).unwrap();
        assert_eq!(sealed.len(), sealed_length(length));
        assert_eq!(keys.open("runs/1/bundle", &sealed).unwrap(), plain);
    }
}

#[test]
fn each_bit_pattern_of_each_byte_matters() {
    let keys = keys(1, &[]);
    let sealed = keys.seal("k", b"a secret").unwrap();
    for place in 0..sealed.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut changed = sealed.clone();
            changed[place] ^= flip;
            assert_refused(keys.open("k", &changed), &format!("byte {place} ^ {flip:#x}"));
        }
    }
}

#[test]
fn a_cut_or_longer_blob_is_refused() {
    let keys = keys(1, &[]);
    let sealed = keys.seal("k", b"a secret").unwrap();
    for length in 0..sealed.len() {
        assert_refused(keys.open("k", &sealed[..length]), &format!("cut to {length}"));
    }
    assert_refused(keys.open("k", &[sealed.as_slice(), b"x"].concat()), "a byte more");
    // Cut exactly between chunks, where every chunk that is left verifies by itself.
    let sealed = keys.seal("k", &vec![7; 3 * CHUNK]).unwrap();
    for missing in 1..=3 {
        let cut = sealed.len() - missing * (CHUNK + TAG);
        assert_refused(keys.open("k", &sealed[..cut]), &format!("{missing} chunks less"));
    }
}

#[test]
fn chunks_cannot_change_places_or_blobs() {
    let keys = keys(1, &[]);
    let header = sealed_length(0) - TAG;
    let (one, two) =
        (keys.seal("k", &vec![1; 3 * CHUNK]).unwrap(), keys.seal("k", &vec![2; 3 * CHUNK]).unwrap());
    let chunk = |sealed: &[u8], number: usize| {
        sealed[header + number * (CHUNK + TAG)..header + (number + 1) * (CHUNK + TAG)].to_vec()
    };
    let swapped = [&one[..header], &chunk(&one, 1), &chunk(&one, 0), &chunk(&one, 2)].concat();
    assert_refused(keys.open("k", &swapped), "swapped");
    let mixed = [&one[..header], &chunk(&one, 0), &chunk(&two, 1), &chunk(&one, 2)].concat();
    assert_refused(keys.open("k", &mixed), "mixed");
    let other_body = [&one[..header], &two[header..]].concat();
    assert_refused(keys.open("k", &other_body), "another blob's body");
}

#[tokio::test]
async fn a_blob_moved_to_another_key_is_refused() {
    let dir = TempDir::new().unwrap();
    let behind = DirBlobs::open(dir.path()).unwrap();
    let blobs = SealedBlobs::new(keys(1, &[]), behind.clone());
    blobs.put("runs/1/bundle", b"plan of run 1".to_vec()).await.unwrap();
    let sealed = behind.get("runs/1/bundle").await.unwrap().unwrap();
    assert!(!sealed.windows(4).any(|bytes| bytes == b"plan"));
    behind.put("runs/2/bundle", sealed).await.unwrap();
    let moved = blobs.get("runs/2/bundle").await;
    assert!(matches!(moved, Err(StoreError::Damaged(_))), "{moved:?}");
    assert_eq!(blobs.get("runs/1/bundle").await.unwrap().as_deref(), Some(&b"plan of run 1"[..]));
    assert_eq!(blobs.get("runs/3/bundle").await.unwrap(), None);
    blobs.delete("runs/1/bundle").await.unwrap();
    assert_eq!(blobs.get("runs/1/bundle").await.unwrap(), None);
}

#[test]
fn rotation_reads_old_and_writes_new() {
    let sealed = keys(1, &[]).seal("k", b"old").unwrap();
    let rotated = keys(2, &[1]);
    assert_eq!(rotated.open("k", &sealed).unwrap(), b"old");
    let new = rotated.seal("k", b"new").unwrap();
    assert_eq!(keys(2, &[]).open("k", &new).unwrap(), b"new");
    let error = keys(2, &[3]).open("k", &sealed).unwrap_err();
    assert!(matches!(&error, StoreError::Failed(why) if why.contains(&key(1).id_text())), "{error}");
}

#[test]
fn the_same_blob_sealed_twice_looks_different() {
    let keys = keys(1, &[]);
    let (one, two) = (keys.seal("k", b"same").unwrap(), keys.seal("k", b"same").unwrap());
    let same = one.iter().zip(&two).skip(MAGIC.len() + ID).filter(|(a, b)| a == b).count();
    assert!(same < one.len() / 4, "{same} bytes of {} are the same", one.len());
}

#[test]
fn master_keys_are_read_and_never_told() {
    let (one, two) = (STANDARD.encode([1; KEY]), STANDARD.encode([2; KEY]));
    let keys = MasterKeys::parse(&format!(" {two},\n{one} ")).unwrap();
    assert_eq!((*keys.newest.0, *keys.older[0].0), ([2; KEY], [1; KEY]));
    assert!(!format!("{keys:?}").contains("2, 2"), "{keys:?}");
    for wrong in ["", " , ", "c2VjcmV0", "s3cr3t!", &format!("{one},c2VjcmV0")] {
        let error = MasterKeys::parse(wrong).unwrap_err().to_string();
        assert!(!error.contains("c2VjcmV0") && !error.contains("s3cr3t"), "{error}");
    }
}
