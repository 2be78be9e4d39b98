data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

# By position, not by id: the ids may become known only while a VPC is made.
resource "aws_efs_mount_target" "this" {
  count = length(var.subnet_ids)

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = var.subnet_ids[count.index]
  security_groups = concat([aws_security_group.this.id], var.security_group_ids)
}

# The file system begins no connections: there is nothing to let out.
resource "aws_security_group" "this" {
  name        = "${var.name}-efs"
  description = "Who may mount ${var.name}"
  vpc_id      = data.aws_subnet.first.vpc_id
  tags        = merge(local.tags, { Name = "${var.name}-efs" })

  # Written as a list, an empty one removes the rule: without the block it would stay.
  ingress = [for groups in [var.allow_from] : {
    description      = "NFS from the clients"
    protocol         = "tcp"
    from_port        = 2049
    to_port          = 2049
    security_groups  = groups
    cidr_blocks      = []
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    self             = false
  } if length(groups) > 0]
}
