package main

import input as tfplan

open_to_all(rule) {
	rule.cidr_blocks[_] == "0.0.0.0/0"
	not allowed[rule.from_port]
}

allowed = {443, 80}

deny[msg] {
	rc := tfplan.resource_changes[_]
	rc.type == "aws_security_group"
	rule := rc.change.after.ingress[_]
	open_to_all(rule)
	msg = sprintf("%v is open", [rc.address])
}

warn[msg] {
	rc := tfplan.resource_changes[_]
	rc.change.actions[_] == "delete"
	not startswith(lower(rc.name), "tmp")
	msg = sprintf("`%v` goes", [rc.address])
}
