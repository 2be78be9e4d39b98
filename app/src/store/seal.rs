//! Encryption at rest: a data key for every blob, wrapped by a master key that can be rotated.
//!
//! A sealed blob is: magic and version, the master key's id, nonce and wrapped data key, the stream's nonce,
//! then STREAM chunks of 64 KiB under AES-256-GCM. Everything is bound to the blob's key, so a blob moved to
//! another key is refused, as is any other change. Nothing is given out before the last chunk is verified.
//! Where the master keys come from is the settings' concern.

use aead_stream::{DecryptorBE32, EncryptorBE32};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Blobs, StoreError};

/// Begins every sealed blob; the last byte is the version of the format.
const MAGIC: &[u8; 8] = b"TFPSEAL\x01";
/// Plaintext bytes in a chunk.
const CHUNK: usize = 64 * 1024;
/// Bytes that AES-GCM adds.
const TAG: usize = 16;
/// Bytes of a data or master key.
const KEY: usize = 32;
/// Bytes of a master key's id.
const ID: usize = 8;
/// Bytes of the nonce under which a data key is wrapped.
const NONCE: usize = 12;
/// Bytes of the stream's nonce: the rest is the chunk's number and whether it is the last.
const STREAM_NONCE: usize = 7;

/// A key that wraps data keys: 32 random bytes, from `openssl rand -base64 32`.
/// Wiped when dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; KEY]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.id_text())
    }
}

impl MasterKey {
    /// Reads 32 bytes of base64.
    ///
    /// # Errors
    /// [`StoreError::Refused`], without a word of the key.
    pub fn from_base64(text: &str) -> Result<Self, StoreError> {
        let refused = |why: &str| {
            StoreError::Refused(format!(
                "a master key is 32 bytes in base64 (`openssl rand -base64 32`): {why}"
            ))
        };
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| refused("this is no base64"))?);
        let key = <[u8; KEY]>::try_from(bytes.as_slice())
            .map_err(|_| refused(&format!("these are {} bytes", bytes.len())))?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Names the key without telling it.
    fn id(&self) -> [u8; ID] {
        let mut hash = Sha256::new();
        hash.update(b"tfpilot master key id\0");
        hash.update(self.0.as_slice());
        let digest: [u8; 32] = hash.finalize().into();
        let mut id = [0; ID];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        id
    }

    fn id_text(&self) -> String {
        id_text(&self.id())
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(*self.0))
    }
}

fn id_text(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The master keys in force: the newest seals, all open.
#[derive(Debug, Clone)]
pub struct MasterKeys {
    newest: MasterKey,
    older: Vec<MasterKey>,
}

impl MasterKeys {
    /// The newest key, and those before it that still open what they sealed.
    #[must_use]
    pub fn new(newest: MasterKey, older: Vec<MasterKey>) -> Self {
        Self { newest, older }
    }

    /// Reads keys separated by commas or blanks, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Refused`] naming which key is wrong, without a word of it.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let mut keys = Vec::new();
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        for (place, part) in parts.enumerate() {
            let key = MasterKey::from_base64(part).map_err(|error| {
                StoreError::Refused(format!("master key {}: {error}", place.saturating_add(1)))
            })?;
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(StoreError::Refused("no master key is given".to_owned()));
        }
        let newest = keys.remove(0);
        Ok(Self::new(newest, keys))
    }

    fn by_id(&self, id: &[u8; ID]) -> Option<&MasterKey> {
        std::iter::once(&self.newest).chain(&self.older).find(|key| key.id() == *id)
    }

    /// Encrypts `plain`, to be opened under the same `name` only.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the system gives no randomness; [`StoreError::Refused`] beyond 256 TiB.
    pub fn seal(&self, name: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut data_key = Zeroizing::new([0; KEY]);
        let (mut nonce, mut stream_nonce) = ([0; NONCE], [0; STREAM_NONCE]);
        for random in [data_key.as_mut_slice(), &mut nonce, &mut stream_nonce] {
            getrandom::fill(random)
                .map_err(|error| StoreError::Failed(format!("sealing `{name}`: no randomness: {error}")))?;
        }
        let id = self.newest.id();
        let too_large = |_| StoreError::Refused(format!("`{name}` is too large to be sealed"));
        let wrapping = Payload { msg: data_key.as_slice(), aad: &bound_to(&id, name) };
        let wrapped = self.newest.cipher().encrypt(&nonce.into(), wrapping).map_err(too_large)?;
        let mut sealed = Vec::with_capacity(sealed_length(plain.len()));
        for part in [MAGIC.as_slice(), &id, &nonce, &wrapped, &stream_nonce] {
            sealed.extend(part);
        }
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*data_key));
        let mut stream = EncryptorBE32::from_aead(cipher, &stream_nonce.into());
        let mut chunks = plain.chunks(CHUNK);
        let mut chunk = chunks.next().unwrap_or_default();
        for next in chunks {
            let payload = Payload { msg: chunk, aad: name.as_bytes() };
            sealed.extend(stream.encrypt_next(payload).map_err(too_large)?);
            chunk = next;
        }
        sealed.extend(stream.encrypt_last(Payload { msg: chunk, aad: name.as_bytes() }).map_err(too_large)?);
        Ok(sealed)
    }

    /// Decrypts what [`MasterKeys::seal`] made under the same `name`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it was changed, cut or moved; [`StoreError::Failed`] when its master key is
    /// not among these.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = |what: &str| {
            StoreError::Damaged(format!(
                "`{name}` {what}: it is not used; restore it from a backup, or let it be made again"
            ))
        };
        let cut = || damaged("is no sealed blob or was cut");
        let (magic, rest) = sealed.split_first_chunk::<8>().ok_or_else(cut)?;
        let (id, rest) = rest.split_first_chunk::<ID>().ok_or_else(cut)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or_else(cut)?;
        let (wrapped, rest) = rest.split_at_checked(KEY + TAG).ok_or_else(cut)?;
        let (stream_nonce, body) = rest.split_first_chunk::<STREAM_NONCE>().ok_or_else(cut)?;
        if magic != MAGIC {
            return Err(cut());
        }
        let master = self.by_id(id).ok_or_else(|| {
            StoreError::Failed(format!(
                "`{name}` is sealed under master key {}, which is not configured: add that key behind the newest",
                id_text(id)
            ))
        })?;
        let changed = |_| damaged("was changed, or moved from another name");
        let wrapping = Payload { msg: wrapped, aad: &bound_to(id, name) };
        let data_key = Zeroizing::new(master.cipher().decrypt(&(*nonce).into(), wrapping).map_err(changed)?);
        let key = Zeroizing::new(<[u8; KEY]>::try_from(data_key.as_slice()).map_err(|_| cut())?);
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key));
        let mut stream = DecryptorBE32::from_aead(cipher, &(*stream_nonce).into());
        // Given out only at the end; wiped when a later chunk fails.
        let mut plain = Zeroizing::new(Vec::with_capacity(body.len()));
        let mut chunks = body.chunks(CHUNK + TAG);
        let mut chunk = chunks.next().ok_or_else(cut)?;
        for next in chunks {
            let payload = Payload { msg: chunk, aad: name.as_bytes() };
            plain.extend(Zeroizing::new(stream.decrypt_next(payload).map_err(changed)?).iter());
            chunk = next;
        }
        let payload = Payload { msg: chunk, aad: name.as_bytes() };
        plain.extend(Zeroizing::new(stream.decrypt_last(payload).map_err(changed)?).iter());
        Ok(std::mem::take(&mut *plain))
    }
}

/// What the wrapped data key is bound to: format, master key and name.
fn bound_to(id: &[u8; ID], name: &str) -> Vec<u8> {
    [MAGIC.as_slice(), id, name.as_bytes()].concat()
}

fn sealed_length(plain: usize) -> usize {
    let chunks = plain.div_ceil(CHUNK).max(1);
    [MAGIC.len(), ID, NONCE, KEY + TAG, STREAM_NONCE, chunks.saturating_mul(TAG)]
        .into_iter()
        .fold(plain, usize::saturating_add)
}

/// Blobs that are encrypted before they reach the store behind.
#[derive(Debug, Clone)]
pub struct SealedBlobs<B> {
    keys: MasterKeys,
    behind: B,
}

impl<B: Blobs> SealedBlobs<B> {
    /// Seals what goes to `behind`, opens what comes from there.
    #[must_use]
    pub fn new(keys: MasterKeys, behind: B) -> Self {
        Self { keys, behind }
    }

    /// Runs what keeps a core busy away from the async threads.
    async fn work(
        &self,
        work: impl FnOnce(&MasterKeys) -> Result<Vec<u8>, StoreError> + Send + 'static,
    ) -> Result<Vec<u8>, StoreError> {
        let keys = self.keys.clone();
        tokio::task::spawn_blocking(move || work(&keys))
            .await
            .map_err(|error| StoreError::Failed(format!("sealing or opening a blob: {error}")))?
    }
}

#[async_trait]
impl<B: Blobs> Blobs for SealedBlobs<B> {
    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (name, bytes) = (key.to_owned(), Zeroizing::new(bytes));
        let sealed = self.work(move |keys| keys.seal(&name, &bytes)).await?;
        self.behind.put(key, sealed).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(sealed) = self.behind.get(key).await? else { return Ok(None) };
        let name = key.to_owned();
        self.work(move |keys| keys.open(&name, &sealed)).await.map(Some)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.behind.delete(key).await
    }
}

#[cfg(test)]
mod tests;
