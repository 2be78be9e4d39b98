output "name" {
  description = "Name of the cluster, for aws eks update-kubeconfig --name."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster, for policies."
  value       = aws_eks_cluster.this.arn
}

output "endpoint" {
  description = "URL of the API."
  value       = aws_eks_cluster.this.endpoint
}

output "certificate_authority" {
  description = "Certificate of the API, in base64, for clients to check."
  value       = aws_eks_cluster.this.certificate_authority[0].data
}

output "oidc_issuer_url" {
  description = "URL of the issuer of service accounts' tokens, for roles by OIDC."
  value       = aws_eks_cluster.this.identity[0].oidc[0].issuer
}

output "security_group_id" {
  description = "ID of the security group that EKS makes for the nodes, for rules of what they use."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "node_role_arn" {
  description = "ARN of the role that nodes have."
  value       = aws_iam_role.node.arn
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts Kubernetes' secrets."
  value       = var.kms_key_arn == null ? aws_kms_key.this[0].arn : var.kms_key_arn
}
