# Who reaches the tasks, what ECS may do to start them (start), and what may run in them (task).

resource "aws_security_group" "this" {
  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = data.aws_subnet.first.vpc_id
  tags        = merge(local.tags, { Name = var.name })

  # AWS refuses to delete a group that tasks still have.
  lifecycle {
    create_before_destroy = true
  }
}

# Counted, so that a group may be made together with the service.
resource "aws_vpc_security_group_ingress_rule" "this" {
  count = var.port == null ? 0 : length(var.client_security_group_ids)

  security_group_id            = aws_security_group.this.id
  description                  = "${var.port} from clients"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = var.client_security_group_ids[count.index]
  tags                         = local.tags
}

resource "aws_vpc_security_group_egress_rule" "this" {
  security_group_id = aws_security_group.this.id
  description       = "Everything out"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
  tags              = local.tags
}

locals {
  arns          = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
  log_group_arn = "arn:${data.aws_partition.current.partition}:logs:${local.arns}:log-group:/ecs/${var.name}"

  # Account, region and repository of an image in ECR; images from elsewhere need no rights.
  repositories = [
    for parts in regexall("^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/([^:@]+)", var.image) :
    "arn:${data.aws_partition.current.partition}:ecr:${parts[1]}:${parts[0]}:repository/${parts[2]}"
  ]

  # Of a secret's ARN the name of a key in it, a stage and a version may follow, which policies do not know.
  secrets = distinct([for arn in values(var.secret_arns) : join(":", slice(split(":", arn), 0, min(7, length(split(":", arn)))))])

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "ecs-tasks.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

# Roles are known in all regions; the region in their names lets a service of the same name live in another one.
resource "aws_iam_role" "start" {
  name               = "${var.name}-start-${data.aws_region.current.name}"
  assume_role_policy = local.trust
  tags               = local.tags
}

resource "aws_iam_role_policy" "start" {
  name = "start-tasks"
  role = aws_iam_role.start.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${local.log_group_arn}:*"]
        },
      ],
      [
        for repository in local.repositories : {
          Effect   = "Allow"
          Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource = [repository]
        }
      ],
      [
        # AWS knows no narrower resource for this one.
        for repository in local.repositories : {
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = ["*"]
        }
      ],
      [
        for secrets in length(local.secrets) == 0 ? [] : [local.secrets] : {
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
          Resource = secrets
        }
      ],
    )
  })
}

resource "aws_iam_role" "task" {
  name               = "${var.name}-task-${data.aws_region.current.name}"
  assume_role_policy = local.trust
  tags               = local.tags
}

# Counted, so that a policy may be made together with the service.
resource "aws_iam_role_policy_attachment" "task" {
  count = length(var.policy_arns)

  role       = aws_iam_role.task.name
  policy_arn = var.policy_arns[count.index]
}
