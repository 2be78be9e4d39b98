output "arn" {
  description = "ARN of the certificate, for load balancers and distributions; once it is issued, when that is waited for."
  value       = coalesce(one(aws_acm_certificate_validation.this[*].certificate_arn), aws_acm_certificate.this.arn)
}

output "domain" {
  description = "Domain that the certificate is for."
  value       = aws_acm_certificate.this.domain_name
}

output "validation_records" {
  description = "Records that prove the domains: name, type and value of each."
  value = [
    for option in aws_acm_certificate.this.domain_validation_options : {
      domain = option.domain_name
      name   = option.resource_record_name
      type   = option.resource_record_type
      value  = option.resource_record_value
    }
  ]
}
