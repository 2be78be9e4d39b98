output "id" {
  description = "ID of the distribution, for invalidations."
  value       = aws_cloudfront_distribution.this.id
}

output "arn" {
  description = "ARN of the distribution, for policies."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "Host name that CloudFront made up, to point domains at."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "hosted_zone_id" {
  description = "Zone of that host name, for alias records."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}

output "url" {
  description = "Address of the distribution: its first domain, else its host name of CloudFront."
  value       = "https://${length(var.domains) == 0 ? aws_cloudfront_distribution.this.domain_name : var.domains[0]}"
}
