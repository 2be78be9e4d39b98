#!/bin/sh
# Makes the plans of these folders anew from their code and hand-written states. Needs terraform 1.11 and the AWS provider
# 5.100.0 (from the registry, or a mirror named in TF_CLI_CONFIG_FILE); no account and no network else. With names of
# folders, only these.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
test $# -gt 0 || set -- */ defaults/*/
for folder in "$@"; do
  for folder in $folder; do
    test -f "$folder/main.tf" || continue
    root=$(mktemp -d)
    work=$root/live/dev/x
    mkdir -p "$work" "$root/modules"
    cp -R "$here/../../modules/catalog" "$root/modules/catalog"
    cp -R "$here/$folder/." "$work"
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
print(json.dumps(plan, indent=1))' >"$here/$folder/plan.json"
    )
    rm -rf "$root"
  done
done
