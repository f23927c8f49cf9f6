//! `CommunityID`

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const COMMUNITY_ID: FunctionDecl = FunctionDecl {
    name: "CommunityID",
    doc: "The Community ID of a network flow, version 1: a hash of addresses, ports and \
          protocol that is the same in both directions.",
    params: &[
        Param::required("source_ip", Takes::Exactly(Type::STRING)),
        Param::required("source_port", Takes::Exactly(Type::INT)),
        Param::required("destination_ip", Takes::Exactly(Type::STRING)),
        Param::required("destination_port", Takes::Exactly(Type::INT)),
        Param::optional("protocol", Takes::Exactly(Type::STRING)),
        Param::optional("seed", Takes::Exactly(Type::INT)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], CommunityID("192.168.1.1", 54321, "10.0.0.1", 90, "UDP", 2))"#,
            expect: r#"{"a": "1:sAf4Y22Cz0Pq28qyrJYFQGhlvp4="}"#,
        },
        Example {
            given: r#"{"ip": "1.2.3"}"#,
            statement: r#"set(log.attributes["a"], CommunityID(log.attributes["ip"], 1, "10.0.0.1", 2))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(community_id),
};

fn community_id<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [
        Value::Str(source_ip),
        Value::Int(source_port),
        Value::Str(destination_ip),
        Value::Int(destination_port),
        protocol,
        seed,
    ] = *args
    else {
        return Err(EvalError::Internal("CommunityID"));
    };
    let mut ends = [endpoint(source_ip, source_port)?, endpoint(destination_ip, destination_port)?];
    // Both directions of a flow have one id; shorter addresses come first.
    ends.sort_by(|(ip, port), (other_ip, other_port)| {
        (ip.len(), ip, port).cmp(&(other_ip.len(), other_ip, other_port))
    });
    let protocol = match protocol {
        Value::Str(name) => protocol_number(name)?,
        _ => 6,
    };
    let seed = match seed {
        Value::Int(seed) => sixteen_bits(seed, "a seed")?,
        _ => 0,
    };
    let [(low_ip, low_port), (high_ip, high_port)] = ends;
    let mut hash = Sha1::new();
    hash.update(seed.to_be_bytes());
    hash.update(low_ip);
    hash.update(high_ip);
    hash.update([protocol, 0]);
    hash.update(low_port.to_be_bytes());
    hash.update(high_port.to_be_bytes());
    Ok(work.text(&format!("1:{}", STANDARD.encode(hash.finalize()))))
}

fn endpoint(ip: &str, port: i64) -> Result<(Vec<u8>, u16), EvalError> {
    let port = sixteen_bits(port, "a port")?;
    let wrong = || EvalError::InvalidText { text: ip.into(), wanted: "an IP address" };
    let bytes = match ip.parse::<IpAddr>().map_err(|_| wrong())?.to_canonical() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    Ok((bytes, port))
}

fn protocol_number(name: &str) -> Result<u8, EvalError> {
    Ok(match name {
        "ICMP" => 1,
        "TCP" => 6,
        "UDP" => 17,
        "RSVP" => 46,
        "ICMP6" => 58,
        "SCTP" => 132,
        _ => {
            let wanted = "a protocol: ICMP, TCP, UDP, RSVP, ICMP6 or SCTP";
            return Err(EvalError::InvalidText { text: name.into(), wanted });
        }
    })
}

fn sixteen_bits(value: i64, what: &str) -> Result<u16, EvalError> {
    u16::try_from(value).map_err(|_| EvalError::Function(format!("{value} is not {what}").into()))
}
