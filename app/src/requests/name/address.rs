//! Names in addresses: `gs://exports` and `arn:aws:sqs:eu-west-1:123123123123:refunds` say where something will be, and so
//! what it is called.

use crate::requests::grammar::{Grammar, NAME};
use crate::requests::phrases::Claims;
use crate::requests::text::Text;

/// The one address of such a thing, with the name in it.
pub(super) fn read(text: &Text, grammar: &Grammar<'_>, claims: &Claims) -> Option<(usize, String)> {
    let own = |at: usize| {
        let token = text.get(at).filter(|_| claims.is_free(at))?;
        let (service, name) = parts(&token.text)?;
        // The module of a service is called after it: aws/sqs-queue, google/storage-bucket.
        let is_own = grammar.module.id.name().split('-').next() == Some(service);
        let takes = grammar.takes(NAME, &name.into());
        (is_own && takes).then(|| (at, name.to_owned()))
    };
    let mut found = (0..text.tokens.len()).filter_map(own);
    found.next().filter(|_| found.next().is_none())
}

/// The service that an address is of, and the name.
fn parts(address: &str) -> Option<(&str, &str)> {
    if let Some(arn) = address.strip_prefix("arn:") {
        let mut fields = arn.splitn(5, ':');
        let (service, resource) = (fields.nth(1)?, fields.nth(2)?);
        return Some((service, resource.rsplit([':', '/']).next()?));
    }
    if let Some(account) = address.strip_suffix(".iam.gserviceaccount.com") {
        return Some(("service", account.split_once('@')?.0));
    }
    if let Some(rest) = address.strip_prefix("https://sqs.") {
        return Some(("sqs", rest.rsplit_once('/')?.1));
    }
    let (scheme, name) = address.split_once("://")?;
    let name = name.trim_end_matches('/');
    let service = match scheme {
        "s3" => "s3",
        "gs" => "storage",
        _ => return None,
    };
    (!name.contains('/')).then_some((service, name))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn an_address_has_a_service_and_a_name() {
        for (address, expected) in [
            ("arn:aws:sqs:eu-west-1:123123123123:refunds", Some(("sqs", "refunds"))),
            ("arn:aws:dynamodb:eu-west-1:123123123123:table/carts", Some(("dynamodb", "carts"))),
            ("arn:aws:s3:::acme-x", Some(("s3", "acme-x"))),
            ("gs://acme-x/", Some(("storage", "acme-x"))),
            ("s3://acme-x/key", None),
            ("report@acme-bi.iam.gserviceaccount.com", Some(("service", "report"))),
            ("https://sqs.eu-central-1.amazonaws.com/1/mailer", Some(("sqs", "mailer"))),
            ("arn:aws", None),
            ("https://acme.example", None),
        ] {
            assert_eq!(parts(address), expected, "{address}");
        }
    }
}
