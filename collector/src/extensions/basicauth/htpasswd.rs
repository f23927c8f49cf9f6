//! Users and their passwords: lines as `htpasswd` writes them in, whether a name and a password go
//! together out.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use super::md5_crypt;
use crate::component::same_secret;

/// Users with what their passwords are checked against.
#[derive(Default)]
pub(super) struct Users(HashMap<String, Stored>);

/// A password as it is stored.
enum Stored {
    /// `$apr1$` and `$1$`.
    Md5 { magic: &'static str, salt: String, hash: String },
    /// `{SHA}`, and `{SSHA}` with a salt.
    Sha1 { digest: Vec<u8>, salt: Vec<u8> },
    /// `$2a$`, `$2b$`, `$2x$`, `$2y$`.
    Bcrypt(String),
    /// `$5$`.
    Sha256(String),
    /// `$6$`.
    Sha512(String),
    /// As it is.
    Plain(String),
}

impl Users {
    /// Reads users, later ones in place of earlier ones of the same name. Lines that cannot be
    /// read count for nothing, as in the reference.
    pub(super) fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim);
        let users = lines.filter_map(|line| line.split_once(':'));
        Self(
            users
                .filter_map(|(name, stored)| Some((name.to_owned(), stored_as(stored)?)))
                .collect(),
        )
    }

    /// Whether a user of that name has that password.
    pub(super) fn matches(&self, name: &str, password: &str) -> bool {
        self.0.get(name).is_some_and(|stored| stored.matches(password))
    }
}

fn stored_as(text: &str) -> Option<Stored> {
    for magic in ["$apr1$", "$1$"] {
        if let Some(rest) = text.strip_prefix(magic) {
            let (salt, hash) = rest.split_once('$')?;
            return Some(Stored::Md5 { magic, salt: salt.to_owned(), hash: hash.to_owned() });
        }
    }
    if let Some(digest) = text.strip_prefix("{SHA}") {
        return Some(Stored::Sha1 { digest: STANDARD.decode(digest).ok()?, salt: Vec::new() });
    }
    if let Some(both) = text.strip_prefix("{SSHA}") {
        let mut digest = STANDARD.decode(both).ok()?;
        let salt = digest.split_off(digest.len().min(SHA1_LENGTH));
        return Some(Stored::Sha1 { digest, salt });
    }
    if ["$2a$", "$2b$", "$2x$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
        return Some(Stored::Bcrypt(text.to_owned()));
    }
    if text.starts_with("$5$") {
        return Some(Stored::Sha256(text.to_owned()));
    }
    if text.starts_with("$6$") {
        return Some(Stored::Sha512(text.to_owned()));
    }
    Some(Stored::Plain(text.to_owned()))
}

const SHA1_LENGTH: usize = 20;

impl Stored {
    fn matches(&self, password: &str) -> bool {
        match self {
            Self::Md5 { magic, salt, hash } => {
                let made = md5_crypt::hash(password.as_bytes(), salt.as_bytes(), magic);
                same_secret(made.as_bytes(), hash.as_bytes())
            }
            Self::Sha1 { digest, salt } => {
                let made = Sha1::new().chain_update(password).chain_update(salt).finalize();
                same_secret(&made, digest)
            }
            Self::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
            Self::Sha256(hash) => sha_crypt::sha256_check(password, hash).is_ok(),
            Self::Sha512(hash) => sha_crypt::sha512_check(password, hash).is_ok(),
            // nginx writes `{PLAIN}` in front.
            Self::Plain(plain) => {
                same_secret(password.as_bytes(), plain.as_bytes())
                    || plain
                        .strip_prefix("{PLAIN}")
                        .is_some_and(|plain| same_secret(password.as_bytes(), plain.as_bytes()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Users;

    #[test]
    fn every_format_is_read() {
        let users = Users::parse(
            "
            plain:secret
            nginx:{PLAIN}secret
            apr1:$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0
            md5:$1$saltsalt$9xy1btjgzLYfb7hivXtC//
            sha:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
            ssha:{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0
            bcrypt:$2b$04$kboJ7r6.gE5f.MWVFK5cXeEfZKzM2PkJcqfhMBE1X3Gi5bVXPbpPa
            sha256:$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA
            sha512:$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1
            no colon
            broken:{SHA}?
            twice:first
            twice:secret
            ",
        );
        let names =
            ["plain", "nginx", "apr1", "md5", "sha", "ssha", "bcrypt", "sha256", "sha512", "twice"];
        for name in names {
            assert!(users.matches(name, "secret"), "{name}");
            assert!(!users.matches(name, "Secret"), "{name}");
            assert!(!users.matches(name, ""), "{name}");
        }
        assert!(!users.matches("twice", "first"));
        assert!(!users.matches("broken", "?"));
        assert!(!users.matches("nobody", "secret"));
    }
}
