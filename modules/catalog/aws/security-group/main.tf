locals {
  tags = merge(var.tags, { Owner = var.owner })

  services = {
    http     = "80"
    https    = "443"
    ssh      = "22"
    rdp      = "3389"
    postgres = "5432"
    mysql    = "3306"
    redis    = "6379"
    nfs      = "2049"
  }

  # The rules as they are written are their keys: they are what a reviewer reads in the plan.
  ingress = toset([for rule in concat(var.ingress, [for pair in setproduct(var.ports, var.sources) : "${pair[0]} from ${pair[1]}"]) : lower(rule)])
  egress  = toset([for rule in var.egress : lower(rule)])

  # "udp/53 from 10.0.0.0/8": what may pass, and who is on the other side.
  words = { for rule in setunion(local.ingress, local.egress) : rule => { what = split(" ", rule)[0], peer = split(" ", rule)[2] } }
  ports = {
    for rule, words in local.words : rule => [
      for port in split("-", lookup(local.services, words.what, trimprefix(trimprefix(words.what, "tcp/"), "udp/"))) : tonumber(port)
    ] if !contains(["all", "icmp"], words.what)
  }

  rules = {
    for rule, words in local.words : rule => {
      protocol = (
        words.what == "all" ? "-1" :
        words.what == "icmp" ? (strcontains(words.peer, ":") ? "icmpv6" : "icmp") :
        startswith(words.what, "udp/") ? "udp" : "tcp"
      )
      # With all protocols there are no ports; -1 means every kind of ICMP message.
      from_port = words.what == "all" ? null : words.what == "icmp" ? -1 : local.ports[rule][0]
      to_port   = words.what == "all" ? null : words.what == "icmp" ? -1 : reverse(local.ports[rule])[0]
      group     = words.peer == "self" ? aws_security_group.this.id : startswith(words.peer, "sg-") ? words.peer : null
      list      = startswith(words.peer, "pl-") ? words.peer : null
      ipv4      = strcontains(words.peer, "/") && !strcontains(words.peer, ":") ? words.peer : null
      ipv6      = strcontains(words.peer, "/") && strcontains(words.peer, ":") ? words.peer : null
    }
  }
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = merge(local.tags, { Name = var.name })
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.ingress

  security_group_id            = aws_security_group.this.id
  description                  = each.key
  ip_protocol                  = local.rules[each.key].protocol
  from_port                    = local.rules[each.key].from_port
  to_port                      = local.rules[each.key].to_port
  cidr_ipv4                    = local.rules[each.key].ipv4
  cidr_ipv6                    = local.rules[each.key].ipv6
  prefix_list_id               = local.rules[each.key].list
  referenced_security_group_id = local.rules[each.key].group
  tags                         = local.tags
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.egress

  security_group_id            = aws_security_group.this.id
  description                  = each.key
  ip_protocol                  = local.rules[each.key].protocol
  from_port                    = local.rules[each.key].from_port
  to_port                      = local.rules[each.key].to_port
  cidr_ipv4                    = local.rules[each.key].ipv4
  cidr_ipv6                    = local.rules[each.key].ipv6
  prefix_list_id               = local.rules[each.key].list
  referenced_security_group_id = local.rules[each.key].group
  tags                         = local.tags
}
