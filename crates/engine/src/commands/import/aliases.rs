//! THE TABLE of names that people and other programs give to columns in English, German, French, Spanish, Italian
//! and Dutch, folded, with the paths they mean. Of several paths the first is taken that the master has. Labels and
//! machine names are not in it: they are known anyhow.

/// Names of columns, and where they go.
#[rustfmt::skip]
pub const FIELDS: &[(&[&str], &[&str])] = &[
    (&["company_name", "company", "firm", "firma", "firmenname", "bezeichnung",
       "nom", "societe", "entreprise", "denomination", "designation", "libelle",
       "nombre", "empresa", "denominacion",
       "nome", "azienda", "denominazione",
       "naam", "bedrijf", "bedrijfsnaam"], &["name"]),
    // The registered name of a company, and the only one that most lists have.
    (&["raison_sociale", "razon_social", "ragione_sociale"], &["name", "legal_name"]),
    (&["first_name", "vorname", "given_name",
       "prenom", "nombre_de_pila", "voornaam"], &["first_name", "name#1"]),
    (&["last_name", "nachname", "surname", "family_name",
       "nom_de_famille", "apellido", "apellidos", "cognome", "achternaam"], &["last_name", "name#2"]),
    (&["address", "address_1", "address1", "address_line_1", "street_address",
       "strasse", "anschrift", "adresse",
       "rue", "adresse_1", "direccion", "calle", "domicilio", "indirizzo", "via", "adres", "straat"],
     &["street", "address.1.street"]),
    (&["zip", "zip_code", "zipcode", "postcode", "post_code", "plz", "postleitzahl",
       "code_postal", "cp", "codigo_postal", "codice_postale", "cap"],
     &["postal_code", "address.1.postal_code"]),
    (&["town", "ort", "stadt", "place",
       "ville", "localite", "commune", "ciudad", "localidad", "poblacion", "citta", "comune",
       "plaats", "woonplaats"], &["city", "address.1.city"]),
    (&["state", "province", "county", "bundesland", "kanton", "provincia", "provincie"],
     &["region", "address.1.region"]),
    (&["land", "country_code", "country_name", "staat",
       "pays", "code_pays", "pais", "paese", "nazione"], &["country", "address.1.country"]),
    (&["telephone", "tel", "telefon", "phone_number", "telefonnummer", "fon", "home_phone",
       "numero_de_telephone", "telefono", "telefoon", "telefoonnummer"], &["phone", "contact.1.phone"]),
    (&["mobile", "mobile_phone", "handy", "mobil",
       "portable", "telephone_portable", "telephone_mobile", "movil", "telefono_movil", "cellulare",
       "mobiel", "gsm"], &["mobile", "contact.1.mobile"]),
    (&["e_mail", "mail", "email_address", "e_mail_adresse",
       "courriel", "adresse_e_mail", "adresse_mail", "correo", "correo_electronico",
       "posta_elettronica", "e_mailadres"], &["email", "contact.1.email"]),
    (&["fax", "telefax", "fax_number", "faxnummer", "telecopie"], &["fax", "contact.1.fax"]),
    (&["homepage", "web", "url", "www", "webseite", "internet", "web_site",
       "site_web", "site_internet", "sitio_web", "pagina_web", "sito", "sito_web"], &["website"]),
    (&["contact", "contact_person", "ansprechpartner",
       "interlocuteur", "personne_de_contact", "nom_du_contact", "contacto", "persona_de_contacto",
       "contatto", "referente", "contactpersoon"], &["contact.1.name"]),
    (&["vat", "vat_id", "vat_no", "vat_number", "ust_id", "ustid", "ust_idnr", "tax_number",
       "steuernummer",
       "tva", "no_tva", "ndeg_tva", "ndeg_de_tva", "numero_tva", "numero_de_tva",
       "tva_intracommunautaire", "nif", "cif", "nif_cif", "partita_iva", "p_iva",
       "btw", "btw_nummer", "btw_nr"], &["tax_id"]),
    (&["price", "unit_price", "preis", "list_price", "verkaufspreis",
       "prix", "prix_unitaire", "prix_de_vente", "precio", "precio_unitario", "precio_de_venta",
       "prezzo", "prezzo_unitario", "prezzo_di_vendita", "prijs", "verkoopprijs"],
     &["sales_price", "price"]),
    (&["unit", "einheit", "unit_of_measure", "me",
       "unite", "unite_de_mesure", "unidad", "unidad_de_medida", "unita", "unita_di_misura",
       "eenheid"], &["uom"]),
    (&["article_number", "artikelnummer", "item_number", "product_number",
       "art_nr", "artnr", "reference", "ref", "referencia", "artikelcode"], &["sku"]),
    (&["devise", "monnaie", "moneda", "divisa", "valuta", "munteenheid"], &["currency"]),
    (&["limite_de_credit", "plafond_de_credit", "encours_autorise", "limite_de_credito",
       "limite_di_credito", "fido", "kredietlimiet"], &["credit_limit"]),
    (&["zahlungsbedingungen", "terms", "conditions_de_paiement", "condition_de_paiement",
       "condiciones_de_pago", "condizioni_di_pagamento", "termini_di_pagamento",
       "betalingsvoorwaarden", "betalingsconditie"], &["payment_terms"]),
    (&["rabatt", "remise", "rabais", "sconto", "descuento", "korting"], &["discount_percent"]),
    (&["langue", "idioma", "lingua", "taal"], &["language"]),
    (&["swift", "swift_bic", "bic_swift", "code_bic", "code_swift", "codigo_swift", "codice_swift"],
     &["bic"]),
    (&["actif", "activo", "attivo", "actief"], &["active"]),
    (&["discontinued", "inactive", "disabled", "archived", "inaktiv",
       "inactif", "inactivo", "inattivo", "inactief"], &["not active"]),
    (&["descripcion", "descrizione", "omschrijving"], &["description", "name"]),
    (&["comment", "comments", "remark", "remarks", "bemerkung", "bemerkungen", "notiz", "note",
       "remarque", "remarques", "commentaire", "commentaires", "observations",
       "observacion", "observaciones", "comentario", "comentarios", "notas",
       "osservazioni", "opmerking", "opmerkingen", "notities"], &["notes"]),
    (&["keywords", "labels", "stichworte", "mots_cles", "etiquetas", "trefwoorden"], &["tags"]),
    (&["reports_to", "boss", "supervisor", "vorgesetzter", "responsable", "superior", "leidinggevende"],
     &["manager"]),
    (&["title", "job", "position_title", "role", "funktion",
       "fonction", "poste", "cargo", "puesto", "mansione", "functie"], &["job_title"]),
    (&["title_of_courtesy", "courtesy", "anrede", "civilite", "tratamiento", "aanhef"],
     &["salutation"]),
    (&["hire_date", "hired", "start", "eintritt", "entry_date",
       "date_d_embauche", "date_d_entree", "fecha_de_alta", "data_di_assunzione"],
     &["start_date", "starts_on", "valid_from"]),
    (&["leave_date", "end", "austritt", "exit_date", "date_de_sortie", "fecha_de_baja"],
     &["end_date", "ends_on", "valid_to"]),
    (&["gln", "external_key", "foreign_id", "fremdschluessel"], &["external_id"]),
];

/// What a master is called beside its name and labels.
#[rustfmt::skip]
pub const MASTERS: &[(&str, &[&str])] = &[
    ("item", &["product", "article", "produkt", "produit", "articulo", "producto", "articolo", "prodotto"]),
    ("item_category", &["category", "product_category", "kategorie", "categorie", "categoria"]),
    ("employee", &["salesperson", "staff", "person", "mitarbeiter", "employe", "salarie", "empleado",
                   "dipendente", "medewerker", "werknemer"]),
    ("supplier", &["vendor", "creditor", "kreditor", "fournisseur", "proveedor", "fornitore",
                   "leverancier"]),
    ("customer", &["client", "debtor", "debitor", "cliente", "klant"]),
    ("warehouse", &["entrepot", "almacen", "magazzino", "magazijn"]),
];

/// Words that say that a column holds the key of a record; `N°` is folded to the last of them.
pub const KEYS: &[&str] = &[
    "id", "no", "nr", "code", "key", "number", "num", "nummer", "numero", "codigo", "codice", "n",
    "ndeg",
];

/// Words that say that it holds a name.
pub const NAMES: &[&str] =
    &["name", "bezeichnung", "nom", "raison_sociale", "nombre", "nome", "naam"];

/// Words between such a word and a master's.
pub const LINKS: &[&str] =
    &["de", "du", "des", "d", "l", "del", "della", "dello", "di", "van", "of"];
