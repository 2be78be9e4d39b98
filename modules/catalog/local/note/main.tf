# Kept in the state alone: no provider, no cloud, no cost. The smallest thing a request can ask for.
resource "terraform_data" "this" {
  input = {
    name  = var.name
    owner = var.owner
    text  = var.text
  }
}
