//! Where a resource will be. Plans of the AWS provider 5 do not say; the provider's configuration, the code, a zone or an ARN
//! may.

use serde_json::Value as Json;
use tfpilot_hcl::Value;

use crate::Shipped;
use crate::address::glob;
use crate::code::Provider;
use crate::subject::Subject;

/// A region, and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Region {
    /// Read from plan or code.
    Known(String),
    /// Nothing speaks against it; good enough for a price, not for a verdict.
    Likely(String),
    /// Why it is not known.
    Unknown(&'static str),
}

impl Region {
    /// Its name when it is certain.
    pub(crate) fn certain(&self) -> Option<&str> {
        match self {
            Self::Known(region) => Some(region),
            _ => None,
        }
    }
}

/// The region of an AWS resource.
pub(crate) fn of(subject: &Subject<'_, '_>) -> Region {
    // Version 6 of the provider gives resources a region of their own.
    if let Value::String(region) = subject.after("region") {
        return Region::Known(region);
    }
    let zone = "availability_zone";
    if let Some(region) = zone_region(&subject.after(zone)).or_else(|| zone_region(&subject.before(zone))) {
        return Region::Known(region);
    }
    let configured = configured(subject);
    if let Region::Known(_) = configured {
        return configured;
    }
    if let Some(region) = arn_region(&subject.before("arn")).or_else(|| arn_region(&subject.after("arn"))) {
        return Region::Known(region);
    }
    match (&subject.world.context.region, configured) {
        (Some(region), Region::Unknown(_)) => Region::Likely(region.clone()),
        (_, configured) => configured,
    }
}

/// Types that are in no region.
static GLOBAL: Shipped = Shipped::new(|| crate::lines(include_str!("../defaults/global.txt")).collect());

/// The argument that says where a resource is, and the region; none for types that are in none.
pub(crate) fn place<'s>(subject: &'s Subject<'_, '_>) -> Option<&'s (&'static str, Value)> {
    subject.known.place.get_or_init(|| find(subject)).as_ref()
}

fn find(subject: &Subject<'_, '_>) -> Option<(&'static str, Value)> {
    if !subject.kind.starts_with("aws_") {
        return named(subject);
    }
    let global = GLOBAL.iter().any(|pattern| glob(pattern, subject.kind));
    (!global).then(|| ("region", certain(&of(subject))))
}

fn certain(region: &Region) -> Value {
    region.certain().map_or(Value::Unknown, |region| Value::String(region.to_owned()))
}

/// Other clouds name the place in the resource; a zone lies in the region it begins with.
fn named(subject: &Subject<'_, '_>) -> Option<(&'static str, Value)> {
    if !subject.kind.starts_with("google_") && !subject.kind.starts_with("azurerm_") {
        return None;
    }
    for argument in ["region", "location", "zone"] {
        if !subject.has(argument) {
            continue;
        }
        let value = match (argument, subject.after(argument)) {
            ("zone", Value::String(zone)) => {
                Value::String(zone.rsplit_once('-').map_or(zone.as_str(), |(region, _)| region).to_owned())
            }
            // Left to the project or the provider: where that is, is not said.
            (_, Value::Null) => Value::Unknown,
            (_, value) => value,
        };
        return Some((argument, value));
    }
    None
}

/// What the provider's configuration says.
fn configured(subject: &Subject<'_, '_>) -> Region {
    let world = subject.world;
    let key = subject.planned().and_then(|resource| resource.provider());
    let expression = key.and_then(|key| world.wiring.provider(key, "region"));
    if let Some(region) = expression.and_then(|it| it.get("constant_value")).and_then(Json::as_str)
        && !tfpilot_plan::is_redacted(&Json::String(region.to_owned()))
    {
        return Region::Known(region.to_owned());
    }
    let provider = match key {
        Some(key) => Some(Provider::parse(key)),
        None => subject.written().and_then(|written| written.provider(subject.kind)),
    };
    if let (Some(index), Some(provider)) = (&world.index, &provider)
        && let Some(Value::String(region)) = index.provider_argument(provider, "region")
    {
        return Region::Known(region);
    }
    // The plan names what an expression refers to, not what it makes of it.
    let only = expression.and_then(|it| it.get("references")).and_then(Json::as_array);
    let variable = match only.map(Vec::as_slice) {
        Some([only]) => only.as_str().and_then(|name| name.strip_prefix("var.")),
        _ => None,
    };
    let variables = || world.plan?.section("variables");
    let value = variable.and_then(|name| variables()?.get(name)?.get("value")?.as_str());
    match value {
        Some(region) if is_aws(region) => Region::Likely(region.to_owned()),
        _ if expression.is_some() => Region::Unknown("the provider's region is computed"),
        _ => Region::Unknown("the provider's block names no region"),
    }
}

/// `us-east-1a` and `us-west-2-lax-1a` are zones of a region.
fn zone_region(zone: &Value) -> Option<String> {
    let zone = zone.as_str()?;
    let mut end = 0;
    for part in zone.split('-') {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_lowercase());
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return zone.get(..end + digits.len()).filter(|region| is_aws(region)).map(str::to_owned);
        }
        end += part.len() + 1;
    }
    None
}

fn arn_region(arn: &Value) -> Option<String> {
    let region = arn.as_str()?.strip_prefix("arn:")?.split(':').nth(2)?;
    is_aws(region).then(|| region.to_owned())
}

/// Whether a word looks like a region of AWS: `eu-central-1`, `us-gov-west-1`.
fn is_aws(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let word = |part: &&str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2
        && words.iter().all(word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    #[test]
    fn zones_lie_in_regions() {
        for (zone, expect) in [
            ("us-east-1a", Some("us-east-1")),
            ("us-west-2-lax-1a", Some("us-west-2")),
            ("us-gov-west-1b", Some("us-gov-west-1")),
            ("somewhere", None),
            ("", None),
            ("-1a", None),
        ] {
            assert_eq!(zone_region(&text(zone)).as_deref(), expect, "{zone}");
        }
        assert_eq!(zone_region(&Value::Unknown), None);
    }

    #[test]
    fn arns_of_regional_things_name_the_region() {
        assert_eq!(arn_region(&text("arn:aws:sqs:eu-west-1:1:q")).as_deref(), Some("eu-west-1"));
        assert_eq!(arn_region(&text("arn:aws:s3:::bucket")), None);
        assert_eq!(arn_region(&text("arn:aws")), None);
    }
}
