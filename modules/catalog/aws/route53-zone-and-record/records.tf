# Every record is an own resource under its type and name, so that a change of one touches no other.
locals {
  addresses = merge([
    for name, addresses in var.address_records : {
      for type in ["A", "AAAA"] : "${type} ${name}" => {
        name   = name
        type   = type
        values = [for address in compact(split(" ", addresses)) : address if strcontains(address, ":") == (type == "AAAA")]
      }
    }
  ]...)

  plain = merge(
    { for key, record in local.addresses : key => record if length(record.values) > 0 },
    { for name, host in var.cname_records : "CNAME ${name}" => { name = name, type = "CNAME", values = [host] } },
    # One text of a record has at most 255 characters; longer ones are cut into several, which readers join.
    { for name, text in var.txt_records : "TXT ${name}" => {
      name   = name
      type   = "TXT"
      values = [for line in compact(split("\n", text)) : join("\"\"", regexall(".{1,255}", line))]
    } },
    { for servers in length(var.mail_servers) == 0 ? [] : [var.mail_servers] : "MX @" => {
      name   = "@"
      type   = "MX"
      values = [for server in servers : replace(server, "/ +/", " ")]
    } },
  )

  # CloudFront has one zone for all of its hosts.
  aliases = {
    for name, target in var.alias_records : name => {
      host    = compact(split(" ", target))[0]
      zone_id = try(compact(split(" ", target))[1], "Z2FDTNDATAQYW2")
    }
  }
}

resource "aws_route53_record" "plain" {
  for_each = local.plain

  zone_id = local.zone_id
  name    = each.value.name == "@" ? local.domain : "${each.value.name}.${local.domain}"
  type    = each.value.type
  ttl     = var.ttl_seconds
  records = each.value.values
}

resource "aws_route53_record" "alias" {
  for_each = local.aliases

  zone_id = local.zone_id
  name    = each.key == "@" ? local.domain : "${each.key}.${local.domain}"
  type    = "A"

  alias {
    name                   = each.value.host
    zone_id                = each.value.zone_id
    evaluate_target_health = false
  }
}
