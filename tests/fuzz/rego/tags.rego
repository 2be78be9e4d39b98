package main

import rego.v1

required := {"Owner", "CostCenter"}

changed contains rc if {
	some rc in input.resource_changes
	some action in rc.change.actions
	action in {"create", "update"}
}

missing(rc) := required - object.keys(object.get(rc.change.after, "tags", {}))

deny_tags contains {"msg": msg, "address": rc.address} if {
	some rc in changed
	count(missing(rc)) > 0
	msg := sprintf("%s lacks %s", [rc.address, concat(", ", sort(missing(rc)))])
}

exception contains rules if {
	data.tfpilot.environment == "sandbox"
	rules := ["tags"]
}
