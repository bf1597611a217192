//! The kinds of documents that are numbered and booked. Series and journals name them; what a document holds is
//! no business of this file.

use crate::record::{Choice, choice};

pub const DOCUMENT_TYPES: &[Choice] = &[
    choice("quotation", "Quotation", "Angebot"),
    choice("sales_order", "Sales order", "Auftrag"),
    choice("delivery", "Delivery note", "Lieferschein"),
    choice("sales_invoice", "Sales invoice", "Ausgangsrechnung"),
    choice("credit_note", "Credit note", "Gutschrift an Kunden"),
    choice("requisition", "Requisition", "Bedarfsmeldung"),
    choice("purchase_order", "Purchase order", "Bestellung"),
    choice("goods_receipt", "Goods receipt", "Wareneingang"),
    choice("purchase_invoice", "Purchase invoice", "Eingangsrechnung"),
    choice("debit_note", "Debit note", "Lieferantengutschrift"),
    choice("payment_in", "Payment received", "Zahlungseingang"),
    choice("payment_out", "Payment made", "Zahlungsausgang"),
    choice("bank_statement", "Bank statement", "Kontoauszug"),
    choice("journal_entry", "Journal entry", "Buchung"),
    choice("opening", "Opening balance", "Eröffnung"),
    choice("closing", "Closing entry", "Abschluss"),
    choice("asset_entry", "Fixed asset entry", "Anlagenbuchung"),
    choice("stock_transfer", "Stock transfer", "Umlagerung"),
    choice("stock_adjustment", "Stock adjustment", "Bestandskorrektur"),
    choice("stock_count", "Stock count", "Inventur"),
];
