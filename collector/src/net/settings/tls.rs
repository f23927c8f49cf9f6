//! `tls` blocks of clients and servers (reference §2.4).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::values::{Duration, Secret};
use crate::net::tls::{ClientTls, ClientTlsOptions, TlsError, TlsVersion};

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
    /// Oldest version.
    pub min_version: String,
    /// Newest version.
    pub max_version: String,
    /// Go names of cipher suites.
    pub cipher_suites: Vec<String>,
    /// Whether insecure suites may be named.
    pub include_insecure_cipher_suites: bool,
    /// Names of curves.
    pub curve_preferences: Vec<String>,
    /// How often certificates are read again.
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
    /// Oldest version.
    pub min_version: String,
    /// Newest version.
    pub max_version: String,
    /// Go names of cipher suites.
    pub cipher_suites: Vec<String>,
    /// Whether insecure suites may be named.
    pub include_insecure_cipher_suites: bool,
    /// Names of curves.
    pub curve_preferences: Vec<String>,
    /// How often certificates are read again.
    pub reload_interval: Duration,
    /// Keys in a TPM.
    pub tpm: Tpm,
    /// Authorities whose clients are let in.
    pub client_ca_file: String,
    /// Whether that file is watched.
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

impl TlsServerSettings {
    /// Servers with TLS are not there yet.
    pub(super) fn refuse(&self, keys: &[&str], findings: &mut Findings<'_>) {
        findings.not_supported_yet(
            keys,
            "TLS on a listening socket",
            "remove `tls` and listen on a private address, or let a proxy in front end TLS",
        );
    }
}

impl TlsClientSettings {
    /// Checks what needs no files.
    pub fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        let key = |name: &'static str| [keys, &[name]].concat();
        if !self.ca_file.is_empty() && !self.ca_pem.is_empty() {
            findings.refuse(
                keys,
                "both `ca_file` and `ca_pem` are given",
                "keep one of them",
                "provide either a CA file or the PEM-encoded string, but not both",
            );
        }
        let pairs = [
            (&self.cert_file, &self.cert_pem, "certificate"),
            (&self.key_file, &self.key_pem, "key"),
        ];
        for (file, pem, what) in pairs {
            if !file.is_empty() && !pem.is_empty() {
                findings.refuse(
                    keys,
                    &format!("the {what} is given both as a file and as PEM text"),
                    "keep one of them",
                    &format!("provide either {what} file or PEM, but not both"),
                );
            }
        }
        let has_certificate = !self.cert_file.is_empty() || !self.cert_pem.is_empty();
        let has_key = !self.key_file.is_empty() || !self.key_pem.is_empty();
        if has_certificate != has_key {
            findings.refuse(
                keys,
                "a certificate and its private key belong together, one of them is missing",
                "give both `cert_file` and `key_file`, or neither",
                "TLS configuration must include both certificate and key (CertFile/CertPem and \
                 KeyFile/KeyPem)",
            );
        }
        let mut versions = Vec::new();
        for (name, text) in [("min_version", &self.min_version), ("max_version", &self.max_version)]
        {
            match text.as_str() {
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
        let lists = [
            ("cipher_suites", &self.cipher_suites),
            ("curve_preferences", &self.curve_preferences),
        ];
        for (name, list) in lists {
            if !list.is_empty() {
                findings.not_supported_yet(
                    &key(name),
                    "choosing cryptographic parameters by name",
                    "remove the key; only secure ones are offered",
                );
            }
        }
        if self.tpm.enabled {
            findings.not_supported_yet(
                &key("tpm"),
                "a key in a TPM",
                "use `key_file`, or set `enabled: false`",
            );
        }
        if !self.reload_interval.is_zero() {
            findings.not_supported_yet(
                &key("reload_interval"),
                "reading certificates again while running",
                "remove the key and restart after a certificate has changed",
            );
        }
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
        ClientTls::new(&self.options()?, alpn).map_err(|error: TlsError| error.to_string())
    }

    /// Reads the files.
    ///
    /// # Errors
    /// One sentence that names the file.
    pub fn options(&self) -> Result<ClientTlsOptions, String> {
        let certificate = read(&self.cert_file, &self.cert_pem, "certificate")?;
        let key = read(&self.key_file, &self.key_pem, "key")?;
        Ok(ClientTlsOptions {
            ca_pem: read(&self.ca_file, &self.ca_pem, "CA")?,
            include_system_ca_certs_pool: self.include_system_ca_certs_pool,
            identity_pem: certificate.zip(key),
            insecure_skip_verify: self.insecure_skip_verify,
            server_name_override: Some(self.server_name_override.clone())
                .filter(|name| !name.is_empty()),
            min_version: version(&self.min_version),
            max_version: version(&self.max_version),
        })
    }
}

fn version(text: &str) -> Option<TlsVersion> {
    match text {
        "1.2" => Some(TlsVersion::Tls12),
        "1.3" => Some(TlsVersion::Tls13),
        _ => None,
    }
}

fn read(path: &str, pem: &Secret, what: &str) -> Result<Option<Vec<u8>>, String> {
    if !path.is_empty() {
        return match std::fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => Err(format!("the {what} file `{path}` cannot be read: {error}")),
        };
    }
    Ok(Some(pem.expose().as_bytes().to_vec()).filter(|pem| !pem.is_empty()))
}
