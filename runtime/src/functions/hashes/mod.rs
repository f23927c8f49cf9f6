//! Hashes of text.

pub(super) mod fnv;
pub(super) mod md5;
pub(super) mod murmur3_hash;
pub(super) mod murmur3_hash_128;
pub(super) mod sha1;
pub(super) mod sha512;
pub(super) mod xxh128;
pub(super) mod xxh3;
