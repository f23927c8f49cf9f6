//! Certificates and keys in PEM: a file or a text in, what is in it out, or an error that names the
//! file and says what is wrong with it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_cert::der::Decode;

/// Where a PEM text is.
#[derive(Clone, PartialEq, Eq)]
pub enum Pem {
    /// In a file, which may change.
    File(PathBuf),
    /// In the configuration.
    Text(Vec<u8>),
}

impl fmt::Debug for Pem {
    /// A text may be a private key and is not shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
            Self::Text(_) => formatter.write_str("Text"),
        }
    }
}

/// TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read.
    #[error("the {what} cannot be read: {source}")]
    Unreadable {
        /// Which file.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// A PEM text is not as it should be.
    #[error("the {what} {problem}")]
    Unusable {
        /// Which text.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The key is that of another certificate.
    #[error("the {key} does not belong to the {certificate}")]
    Mismatch {
        /// Which key.
        key: String,
        /// Which certificate.
        certificate: String,
    },
    /// The parts do not go together.
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// What a PEM text is for, as messages call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The certificate to show.
    Certificate,
    /// Its private key.
    Key,
    /// The authorities whose certificates are trusted.
    Authority,
    /// The authorities whose clients are let in.
    ClientAuthority,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Key => "key",
            Self::Authority => "CA",
            Self::ClientAuthority => "client CA",
        }
    }
}

impl Pem {
    /// The file's path, when it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Text(_) => None,
        }
    }

    fn describe(&self, role: Role) -> String {
        match self {
            Self::File(path) => format!("{} file `{}`", role.name(), path.display()),
            Self::Text(_) => format!("{} given as PEM text", role.name()),
        }
    }

    fn read(&self, role: Role) -> Result<Vec<u8>, TlsError> {
        match self {
            Self::File(path) => std::fs::read(path)
                .map_err(|source| TlsError::Unreadable { what: self.describe(role), source }),
            Self::Text(text) => Ok(text.clone()),
        }
    }

    fn unusable(&self, role: Role, problem: impl Into<String>) -> TlsError {
        TlsError::Unusable { what: self.describe(role), problem: problem.into() }
    }

    /// The sections of the text, at least one.
    fn sections(&self, role: Role) -> Result<Vec<(SectionKind, Vec<u8>)>, TlsError> {
        let text = self.read(role)?;
        if text.trim_ascii().is_empty() {
            return Err(self.unusable(role, "is empty"));
        }
        let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(&text)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| self.unusable(role, format!("is damaged: {error}")))?;
        if !sections.is_empty() {
            return Ok(sections);
        }
        let text = String::from_utf8_lossy(&text);
        Err(self.unusable(
            role,
            if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
                "holds an encrypted private key, which cannot be used; decrypt it first"
            } else if text.contains("-----BEGIN") {
                "holds neither a certificate nor a private key"
            } else {
                "is not in PEM format: it has no line `-----BEGIN …-----`"
            },
        ))
    }

    fn certificates(&self, role: Role) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let sections = self.sections(role)?;
        let found = kinds(&sections);
        let certificates: Vec<_> = sections
            .into_iter()
            .filter(|(kind, _)| *kind == SectionKind::Certificate)
            .map(|(_, der)| CertificateDer::from(der))
            .collect();
        if certificates.is_empty() {
            return Err(self.unusable(role, format!("holds {found}, not a certificate")));
        }
        Ok(certificates)
    }

    fn key(&self, role: Role) -> Result<PrivateKeyDer<'static>, TlsError> {
        let sections = self.sections(role)?;
        let found = kinds(&sections);
        sections
            .into_iter()
            .find_map(|(kind, der)| PrivateKeyDer::from_pem(kind, der))
            .ok_or_else(|| self.unusable(role, format!("holds {found}, not a private key")))
    }
}

/// What sections are, for messages.
fn kinds(sections: &[(SectionKind, Vec<u8>)]) -> &'static str {
    match sections.first().map(|(kind, _)| *kind) {
        Some(SectionKind::Certificate) => "a certificate",
        Some(SectionKind::PublicKey) => "a public key",
        Some(SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey) => {
            "a private key"
        }
        Some(SectionKind::Crl) => "a revocation list",
        Some(SectionKind::Csr) => "a certificate request",
        _ => "something else",
    }
}

/// The certificate chain with its private key. A certificate that cannot be used today is logged
/// and taken, as the reference does: the clock may be the one that is wrong.
pub(super) fn identity(
    (certificate, key): (&Pem, &Pem),
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsError> {
    let chain = certificate.certificates(Role::Certificate)?;
    if let Some(first) = chain.first()
        && let Some(problem) = validity_problem(first, SystemTime::now())
    {
        tracing::error!(
            "The {} {problem}; the other side will refuse it",
            certificate.describe(Role::Certificate)
        );
    }
    let der = key.key(Role::Key)?;
    let signing = provider
        .key_provider
        .load_private_key(der)
        .map_err(|error| key.unusable(Role::Key, format!("cannot be used: {error}")))?;
    let identity = CertifiedKey::new(chain, signing);
    match identity.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            Ok(identity)
        }
        Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::Mismatch {
            key: key.describe(Role::Key),
            certificate: certificate.describe(Role::Certificate),
        }),
        Err(error) => {
            Err(certificate.unusable(Role::Certificate, format!("cannot be used: {error}")))
        }
    }
}

/// Adds the authorities of a PEM text to `roots`.
pub(super) fn add_authorities(
    pem: &Pem,
    role: Role,
    roots: &mut RootCertStore,
) -> Result<(), TlsError> {
    let certificates = pem.certificates(role)?;
    let now = SystemTime::now();
    for certificate in &certificates {
        if let Some(problem) = validity_problem(certificate, now) {
            tracing::warn!("A certificate in the {} {problem}", pem.describe(role));
        }
    }
    let (added, _) = roots.add_parsable_certificates(certificates);
    match added {
        0 => Err(pem.unusable(role, "holds no certificate that can be read")),
        _ => Ok(()),
    }
}

/// Why a certificate cannot be used at a time; `None` when it can, or when it cannot be read.
fn validity_problem(certificate: &CertificateDer<'_>, now: SystemTime) -> Option<String> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate.validity;
    let now = now.duration_since(UNIX_EPOCH).ok()?;
    let (from, until) =
        (validity.not_before.to_unix_duration(), validity.not_after.to_unix_duration());
    if now > until {
        Some(format!("has expired on {}", date(until)))
    } else if now < from {
        Some(format!("is not valid before {}", date(from)))
    } else {
        None
    }
}

/// A time since 1970 as people read it.
pub(super) fn date(since_epoch: Duration) -> String {
    i64::try_from(since_epoch.as_secs())
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| "an unknown date".to_owned(), |time| time.to_string())
}
