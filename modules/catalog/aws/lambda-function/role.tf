# The role that the code runs with: it may write its own log, and what is asked for.

locals {
  # Put together here, the ARNs are known before the function exists, so the policy can be read in the plan.
  function_arn = "arn:${local.partition}:lambda:${local.place}:function:${var.name}"
  log_arn      = "arn:${local.partition}:logs:${local.place}:log-group:/aws/lambda/${var.name}"

  write_log = {
    Sid      = "WriteLog"
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = "${local.log_arn}:*"
  }

  # Lambda itself needs these to put the function into its subnets; AWS knows no narrower resource.
  reach_vpc = {
    Sid    = "ReachVpc"
    Effect = "Allow"
    Action = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]
    Resource = "*"
  }
  # The code runs with the same role and needs none of them.
  keep_code_out = {
    Sid       = "KeepCodeOut"
    Effect    = "Deny"
    Action    = local.reach_vpc.Action
    Resource  = "*"
    Condition = { ArnEquals = { "lambda:SourceFunctionArn" = local.function_arn } }
  }

  read_variables = {
    Sid      = "ReadVariables"
    Effect   = "Allow"
    Action   = "kms:Decrypt"
    Resource = var.kms_key_arn
  }
}

resource "aws_iam_role" "this" {
  name        = "lambda-${var.name}"
  description = "Runs the Lambda function ${var.name}"
  tags        = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "lambda.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "function"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.write_log],
      [for statement in [local.reach_vpc] : statement if local.in_vpc],
      [for statement in [local.keep_code_out] : statement if local.in_vpc],
      [for statement in [local.read_variables] : statement if var.kms_key_arn != null],
    )
  })
}

# By their place in the list: an ARN may be known only after its policy exists, and keys must be known before.
resource "aws_iam_role_policy_attachment" "this" {
  count = length(var.policy_arns)

  role       = aws_iam_role.this.name
  policy_arn = var.policy_arns[count.index]
}
