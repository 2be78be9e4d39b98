use serde_json::*;
use tfpilot_plan::*;
#[test]
fn big() {
    let mut doc: Value = serde_json::from_str(include_str!("../testdata/aws/plan.json")).unwrap();
    let one = doc["resource_changes"][7].clone();
    let mut v = vec![];
    for i in 0..5000 {
        let mut c = one.clone();
        c["address"] = json!(format!("aws_instance.web[{i}]"));
        v.push(c);
    }
    doc["resource_changes"] = json!(v);
    let bytes = doc.to_string();
    eprintln!("{} MB", bytes.len() >> 20);
    let t = std::time::Instant::now();
    let r = redact(bytes.as_bytes(), None, &Redactor::default()).unwrap();
    eprintln!("redact {:?}", t.elapsed());
    let t = std::time::Instant::now();
    r.plan.digest();
    eprintln!("digest {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let s = r.plan.summary();
    eprintln!("summary {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let m = s.markdown(&[], 60000);
    eprintln!("md {:?} {}", t.elapsed(), m.len());
    eprintln!("{}", &m[..600]);
}
