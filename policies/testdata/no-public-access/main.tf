terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "mock-access"
  secret_key                  = "mock-secret-literal"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = "vpc-1"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    from_port        = 22
    to_port          = 22
    protocol         = "tcp"
    ipv6_cidr_blocks = ["::/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# Rules lie elsewhere.
resource "aws_security_group" "bare" {
  name   = "bare"
  vpc_id = "vpc-1"
}

resource "aws_eip" "nat" {}

# An address that is known only after apply.
resource "aws_vpc_security_group_ingress_rule" "late" {
  security_group_id = aws_security_group.bare.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = aws_eip.nat.public_ip
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket              = aws_s3_bucket.data.id
  block_public_acls   = true
  block_public_policy = true
}

# One unknown part makes the plan forget the document; the code shows who is let in.
resource "aws_s3_bucket_policy" "open" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.data.arn}/*" }]
  })
}

data "aws_iam_policy_document" "shut" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.data.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111111111111:root"]
    }
  }
}

resource "aws_s3_bucket_policy" "shut" {
  bucket = aws_s3_bucket.data.id
  policy = data.aws_iam_policy_document.shut.json
}

# Nobody knows what the file makes of it.
resource "aws_sns_topic_policy" "late" {
  arn    = "arn:aws:sns:eu-central-1:111111111111:x"
  policy = templatefile("policy.tftpl", { arn = aws_s3_bucket.data.arn })
}

# A heredoc may convict.
resource "aws_sqs_queue_policy" "open" {
  queue_url = "https://sqs.eu-central-1.amazonaws.com/111111111111/x"
  policy    = <<-EOT
    {"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:*", "Resource": "${aws_s3_bucket.data.arn}"}
    ]}
  EOT
}

module "exposed" {
  source = "./exposed"
  public = true
}
