//! What is said of files that cannot be used.

use std::path::Path;
use std::time::Duration;

use super::{Pem, ServerTls, ServerTlsOptions, TlsParameters};
use crate::testing::{Authority, Validity};

fn open(certificate: &Path, key: &Path, client_ca: Option<&Path>) -> Result<ServerTls, String> {
    let options = ServerTlsOptions {
        certificate: Pem::File(certificate.to_owned()),
        key: Pem::File(key.to_owned()),
        client_ca: client_ca.map(|path| Pem::File(path.to_owned())),
        include_system_ca_certs_pool: false,
        parameters: TlsParameters::default(),
        reload_interval: Duration::ZERO,
    };
    ServerTls::new(options, &[b"h2"]).map_err(|error| error.to_string())
}

#[test]
fn files_that_cannot_be_used_are_named_with_what_is_wrong() {
    let authority = Authority::new();
    authority.issue("a", "localhost", Validity::Now);
    authority.issue("b", "localhost", Validity::Now);
    let (certificate, key) = (authority.path("a.pem"), authority.path("a-key.pem"));
    let write = |name: &str, text: &str| {
        let path = authority.path(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let empty = write("empty", "\n");
    let text = write("text", "no PEM at all");
    let encrypted = write(
        "encrypted",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let damaged = write("damaged", "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n");
    let missing = authority.path("missing");
    let other_key = authority.path("b-key.pem");
    assert!(open(&certificate, &key, Some(Path::new(&authority.ca()))).is_ok());
    let cases = [
        (open(&missing, &key, None), format!("certificate file `{}` cannot be", missing.display())),
        (open(&certificate, &empty, None), format!("key file `{}` is empty", empty.display())),
        (open(&text, &key, None), "is not in PEM format".to_owned()),
        (open(&key, &key, None), "holds a private key, not a certificate".to_owned()),
        (open(&certificate, &certificate, None), "holds a certificate, not a private".to_owned()),
        (open(&certificate, &encrypted, None), "holds an encrypted private key".to_owned()),
        (open(&damaged, &key, None), "is damaged".to_owned()),
        (
            open(&certificate, &other_key, None),
            format!(
                "the key file `{}` does not belong to the certificate file `{}`",
                other_key.display(),
                certificate.display()
            ),
        ),
        (
            open(&certificate, &key, Some(&key)),
            format!("client CA file `{}` holds a private key", key.display()),
        ),
    ];
    for (opened, expected) in cases {
        let error = opened.err().unwrap_or_else(|| panic!("accepted: {expected}"));
        assert!(error.contains(&expected), "{error}\nand not: {expected}");
    }
    // Go takes a certificate that has expired; whoever connects will say what is wrong.
    authority.issue("old", "localhost", Validity::Past);
    assert!(open(&authority.path("old.pem"), &authority.path("old-key.pem"), None).is_ok());
}
