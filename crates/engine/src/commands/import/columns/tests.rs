//! What the headers of other programs mean.

use contract::Language;
use domain::masters::{CUSTOMER, ITEM, SUPPLIER};
use domain::record::Kind;
use tabular::{Format, Given};

use super::super::target::short;

use super::*;

fn mapped(entity: &'static EntityDef, header: &str, first: &str) -> Vec<Option<String>> {
    let text = format!("{header}\n{first}\n");
    let table = tabular::read(text.as_bytes(), Some(Format::Csv), &Given::default()).unwrap();
    let (given, remembered, own) = Default::default();
    let header =
        Header { entity, own: &own, given: &given, remembered: &remembered, system: false };
    let (columns, _) = header.map(&table);
    columns.into_iter().map(|column| column.target.map(|target| target.to_string())).collect()
}

fn targets(entity: &'static EntityDef, header: &str) -> Vec<String> {
    let filled = header.split(',').map(|_| "1").collect::<Vec<_>>().join(",");
    mapped(entity, header, &filled).into_iter().map(Option::unwrap_or_default).collect()
}

#[test]
fn the_headers_of_a_company_find_their_fields() {
    let customers = "customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax";
    assert_eq!(
        targets(&CUSTOMER, customers),
        [
            "code",
            "name",
            "customer_contact.1.name",
            "customer_contact.1.title",
            "street",
            "city",
            "region",
            "postal_code",
            "country",
            "phone",
            "customer_contact.1.fax"
        ]
    );
    assert_eq!(
        targets(&ITEM, "product_id,product_name,supplier_id,category_id,unit_price,discontinued"),
        ["sku", "name", "item_supplier.1.supplier", "category", "sales_price", "not active"]
    );
    assert_eq!(
        targets(&CUSTOMER, "Kundennummer,Firmierung,Straße,PLZ,Ort,Land,E-Mail,USt-ID"),
        ["code", "legal_name", "street", "postal_code", "city", "country", "email", "tax_id"]
    );
}

#[test]
fn what_nobody_knows_stays_without_a_target_and_an_empty_column_is_left_out() {
    let columns = mapped(&SUPPLIER, "name,favourite_colour,blank", "Ada,red,");
    assert_eq!(columns[1..], [None, Some("ignore".to_owned())]);
}

#[test]
fn a_company_is_the_partner_unless_the_partner_has_a_name_beside_it() {
    assert_eq!(targets(&CUSTOMER, "Kundennummer,Firma,Ort"), ["code", "name", "city"]);
    assert_eq!(targets(&CUSTOMER, "Code,Name,Company"), ["code", "name", "company_id"]);
}

#[test]
fn an_id_is_ours_only_where_it_looks_like_one() {
    assert_eq!(targets(&CUSTOMER, "id,name"), ["code", "name"]);
    let id = "018f0000-0000-7000-8000-000000000001,Ada";
    assert_eq!(mapped(&CUSTOMER, "id,name", id)[0].as_deref(), Some("id"));
}

#[test]
fn the_headers_of_a_french_company_find_their_fields() {
    let header = "Code fournisseur,Raison sociale,Rue,Code postal,Ville,Pays,Courriel,Téléphone,Devise,Conditions de paiement,N° TVA,Remarques";
    let supplier = [
        "code",
        "name",
        "street",
        "postal_code",
        "city",
        "country",
        "email",
        "phone",
        "currency",
        "payment_terms",
        "tax_id",
        "notes",
    ];
    assert_eq!(targets(&SUPPLIER, header), supplier);
    let header = "N° de client,Nom,Raison sociale,Limite de crédit";
    assert_eq!(targets(&CUSTOMER, header), ["code", "name", "legal_name", "credit_limit"]);
    let header = "Référence,Désignation,Prix unitaire,Unité,Code fournisseur";
    let item = ["sku", "name", "sales_price", "uom", "item_supplier.1.supplier"];
    assert_eq!(targets(&ITEM, header), item);
}

#[test]
fn the_headers_of_spanish_italian_and_dutch_companies_find_their_fields() {
    let wanted = ["code", "name", "street", "postal_code", "city", "country", "email", "notes"];
    for header in [
        "Código de cliente,Razón social,Dirección,Código postal,Ciudad,País,Correo electrónico,Observaciones",
        "Codice cliente,Ragione sociale,Indirizzo,CAP,Città,Paese,Posta elettronica,Osservazioni",
        "Klantnummer,Bedrijfsnaam,Straat,Postcode,Plaats,Land,E-mail,Opmerkingen",
    ] {
        assert_eq!(targets(&CUSTOMER, header), wanted, "{header}");
    }
}

#[test]
fn a_column_of_numbers_holds_the_key() {
    for header in ["Nr", "Nr.", "N°", "Nº", "No.", "Nummer", "Número", "Kundennr.", "N° client"]
    {
        assert_eq!(
            targets(&CUSTOMER, &format!("{header},Kundenname")),
            ["code", "name"],
            "{header}"
        );
    }
    assert_eq!(targets(&ITEM, "Art.-Nr.,Bezeichnung"), ["sku", "name"]);
    assert_eq!(targets(&ITEM, "Artikelnr.,Lieferantennr."), ["sku", "item_supplier.1.supplier"]);
}

/// What an export writes over a column is read as that column, in each language.
#[test]
fn every_heading_is_read_as_what_it_stands_over() {
    let own = OwnFields::default();
    let mut plain = 0;
    for entity in domain::masters::ALL {
        let fields = |entity: &'static EntityDef| {
            let plain =
                entity.all_fields().filter(|field| !matches!(field.kind, Kind::Own | Kind::Map));
            plain.map(|field| field.name)
        };
        let mut paths: Vec<String> = fields(entity).map(str::to_owned).collect();
        paths.extend(["id", "translations.fr"].map(str::to_owned));
        for child in entity.children {
            let short = short(entity, child.name);
            paths.extend(fields(child).chain(["id"]).map(|field| format!("{short}.2.{field}")));
        }
        let words = Words { entity, own: &own };
        for language in [Language::En, Language::De] {
            let headings: Vec<String> =
                paths.iter().map(|path| words.heading(path, language)).collect();
            plain += headings.iter().filter(|heading| !heading.ends_with(')')).count();
            let filled = vec!["018f0000-0000-7000-8000-000000000001"; headings.len()].join(";");
            let read = mapped(entity, &headings.join(";"), &filled);
            for ((path, heading), read) in paths.iter().zip(&headings).zip(read) {
                let kept = Some("ignore".to_owned());
                let wanted = Target::read(entity, path).map(|target| target.to_string());
                assert!(read == wanted || read == kept, "{}: {heading} is {read:?}", entity.name);
            }
        }
    }
    assert!(plain > 1_000, "most are words alone: {plain}");
}
