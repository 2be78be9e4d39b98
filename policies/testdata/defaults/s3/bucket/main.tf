resource "aws_s3_bucket" "this" {
  bucket = "acme-module"
}

output "id" {
  value = aws_s3_bucket.this.id
}
