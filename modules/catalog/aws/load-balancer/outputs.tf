output "arn" {
  description = "ARN of the load balancer, for policies."
  value       = aws_lb.this.arn
}

output "name" {
  description = "Name of the load balancer."
  value       = aws_lb.this.name
}

output "dns_name" {
  description = "Host name of the load balancer, for an alias record."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Hosted zone of that host name, for an alias record."
  value       = aws_lb.this.zone_id
}

output "target_group_arn" {
  description = "ARN of the target group, for the service whose targets get the requests."
  value       = aws_lb_target_group.this.arn
}

output "https_listener_arn" {
  description = "ARN of the HTTPS listener, for further rules."
  value       = aws_lb_listener.https.arn
}

output "security_group_id" {
  description = "ID of the load balancer's security group, from which targets get their requests."
  value       = aws_security_group.this.id
}
