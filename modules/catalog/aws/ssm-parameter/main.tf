locals {
  name = var.path == null ? var.name : "/${trim(var.path, "/")}/${var.name}"
  tags = merge(var.tags, { Owner = var.owner })
}

resource "aws_ssm_parameter" "this" {
  name            = local.name
  type            = var.type
  tier            = var.tier
  description     = var.description
  allowed_pattern = var.allowed_pattern
  tags            = local.tags

  # Not `value`, which plans hide: this one is no secret, and reviewers should see it.
  insecure_value = var.value

  lifecycle {
    # AWS changes no parameter's type; the provider tries to and fails.
    replace_triggered_by = [terraform_data.type]

    precondition {
      condition     = var.tier == "Advanced" || length(var.value) <= 4096
      error_message = "A value of more than 4096 characters needs the tier Advanced."
    }
  }
}

resource "terraform_data" "type" {
  input = var.type
}
