//! `tls` blocks of clients and servers (reference §2.4).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::values::{Duration, Secret};
use crate::net::tls::{
    CURVES, ClientTls, ClientTlsOptions, DEFAULT_RELOAD_INTERVAL, Pem, ServerTls, ServerTlsOptions,
    Suite, TlsParameters, TlsVersion, suite,
};

/// `tls` of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TlsClientSettings {
    /// Plain text.
    pub insecure: bool,
    /// Accept any certificate.
    pub insecure_skip_verify: bool,
    /// Name to verify instead of the endpoint's.
    pub server_name_override: String,
    /// Certificates of the authorities to trust.
    pub ca_file: String,
    /// The same as PEM text.
    pub ca_pem: Secret,
    /// Certificate to show.
    pub cert_file: String,
    /// The same as PEM text.
    pub cert_pem: Secret,
    /// Private key of the certificate.
    pub key_file: String,
    /// The same as PEM text.
    pub key_pem: Secret,
    /// Trust the system's authorities besides `ca_file`.
    pub include_system_ca_certs_pool: bool,
    /// Oldest version: `1.2` or `1.3`.
    pub min_version: String,
    /// Newest version: `1.2` or `1.3`.
    pub max_version: String,
    /// Go names of the TLS 1.2 cipher suites to offer; all secure ones when empty.
    pub cipher_suites: Vec<String>,
    /// Whether insecure suites may be named.
    pub include_insecure_cipher_suites: bool,
    /// Curves to offer, in order of preference: `X25519`, `P256`, `P384`; all when empty.
    pub curve_preferences: Vec<String>,
    /// How often files are looked at for changes; 0 is every 10 s.
    pub reload_interval: Duration,
    /// Keys in a TPM.
    pub tpm: Tpm,
}

/// `tls` of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TlsServerSettings {
    /// Certificates of the authorities to trust for what this end calls.
    pub ca_file: String,
    /// The same as PEM text.
    pub ca_pem: Secret,
    /// Certificate to show.
    pub cert_file: String,
    /// The same as PEM text.
    pub cert_pem: Secret,
    /// Private key of the certificate.
    pub key_file: String,
    /// The same as PEM text.
    pub key_pem: Secret,
    /// Trust the system's authorities besides `ca_file`.
    pub include_system_ca_certs_pool: bool,
    /// Oldest version: `1.2` or `1.3`.
    pub min_version: String,
    /// Newest version: `1.2` or `1.3`.
    pub max_version: String,
    /// Go names of the TLS 1.2 cipher suites to offer; all secure ones when empty.
    pub cipher_suites: Vec<String>,
    /// Whether insecure suites may be named.
    pub include_insecure_cipher_suites: bool,
    /// Curves to offer, in order of preference: `X25519`, `P256`, `P384`; all when empty.
    pub curve_preferences: Vec<String>,
    /// How often files are looked at for changes; 0 is every 10 s.
    pub reload_interval: Duration,
    /// Keys in a TPM.
    pub tpm: Tpm,
    /// Authorities whose clients are let in; without it, clients need no certificate.
    pub client_ca_file: String,
    /// Accepted; that file is read again like the others.
    pub client_ca_file_reload: bool,
}

/// `tls.tpm`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Tpm {
    /// Whether keys are in a TPM.
    pub enabled: bool,
    /// The device.
    pub path: String,
    /// Its owner's password.
    pub owner_auth: Secret,
    /// The key's password.
    pub auth: Secret,
}

/// What blocks of clients and servers have in common.
struct Common<'a> {
    ca: (&'a str, &'a Secret),
    certificate: (&'a str, &'a Secret),
    key: (&'a str, &'a Secret),
    min_version: &'a str,
    max_version: &'a str,
    cipher_suites: &'a [String],
    include_insecure: bool,
    curves: &'a [String],
    reload_interval: Duration,
    tpm: &'a Tpm,
}

/// Views a block as [`Common`].
macro_rules! common {
    ($settings:expr) => {
        Common {
            ca: (&$settings.ca_file, &$settings.ca_pem),
            certificate: (&$settings.cert_file, &$settings.cert_pem),
            key: (&$settings.key_file, &$settings.key_pem),
            min_version: &$settings.min_version,
            max_version: &$settings.max_version,
            cipher_suites: &$settings.cipher_suites,
            include_insecure: $settings.include_insecure_cipher_suites,
            curves: &$settings.curve_preferences,
            reload_interval: $settings.reload_interval,
            tpm: &$settings.tpm,
        }
    };
}

impl TlsServerSettings {
    /// Checks what needs no files.
    pub fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        let common = common!(self);
        common.validate(keys, findings);
        if !common.has_certificate() && !common.has_key() {
            findings.refuse(
                keys,
                "a server needs a certificate and its private key",
                "give `cert_file` and `key_file`, or remove `tls` to listen in plain text",
                "TLS configuration must include both certificate and key for server connections",
            );
        }
    }

    /// Reads the files and prepares TLS.
    ///
    /// # Errors
    /// One sentence that names the file, or what does not go together.
    pub fn acceptor(&self, alpn: &[&[u8]]) -> Result<ServerTls, String> {
        let common = common!(self);
        let (Some(certificate), Some(key)) = (pem(common.certificate), pem(common.key)) else {
            return Err("a server needs a certificate and its private key".to_owned());
        };
        let options = ServerTlsOptions {
            certificate,
            key,
            client_ca: pem((&self.client_ca_file, &Secret::default())),
            include_system_ca_certs_pool: self.include_system_ca_certs_pool,
            parameters: common.parameters(),
            reload_interval: common.reload_interval(),
        };
        ServerTls::new(options, alpn).map_err(|error| failed(&error))
    }
}

impl TlsClientSettings {
    /// Checks what needs no files.
    pub fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        common!(self).validate(keys, findings);
    }

    /// Whether the settings ask for plain text: `insecure` without a CA, as in the reference.
    pub fn is_plain_text(&self) -> bool {
        self.insecure && self.ca_file.is_empty() && self.ca_pem.is_empty()
    }

    /// Reads the files and prepares TLS.
    ///
    /// # Errors
    /// One sentence that names the file, or what does not go together.
    pub fn connector(&self, alpn: &[&[u8]]) -> Result<ClientTls, String> {
        let common = common!(self);
        let options = ClientTlsOptions {
            ca: pem(common.ca),
            include_system_ca_certs_pool: self.include_system_ca_certs_pool,
            identity: pem(common.certificate).zip(pem(common.key)),
            insecure_skip_verify: self.insecure_skip_verify,
            server_name_override: Some(self.server_name_override.clone())
                .filter(|name| !name.is_empty()),
            parameters: common.parameters(),
            reload_interval: common.reload_interval(),
        };
        ClientTls::new(options, alpn).map_err(|error| failed(&error))
    }
}

/// The words of the reference, in front of what is wrong.
fn failed(error: &dyn std::error::Error) -> String {
    format!("failed to load TLS config: {error}")
}

fn pem((file, text): (&str, &Secret)) -> Option<Pem> {
    if !file.is_empty() {
        return Some(Pem::File(file.into()));
    }
    (!text.is_empty()).then(|| Pem::Text(text.expose().as_bytes().to_vec()))
}

fn version(text: &str) -> Option<TlsVersion> {
    match text {
        "1.2" => Some(TlsVersion::Tls12),
        "1.3" => Some(TlsVersion::Tls13),
        _ => None,
    }
}

impl Common<'_> {
    fn has_certificate(&self) -> bool {
        pem(self.certificate).is_some()
    }

    fn has_key(&self) -> bool {
        pem(self.key).is_some()
    }

    fn parameters(&self) -> TlsParameters {
        TlsParameters {
            min_version: version(self.min_version),
            max_version: version(self.max_version),
            cipher_suites: self.cipher_suites.to_vec(),
            curve_preferences: self.curves.to_vec(),
        }
    }

    fn reload_interval(&self) -> std::time::Duration {
        match self.reload_interval.to_std() {
            std::time::Duration::ZERO => DEFAULT_RELOAD_INTERVAL,
            interval => interval,
        }
    }

    fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        if !self.ca.0.is_empty() && !self.ca.1.is_empty() {
            findings.refuse(
                keys,
                "both `ca_file` and `ca_pem` are given",
                "keep one of them",
                "provide either a CA file or the PEM-encoded string, but not both",
            );
        }
        for ((file, pem), what) in [(self.certificate, "certificate"), (self.key, "key")] {
            if !file.is_empty() && !pem.is_empty() {
                findings.refuse(
                    keys,
                    &format!("the {what} is given both as a file and as PEM text"),
                    "keep one of them",
                    &format!("provide either {what} file or PEM, but not both"),
                );
            }
        }
        if self.has_certificate() != self.has_key() {
            findings.refuse(
                keys,
                "a certificate and its private key belong together, one of them is missing",
                "give both `cert_file` and `key_file`, or neither",
                "TLS configuration must include both certificate and key (CertFile/CertPem and \
                 KeyFile/KeyPem)",
            );
        }
        self.validate_versions(keys, findings);
        self.validate_suites(keys, findings);
        self.validate_curves(keys, findings);
        if self.tpm.enabled {
            findings.not_supported_yet(
                &[keys, &["tpm"]].concat(),
                "a key in a TPM",
                "use `key_file`, or set `enabled: false`",
            );
        }
    }

    fn validate_versions(&self, keys: &[&str], findings: &mut Findings<'_>) {
        let key = |name: &'static str| [keys, &[name]].concat();
        let mut versions = Vec::new();
        for (name, text) in [("min_version", self.min_version), ("max_version", self.max_version)] {
            match text {
                "" | "1.2" | "1.3" => versions.push(version(text)),
                "1.0" | "1.1" => findings.not_supported_yet(
                    &key(name),
                    &format!("TLS {text}, which is broken and has been withdrawn,"),
                    "write \"1.2\" or \"1.3\"",
                ),
                _ => findings.refuse(
                    &key(name),
                    &format!("`{text}` is no version of TLS"),
                    "write \"1.2\" or \"1.3\"",
                    &format!("invalid TLS {name}: unsupported TLS version: {text:?}"),
                ),
            }
        }
        if let [Some(min), Some(max)] = versions.as_slice()
            && min > max
        {
            findings.refuse(
                &key("min_version"),
                "it is newer than `max_version`",
                "swap them",
                "invalid TLS configuration: min_version cannot be greater than max_version",
            );
        }
    }

    fn validate_suites(&self, keys: &[&str], findings: &mut Findings<'_>) {
        let keys = [keys, &["cipher_suites"]].concat();
        let help = "remove it; the suites with AES-GCM and ChaCha20-Poly1305 can be named";
        for name in self.cipher_suites {
            match suite(name) {
                Suite::Offered => {}
                Suite::Missing => {
                    findings.not_supported_yet(&keys, &format!("the cipher suite `{name}`"), help);
                }
                Suite::Insecure if self.include_insecure => {
                    let what = format!("the insecure cipher suite `{name}`");
                    findings.not_supported_yet(&keys, &what, help);
                }
                Suite::Insecure | Suite::Unknown => findings.refuse(
                    &keys,
                    &format!("`{name}` is no secure cipher suite"),
                    "write Go's names, such as `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256`",
                    &format!("invalid TLS cipher suite: {name:?}"),
                ),
            }
        }
    }

    fn validate_curves(&self, keys: &[&str], findings: &mut Findings<'_>) {
        let keys = [keys, &["curve_preferences"]].concat();
        for name in self.curves {
            match CURVES.iter().find(|(known, _)| known == name) {
                Some((_, true)) => {}
                Some((_, false)) => findings.not_supported_yet(
                    &keys,
                    &format!("the curve `{name}`"),
                    "write `X25519`, `P256` and `P384`, or remove the key for all three",
                ),
                None => findings.refuse(
                    &keys,
                    &format!("`{name}` is no curve"),
                    "write `X25519`, `P256` or `P384`",
                    "invalid curve type: CurveID(0)",
                ),
            }
        }
    }
}
