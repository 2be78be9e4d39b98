variable "name" { type = string }
variable "tags" { type = map(string) }

resource "aws_sns_topic" "this" {
  name = var.name
  tags = var.tags
}
