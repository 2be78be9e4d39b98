output "id" {
  description = "ID of the VPC."
  value       = aws_vpc.this.id
}

output "arn" {
  description = "ARN of the VPC, for policies."
  value       = aws_vpc.this.arn
}

output "cidr" {
  description = "IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "zones" {
  description = "Names of the availability zones that have subnets."
  value       = keys(local.zones)
}

output "private_subnet_ids" {
  description = "IDs of the private subnets, in the order of the zones."
  value       = [for zone in keys(local.zones) : aws_subnet.private[zone].id]
}

output "private_subnet_id" {
  description = "ID of the first zone's private subnet, for what lives in one zone."
  value       = aws_subnet.private[keys(local.zones)[0]].id
}

output "public_subnet_ids" {
  description = "IDs of the public subnets, in the order of the zones; empty without them."
  value       = [for zone in keys(local.public) : aws_subnet.public[zone].id]
}

output "private_route_table_ids" {
  description = "IDs of the private subnets' route tables, in the order of the zones."
  value       = [for zone in keys(local.zones) : aws_route_table.private[zone].id]
}

output "public_route_table_id" {
  description = "ID of the public subnets' route table; null without them."
  value       = one(aws_route_table.public[*].id)
}

output "nat_ips" {
  description = "Public addresses that private subnets are seen under; empty without NAT."
  value       = [for address in aws_eip.nat : address.public_ip]
}

output "flow_log_group" {
  description = "Log group of the flow logs; null without them."
  value       = one(aws_cloudwatch_log_group.flow[*].name)
}
