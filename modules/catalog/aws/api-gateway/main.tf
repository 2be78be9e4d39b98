locals {
  tags = merge(var.tags, { Owner = var.owner })

  # Nobody is let in by accident: without a word about callers, they sign requests with IAM.
  has_issuer    = var.jwt_issuer != null
  authorization = local.has_issuer ? "JWT" : var.public ? "NONE" : "AWS_IAM"

  # Browsers ask before they call, without saying who they are; $default would refuse that question.
  asked_before     = local.authorization != "NONE" && length(var.cors_origins) > 0 && contains(var.routes, "$default")
  preflight        = local.asked_before ? { "OPTIONS /{proxy+}" = "NONE" } : {}
  authorization_of = merge({ for route in var.routes : route => local.authorization }, local.preflight)
}

resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  protocol_type = "HTTP"
  tags          = local.tags

  # With a host name of your own, the one of AWS would be a way round it.
  disable_execute_api_endpoint = var.domain_name != null

  dynamic "cors_configuration" {
    for_each = length(var.cors_origins) == 0 ? [] : [var.cors_origins]

    content {
      allow_origins = cors_configuration.value
      allow_methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
      allow_headers = ["authorization", "content-type"]
      max_age       = 3000
    }
  }

  lifecycle {
    precondition {
      condition     = local.has_issuer == (length(var.jwt_audiences) > 0)
      error_message = "jwt_issuer and jwt_audiences belong together: give both, or neither."
    }

    precondition {
      condition     = !(local.has_issuer && var.public)
      error_message = "An API that is public asks for no token: leave out jwt_issuer, or public."
    }

    precondition {
      condition     = (var.domain_name == null) == (var.certificate_arn == null)
      error_message = "domain_name and certificate_arn belong together: give both, or neither."
    }
  }
}

resource "aws_apigatewayv2_integration" "this" {
  api_id = aws_apigatewayv2_api.this.id

  integration_type       = "AWS_PROXY"
  integration_uri        = var.lambda_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = var.timeout_seconds * 1000
}

resource "aws_lambda_permission" "this" {
  statement_id  = "api-${var.name}"
  action        = "lambda:InvokeFunction"
  function_name = var.lambda_arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}

resource "aws_apigatewayv2_authorizer" "this" {
  count = local.has_issuer ? 1 : 0

  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.jwt_issuer
    audience = var.jwt_audiences
  }
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.authorization_of

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.this.id}"

  authorization_type = each.value
  authorizer_id      = each.value == "JWT" ? aws_apigatewayv2_authorizer.this[0].id : null
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true
  tags        = local.tags

  default_route_settings {
    throttling_rate_limit  = var.requests_per_second
    throttling_burst_limit = var.burst
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this.arn
    # Who asked for what and how it went; neither headers nor tokens.
    format = jsonencode({
      time      = "$context.requestTime"
      requestId = "$context.requestId"
      ip        = "$context.identity.sourceIp"
      method    = "$context.httpMethod"
      path      = "$context.path"
      route     = "$context.routeKey"
      status    = "$context.status"
      bytes     = "$context.responseLength"
      latency   = "$context.responseLatency"
      error     = "$context.error.message"
      function  = "$context.integrationErrorMessage"
      refused   = "$context.authorizer.error"
    })
  }
}

# Under this path services may write to any number of log groups without filling up a policy of the account.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = local.tags
}
