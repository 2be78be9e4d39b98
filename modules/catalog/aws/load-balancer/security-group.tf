resource "aws_security_group" "this" {
  name        = "${var.name}-load-balancer"
  description = "Traffic of load balancer ${var.name}"
  vpc_id      = data.aws_vpc.this.id
  tags        = merge(local.tags, { Name = "${var.name}-load-balancer" })

  # AWS refuses to delete a group that the load balancer still has.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = { for pair in setproduct([80, 443], local.clients) : "${pair[0]} from ${pair[1]}" => { port = pair[0], cidr = pair[1] } }

  security_group_id = aws_security_group.this.id
  description       = each.key
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  tags              = local.tags
}

# Targets are in the VPC, and nothing else is ever asked.
resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = toset(local.vpc_cidrs)

  security_group_id = aws_security_group.this.id
  description       = "${var.target_port} to ${each.key}"
  ip_protocol       = "tcp"
  from_port         = var.target_port
  to_port           = var.target_port
  cidr_ipv4         = each.key
  tags              = local.tags
}
