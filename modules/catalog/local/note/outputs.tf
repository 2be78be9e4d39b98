output "id" {
  description = "Identifier of the note in the state."
  value       = terraform_data.this.id
}

output "text" {
  description = "What the note says."
  value       = terraform_data.this.output.text
}
