variable "public" { type = bool }

resource "aws_db_instance" "this" {
  identifier          = "acme-db"
  instance_class      = "db.t3.medium"
  engine              = "postgres"
  allocated_storage   = 20
  username            = "admin1"
  password            = "mock-password"
  skip_final_snapshot = true
  publicly_accessible = var.public
}
