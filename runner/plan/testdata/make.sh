#!/bin/sh
# Makes testdata/aws/plan.json anew from its configuration and hand-written state. Needs terraform 1.11 and the
# AWS provider 5.100.0 (from the registry, or a mirror named in TF_CLI_CONFIG_FILE); no account and no network else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/aws/." "$work"
mv "$work/state.json" "$work/terraform.tfstate"
cd "$work"
terraform init -input=false -no-color >/dev/null
terraform plan -refresh=false -input=false -no-color -out=plan.bin >/dev/null
terraform show -json plan.bin | python3 -m json.tool --indent 1 >"$here/aws/plan.json"
