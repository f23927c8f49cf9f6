//! Versions, cipher suites and curves: names as users write them in, what rustls offers out. Names
//! are Go's.

use std::sync::Arc;

use rustls::SupportedProtocolVersion;
use rustls::crypto::ring::{default_provider, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};

/// A version of TLS that can be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// How to speak TLS.
#[derive(Clone, Debug, Default)]
pub struct TlsParameters {
    /// Oldest version to speak; 1.2 when `None`.
    pub min_version: Option<TlsVersion>,
    /// Newest version to speak; 1.3 when `None`.
    pub max_version: Option<TlsVersion>,
    /// Go names of the TLS 1.2 cipher suites to offer; all when empty. Those of TLS 1.3 are always
    /// offered, as in Go.
    pub cipher_suites: Vec<String>,
    /// Names of the curves to offer, in order of preference; all when empty.
    pub curve_preferences: Vec<String>,
}

/// What becomes of the name of a cipher suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// It can be offered.
    Offered,
    /// Go has it, and it is not offered here.
    Missing,
    /// Go has it among the insecure ones, and it is not offered here.
    Insecure,
    /// There is none of that name.
    Unknown,
}

/// Suites of TLS 1.2 and 1.3 by their Go names, which rustls has too.
const OFFERED: [&str; 9] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/// Suites that Go counts as secure and rustls does not have.
const MISSING: [&str; 4] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
];

/// Suites that Go counts as insecure.
const INSECURE: [&str; 13] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_RC4_128_SHA",
    "TLS_FALLBACK_SCSV",
];

/// The curves that Go has, and whether they can be offered.
pub(crate) const CURVES: [(&str, bool); 5] =
    [("X25519", true), ("P256", true), ("P384", true), ("P521", false), ("X25519MLKEM768", false)];

/// Looks up the name of a cipher suite.
pub(crate) fn suite(name: &str) -> Suite {
    if OFFERED.contains(&name) {
        Suite::Offered
    } else if MISSING.contains(&name) {
        Suite::Missing
    } else if INSECURE.contains(&name) {
        Suite::Insecure
    } else {
        Suite::Unknown
    }
}

impl TlsParameters {
    /// The cryptography to use.
    pub(super) fn provider(&self) -> Arc<CryptoProvider> {
        let mut provider = default_provider();
        if !self.cipher_suites.is_empty() {
            provider.cipher_suites.retain(|suite| {
                let name = format!("{:?}", suite.suite());
                suite.tls13().is_some() || self.cipher_suites.contains(&name)
            });
        }
        if !self.curve_preferences.is_empty() {
            provider.kx_groups =
                self.curve_preferences.iter().filter_map(|name| curve(name)).collect();
        }
        Arc::new(provider)
    }

    /// The versions to speak.
    pub(super) fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let min = self.min_version.unwrap_or(TlsVersion::Tls12);
        let max = self.max_version.unwrap_or(TlsVersion::Tls13);
        let all = [
            (TlsVersion::Tls12, &rustls::version::TLS12),
            (TlsVersion::Tls13, &rustls::version::TLS13),
        ];
        all.into_iter()
            .filter(|(version, _)| (min..=max).contains(version))
            .map(|(_, version)| version)
            .collect()
    }
}

fn curve(name: &str) -> Option<&'static dyn SupportedKxGroup> {
    match name {
        "X25519" => Some(kx_group::X25519),
        "P256" => Some(kx_group::SECP256R1),
        "P384" => Some(kx_group::SECP384R1),
        _ => None,
    }
}
