//! `admission/unknown-function`: functions are admitted by name. Those that read files are judged by their paths, those that
//! tell the time by [`super::clocks`].

use crate::finding::{Findings, Say, code};
use crate::subject::{Subject, calls};

/// The rule's name.
pub const NAME: &str = "unknown-function";

/// The functions of Terraform 1.11. Their values follow from their arguments, or another rule judges them.
const KNOWN: &str = "abs abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt \
    can ceil chomp chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains csvdecode \
    dirname distinct element endswith ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 \
    fileset filesha1 filesha256 filesha512 flatten floor format formatdate formatlist indent index issensitive join jsondecode \
    jsonencode keys length log lookup lower matchkeys max md5 merge min nonsensitive one parseint pathexpand plantimestamp pow \
    range regex regexall replace reverse rsadecrypt sensitive setintersection setproduct setsubtract setunion sha1 sha256 sha512 \
    signum slice sort split startswith strcontains strrev substr sum templatefile templatestring textdecodebase64 \
    textencodebase64 timeadd timecmp timestamp title tobool tolist tomap tonumber toset tostring transpose trim trimprefix \
    trimspace trimsuffix try upper urlencode uuid uuidv5 values yamldecode yamlencode zipmap";

/// Functions of providers that compute and do nothing else.
const PROVIDERS: [&str; 6] = [
    "provider::aws::arn_build",
    "provider::aws::arn_parse",
    "provider::aws::trim_iam_role_path",
    "provider::terraform::decode_tfvars",
    "provider::terraform::encode_expr",
    "provider::terraform::encode_tfvars",
];

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    let mut refuse = |name: &str, place: &tfpilot_hcl::Place| {
        if !known(name) {
            findings.add(
                place,
                Say {
                    rule: NAME,
                    what: code(&format!("{name}(…)")),
                    why: "TfPilot does not know what it does",
                    next: "remove it",
                },
            );
        }
    };
    for (file, block) in subject.blocks() {
        // A type constraint looks like calls and is none; Terraform evaluates nothing in it but constants.
        let body = without_types(block);
        calls(file, &body, &mut |name, place| refuse(&name, &place));
    }
    for (name, _, place) in &subject.reads.template_calls {
        refuse(name, place);
    }
}

/// A block's body without the type of a variable.
pub(super) fn without_types(block: &tfpilot_hcl::Block) -> tfpilot_hcl::Body {
    let mut body = block.body.clone();
    if block.kind == "variable" {
        body.attributes.retain(|attribute| attribute.name != "type");
    }
    body
}

fn known(name: &str) -> bool {
    let core = name.strip_prefix("core::").unwrap_or(name);
    KNOWN.split_ascii_whitespace().any(|known| known == core) || PROVIDERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_known_by_name() {
        assert!(known("core::file") && known("zipmap") && known("provider::aws::arn_parse"));
        for name in ["exec", "provider::evil::run", "core::core::file", "provider::aws::run", "", "file "] {
            assert!(!known(name), "{name}");
        }
    }
}
