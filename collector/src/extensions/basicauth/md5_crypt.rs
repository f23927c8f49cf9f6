//! The password hash that Apache made of MD5 (`$apr1$`) and the one it was made from (`$1$`): a
//! password and a salt in, the 22 characters of the hash out.

use md5::{Digest, Md5};

/// Rounds, fixed by the format.
const ROUNDS: usize = 1000;
const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Hashes `password`; `magic` is `$apr1$` or `$1$`, and of `salt` eight bytes count.
pub(super) fn hash(password: &[u8], salt: &[u8], magic: &str) -> String {
    let salt = salt.get(..8).unwrap_or(salt);
    let inner =
        Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize();
    let mut digest = Md5::new().chain_update(password).chain_update(magic).chain_update(salt);
    for part in std::iter::repeat_n(inner.as_slice(), password.len() / 16 + 1)
        .flatten()
        .take(password.len())
    {
        digest.update([*part]);
    }
    // One byte for each bit of the length.
    let mut bits = password.len();
    while bits > 0 {
        let first = password.first().copied().unwrap_or_default();
        digest.update(if bits & 1 == 1 { [0] } else { [first] });
        bits >>= 1;
    }
    let mut result = digest.finalize();
    for round in 0..ROUNDS {
        let mut next = Md5::new();
        let odd = round % 2 == 1;
        if odd {
            next.update(password);
        } else {
            next.update(result);
        }
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        if odd {
            next.update(result);
        } else {
            next.update(password);
        }
        result = next.finalize();
    }
    encode(result.as_slice())
}

/// The format's own base 64, which takes the bytes in an order of its own.
fn encode(digest: &[u8]) -> String {
    let byte = |index: usize| digest.get(index).copied().map_or(0, u32::from);
    let mut text = String::with_capacity(22);
    let mut put = |mut value: u32, count: usize| {
        for _ in 0..count {
            let digit = usize::try_from(value & 0x3f).unwrap_or_default();
            text.push(ALPHABET.get(digit).copied().map_or('.', char::from));
            value >>= 6;
        }
    };
    for (high, middle, low) in [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)] {
        put(byte(high) << 16 | byte(middle) << 8 | byte(low), 4);
    }
    put(byte(11), 2);
    text
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn known_hashes() {
        // Made by `openssl passwd -apr1` and `openssl passwd -1`.
        assert_eq!(hash(b"secret", b"saltsalt", "$apr1$"), APR1);
        assert_eq!(hash(b"a rather long password!", b"ab", "$1$"), MD5);
    }

    const APR1: &str = "LrttParrLPdxvgutaSXWJ0";
    const MD5: &str = "e9ukbrbJB/8O2Loo9OgaR.";
}
