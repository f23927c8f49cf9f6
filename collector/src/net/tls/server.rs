//! TLS of servers: an accepted stream in, an encrypted one out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::client::system_roots;
use super::pem::{Role, add_authorities, identity};
use super::{Pem, TlsError, TlsParameters};
use crate::net::reload::Reloading;

/// What a server wants of TLS.
#[derive(Clone, Debug)]
pub struct ServerTlsOptions {
    /// Certificate chain to show.
    pub certificate: Pem,
    /// Private key of the certificate.
    pub key: Pem,
    /// Authorities whose clients are let in; all clients are when `None`.
    pub client_ca: Option<Pem>,
    /// Let in clients of the system's authorities besides those of `client_ca`.
    pub include_system_ca_certs_pool: bool,
    /// Versions, suites and curves.
    pub parameters: TlsParameters,
    /// How often files are looked at.
    pub reload_interval: Duration,
}

/// Time that a client has for its part of a handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// TLS of a server, ready to accept.
#[derive(Clone)]
pub struct ServerTls {
    config: Arc<Reloading<ServerConfig>>,
}

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ServerTls")
    }
}

impl ServerTls {
    /// Prepares TLS that offers the application protocols `alpn`.
    ///
    /// # Errors
    /// When certificates or keys cannot be read or do not go together.
    pub fn new(options: ServerTlsOptions, alpn: &[&[u8]]) -> Result<Self, TlsError> {
        let pems = [Some(&options.certificate), Some(&options.key), options.client_ca.as_ref()];
        let files = pems.into_iter().flatten().filter_map(Pem::path).map(Into::into).collect();
        let alpn: Vec<Vec<u8>> = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        let every = options.reload_interval;
        let build = move || {
            let mut config = server_config(&options)?;
            config.alpn_protocols.clone_from(&alpn);
            Ok::<_, TlsError>(config)
        };
        Ok(Self { config: Arc::new(Reloading::new("Certificates", files, every, build)?) })
    }

    /// Speaks TLS on an accepted stream.
    ///
    /// # Errors
    /// When the handshake fails or takes too long.
    pub async fn accept<T>(&self, stream: T) -> io::Result<TlsStream<T>>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let handshake = TlsAcceptor::from(self.config.current()).accept(stream);
        tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "it takes too long")))
    }
}

fn server_config(options: &ServerTlsOptions) -> Result<ServerConfig, TlsError> {
    let provider = options.parameters.provider();
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&options.parameters.versions())?;
    let builder = match &options.client_ca {
        None => builder.with_no_client_auth(),
        Some(client_ca) => {
            let mut roots = RootCertStore::empty();
            if options.include_system_ca_certs_pool {
                roots.extend(system_roots().roots.iter().cloned());
            }
            add_authorities(client_ca, Role::ClientAuthority, &mut roots)?;
            let roots = Arc::new(roots);
            let verifier =
                WebPkiClientVerifier::builder_with_provider(roots, provider.clone()).build();
            builder.with_client_cert_verifier(
                verifier.map_err(|error| rustls::Error::General(error.to_string()))?,
            )
        }
    };
    let identity = identity((&options.certificate, &options.key), &provider)?;
    let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(identity)));
    if options.client_ca.is_some() {
        // In a session that is resumed nobody looks at the client's certificate again.
        config.session_storage = Arc::new(NoServerSessionStorage {});
    }
    Ok(config)
}
