//! Certificates made for a test, in a directory of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tempfile::TempDir;

/// An authority, and the directory where everything it signs is put.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    directory: TempDir,
}

/// When a certificate is valid.
#[derive(Clone, Copy)]
pub(crate) enum Validity {
    Now,
    Past,
    Future,
}

impl Authority {
    /// An authority with its certificate in `ca.pem`.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let name = format!("authority {}", NEXT.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("ca.pem"), certificate.pem()).unwrap();
        Self { issuer: Issuer::new(params, key), directory }
    }

    /// The path of a file of the authority.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join(file)
    }

    /// Signs a certificate for `host`; writes `NAME.pem` and `NAME-key.pem`.
    pub(crate) fn issue(&self, name: &str, host: &str, validity: Validity) {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let (from, to) = match validity {
            Validity::Now => (2000, 4000),
            Validity::Past => (2000, 2001),
            Validity::Future => (3999, 4000),
        };
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        // Both at once, as whoever replaces certificates should.
        let (new_certificate, new_key) = (self.path("new"), self.path("new-key"));
        std::fs::write(&new_certificate, certificate.pem()).unwrap();
        std::fs::write(&new_key, key.serialize_pem()).unwrap();
        std::fs::rename(new_key, self.path(&format!("{name}-key.pem"))).unwrap();
        std::fs::rename(new_certificate, self.path(&format!("{name}.pem"))).unwrap();
    }

    /// `cert_file` and `key_file` of a name, to be put in a block of YAML.
    pub(crate) fn identity(&self, name: &str) -> String {
        format!(
            "cert_file: '{}', key_file: '{}'",
            self.path(&format!("{name}.pem")).display(),
            self.path(&format!("{name}-key.pem")).display()
        )
    }

    /// The path of the authority's own certificate.
    pub(crate) fn ca(&self) -> String {
        self.path("ca.pem").display().to_string()
    }
}
