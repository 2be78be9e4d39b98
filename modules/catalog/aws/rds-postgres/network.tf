data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
  tags        = local.tags
}

# The database begins no connections: there is nothing to let out.
resource "aws_security_group" "this" {
  name        = "${var.name}-postgres"
  description = "Who may connect to ${var.name}"
  vpc_id      = data.aws_subnet.first.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-postgres" })

  # Written as a list, an empty one removes the rule: without the block it would stay.
  ingress = [for groups in [var.allow_from] : {
    description      = "PostgreSQL from the clients"
    protocol         = "tcp"
    from_port        = 5432
    to_port          = 5432
    security_groups  = groups
    cidr_blocks      = []
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    self             = false
  } if length(groups) > 0]
}
