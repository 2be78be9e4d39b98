//! Functions on network addresses.

use super::super::{Fault, Outcome};
use super::{number, string, whole};
use crate::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) fn apply(name: &str, args: &[Value]) -> Option<Outcome> {
    if name.starts_with("cidr") && args.first().and_then(Value::as_str).is_some_and(padded) {
        return Some(Ok(Value::Unknown));
    }
    Some(match name {
        "cidrhost" => host(args),
        "cidrsubnet" => subnet(args),
        "cidrnetmask" => netmask(args),
        _ => return None,
    })
}

/// Whether a part has leading zeros, which Terraform reads and others take for octal.
fn padded(network: &str) -> bool {
    let mut parts = network.split(['.', '/']);
    !network.contains(':') && parts.any(|part| part.len() > 1 && part.starts_with('0'))
}

/// A network: its bits at the low end, its prefix and whether it is IPv4.
struct Network {
    bits: u128,
    prefix: u32,
    v4: bool,
}

impl Network {
    fn parse(text: &str) -> Result<Self, Fault> {
        let (address, prefix) = text.split_once('/').ok_or(Fault)?;
        let digits =
            !prefix.is_empty() && prefix.len() <= 3 && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = prefix.parse::<u32>().ok().filter(|_| digits).ok_or(Fault)?;
        let (bits, v4) = match address.parse::<IpAddr>().map_err(|_| Fault)? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), true),
            IpAddr::V6(address) => (u128::from(address), false),
        };
        let mut network = Self { bits, prefix, v4 };
        if prefix > network.size() {
            return Err(Fault);
        }
        network.bits &= !network.host_mask();
        Ok(network)
    }

    fn size(&self) -> u32 {
        if self.v4 { 32 } else { 128 }
    }

    fn host_mask(&self) -> u128 {
        1u128.checked_shl(self.size() - self.prefix).map_or(u128::MAX, |bit| bit - 1)
    }

    fn show(&self, bits: u128) -> String {
        match u32::try_from(bits) {
            Ok(bits) if self.v4 => Ipv4Addr::from(bits).to_string(),
            _ => Ipv6Addr::from(bits).to_string(),
        }
    }
}

fn host(args: &[Value]) -> Outcome {
    let network = Network::parse(&string(args, 0)?)?;
    if number(args, 1)?.abs() > 9e15 {
        return Ok(Value::Unknown);
    }
    let index = i128::from(whole(args, 1)?);
    let mask = network.host_mask();
    let offset = if index < 0 {
        (mask + u128::from(mask != u128::MAX)).checked_sub(index.unsigned_abs())
    } else {
        u128::try_from(index).ok()
    };
    let offset = offset.filter(|offset| *offset <= mask).ok_or(Fault)?;
    Ok(Value::String(network.show(network.bits | offset)))
}

fn subnet(args: &[Value]) -> Outcome {
    let network = Network::parse(&string(args, 0)?)?;
    let (more, index) = (whole(args, 1)?, whole(args, 2)?);
    let more = u32::try_from(more).map_err(|_| Fault)?;
    let index = u128::try_from(index).map_err(|_| Fault)?;
    let prefix = network.prefix.checked_add(more).filter(|prefix| *prefix <= network.size()).ok_or(Fault)?;
    if more < 128 && index >> more != 0 {
        return Err(Fault);
    }
    let bits = index.checked_shl(network.size() - prefix).unwrap_or(0) | network.bits;
    Ok(Value::String(format!("{}/{prefix}", network.show(bits))))
}

fn netmask(args: &[Value]) -> Outcome {
    let network = Network::parse(&string(args, 0)?)?;
    if !network.v4 {
        return Err(Fault);
    }
    let all = u128::from(u32::MAX);
    Ok(Value::String(network.show(all & !network.host_mask())))
}
