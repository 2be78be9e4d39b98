output "zone_id" {
  description = "ID of the zone, for records and certificates."
  value       = local.zone_id
}

output "domain" {
  description = "Domain of the zone."
  value       = local.domain
}

output "arn" {
  description = "ARN of the new zone, for policies; null when an existing one was given."
  value       = one(aws_route53_zone.this[*].arn)
}

output "name_servers" {
  description = "Name servers of the zone, for its NS record in the zone above or at the registrar."
  value       = one(concat(aws_route53_zone.this[*].name_servers, data.aws_route53_zone.given[*].name_servers))
}

output "records" {
  description = "Full names of all records, by type and name."
  value = merge(
    { for key, record in aws_route53_record.plain : key => record.fqdn },
    { for key, record in aws_route53_record.alias : "ALIAS ${key}" => record.fqdn },
  )
}
