import type {
  Cell,
  EntityView,
  FieldView,
  KindView,
  LabelView,
  RecordView,
  Status,
} from "../generated/contract";

const same = (text: string): LabelView => ({ en: text, de: text });

export function field(name: string, kind: KindView, part: Partial<FieldView> = {}): FieldView {
  return {
    name,
    label: same(name),
    kind,
    required: false,
    sensitive: false,
    writable: true,
    merges: true,
    listed: false,
    search: false,
    section: same("General"),
    default: null,
    ...part,
  };
}

function entity(name: string, part: Partial<EntityView>): EntityView {
  return {
    name,
    label: same(name),
    plural: same(`${name}s`),
    area: same("Partners"),
    key: "code",
    numbered_as: null,
    tree: null,
    versions: null,
    fields: [],
    children: [],
    partly_seen: false,
    may_create: true,
    may_edit: true,
    may_retire: true,
    may_merge: true,
    may_import: true,
    may_export: true,
    ...part,
  };
}

export const CONTACT = entity("customer_contact", {
  label: { en: "Contact", de: "Ansprechpartner" },
  key: "position",
  fields: [
    field("position", { type: "int", min: 0, max: 1_000_000 }),
    field("name", { type: "text", max: 200 }, { label: { en: "Name", de: "Name" } }),
    field("phone", { type: "standard", name: "phone" }, { label: { en: "Phone", de: "Telefon" } }),
    field(
      "role",
      { type: "text", max: 60 },
      { label: { en: "Role", de: "Aufgabe" }, default: "buyer" },
    ),
  ],
});

export const CUSTOMER = entity("customer", {
  label: { en: "Customer", de: "Kunde" },
  plural: { en: "Customers", de: "Kunden" },
  fields: [
    field("code", { type: "code" }, { label: { en: "Code", de: "Code" } }),
    field(
      "name",
      { type: "text", max: 200 },
      { label: { en: "Name", de: "Name" }, required: true },
    ),
    field("city", { type: "text", max: 100 }, { label: { en: "City", de: "Ort" } }),
    field("email", { type: "standard", name: "email" }, { label: { en: "E-mail", de: "E-Mail" } }),
    field(
      "credit_limit",
      { type: "decimal", scale: 4 },
      { label: { en: "Credit limit", de: "Kreditlimit" }, sensitive: true },
    ),
    field("active", { type: "bool" }, { label: { en: "Active", de: "Aktiv" } }),
  ],
  children: [CONTACT],
});

export const ANNA = "0197-anna";

/** A customer as the engine shows it, with one contact. */
export function customer(fields: Record<string, Cell> = {}): RecordView {
  const all: Record<string, Cell> = {
    code: "K1",
    name: "Möller GmbH",
    city: "Kiel",
    email: "post@moeller.example",
    credit_limit: "12000",
    active: true,
    ...fields,
  };
  return {
    id: "0197-moeller",
    version: 3,
    fields: all,
    children: {
      customer_contact: [{ id: ANNA, fields: { position: 1, name: "Anna", phone: "+49 1" } }],
    },
    sync: { state: "clean" },
    title: String(all.name),
    retired: false,
    titles: {},
    created_at: "2026-11-19T08:00:00Z",
    created_by: MARA,
    updated_at: "2026-11-20T08:00:00Z",
    updated_by: MARA,
  };
}

/** Who is signed in. */
export const MARA = "0197-mara";

/** A device that is signed in, online and has nothing to do. */
export function status(part: Partial<Status> = {}): Status {
  return {
    signed_in: { server: "https://hub.example", tenant: "nord", user: "Mara", device: "T14" },
    user: "Mara",
    user_id: MARA,
    tenant: "Nord",
    online: true,
    offline_since: null,
    pending: 0,
    attention: 0,
    rights: { valid_until: "2026-12-21T09:00:00Z", standing: "full" },
    last_sync: "2026-11-21T08:41:00Z",
    checkpoint: 7,
    step: { step: "idle" },
    next_round: null,
    refused: null,
    refused_code: null,
    recovery_code: null,
    numbers: [],
    version: "0.1.0",
    ...part,
  };
}
