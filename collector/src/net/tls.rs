//! TLS for clients: settings in, encrypted streams out, through rustls.

use std::io;
use std::sync::{Arc, LazyLock};

use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// What a client wants of TLS. PEM texts, not paths: whoever reads the files can name them.
#[derive(Clone, Debug, Default)]
pub struct ClientTlsOptions {
    /// Certificates of the authorities to trust; the system's when `None`.
    pub ca_pem: Option<Vec<u8>>,
    /// Trust the system's authorities besides `ca_pem`.
    pub include_system_ca_certs_pool: bool,
    /// Certificate chain and private key to show to the server.
    pub identity_pem: Option<(Vec<u8>, Vec<u8>)>,
    /// Accept any certificate.
    pub insecure_skip_verify: bool,
    /// Name to verify instead of the host's.
    pub server_name_override: Option<String>,
    /// Oldest version to speak; 1.2 when `None`.
    pub min_version: Option<TlsVersion>,
    /// Newest version to speak; 1.3 when `None`.
    pub max_version: Option<TlsVersion>,
}

/// A version of TLS that can be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM text could not be read.
    #[error("the {what} is not valid PEM: {source}")]
    Pem {
        /// Which text.
        what: &'static str,
        /// What is wrong with it.
        source: rustls::pki_types::pem::Error,
    },
    /// A PEM text has no certificate in it.
    #[error("the {0} has no certificate in it")]
    Empty(&'static str),
    /// The parts do not go together.
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// TLS of a client, ready to connect.
#[derive(Clone)]
pub struct ClientTls {
    config: Arc<ClientConfig>,
    server_name: Option<String>,
}

impl std::fmt::Debug for ClientTls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ClientTls").field("server_name", &self.server_name).finish()
    }
}

impl ClientTls {
    /// Prepares TLS that offers the application protocols `alpn`.
    ///
    /// # Errors
    /// When certificates or keys cannot be read or do not go together.
    pub fn new(options: &ClientTlsOptions, alpn: &[&[u8]]) -> Result<Self, TlsError> {
        let mut config = client_config(options)?;
        config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Self {
            config: Arc::new(config),
            server_name: options.server_name_override.clone().filter(|name| !name.is_empty()),
        })
    }

    /// Speaks TLS on `stream`, expecting the certificate of `host` (or of the override).
    ///
    /// # Errors
    /// When the name is no name or the handshake fails.
    pub async fn connect(&self, stream: TcpStream, host: &str) -> io::Result<TlsStream<TcpStream>> {
        let name = self.server_name.as_deref().unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        TlsConnector::from(self.config.clone()).connect(name, stream).await
    }
}

/// The rustls configuration for `options`, without application protocols.
///
/// # Errors
/// When certificates or keys cannot be read or do not go together.
pub fn client_config(options: &ClientTlsOptions) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&versions(options))?;
    let builder = if options.insecure_skip_verify {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAny(provider)))
    } else {
        builder.with_root_certificates(roots(options)?)
    };
    let Some((chain, key)) = &options.identity_pem else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = certificates(chain, "client certificate")?;
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|source| TlsError::Pem { what: "client key", source })?;
    Ok(builder.with_client_auth_cert(chain, key)?)
}

fn versions(options: &ClientTlsOptions) -> Vec<&'static SupportedProtocolVersion> {
    let min = options.min_version.unwrap_or(TlsVersion::Tls12);
    let max = options.max_version.unwrap_or(TlsVersion::Tls13);
    let all = [
        (TlsVersion::Tls12, &rustls::version::TLS12),
        (TlsVersion::Tls13, &rustls::version::TLS13),
    ];
    all.into_iter()
        .filter(|(version, _)| (min..=max).contains(version))
        .map(|(_, version)| version)
        .collect()
}

fn roots(options: &ClientTlsOptions) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    if options.ca_pem.is_none() || options.include_system_ca_certs_pool {
        roots.extend(system_roots().roots.iter().cloned());
    }
    if let Some(pem) = &options.ca_pem {
        for certificate in certificates(pem, "CA file")? {
            roots.add(certificate)?;
        }
    }
    Ok(roots)
}

/// The system's authorities, read once. Those that cannot be read are none of the user's business.
fn system_roots() -> &'static RootCertStore {
    static ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    });
    &ROOTS
}

fn certificates(pem: &[u8], what: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| TlsError::Pem { what, source })?;
    if certificates.is_empty() { Err(TlsError::Empty(what)) } else { Ok(certificates) }
}

/// Accepts every certificate, as `insecure_skip_verify` asks; signatures are still checked.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
