//! `IsInCIDR`

use std::net::{IpAddr, Ipv6Addr};

use super::{ArgumentFault, Arguments, Example, FunctionDecl, Given, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const IS_IN_CIDR: FunctionDecl = FunctionDecl {
    name: "IsInCIDR",
    doc: "Whether an address belongs to one of the networks, which are written with the length of their \
          prefix. What is no address belongs to none.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("networks", Takes::List(Type::STRING)).late(),
    ],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"ip": "10.1.2.3"}"#,
            statement: r#"set(log.attributes["r"], IsInCIDR(log.attributes["ip"], ["10.0.0.0/8", "fd00::/8"]))"#,
            expect: r#"{"ip": "10.1.2.3", "r": true}"#,
        },
        Example {
            given: r#"{"ip": "host"}"#,
            statement: r#"set(log.attributes["r"], IsInCIDR(log.attributes["ip"], ["10.0.0.0/8"]))"#,
            expect: r#"{"ip": "host", "r": false}"#,
        },
        Example {
            given: r#"{"ip": "10.1.2.3", "net": "10/8"}"#,
            statement: r#"set(log.attributes["r"], IsInCIDR(log.attributes["ip"], [log.attributes["net"]]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(is_in_cidr),
};

fn is_in_cidr<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(address), networks] = *args else {
        return Err(EvalError::Internal("IsInCIDR"));
    };
    let networks = networks.elements().ok_or(EvalError::Internal("IsInCIDR"))?;
    let Ok(address) = address.parse::<IpAddr>() else { return Ok(Value::Bool(false)) };
    for network in networks.iter() {
        let Value::Str(text) = work.needed(network)? else {
            return Err(EvalError::Internal("IsInCIDR"));
        };
        let network = Network::parse(text).ok_or_else(|| EvalError::InvalidText {
            text: text.into(),
            wanted: "a network such as `10.0.0.0/8`",
        })?;
        if network.has(address) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

/// Addresses that begin with the same bits.
struct Network {
    /// The address, where an IPv4 one is mapped into IPv6.
    start: u128,
    /// The bits that count.
    mask: u128,
    /// Whether it holds IPv4 addresses.
    is_v4: bool,
}

/// The first of the IPv4 addresses in IPv6.
const MAPPED: u128 = 0xFFFF_0000_0000;

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        // No sign, as `parse` would take one.
        let length = length.bytes().all(|byte| byte.is_ascii_digit()).then_some(length)?;
        let length: u32 = length.parse().ok().filter(|length| *length <= width)?;
        let mask = u128::MAX.checked_shl(width - length).unwrap_or(0);
        let start = bits(address) & mask;
        // A network of mapped addresses holds IPv4 addresses as well.
        Some(Self { start, mask, is_v4: is_mapped(start) })
    }

    fn has(&self, address: IpAddr) -> bool {
        let address = bits(address);
        is_mapped(address) == self.is_v4 && address & self.mask == self.start
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

const fn is_mapped(address: u128) -> bool {
    Ipv6Addr::from_bits(address).to_ipv4_mapped().is_some() && address >= MAPPED
}

/// The networks up to the first one that is not constant are read at the start.
fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    for network in args.elements(1).unwrap_or_default() {
        let Given::Constant(Value::Str(text)) = network else { break };
        if Network::parse(text).is_none() {
            let message = format!("takes networks, which {text:?} is not");
            let help = "write an address and the length of its prefix, such as `10.0.0.0/8`";
            return Err(ArgumentFault::new(1, message, help));
        }
    }
    Ok(())
}
