//! The OpenAPI document against the declarations.

use domain::masters;
use domain::record::Kind;
use serde_json::{Value, json};

use crate::support::TestHub;

#[tokio::test]
async fn every_master_has_its_routes_and_a_schema_of_every_field() {
    let hub = TestHub::start().await;
    let document: Value = hub.get("/openapi.json").send().await.read(200);
    let schemas = &document["components"]["schemas"];
    for entity in masters::ALL {
        let base = format!("/api/v1/{}", entity.name);
        for (path, methods) in [
            (base.clone(), vec!["get", "post"]),
            (format!("{base}/{{id}}"), vec!["delete", "get", "patch"]),
            (format!("{base}/{{id}}/history"), vec!["get"]),
            (format!("{base}/export"), vec!["get"]),
            (format!("{base}/external/{{system}}/{{external_id}}"), vec!["get", "put"]),
        ] {
            let item = document["paths"][&path].as_object().unwrap();
            assert_eq!(item.keys().collect::<Vec<_>>(), methods, "{path}");
        }
        for (name, new) in [(entity.name.to_owned(), false), (format!("{}_new", entity.name), true)]
        {
            let schema = &schemas[&name];
            for field in entity.all_fields() {
                let told = &schema["properties"][field.name];
                assert!(told.is_object(), "{name}.{}", field.name);
                let sensitive = field.sensitivity.is_sensitive();
                assert_eq!(told["x-sensitivity"].is_string(), sensitive, "{name}.{}", field.name);
                if let Kind::Choice(choices) = field.kind {
                    let mut words: Vec<Value> = choices.iter().map(|c| json!(c.value)).collect();
                    words.push(Value::Null);
                    assert_eq!(told["enum"], Value::Array(words));
                }
                let required = schema["required"]
                    .as_array()
                    .is_some_and(|all| all.contains(&json!(field.name)));
                let must = new && field.required && field.default.is_none();
                assert_eq!(required, must, "{name}.{}", field.name);
            }
            for child in entity.children {
                assert_eq!(schema["properties"][child.name]["type"], "array", "{name}");
            }
        }
    }
    let limit = &schemas["customer"]["properties"]["credit_limit"];
    assert_eq!((&limit["type"], &limit["format"]), (&json!(["string", "null"]), &json!("decimal")));
    assert_eq!(limit["x-sensitivity"], "credit_limit");
    let create = &document["paths"]["/api/v1/customer"]["post"];
    assert_eq!(create["x-permission"], "master:customer:create");
    assert!(create["responses"]["201"].is_object());
    assert!(create["parameters"].to_string().contains("Idempotency-Key"));
    let terms = &schemas["customer_new"]["properties"]["payment_terms"];
    assert!(terms["description"].as_str().unwrap().contains("code:<code>"), "{terms}");
    let list = document["paths"]["/api/v1/customer"]["get"]["parameters"].to_string();
    assert!(list.contains("city,-name") && list.contains("external:<system>"), "{list}");
    // Whatever is referred to is there.
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1) {
        let name = name.split('"').next().unwrap();
        assert!(schemas[name].is_object(), "{name}");
    }
}
