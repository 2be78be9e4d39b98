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

# Known after apply only.
resource "terraform_data" "late" {
  input = "late"
}

resource "aws_ebs_volume" "encrypted" {
  availability_zone = "eu-central-1a"
  size              = 1
  encrypted         = true
}

resource "aws_ebs_volume" "plain" {
  availability_zone = "eu-central-1a"
  size              = 1
}

resource "aws_ebs_volume" "late" {
  availability_zone = "eu-central-1a"
  size              = 1
  encrypted         = terraform_data.late.output != "plain"
}

# What it is made of decides.
resource "aws_ebs_volume" "copied" {
  availability_zone = "eu-central-1a"
  snapshot_id       = "snap-0123456789abcdef0"
}

resource "aws_instance" "good" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  associate_public_ip_address = false
  monitoring                  = true
  ebs_optimized               = true
  user_data                   = "#!/bin/sh\necho ${terraform_data.late.output}\n"

  metadata_options {
    http_tokens = "required"
  }
  root_block_device {
    encrypted = true
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
    encrypted   = true
  }
}

# The plan has its disks in another order than the code.
resource "aws_instance" "mixed" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  metadata_options {
    http_tokens = "required"
  }
  root_block_device {
    encrypted = true
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
    encrypted   = true
  }
  ebs_block_device {
    device_name = "/dev/sda"
    volume_size = 1
  }
}

resource "aws_instance" "bad" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  associate_public_ip_address = true
  user_data                   = <<-EOT
    #!/bin/sh
    export NAME=${terraform_data.late.output}
    export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
  EOT

  root_block_device {
    encrypted = true
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
  }
}

resource "aws_instance" "late" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  monitoring    = terraform_data.late.output != "seldom"

  metadata_options {
    http_tokens = terraform_data.late.output == "late" ? "required" : "optional"
  }
  root_block_device {
    encrypted = terraform_data.late.output == "late"
  }
}

# Disks and options are the template's.
resource "aws_instance" "templated" {
  launch_template {
    id = aws_launch_template.good.id
  }
}

resource "aws_launch_template" "good" {
  name = "good"
  metadata_options {
    http_tokens = "required"
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted = true
    }
  }
}

resource "aws_launch_template" "bad" {
  name = "bad"
  network_interfaces {
    associate_public_ip_address = true
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 8
    }
  }
  user_data = base64encode("-----BEGIN RSA PRIVATE KEY-----\n${terraform_data.late.output}")
}

resource "aws_launch_configuration" "good" {
  name          = "good"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  metadata_options {
    http_tokens = "required"
  }
  root_block_device {
    encrypted = true
  }
}

resource "aws_launch_configuration" "bad" {
  name          = "bad"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  ebs_block_device {
    device_name = "/dev/sdf"
    encrypted   = true
  }
}
