data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  cluster = var.cluster == null ? aws_ecs_cluster.this[0].name : var.cluster
  memory  = var.memory_mib == null ? var.cpu * 2 : var.memory_mib

  # What Fargate sells.
  memories = {
    "256"   = [512, 1024, 2048]
    "512"   = range(1024, 4097, 1024)
    "1024"  = range(2048, 8193, 1024)
    "2048"  = range(4096, 16385, 1024)
    "4096"  = range(8192, 30721, 1024)
    "8192"  = range(16384, 61441, 4096)
    "16384" = range(32768, 122881, 8192)
  }
}

resource "aws_ecs_cluster" "this" {
  count = var.cluster == null ? 1 : 0

  name = var.name
  tags = local.tags
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_days
  tags              = local.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = local.memory
  execution_role_arn       = aws_iam_role.start.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = local.tags

  container_definitions = jsonencode([
    {
      name         = var.name
      image        = var.image
      essential    = true
      portMappings = [for port in var.port == null ? [] : [var.port] : { containerPort = port, hostPort = port, protocol = "tcp" }]
      environment  = [for name, value in var.variables : { name = name, value = value }]
      secrets      = [for name, arn in var.secret_arns : { name = name, valueFrom = arn }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          "awslogs-group"         = aws_cloudwatch_log_group.this.name
          "awslogs-region"        = data.aws_region.current.name
          "awslogs-stream-prefix" = "task"
        }
      }
    },
  ])

  lifecycle {
    precondition {
      condition     = contains(local.memories[tostring(var.cpu)], local.memory)
      error_message = "With ${var.cpu} CPU units Fargate has ${join(", ", local.memories[tostring(var.cpu)])} MiB of memory."
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = local.cluster
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"
  desired_count   = var.instances
  propagate_tags  = "SERVICE"
  tags            = local.tags

  availability_zone_rebalancing     = "ENABLED"
  health_check_grace_period_seconds = var.target_group_arn == null ? null : 60

  # A deployment whose tasks do not start is taken back.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.target_group_arn == null ? [] : [var.target_group_arn]

    content {
      target_group_arn = load_balancer.value
      container_name   = var.name
      container_port   = var.port
    }
  }

  lifecycle {
    # The limits below decide.
    ignore_changes = [desired_count]

    precondition {
      condition     = var.target_group_arn == null || var.port != null
      error_message = "A target group sends requests to a port: give port too."
    }
  }

  # Without its rights a task would fail to start, and count against the deployment.
  depends_on = [aws_iam_role_policy.start]
}

# Also without scaling: AWS brings the number of tasks between the limits at once, so a change of instances counts, and
# a number that was scaled is left alone by the next apply.
resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  resource_id        = "service/${reverse(split("/", local.cluster))[0]}/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.instances
  max_capacity       = max(var.instances, var.max_instances == null ? 0 : var.max_instances)
  tags               = local.tags
}

resource "aws_appautoscaling_policy" "cpu" {
  count = var.max_instances == null ? 0 : 1

  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
