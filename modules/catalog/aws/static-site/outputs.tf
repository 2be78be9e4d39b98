output "bucket_name" {
  description = "Name of the bucket that the site's files are copied to."
  value       = aws_s3_bucket.this.id
}

output "bucket_arn" {
  description = "ARN of the bucket, for the policy of who deploys."
  value       = aws_s3_bucket.this.arn
}

output "distribution_id" {
  description = "ID of the distribution, for invalidations after a deployment."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "ARN of the distribution, for policies."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "Host name that CloudFront made up, to point domains at."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "url" {
  description = "Address of the site: its first domain, else its host name of CloudFront."
  value       = "https://${length(var.domains) == 0 ? aws_cloudfront_distribution.this.domain_name : var.domains[0]}"
}
