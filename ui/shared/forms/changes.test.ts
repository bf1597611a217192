import { describe, expect, it } from "vitest";
import { ANNA, CUSTOMER, customer } from "../testing/samples";
import { changesOf } from "./changes";
import {
  addRow,
  editDraft,
  emptyDraft,
  isTyped,
  removeRow,
  valuesOf,
  withDefaults,
  write,
  writeUnread,
} from "./draft";

const anna = { entity: "customer_contact", id: ANNA };

describe("an edit", () => {
  it("sends the changed fields alone, with what the person saw", () => {
    const draft = write(editDraft(CUSTOMER, customer()), { field: "city" }, "Bonn");
    expect(changesOf(draft)).toEqual({
      fields: [{ field: "city", from: "Kiel", to: "Bonn" }],
      children: [],
    });
  });

  it("sends nothing where a value was typed back", () => {
    let draft = write(editDraft(CUSTOMER, customer()), { field: "city" }, "Bonn");
    draft = write(draft, { field: "city" }, "Kiel");
    expect(changesOf(draft)).toEqual({ fields: [], children: [] });
    expect(isTyped(draft)).toBe(false);
  });

  it("sends an emptied field as nothing", () => {
    const draft = write(editDraft(CUSTOMER, customer()), { field: "email" }, null);
    expect(changesOf(draft).fields).toEqual([
      { field: "email", from: "post@moeller.example", to: null },
    ]);
  });

  it("sends rows as added, edited or removed, a removed one with what stood in it", () => {
    let draft = editDraft(CUSTOMER, customer());
    draft = write(draft, { field: "phone", row: anna }, "+49 2");
    draft = addRow(draft, "customer_contact", "new-row", {});
    draft = write(
      draft,
      { field: "name", row: { entity: "customer_contact", id: "new-row" } },
      "Jo",
    );
    expect(changesOf(draft).children).toEqual([
      { ...anna, action: "edit", fields: [{ field: "phone", from: "+49 1", to: "+49 2" }] },
      {
        entity: "customer_contact",
        id: "new-row",
        action: "add",
        fields: [
          { field: "position", from: null, to: 2 },
          { field: "name", from: null, to: "Jo" },
        ],
      },
    ]);
    const removed = removeRow(editDraft(CUSTOMER, customer()), "customer_contact", ANNA);
    expect(changesOf(removed).children).toEqual([
      {
        ...anna,
        action: "remove",
        fields: [
          { field: "position", from: 1, to: 1 },
          { field: "name", from: "Anna", to: "Anna" },
          { field: "phone", from: "+49 1", to: "+49 1" },
        ],
      },
    ]);
  });

  it("forgets a row that was added and taken away again", () => {
    let draft = addRow(editDraft(CUSTOMER, customer()), "customer_contact", "new-row", {});
    draft = removeRow(draft, "customer_contact", "new-row");
    expect(changesOf(draft).children).toEqual([]);
    expect(isTyped(draft)).toBe(false);
  });
});

describe("a new record", () => {
  const blank = () => {
    const record = customer({ code: null, name: null, city: null, email: null });
    return valuesOf(CUSTOMER, {
      ...record,
      children: {},
      fields: { ...record.fields, credit_limit: null },
    });
  };

  it("sends its defaults and what was typed, and asks nothing of one who typed nothing", () => {
    let draft = withDefaults(emptyDraft(CUSTOMER), blank());
    expect(isTyped(draft)).toBe(false);
    draft = write(draft, { field: "name" }, "Neu");
    expect(changesOf(draft).fields).toEqual([
      { field: "name", from: null, to: "Neu" },
      { field: "active", from: null, to: true },
    ]);
  });

  it("keeps what was typed before its defaults arrived", () => {
    let draft = write(emptyDraft(CUSTOMER), { field: "name" }, "Neu");
    draft = write(draft, { field: "active" }, false);
    draft = withDefaults(draft, blank());
    expect(draft.now.fields).toMatchObject({ name: "Neu", active: false });
    expect(isTyped(draft)).toBe(true);
  });
});

it("a text that is no value is something typed, until it is one", () => {
  let draft = writeUnread(editDraft(CUSTOMER, customer()), { field: "credit_limit" }, "12x");
  expect(isTyped(draft)).toBe(true);
  expect(changesOf(draft).fields).toEqual([]);
  draft = write(draft, { field: "credit_limit" }, "12000");
  expect(draft.unread).toEqual({});
});
