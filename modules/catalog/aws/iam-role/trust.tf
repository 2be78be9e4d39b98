# Who may assume the role.
locals {
  by_service = [
    for service in compact([local.service]) : {
      Sid       = "Service"
      Effect    = "Allow"
      Principal = { Service = service }
      # EKS Pod Identity also sets tags of the session.
      Action = service == "pods.eks.amazonaws.com" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
    }
  ]

  # With nobody's external ID there is no condition at all: an empty one would never hold.
  external = { for id in compact([var.external_id]) : "StringEquals" => { "sts:ExternalId" = id } }

  by_accounts = [
    for accounts in length(var.trusted_accounts) == 0 ? [] : [var.trusted_accounts] : merge({
      Sid       = "Accounts"
      Effect    = "Allow"
      Principal = { AWS = [for account in accounts : "arn:${local.partition}:iam::${account}:root"] }
      Action    = ["sts:AssumeRole"]
    }, length(local.external) == 0 ? null : { Condition = local.external })
  ]

  by_github = [
    for repositories in length(var.github_repositories) == 0 ? [] : [var.github_repositories] : {
      Sid       = "GitHub"
      Effect    = "Allow"
      Principal = { Federated = "arn:${local.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/token.actions.githubusercontent.com" }
      Action    = ["sts:AssumeRoleWithWebIdentity"]
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub" = [
            for repository in repositories : strcontains(repository, ":") ? "repo:${repository}" : "repo:${repository}:ref:refs/heads/${var.github_branch}"
          ]
        }
      }
    }
  ]
}
