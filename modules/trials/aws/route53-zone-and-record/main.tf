# moto: applied
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/route53-zone-and-record"

  name   = "shop-example-com"
  owner  = "shop"
  domain = "shop.example.com"

  address_records = {
    "@" = "192.0.2.10 2001:db8::10"
    www = var.changed ? "192.0.2.11" : "192.0.2.10"
  }

  alias_records = { cdn = "d111111abcdef8.cloudfront.net" }
  cname_records = { "*.eu" = "shop.example.net" }
  txt_records   = { "@" = "v=spf1 -all", _dmarc = "v=DMARC1; p=reject" }
  mail_servers  = ["10 mail.example.com", "20 mail.example.net"]
  ttl_seconds   = 60
  tags          = { CostCenter = "4711" }
}

# Records in a zone that exists. A private zone is not tried: moto forgets the VPCs it answers in.
module "more" {
  source = "../../../catalog/aws/route53-zone-and-record"

  name          = "more-records"
  owner         = "platform"
  zone_id       = module.trial.zone_id
  cname_records = { database = "db.shop.example.com" }
}
