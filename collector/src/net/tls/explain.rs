//! What went wrong in a handshake, in plain words: an error of rustls somewhere in a chain of
//! causes in, a sentence out that says what to look at.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};

use super::pem::date;

/// What an error of TLS in a chain of causes means; `None` when there is none, or nothing to add to
/// what it says itself.
pub fn explain_chain(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return explain(found);
        }
        // An I/O error hides what it was made of from the chain.
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(words) = explain_chain(inner)
        {
            return Some(words);
        }
        next = error.source();
    }
    None
}

/// What a text means that an error of TLS was turned into on its way.
pub fn explain_text(text: &str) -> Option<String> {
    let (_, alert) = text.split_once("received fatal alert: ")?;
    let name: String = alert.chars().take_while(char::is_ascii_alphanumeric).collect();
    ALERTS.iter().find(|(known, _)| format!("{known:?}") == name).map(|(_, words)| refused(words))
}

fn explain(error: &rustls::Error) -> Option<String> {
    match error {
        rustls::Error::InvalidCertificate(error) => Some(certificate(error)),
        rustls::Error::AlertReceived(alert) => {
            ALERTS.iter().find(|(known, _)| known == alert).map(|(_, words)| refused(words))
        }
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => Some(
            "the other side does not speak TLS on this port; it may expect plain text".to_owned(),
        ),
        rustls::Error::NoCertificatesPresented => {
            Some("the other side shows no certificate, and one is asked for".to_owned())
        }
        _ => None,
    }
}

fn certificate(error: &CertificateError) -> String {
    let what = "the certificate of the other side";
    let since =
        |time: &rustls::pki_types::UnixTime| date(std::time::Duration::from_secs(time.as_secs()));
    match error {
        CertificateError::Expired => format!("{what} has expired"),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("{what} has expired on {}", since(not_after))
        }
        CertificateError::NotValidYet => format!("{what} is not valid yet"),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("{what} is not valid before {}", since(not_before))
        }
        CertificateError::UnknownIssuer => format!(
            "{what} is signed by an authority that is not trusted here; `ca_file` names the \
             authorities to trust"
        ),
        CertificateError::NotValidForName => format!("{what} is for another name"),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = match presented.as_slice() {
                [] => "no name at all".to_owned(),
                names => names.join(", "),
            };
            format!(
                "{what} is not for the name `{}` but for {names}; `server_name_override` sets \
                 the name to expect",
                expected.to_str()
            )
        }
        CertificateError::Revoked => format!("{what} has been revoked"),
        CertificateError::BadSignature => {
            format!("{what} has a signature that its authority did not make")
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            format!("{what} is not made for this end of a connection (extended key usage)")
        }
        other => format!("{what} cannot be accepted: {other}"),
    }
}

fn refused(words: &str) -> String {
    format!("the other side refused the connection: {words}")
}

/// What alerts say of this end.
const ALERTS: [(AlertDescription, &str); 9] = [
    (
        AlertDescription::CertificateRequired,
        "it asks for a client certificate; `cert_file` and `key_file` give one",
    ),
    (AlertDescription::CertificateExpired, "the certificate of this end has expired there"),
    (
        AlertDescription::UnknownCA,
        "it does not know the authority that signed the certificate of this end",
    ),
    (AlertDescription::CertificateRevoked, "the certificate of this end has been revoked"),
    (AlertDescription::BadCertificate, "it does not accept the certificate of this end"),
    (
        AlertDescription::UnsupportedCertificate,
        "it does not accept this kind of certificate of this end",
    ),
    (AlertDescription::AccessDenied, "the certificate of this end gives no access there"),
    (AlertDescription::ProtocolVersion, "no version of TLS that both ends speak"),
    (
        AlertDescription::HandshakeFailure,
        "no cipher suite, curve or kind of certificate that both ends take",
    ),
];
