data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

# The domain begins no connections: there is nothing to let out.
resource "aws_security_group" "this" {
  name        = "${var.name}-opensearch"
  description = "Who may connect to ${var.name}"
  vpc_id      = data.aws_subnet.first.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-opensearch" })

  # Written as a list, an empty one removes the rule: without the block it would stay.
  ingress = [for groups in [var.allow_from] : {
    description      = "HTTPS from the clients"
    protocol         = "tcp"
    from_port        = 443
    to_port          = 443
    security_groups  = groups
    cidr_blocks      = []
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    self             = false
  } if length(groups) > 0]
}
