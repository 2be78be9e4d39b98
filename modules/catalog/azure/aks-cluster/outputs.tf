output "name" {
  description = "Name of the cluster."
  value       = azurerm_kubernetes_cluster.this.name
}

output "id" {
  description = "Full id of the cluster, for roles and policies."
  value       = azurerm_kubernetes_cluster.this.id
}

output "oidc_issuer_url" {
  description = "Address of the cluster's issuer, for workload identity."
  value       = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "kubelet_identity" {
  description = "Object id of the nodes' identity, for the role that pulls images."
  value       = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
}

output "node_resource_group" {
  description = "Name of the resource group Azure keeps the nodes in."
  value       = azurerm_kubernetes_cluster.this.node_resource_group
}
