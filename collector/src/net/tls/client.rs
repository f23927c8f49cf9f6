//! TLS of clients: a connected stream in, an encrypted one out.

use std::io;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::client::Resumption;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::explain::explain_chain;
use super::pem::{Role, add_authorities, identity};
use super::{DEFAULT_RELOAD_INTERVAL, Pem, TlsError, TlsParameters};
use crate::net::reload::Reloading;

/// What a client wants of TLS.
#[derive(Clone, Debug)]
pub struct ClientTlsOptions {
    /// Certificates of the authorities to trust; the system's when `None`.
    pub ca: Option<Pem>,
    /// Trust the system's authorities besides `ca`.
    pub include_system_ca_certs_pool: bool,
    /// Certificate chain and private key to show to the server.
    pub identity: Option<(Pem, Pem)>,
    /// Accept any certificate.
    pub insecure_skip_verify: bool,
    /// Name to verify instead of the host's.
    pub server_name_override: Option<String>,
    /// Versions, suites and curves.
    pub parameters: TlsParameters,
    /// How often files are looked at.
    pub reload_interval: Duration,
}

impl Default for ClientTlsOptions {
    fn default() -> Self {
        Self {
            ca: None,
            include_system_ca_certs_pool: false,
            identity: None,
            insecure_skip_verify: false,
            server_name_override: None,
            parameters: TlsParameters::default(),
            reload_interval: DEFAULT_RELOAD_INTERVAL,
        }
    }
}

/// TLS of a client, ready to connect.
#[derive(Clone)]
pub struct ClientTls {
    config: Arc<Reloading<ClientConfig>>,
    server_name: Option<ServerName<'static>>,
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
    pub fn new(options: ClientTlsOptions, alpn: &[&[u8]]) -> Result<Self, TlsError> {
        let identity = options.identity.as_ref();
        let pems = [options.ca.as_ref(), identity.map(|one| &one.0), identity.map(|one| &one.1)];
        let files = pems.into_iter().flatten().filter_map(Pem::path).map(Into::into).collect();
        let alpn: Vec<Vec<u8>> = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        let every = options.reload_interval;
        let server_name = server_name(&options)?;
        let build = move || {
            let mut config = client_config(&options)?;
            config.alpn_protocols.clone_from(&alpn);
            Ok::<_, TlsError>(config)
        };
        Ok(Self {
            config: Arc::new(Reloading::new("Certificates", files, every, build)?),
            server_name,
        })
    }

    /// The configuration of the moment, for a client that makes its connections itself; another
    /// one once certificates have changed. It expects the name that is to be verified.
    pub fn config(&self) -> Arc<ClientConfig> {
        self.config.current()
    }

    /// Speaks TLS on `stream`, expecting the certificate of `host` (or of the override).
    ///
    /// # Errors
    /// When the name is no name or the handshake fails; what is wrong with a certificate is told in
    /// plain words.
    pub async fn connect<T>(&self, stream: T, host: &str) -> io::Result<TlsStream<T>>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let name = match &self.server_name {
            Some(name) => name.clone(),
            None => ServerName::try_from(host.to_owned()).map_err(io::Error::other)?,
        };
        let connected = TlsConnector::from(self.config()).connect(name, stream).await;
        connected.map_err(|error| match explain_chain(&error) {
            Some(words) => io::Error::new(error.kind(), words),
            None => error,
        })
    }
}

fn client_config(options: &ClientTlsOptions) -> Result<ClientConfig, TlsError> {
    let provider = options.parameters.provider();
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&options.parameters.versions())?;
    let builder = if options.insecure_skip_verify {
        let verifier = Arc::new(AcceptAny(provider.clone()));
        builder.dangerous().with_custom_certificate_verifier(verifier)
    } else {
        let roots = Arc::new(roots(options)?);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        match server_name(options)? {
            None => builder.with_webpki_verifier(verifier),
            Some(name) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(ExpectName { verifier, name })),
        }
    };
    let mut config = match &options.identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let identity = identity((certificate, key), &provider)?;
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity)))
        }
    };
    // In a session that is resumed nobody looks at the certificate, which may have ended since.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn server_name(options: &ClientTlsOptions) -> Result<Option<ServerName<'static>>, TlsError> {
    let Some(name) = &options.server_name_override else { return Ok(None) };
    ServerName::try_from(name.clone()).map(Some).map_err(|_| TlsError::Unusable {
        what: format!("`server_name_override` `{name}`"),
        problem: "is no name of a host".to_owned(),
    })
}

fn roots(options: &ClientTlsOptions) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    if options.ca.is_none() || options.include_system_ca_certs_pool {
        roots.extend(system_roots().roots.iter().cloned());
    }
    if let Some(ca) = &options.ca {
        add_authorities(ca, Role::Authority, &mut roots)?;
    }
    Ok(roots)
}

/// The system's authorities, read once. Those that cannot be read are none of the user's business.
pub(super) fn system_roots() -> &'static RootCertStore {
    static ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    });
    &ROOTS
}

/// Verifies a certificate for another name than that of the host.
#[derive(Debug)]
struct ExpectName {
    verifier: Arc<WebPkiServerVerifier>,
    name: ServerName<'static>,
}

impl ServerCertVerifier for ExpectName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier.verify_server_cert(end_entity, intermediates, &self.name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
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
