data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
  tags        = local.tags
}

# The cache begins no connections: there is nothing to let out.
resource "aws_security_group" "this" {
  name        = "${var.name}-cache"
  description = "Who may connect to ${var.name}"
  vpc_id      = data.aws_subnet.first.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-cache" })

  # Written as a list, an empty one removes the rule: without the block it would stay.
  ingress = [for groups in [var.allow_from] : {
    description      = "Cache from the clients"
    protocol         = "tcp"
    from_port        = 6379
    to_port          = 6379
    security_groups  = groups
    cidr_blocks      = []
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    self             = false
  } if length(groups) > 0]
}
