#!/bin/sh
# Makes the plans of these folders anew from their code and hand-written states. Needs terraform 1.11 and the AWS provider
# 5.100.0 (from the registry, or a mirror named in TF_CLI_CONFIG_FILE); no account and no network else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for folder in "$here"/*/; do
  work=$(mktemp -d)
  cp -R "$folder." "$work"
  test ! -f "$work/state.json" || mv "$work/state.json" "$work/terraform.tfstate"
  (
    cd "$work"
    terraform init -input=false -no-color >/dev/null
    terraform plan -refresh=false -input=false -no-color -out=plan.bin >/dev/null
    terraform show -json plan.bin | python3 -c '
import json, sys
plan = json.load(sys.stdin)
for section in ("planned_values", "prior_state", "relevant_attributes", "timestamp"):
    plan.pop(section, None)
print(json.dumps(plan, indent=1))' >"$folder/plan.json"
  )
  rm -rf "$work"
done
